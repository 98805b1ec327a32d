package io.leat.control.cli;

import io.leat.control.cli.text.Scrape;
import io.leat.control.cli.text.TopRow;
import io.leat.control.cli.text.TopText;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code leat top}: rates, times and instances of Routes and Revisions, again and again. */
@Command(
    name = "top",
    description = "Show what Routes and Revisions do now, until Ctrl-C.",
    mixinStandardHelpOptions = true)
final class TopCommand implements Runnable {
  private static final Duration LEAST_INTERVAL = Duration.ofMillis(200);
  private static final double NANOS_PER_SECOND = 1e9;

  @Mixin private final ServerOption server = new ServerOption();
  @Mixin private final NamespaceOption namespace = new NamespaceOption();

  @Mixin private final Terminal terminal = new Terminal();

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "Routes and Revisions of every namespace.")
  private boolean allNamespaces;

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      defaultValue = "2s",
      converter = DurationConverter.class,
      description = "Time between two looks, at least 200ms (default: ${DEFAULT-VALUE}).")
  private Duration interval = Duration.ofSeconds(2);

  @Option(names = "--once", description = "Print one table after one interval, and end.")
  private boolean once;

  @Option(
      names = "--sort",
      paramLabel = "COLUMN",
      defaultValue = "rps",
      description =
          "rps, errors, p50, p99, held, active or name; the largest first (default:"
              + " ${DEFAULT-VALUE}).")
  private TopRow.Order order = TopRow.Order.RPS;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "40",
      description = "Rows at most; 0 for all (default: ${DEFAULT-VALUE}).")
  private int limit;

  TopCommand() {}

  /** A look at the server. */
  private record Look(Scrape scrape, long nanos) {}

  @Override
  public void run() {
    if (interval.compareTo(LEAST_INTERVAL) < 0 || limit < 0) {
      throw terminal.misuse("--interval must be at least 200ms, and --limit not negative");
    }
    PrintWriter out = terminal.out();
    boolean redraws = !once && Objects.requireNonNull(System.console()).isTerminal();
    Look before = look();
    do {
      pause();
      Look now = look();
      double seconds = (now.nanos() - before.nanos()) / NANOS_PER_SECOND;
      List<TopRow> rows = TopRow.of(before.scrape(), now.scrape(), seconds);
      List<TopRow> shown =
          rows.stream()
              .filter(row -> allNamespaces || row.isIn(namespace.name()))
              .sorted(order.comparator())
              .limit(limit == 0 ? Long.MAX_VALUE : limit)
              .toList();
      List<String> lines = TopText.lines(shown);
      out.print(redraws ? TopText.screen(title(), lines) : TopText.page(lines));
      out.flush();
      before = now;
    } while (!once && !out.checkError());
  }

  private String title() {
    String where = allNamespaces ? "every namespace" : "namespace " + namespace.name();
    return "leat top  " + server.url() + "  " + where + "  every " + interval.toMillis() + " ms";
  }

  private Look look() {
    ServerClient.Answer answer = server.client().send("GET", "/metrics", "text/plain");
    if (!answer.succeeded()) {
      throw answer.failure();
    }
    return new Look(Scrape.parse(answer.body()), System.nanoTime());
  }

  private void pause() {
    long end = System.nanoTime() + interval.toNanos();
    for (long left = interval.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
