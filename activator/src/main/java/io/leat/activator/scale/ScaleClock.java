package io.leat.activator.scale;

import io.leat.activator.hold.Timers;
import io.leat.proxy.telemetry.Ticker;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * When and where the autoscaler works.
 *
 * @param executor runs one task at a time, in order
 * @param decisionInterval between regular decisions; rounded to tenths of a second
 */
public record ScaleClock(
    Executor executor, Timers timers, Ticker ticker, Duration decisionInterval) {
  /** How often the platform's users expect a decision. */
  public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(2);
}
