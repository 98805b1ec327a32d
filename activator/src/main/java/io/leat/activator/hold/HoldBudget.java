package io.leat.activator.hold;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bound on a number of requests and on their bytes, taken from and given back to by any thread.
 *
 * <p>Both checks are exact: a place is refused only when the bound is really reached, because a
 * refused attempt never counts, not even for a moment.
 */
final class HoldBudget {
  private final AtomicInteger requests;
  private final AtomicLong bytes = new AtomicLong();
  private final int maxRequests;
  private final long maxBytes;

  /**
   * An untouched budget.
   *
   * @param requests the counter to use, so that others may read it; 0
   */
  HoldBudget(AtomicInteger requests, int maxRequests, long maxBytes) {
    this.requests = requests;
    this.maxRequests = maxRequests;
    this.maxBytes = maxBytes;
  }

  /** Takes a place for one request, or takes nothing and returns false. */
  boolean tryTake(int size) {
    if (!tryTakeBytes(size)) {
      return false;
    }
    if (!tryTakeRequest()) {
      bytes.addAndGet(-size);
      return false;
    }
    return true;
  }

  private boolean tryTakeBytes(int size) {
    while (true) {
      long now = bytes.get();
      if (now + size > maxBytes) {
        return false;
      }
      if (bytes.weakCompareAndSetVolatile(now, now + size)) {
        return true;
      }
    }
  }

  private boolean tryTakeRequest() {
    while (true) {
      int now = requests.get();
      if (now >= maxRequests) {
        return false;
      }
      if (requests.weakCompareAndSetVolatile(now, now + 1)) {
        return true;
      }
    }
  }

  /** Gives the place of one request back. */
  void giveBack(int size) {
    bytes.addAndGet(-size);
    requests.decrementAndGet();
  }

  /** Requests that have a place now. */
  int requests() {
    return requests.get();
  }

  /** Bytes of the requests that have a place now. */
  long bytes() {
    return bytes.get();
  }
}
