package io.leat.proxy.telemetry;

/** Takes the values of one histogram while it is scraped. */
@FunctionalInterface
public interface HistogramSink {

  /**
   * Adds a series.
   *
   * @param counts observations in each bucket of {@link LoopDurations#bounds}, not added up
   * @param sumSeconds of all observations
   * @param labelValues one per label of the metric, in its order
   */
  void row(long[] counts, double sumSeconds, String... labelValues);
}
