package io.leat.proxy.telemetry;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * How long the requests of one event loop took, in fixed buckets, for the rows that ask for it.
 *
 * <p>Only the owning loop adds; a scrape on another thread reads with opaque access and may be a
 * few requests behind. A row costs memory from its first request on.
 */
public final class LoopDurations {
  private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
  private static final long[] NONE = {};

  /** Upper bounds of the buckets in microseconds; one more bucket takes what is longer. */
  private static final long[] BOUNDS_MICROS = {
    100,
    250,
    500,
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    30_000_000,
    60_000_000,
    120_000_000
  };

  /** Buckets of a row. */
  public static final int BUCKETS = BOUNDS_MICROS.length + 1;

  /** Cells of a row: one per bucket, then the sum of all durations in nanoseconds. */
  public static final int CELLS = BUCKETS + 1;

  private volatile long[][] rows = {};

  /** No request so far. */
  public LoopDurations() {}

  /** The upper bounds of all buckets in seconds; the last is infinite. */
  public static double[] bounds() {
    double[] bounds = new double[BUCKETS];
    for (int i = 0; i < BOUNDS_MICROS.length; i++) {
      bounds[i] = BOUNDS_MICROS[i] / 1e6;
    }
    bounds[BUCKETS - 1] = Double.POSITIVE_INFINITY;
    return bounds;
  }

  /** Counts a request of a row. */
  public void add(int metricsId, long nanos) {
    long[] cells = row(metricsId);
    add(cells, bucket(nanos), 1);
    add(cells, BUCKETS, nanos);
  }

  static int bucket(long nanos) {
    long micros = TimeUnit.NANOSECONDS.toMicros(nanos);
    int bucket = 0;
    while (bucket < BOUNDS_MICROS.length && micros > BOUNDS_MICROS[bucket]) {
      bucket++;
    }
    return bucket;
  }

  private long[] row(int metricsId) {
    long[][] all = rows;
    if (metricsId < all.length && all[metricsId].length > 0) {
      return all[metricsId];
    }
    int size = Math.max(all.length, Integer.highestOneBit(metricsId + 1) * 2);
    long[][] more = Arrays.copyOf(all, size);
    Arrays.fill(more, all.length, size, NONE);
    long[] cells = new long[CELLS];
    more[metricsId] = cells;
    rows = more;
    return cells;
  }

  private static void add(long[] cells, int cell, long change) {
    CELL.setOpaque(cells, cell, (long) CELL.getOpaque(cells, cell) + change);
  }

  /** What one cell of a row has counted so far; any thread. */
  public long cell(int metricsId, int cell) {
    long[][] all = rows;
    long[] cells = metricsId < all.length ? all[metricsId] : NONE;
    return cells.length == 0 ? 0 : (long) CELL.getOpaque(cells, cell);
  }
}
