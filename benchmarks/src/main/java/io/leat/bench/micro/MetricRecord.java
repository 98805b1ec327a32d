package io.leat.bench.micro;

import io.leat.proxy.telemetry.LoopCounters;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Counting one finished request. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MetricRecord {
  private static final int ROWS = 1_000;

  private final LoopCounters counters = new LoopCounters();
  private int row;

  /** One of a thousand rows each time. */
  @Benchmark
  public void request() {
    row = row + 1 == ROWS ? 0 : row + 1;
    counters.request(row, 200);
  }
}
