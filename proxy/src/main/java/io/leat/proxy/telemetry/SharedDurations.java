package io.leat.proxy.telemetry;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;

/**
 * How long something took that several threads do, in the buckets of {@link LoopDurations}. Any
 * thread adds and reads; adding allocates nothing.
 */
public final class SharedDurations {
  private static final double NANOS_PER_SECOND = 1e9;

  private final AtomicLongArray cells = new AtomicLongArray(LoopDurations.CELLS);

  /** Nothing so far. */
  public SharedDurations() {}

  /** Counts one. */
  public void add(long nanos) {
    cells.getAndIncrement(LoopDurations.bucket(nanos));
    cells.getAndAdd(LoopDurations.BUCKETS, nanos);
  }

  /** How many were counted. */
  public long count() {
    long count = 0;
    for (int bucket = 0; bucket < LoopDurations.BUCKETS; bucket++) {
      count += cells.get(bucket);
    }
    return count;
  }

  /** As a source of a histogram without labels. */
  public Consumer<HistogramSink> rows() {
    return sink -> {
      long[] counts = new long[LoopDurations.BUCKETS];
      for (int bucket = 0; bucket < counts.length; bucket++) {
        counts[bucket] = cells.get(bucket);
      }
      sink.row(counts, cells.get(LoopDurations.BUCKETS) / NANOS_PER_SECOND);
    };
  }
}
