package io.leat.proxy.telemetry;

import io.prometheus.metrics.core.metrics.Histogram;

/** A metric of durations that a component observes itself; any thread. */
public final class HistogramSeries {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Histogram histogram;

  HistogramSeries(Histogram histogram) {
    this.histogram = histogram;
  }

  /**
   * Takes one duration into account.
   *
   * @param nanos by the ticker of the process
   * @param labelValues one per label of the metric, in its order; from the table or a fixed set
   */
  public void observeNanos(long nanos, String... labelValues) {
    histogram.labelValues(labelValues).observe(nanos / NANOS_PER_SECOND);
  }
}
