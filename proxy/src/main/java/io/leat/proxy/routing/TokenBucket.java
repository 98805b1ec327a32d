package io.leat.proxy.routing;

import io.leat.proxy.table.RateLimit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the requests of one route against its limit, for all event loops together.
 *
 * <p>The generic cell rate algorithm (ITU-T I.371): a bucket of tokens kept as one number, the time
 * at which it would be full again. Any thread takes; no lock, no allocation.
 */
final class TokenBucket {
  private static final long FULL = Long.MIN_VALUE;

  private final long interval;
  private final long tolerance;
  private final AtomicLong fullAt = new AtomicLong(FULL);

  TokenBucket(RateLimit limit) {
    this.interval = limit.intervalNanos();
    this.tolerance = (limit.burst() - 1) * interval;
  }

  /** Takes a token at a time of the process's ticker; false when there is none. */
  boolean take(long nowNanos) {
    while (true) {
      long stored = fullAt.get();
      long from = stored != FULL && stored - nowNanos > 0 ? stored : nowNanos;
      if (from - nowNanos > tolerance) {
        return false;
      }
      if (fullAt.compareAndSet(stored, from + interval)) {
        return true;
      }
    }
  }
}
