package io.leat.proxy.admin;

import io.leat.proxy.telemetry.ForcedClose;
import io.leat.proxy.telemetry.GuardCounts;
import io.leat.proxy.telemetry.LoopCounters;
import io.leat.proxy.telemetry.Metric;
import io.leat.proxy.telemetry.SeriesSink;
import io.leat.proxy.telemetry.Telemetry;
import java.util.List;
import java.util.function.Supplier;

/** The metrics of what protects a proxy from its clients. Runs on the scraping thread. */
public final class GuardMetrics {
  private static final List<String> STEPS =
      List.of("pause_reading", "pause_accepting", "shed_idle", "reject");

  private final Supplier<List<LoopCounters>> loops;
  private final Supplier<GuardCounts> guards;

  /** The metrics of one proxy. */
  public GuardMetrics(Supplier<List<LoopCounters>> loops, Supplier<GuardCounts> guards) {
    this.loops = loops;
    this.guards = guards;
  }

  /** Registers all of them; once per telemetry. */
  public void register(Telemetry telemetry) {
    telemetry.value(Metric.OVERLOAD_LEVEL, () -> guards.get().overloadLevel());
    telemetry.rows(Metric.OVERLOAD_STEPS, this::steps);
    telemetry.value(Metric.BUFFERED_BYTES, () -> (double) guards.get().bufferedBytes());
    telemetry.rows(Metric.ACCEPT_PAUSES, this::pauses);
    telemetry.rows(Metric.CONNECTIONS_CLOSED, this::closes);
  }

  private void steps(SeriesSink sink) {
    List<Long> entered = guards.get().overloadSteps();
    for (int step = 0; step < STEPS.size(); step++) {
      sink.row((double) entered.get(step), STEPS.get(step));
    }
  }

  private void pauses(SeriesSink sink) {
    GuardCounts counts = guards.get();
    sink.row((double) counts.connectionPauses(), "connections");
    sink.row((double) counts.memoryPauses(), "memory");
    sink.row((double) counts.descriptorPauses(), "descriptors");
  }

  private void closes(SeriesSink sink) {
    List<LoopCounters> all = loops.get();
    for (ForcedClose reason : ForcedClose.values()) {
      long sum = 0;
      for (LoopCounters loop : all) {
        sum += loop.forcedCloses(reason);
      }
      sink.row((double) sum, reason.label());
    }
  }
}
