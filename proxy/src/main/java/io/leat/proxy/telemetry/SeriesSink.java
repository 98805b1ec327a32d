package io.leat.proxy.telemetry;

/** Takes the values of one metric while it is scraped. */
@FunctionalInterface
public interface SeriesSink {

  /**
   * Adds a series; values under the same labels are added up.
   *
   * @param labelValues one per label of the metric, in its order
   */
  void row(double value, String... labelValues);
}
