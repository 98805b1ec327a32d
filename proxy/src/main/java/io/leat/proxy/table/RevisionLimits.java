package io.leat.proxy.table;

import java.time.Duration;

/**
 * What a revision allows.
 *
 * @param containerConcurrency requests in flight per endpoint at most; 0 for no limit
 * @param timeout from the arrival of the request, waiting included, to the end of its answer
 * @param responseStartTimeout from the arrival of the request to the first byte of its answer
 * @param idleTimeout longest gap between bytes of the answer; zero for none
 */
public record RevisionLimits(
    int containerConcurrency,
    Duration timeout,
    Duration responseStartTimeout,
    Duration idleTimeout) {

  /** No concurrency limit, 300 s in all and until the answer starts, no idle limit. */
  public static final RevisionLimits DEFAULT =
      new RevisionLimits(0, Duration.ofSeconds(300), Duration.ofSeconds(300), Duration.ZERO);

  /** Rejects a negative limit. */
  public RevisionLimits {
    if (containerConcurrency < 0) {
      throw new IllegalArgumentException(
          "containerConcurrency: " + containerConcurrency + " (expected: 0 or more)");
    }
  }

  /** The same limits with the shorter of two timeouts, of which zero is none. */
  public RevisionLimits withTimeoutAtMost(Duration other) {
    if (other.isZero() || (!timeout.isZero() && timeout.compareTo(other) <= 0)) {
      return this;
    }
    return new RevisionLimits(containerConcurrency, other, responseStartTimeout, idleTimeout);
  }

  /** The same limits with another concurrency. */
  public RevisionLimits withContainerConcurrency(int concurrency) {
    return new RevisionLimits(concurrency, timeout, responseStartTimeout, idleTimeout);
  }
}
