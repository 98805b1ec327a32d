package io.leat.activator.scale;

/**
 * What is known about a revision at the moment of a decision.
 *
 * @param stableAverage concurrent requests, waiting ones included, over the stable window
 * @param panicAverage the same over the panic window
 * @param concurrency requests that wait or are in flight right now
 * @param ready instances that take requests
 * @param woken whether a request found no capacity, so that the decision must not wait for averages
 * @param nowNanos time of the decision
 */
record ScaleObservation(
    double stableAverage,
    double panicAverage,
    int concurrency,
    int ready,
    boolean woken,
    long nowNanos) {}
