package io.leat.activator.scale;

import java.util.Arrays;

/**
 * One-second buckets of average concurrency, and their linear average over a stable window and over
 * a panic window, the last tenth of it (at least one second).
 *
 * <p>The average is the sum of the buckets divided by the seconds that count: as many as passed
 * since the first write until the window is full, then all of them. A second that nobody wrote
 * counts as zero, in the middle and also at the end. That end is where Knative differs: there,
 * silence after the last write shrinks the window, because a silent source may be a broken one.
 * Here the source is the proxy itself, so silence is the absence of requests, and an idle revision
 * reaches zero after exactly one window. A write after a whole silent window starts it afresh.
 *
 * <p>One thread.
 */
final class ConcurrencyWindow {
  private static final long NEVER = Long.MIN_VALUE;

  private final double[] buckets;
  private final int panicSeconds;
  private long first = NEVER;
  private long last = NEVER;

  /**
   * An empty window.
   *
   * @param seconds length of the stable window; 1 or more
   */
  ConcurrencyWindow(int seconds) {
    if (seconds < 1) {
      throw new IllegalArgumentException("window: " + seconds + " s (expected: 1 or more)");
    }
    this.buckets = new double[seconds];
    this.panicSeconds = Math.max(1, (int) Math.round(seconds * 0.1));
  }

  /** Length of the stable window in seconds. */
  int seconds() {
    return buckets.length;
  }

  /** Length of the panic window in seconds. */
  int panicSeconds() {
    return panicSeconds;
  }

  /**
   * Adds to the bucket of a second.
   *
   * @param second counted from any origin; one before the last written is ignored
   */
  void record(long second, double concurrency) {
    if (first == NEVER || second - last >= buckets.length) {
      Arrays.fill(buckets, 0);
      first = second;
      last = second;
    } else if (second < last) {
      return;
    }
    while (last < second) {
      last++;
      buckets[index(last)] = 0;
    }
    buckets[index(second)] += concurrency;
  }

  /** The average over the stable window that ends with {@code second}, itself included. */
  double stable(long second) {
    return average(second, buckets.length);
  }

  /** The average over the panic window that ends with {@code second}, itself included. */
  double panic(long second) {
    return average(second, panicSeconds);
  }

  private double average(long second, int length) {
    if (first == NEVER || second < first) {
      return 0;
    }
    long from = Math.max(first, second - length + 1);
    double sum = 0;
    for (long s = from; s <= Math.min(last, second); s++) {
      sum += buckets[index(s)];
    }
    return sum / (second - from + 1);
  }

  /** The same recent past in a window of another length. */
  ConcurrencyWindow resized(int seconds) {
    ConcurrencyWindow other = new ConcurrencyWindow(seconds);
    if (first != NEVER) {
      for (long s = Math.max(first, last - Math.min(seconds, buckets.length) + 1); s <= last; s++) {
        other.record(s, buckets[index(s)]);
      }
    }
    return other;
  }

  private int index(long second) {
    return (int) Math.floorMod(second, (long) buckets.length);
  }
}
