package io.leat.bench.compare;

import io.leat.bench.compare.Contenders.Contender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * Measures proxies side by side: CPU time per request of the proxy's process, throughput, latency
 * in a closed loop and at a fixed rate, resident memory, what the first seconds cost, and what Leat
 * allocates.
 *
 * <p>The proxy has processor 0 to itself, load and origin share processor 1. Peers take turns in
 * every round, so that a drift of the machine reaches all of them, and ratios are taken round by
 * round.
 */
public final class Compare {
  private final Options options;
  private final Contenders contenders;
  private final Report report;

  /** One of the things that are measured. */
  private interface Part {
    void measure() throws IOException, InterruptedException;
  }

  private Compare(Options options, Contenders contenders, Report report) {
    this.options = options;
    this.contenders = contenders;
    this.report = report;
  }

  /**
   * Runs the comparison and writes its result, even when a part of it fails. The exit status is 0
   * when it is complete, 1 when a part failed, and 2 when there is no such option.
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Options options = Options.parse(arguments).orElse(null);
    if (options == null) {
      System.err.println(Options.USAGE);
      System.exit(2);
      return;
    }
    Machine machine = Machine.look();
    boolean complete;
    try (Contenders contenders = Contenders.open(options, Files.createTempDirectory("compare"))) {
      Report report = new Report(options, machine, contenders.versions());
      Duration expected = options.expected(contenders.names());
      System.err.printf(
          "comparing %s: about %d min %02d s%n",
          String.join(", ", contenders.names()), expected.toMinutes(), expected.toSecondsPart());
      long start = System.nanoTime();
      complete = new Compare(options, contenders, report).run();
      report.finished(Duration.ofNanos(System.nanoTime() - start), Machine.loadAverage());
      write(report);
    }
    System.exit(complete ? 0 : 1);
  }

  private static void write(Report report) throws IOException {
    Path results = Peer.root().resolve("benchmarks/results");
    Files.createDirectories(results);
    String name = "compare-" + LocalDate.now(ZoneOffset.UTC);
    Files.writeString(results.resolve(name + ".md"), report.markdown());
    Files.writeString(results.resolve(name + ".json"), report.json());
    System.out.println(report.markdown());
  }

  private boolean run() throws InterruptedException {
    Memory memory = new Memory(contenders, options, report);
    boolean complete = part("memory", memory::cold);
    complete &= part("start", this::startAndWarm);
    complete &= part("memory", memory::loaded);
    complete &= part("load", this::load);
    complete &= part("rate", () -> FixedRate.measure(contenders, options, report));
    complete &= part("warmup", () -> FirstSeconds.measure(contenders, options, report));
    if (contenders.names().contains("leat")) {
      complete &=
          part("allocation", () -> Allocation.measure(contenders.running("leat"), options, report));
    }
    return complete;
  }

  // One part that fails must not take the figures of the others with it.
  private boolean part(String name, Part part) throws InterruptedException {
    if (!options.wants(name)) {
      return true;
    }
    try {
      part.measure();
      return true;
    } catch (IOException | RuntimeException e) {
      report.note("The part \"" + name + "\" stopped: " + e);
      System.err.println(name + ": " + e);
      return false;
    }
  }

  private void startAndWarm() throws IOException, InterruptedException {
    contenders.startAll();
    for (Contender contender : contenders.turns(0)) {
      Load load =
          Load.run(
              contender.port(),
              options.mainBytes(),
              options.mainConnections(),
              Options.warmUp(contender.name()));
      report.failed(contender.name(), load.errors());
    }
  }

  private void load() throws IOException, InterruptedException {
    for (int round = 0; round < options.rounds(); round++) {
      for (int bytes : options.bytes()) {
        for (int connections : options.connections()) {
          for (Contender contender : contenders.turns(round)) {
            turn(contender, bytes, connections);
          }
        }
      }
      System.err.println("load, round " + (round + 1) + " of " + options.rounds());
    }
  }

  private void turn(Contender contender, int bytes, int connections)
      throws IOException, InterruptedException {
    Child child = contender.child();
    Child.Times timesBefore = child.times();
    long before = child.cpuNanos();
    Load load = Load.run(contender.port(), bytes, connections, options.time());
    long cpu = child.cpuNanos() - before;
    Child.Times times = child.times().since(timesBefore);
    String name = contender.name();
    String work = Report.work(bytes, connections);
    report.failed(name, load.errors());
    report.add(name, work + Report.CPU, cpu / 1_000.0 / load.requests());
    report.add(name, work + Report.USER, times.user() / 1_000.0 / load.requests());
    report.add(name, work + Report.SYSTEM, times.system() / 1_000.0 / load.requests());
    report.add(name, work + Report.RATE, load.requestsPerSecond());
    report.add(name, work + Report.P50, load.p50Micros());
    report.add(name, work + Report.P99, load.p99Micros());
  }
}
