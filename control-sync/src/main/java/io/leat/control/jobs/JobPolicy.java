package io.leat.control.jobs;

import java.time.Duration;

/**
 * How long jobs are held, and how often and when they are tried again.
 *
 * @param lease how long a worker has a job without a sign of life
 * @param heartbeat how often a worker gives that sign, less than the lease
 * @param poll longest time until a worker looks for work again
 * @param limit longest time of one attempt; a longer one is interrupted and has failed
 * @param base pause after the first failure; it doubles with every further one
 * @param most longest pause, before the jitter
 * @param maxAttempts attempts of a step before the job is given up; 0 for no bound
 */
public record JobPolicy(
    Duration lease,
    Duration heartbeat,
    Duration poll,
    Duration limit,
    Duration base,
    Duration most,
    int maxAttempts) {
  private static final int DOUBLINGS = 30;
  private static final double JITTER = 0.25;

  /**
   * Lease 5 s, heartbeat 3 s, poll 1 s, attempts of at most 10 min, pauses of 5 s to 5 min, 5
   * attempts.
   */
  public static final JobPolicy DEFAULT =
      new JobPolicy(
          Duration.ofSeconds(5),
          Duration.ofSeconds(3),
          Duration.ofSeconds(1),
          Duration.ofMinutes(10),
          Duration.ofSeconds(5),
          Duration.ofMinutes(5),
          5);

  /** Checks that a lease outlives a heartbeat. */
  public JobPolicy {
    if (heartbeat.compareTo(lease) >= 0) {
      throw new IllegalArgumentException(
          "heartbeat must be less than the lease: " + heartbeat + " >= " + lease);
    }
  }

  /** Whether a job that was claimed so often gets no further attempt after this one. */
  boolean isLast(int attempts) {
    return maxAttempts > 0 && attempts >= maxAttempts;
  }

  /**
   * The pause after so many attempts: the doubled base, and up to a quarter more.
   *
   * @param jitter from 0 to 1
   */
  Duration pause(int attempts, double jitter) {
    int doublings = Math.clamp(attempts - 1L, 0, DOUBLINGS);
    double whole = Math.min((double) most.toMillis(), base.toMillis() * Math.pow(2, doublings));
    return Duration.ofMillis(Math.round(whole * (1 + JITTER * jitter)));
  }
}
