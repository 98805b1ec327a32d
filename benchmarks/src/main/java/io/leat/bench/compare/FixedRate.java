package io.leat.bench.compare;

import io.leat.bench.compare.Contenders.Contender;
import io.leat.bench.openload.OpenLoad;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Latency at a fixed rate, half of what the slower of Leat and HAProxy can do, open loop. */
final class FixedRate {
  /** How long the generator runs before it counts, for its own compilation. */
  static final Duration WARM_UP = Duration.ofSeconds(3);

  private FixedRate() {}

  static void measure(Contenders contenders, Options options, Report report)
      throws IOException, InterruptedException {
    List<String> names = new ArrayList<>(contenders.names());
    names.retainAll(List.of("leat", "haproxy"));
    if (names.isEmpty()) {
      return;
    }
    double slowest = Double.MAX_VALUE;
    for (String name : names) {
      slowest = Math.min(slowest, peak(contenders.running(name), options, report));
    }
    int rate = (int) (slowest / 2);
    for (int round = 0; round < options.fixedRounds(); round++) {
      for (String name : round % 2 == 0 ? names : names.reversed()) {
        turn(contenders.running(name), options, report, rate);
      }
      System.err.println("fixed rate, round " + (round + 1) + " of " + options.fixedRounds());
    }
  }

  private static double peak(Contender contender, Options options, Report report)
      throws IOException, InterruptedException {
    Series measured =
        report.series(
            contender.name(),
            Report.work(options.mainBytes(), options.mainConnections()) + Report.RATE);
    if (!measured.isEmpty()) {
      return measured.median();
    }
    return Load.run(
            contender.port(), options.mainBytes(), options.mainConnections(), options.time())
        .requestsPerSecond();
  }

  private static void turn(Contender contender, Options options, Report report, int rate)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("taskset", "-c", "1"));
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-Xms64m", "-Xmx64m", "-Xlog:disable"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(OpenLoad.class.getName(), Peer.HOST));
    for (long argument :
        new long[] {
          contender.port(),
          options.mainBytes(),
          options.mainConnections(),
          rate,
          WARM_UP.toSeconds(),
          Options.FIXED.toSeconds()
        }) {
      command.add(Long.toString(argument));
    }
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("the open-loop generator failed on " + contender.name() + ": " + text);
    }
    Map<String, Double> values = new HashMap<>();
    for (String word : text.strip().split(" ", -1)) {
      String[] parts = word.split("=", 2);
      values.put(parts[0], Double.valueOf(parts[1]));
    }
    String name = contender.name();
    report.add(name, Report.FIXED_RATE, rate);
    report.add(name, Report.FIXED_P50, values.getOrDefault("p50", Double.NaN));
    report.add(name, Report.FIXED_P99, values.getOrDefault("p99", Double.NaN));
    report.add(name, Report.FIXED_P999, values.getOrDefault("p999", Double.NaN));
    report.add(name, Report.FIXED_MAX, values.getOrDefault("max", Double.NaN));
    report.add(name, Report.FIXED_LAG, values.getOrDefault("lag99", Double.NaN));
    double failed = values.getOrDefault("unanswered", 0.0) + values.getOrDefault("notok", 0.0);
    report.failed(name, (long) failed);
  }
}
