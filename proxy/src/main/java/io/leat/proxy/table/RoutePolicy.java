package io.leat.proxy.table;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the author of a route asks for beside its targets.
 *
 * @param stickiness what keeps a request with its revision; null when every request is shared anew
 * @param timeout from the arrival of the request, waiting included, to the end of its answer; zero
 *     for that of the revision, which also counts when it is shorter
 * @param maxBodyBytes largest request body; 0 for the limit of the process, which also counts when
 *     it is lower
 * @param rateLimit requests that a process lets through; null for all
 * @param headers what is changed about header fields
 * @param timed whether a histogram of durations is kept
 * @param mirror where requests are sent a second time; null for nowhere
 */
public record RoutePolicy(
    @Nullable Stickiness stickiness,
    Duration timeout,
    long maxBodyBytes,
    @Nullable RateLimit rateLimit,
    HeaderEdits headers,
    boolean timed,
    @Nullable Mirror mirror) {
  /** Nothing. */
  public static final RoutePolicy NONE =
      new RoutePolicy(null, Duration.ZERO, 0, null, HeaderEdits.NONE, false, null);

  /** Rejects what is negative. */
  public RoutePolicy {
    if (timeout.isNegative() || maxBodyBytes < 0) {
      throw new IllegalArgumentException(
          "policy: " + timeout + ", " + maxBodyBytes + " (expected: nothing negative)");
    }
  }

  /** The same with something that requests stick to. */
  public RoutePolicy withStickiness(@Nullable Stickiness value) {
    return new RoutePolicy(value, timeout, maxBodyBytes, rateLimit, headers, timed, mirror);
  }

  /** The same with a timeout. */
  public RoutePolicy withTimeout(Duration value) {
    return new RoutePolicy(stickiness, value, maxBodyBytes, rateLimit, headers, timed, mirror);
  }

  /** The same with a limit of the body. */
  public RoutePolicy withMaxBodyBytes(long value) {
    return new RoutePolicy(stickiness, timeout, value, rateLimit, headers, timed, mirror);
  }

  /** The same with a limit of the rate. */
  public RoutePolicy withRateLimit(@Nullable RateLimit value) {
    return new RoutePolicy(stickiness, timeout, maxBodyBytes, value, headers, timed, mirror);
  }

  /** The same with other edits of header fields. */
  public RoutePolicy withHeaders(HeaderEdits value) {
    return new RoutePolicy(stickiness, timeout, maxBodyBytes, rateLimit, value, timed, mirror);
  }

  /** The same with or without a histogram of durations. */
  public RoutePolicy withTimed(boolean value) {
    return new RoutePolicy(stickiness, timeout, maxBodyBytes, rateLimit, headers, value, mirror);
  }

  /** The same with a mirror. */
  public RoutePolicy withMirror(@Nullable Mirror value) {
    return new RoutePolicy(stickiness, timeout, maxBodyBytes, rateLimit, headers, timed, value);
  }
}
