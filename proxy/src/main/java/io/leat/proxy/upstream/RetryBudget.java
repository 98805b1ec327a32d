package io.leat.proxy.upstream;

import java.util.Arrays;

/**
 * Bounds how many requests one event loop sends a second time: a fifth of its requests plus ten per
 * second, over the last ten seconds.
 *
 * <p>A few connections that died idle never come near it. Endpoints that break every connection
 * would otherwise get their load doubled at the moment when they bear it least. Used by one event
 * loop; allocates nothing.
 */
final class RetryBudget {
  private static final int SECONDS = 10;
  private static final int REQUESTS_PER_RETRY = 5;
  private static final int FREE = 10 * SECONDS;
  private static final long SECOND_NANOS = 1_000_000_000L;

  private final int[] requests = new int[SECONDS];
  private final int[] retries = new int[SECONDS];
  private long slotEndNanos;
  private int slot;
  private long requestSum;
  private long retrySum;

  RetryBudget(long nowNanos) {
    slotEndNanos = nowNanos + SECOND_NANOS;
  }

  /** A request arrived. */
  void request(long nowNanos) {
    moveTo(nowNanos);
    requests[slot]++;
    requestSum++;
  }

  /** Takes one retry; false when there are none left. */
  boolean tryRetry(long nowNanos) {
    moveTo(nowNanos);
    if (retrySum >= requestSum / REQUESTS_PER_RETRY + FREE) {
      return false;
    }
    retries[slot]++;
    retrySum++;
    return true;
  }

  private void moveTo(long nowNanos) {
    long late = nowNanos - slotEndNanos;
    if (late < 0) {
      return;
    }
    long steps = late / SECOND_NANOS + 1;
    slotEndNanos += steps * SECOND_NANOS;
    if (steps >= SECONDS) {
      Arrays.fill(requests, 0);
      Arrays.fill(retries, 0);
      requestSum = 0;
      retrySum = 0;
      return;
    }
    for (long i = 0; i < steps; i++) {
      slot = (slot + 1) % SECONDS;
      requestSum -= requests[slot];
      retrySum -= retries[slot];
      requests[slot] = 0;
      retries[slot] = 0;
    }
  }
}
