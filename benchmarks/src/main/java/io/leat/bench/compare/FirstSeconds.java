package io.leat.bench.compare;

import io.leat.bench.compare.Contenders.Contender;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What the first 10 s after a start cost: CPU time per request of a fresh process, counted from the
 * moment it listens, beside the warmed process in the same round.
 */
final class FirstSeconds {
  private FirstSeconds() {}

  static void measure(Contenders contenders, Options options, Report report)
      throws IOException, InterruptedException {
    List<String> names = new ArrayList<>(contenders.names());
    names.retainAll(List.of("leat", "vertx"));
    for (int round = 0; round < options.shortRounds(); round++) {
      for (String name : round % 2 == 0 ? names : names.reversed()) {
        Contender fresh = contenders.fresh(name);
        double first;
        try (Child child = fresh.child()) {
          Contender held = new Contender(name, child, fresh.port());
          first = perRequest(report, held, options, Options.FIRST.toSeconds());
        }
        Contender warm = contenders.running(name);
        double warmed = perRequest(report, warm, options, options.time().toSeconds());
        report.add(name, Report.FIRST_CPU, first);
        report.add(name, Report.WARMED_CPU, warmed);
      }
      System.err.println("first seconds, round " + (round + 1) + " of " + options.shortRounds());
    }
  }

  // Compiler threads come and go: only the process's own sum still has those that have ended.
  private static double perRequest(
      Report report, Contender contender, Options options, long seconds)
      throws IOException, InterruptedException {
    Child.Times before = contender.child().times();
    Load load =
        Load.run(
            contender.port(),
            options.mainBytes(),
            options.mainConnections(),
            Duration.ofSeconds(seconds));
    report.failed(contender.name(), load.errors());
    return contender.child().times().since(before).total() / 1_000.0 / load.requests();
  }
}
