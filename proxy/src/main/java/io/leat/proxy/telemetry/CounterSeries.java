package io.leat.proxy.telemetry;

import io.prometheus.metrics.core.metrics.Counter;

/** A metric that a component increments itself; any thread. */
public final class CounterSeries {
  private final Counter counter;

  CounterSeries(Counter counter) {
    this.counter = counter;
  }

  /**
   * Counts one event.
   *
   * @param labelValues one per label of the metric, in its order; from the table or a fixed set
   */
  public void increment(String... labelValues) {
    counter.labelValues(labelValues).inc();
  }
}
