package io.leat.bench.channels;

import io.leat.bench.compare.Child;
import io.leat.bench.compare.Load;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Channels over HTTP beside the plain proxy: the same bodies to a Route, to a Channel with one
 * subscriber and to one with ten, in turns; then the time from a 202 to the delivery at half load.
 *
 * <p>Leat has one processor; wrk, the sender and the subscribers share the other. Arguments: {@code
 * [--rounds=N] [--seconds=N] [--bytes=N] [--connections=N]}.
 */
public final class ChannelLoad {
  private static final String ONE = "one.default.channels.localhost";
  private static final String TEN = "ten.default.channels.localhost";

  private final int rounds;
  private final int seconds;
  private final int bytes;
  private final int connections;
  private final Path dir;

  private ChannelLoad(List<String> arguments, Path dir) {
    rounds = option(arguments, "rounds", 3);
    seconds = option(arguments, "seconds", 5);
    bytes = option(arguments, "bytes", 1024);
    connections = option(arguments, "connections", 64);
    this.dir = dir;
  }

  /** Runs once and prints a table. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path dir = Files.createTempDirectory("leat-channels");
    List<String> options = Arrays.asList(arguments);
    if (options.contains("backlog")) {
      new Backlog(dir, option(options, "gib", 10)).run();
    } else if (options.contains("isolation")) {
      new Isolation(dir, options).run();
    } else {
      new ChannelLoad(options, dir).run();
    }
  }

  static int option(List<String> arguments, String name, int otherwise) {
    String prefix = "--" + name + "=";
    return arguments.stream()
        .filter(each -> each.startsWith(prefix))
        .mapToInt(each -> Integer.parseInt(each.substring(prefix.length())))
        .findFirst()
        .orElse(otherwise);
  }

  private void run() throws IOException, InterruptedException {
    StringBuilder manifests = new StringBuilder(Manifests.PLAIN);
    manifests.append(Manifests.channel("one", ""));
    manifests.append(Manifests.subscription("one", 0));
    manifests.append(Manifests.channel("ten", ""));
    for (int i = 0; i < 10; i++) {
      manifests.append(Manifests.subscription("ten", i));
    }
    Path script = Events.script(dir, bytes);
    int half;
    try (Stage stage = new Stage(dir.resolve("http"), "512m", 0, manifests.toString())) {
      stage.awaitChannel(ONE);
      stage.awaitChannel(TEN);
      for (String host : List.of(Stage.PLAIN, ONE, TEN)) {
        wrk(stage, script, host);
      }
      Turn[] best = new Turn[3];
      System.out.printf(
          "%-8s %12s %14s %10s %8s%n", "round", "requests/s", "deliveries/s", "us", "p99");
      for (int round = 0; round < rounds; round++) {
        best[0] = better(best[0], turn(stage, script, Stage.PLAIN, "plain"));
        best[1] = better(best[1], turn(stage, script, ONE, "one"));
        best[2] = better(best[2], turn(stage, script, TEN, "ten"));
      }
      System.out.printf(
          Locale.ROOT,
          "in with 1 subscriber: %.2f x plain (bar 0.50); deliveries to 10: %.2f x plain (bar"
              + " 0.60)%n",
          best[1].accepted() / best[0].accepted(),
          best[2].delivered() / best[0].accepted());
      half = (int) (best[1].accepted() / 2);
    }
    new Latency(dir.resolve("latency"), bytes).run(half);
  }

  /** What one turn reached, per second. */
  private record Turn(double accepted, double delivered) {}

  private static Turn better(Turn before, Turn now) {
    return before == null || now.accepted() > before.accepted() ? now : before;
  }

  private Turn turn(Stage stage, Path script, String host, String name)
      throws IOException, InterruptedException {
    Child.Times before = stage.leat().times();
    double deliveredBefore = delivered(stage, name);
    long begin = System.nanoTime();
    Load load = wrk(stage, script, host);
    if (!name.equals("plain")) {
      stage.awaitDelivered("default/" + name);
    }
    double time = (System.nanoTime() - begin) / 1e9;
    double cpu = stage.leat().times().since(before).total() / 1e3 / load.requests();
    double delivered = (delivered(stage, name) - deliveredBefore) / time;
    System.out.printf(
        Locale.ROOT,
        "%-8s %12.0f %14.0f %10.1f %8.0f%n",
        name,
        load.requestsPerSecond(),
        delivered,
        cpu,
        load.p99Micros());
    if (load.errors() > 0) {
      throw new IOException(load.errors() + " errors at " + host);
    }
    return new Turn(load.requestsPerSecond(), delivered);
  }

  private static double delivered(Stage stage, String name)
      throws IOException, InterruptedException {
    return stage.metric("leat_deliveries_total", "channel=\"default/" + name + "\"");
  }

  private Load wrk(Stage stage, Path script, String host) throws IOException, InterruptedException {
    return Events.send(stage.port(), host, script, connections, seconds);
  }
}
