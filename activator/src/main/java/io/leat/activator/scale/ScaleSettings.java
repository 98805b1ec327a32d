package io.leat.activator.scale;

import java.time.Duration;

/**
 * What the annotations {@code autoscaling.knative.dev/*} of one revision say, defaults filled in.
 *
 * @param minScale instances that stay while a route reaches the revision
 * @param maxScale instances at most; 0 for no limit
 * @param initialScale instances at creation, until they were ready once
 * @param target concurrent requests per instance that the scaler aims at, utilisation applied
 * @param window averaging window
 * @param scaleToZeroGrace how long the last instance stays after the window went quiet
 * @param reachable whether a route names the revision; minScale is ignored when not
 */
public record ScaleSettings(
    int minScale,
    int maxScale,
    int initialScale,
    double target,
    Duration window,
    Duration scaleToZeroGrace,
    boolean reachable) {}
