package io.leat.proxy.table;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How often and how fast a Channel tries to deliver to one subscriber, and what becomes of an event
 * that no try could deliver. Fields as in Knative's {@code DeliverySpec} (duck v1).
 *
 * @param retries further tries after the first; 0 for one try
 * @param backoff how the pause grows
 * @param delay the first pause, zero for none
 * @param timeout of one try
 * @param retryAfterMax the longest {@code Retry-After} that is followed; zero to ignore the header
 * @param deadLetter an absolute http URI, or null to drop such an event and count it
 * @param format how events are written, null for the way that suits the event
 * @param ordered whether events of one {@code partitionkey} are delivered one after another
 * @param parallelism tries that may run at once, at least 1
 */
public record DeliveryPolicy(
    int retries,
    Backoff backoff,
    Duration delay,
    Duration timeout,
    Duration retryAfterMax,
    @Nullable String deadLetter,
    @Nullable EventFormat format,
    boolean ordered,
    int parallelism) {

  /** How the pause before a further try follows from its number, which begins with 1. */
  public enum Backoff {
    /** {@code delay * n}. */
    LINEAR,
    /** {@code delay * 2^n}. */
    EXPONENTIAL
  }

  /** A content mode of the HTTP binding of CloudEvents. */
  public enum EventFormat {
    /** Attributes as headers. */
    BINARY,
    /** One JSON document. */
    STRUCTURED
  }

  /** One try of a minute, no dead letter sink, 64 tries at once. */
  public static final DeliveryPolicy DEFAULT =
      new DeliveryPolicy(
          0,
          Backoff.EXPONENTIAL,
          Duration.ZERO,
          Duration.ofMinutes(1),
          Duration.ofMinutes(5),
          null,
          null,
          false,
          64);

  /** The same with no more retries and tries at once than given. */
  public DeliveryPolicy atMost(int mostRetries, int mostParallelism) {
    if (retries <= mostRetries && parallelism <= mostParallelism) {
      return this;
    }
    return new DeliveryPolicy(
        Math.min(retries, mostRetries),
        backoff,
        delay,
        timeout,
        retryAfterMax,
        deadLetter,
        format,
        ordered,
        Math.min(parallelism, mostParallelism));
  }

  /** Rejects counts and times that mean nothing. */
  public DeliveryPolicy {
    if (retries < 0) {
      throw new IllegalArgumentException("retries: " + retries + " (expected: >= 0)");
    }
    if (delay.isNegative()) {
      throw new IllegalArgumentException("delay: " + delay + " (expected: >= PT0S)");
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout: " + timeout + " (expected: > PT0S)");
    }
    if (retryAfterMax.isNegative()) {
      throw new IllegalArgumentException(
          "retryAfterMax: " + retryAfterMax + " (expected: >= PT0S)");
    }
    if (parallelism < 1) {
      throw new IllegalArgumentException("parallelism: " + parallelism + " (expected: >= 1)");
    }
  }
}
