package io.leat.proxy.table;

import java.time.Duration;

/**
 * How many requests of a route one process lets through.
 *
 * @param requests 1 or more
 * @param per the time in which so many may come, evenly spread but for the {@link #burst}
 */
public record RateLimit(int requests, Duration per) {

  /** Rejects a limit that lets nothing through. */
  public RateLimit {
    if (requests < 1 || per.isZero() || per.isNegative()) {
      throw new IllegalArgumentException(
          "rate limit: " + requests + " per " + per + " (expected: both positive)");
    }
  }

  /** The time that one request uses up, at least a nanosecond. */
  public long intervalNanos() {
    return Math.max(1, per.toNanos() / requests);
  }

  /** How many may come at once after a pause: those of one second, at least one. */
  public long burst() {
    return Math.max(1, Duration.ofSeconds(1).toNanos() / intervalNanos());
  }
}
