package io.leat.control.store.jobs;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How failed jobs are tried again.
 *
 * @param base pause after the first failure; it doubles with every further one
 * @param most longest pause
 * @param maxAttempts attempts of a step before the job is given up, at least 1
 * @param jitter a number from 0 to 1 per call: up to a quarter of each pause is random
 * @param finishedKept finished jobs that are kept, the newest first to stay
 */
public record RetryRules(
    Duration base, Duration most, int maxAttempts, DoubleSupplier jitter, int finishedKept) {
  private static final int DOUBLINGS = 30;

  /** A second at first, five minutes at most, 20 attempts, 1,000 finished jobs. */
  public static RetryRules standard(DoubleSupplier jitter) {
    return new RetryRules(Duration.ofSeconds(1), Duration.ofMinutes(5), 20, jitter, 1000);
  }

  /** The pause after so many attempts: between three quarters of the doubled base and all of it. */
  Duration pause(int attempts) {
    int doublings = Math.clamp(attempts - 1L, 0, DOUBLINGS);
    double whole = Math.min((double) most.toMillis(), base.toMillis() * Math.pow(2, doublings));
    return Duration.ofMillis(Math.round(whole * (0.75 + 0.25 * jitter.getAsDouble())));
  }
}
