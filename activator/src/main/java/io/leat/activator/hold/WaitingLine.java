package io.leat.activator.hold;

import io.leat.proxy.balance.HeldRequest;
import org.jspecify.annotations.Nullable;

/**
 * A first-in first-out line of requests, linked through the requests themselves, so that joining,
 * leaving from the front and leaving from the middle each cost a few writes and no memory.
 *
 * <p>One thread at a time; {@link RevisionHold} sees to that.
 */
final class WaitingLine {
  private @Nullable HeldRequest first;
  private @Nullable HeldRequest last;

  /** The one that waits longest, or null. */
  @Nullable HeldRequest first() {
    return first;
  }

  boolean isEmpty() {
    return first == null;
  }

  /** Whether {@code request}, which is in this line or in none, is in it. */
  @SuppressWarnings("ReferenceEquality") // a request is a place in the line, not a value
  boolean contains(HeldRequest request) {
    return request == first || request.previous != null;
  }

  void add(HeldRequest request) {
    HeldRequest before = last;
    request.previous = before;
    request.next = null;
    last = request;
    if (before == null) {
      first = request;
    } else {
      before.next = request;
    }
  }

  /** Takes {@code request}, which is in this line, out of it. */
  void remove(HeldRequest request) {
    HeldRequest before = request.previous;
    HeldRequest after = request.next;
    if (before == null) {
      first = after;
    } else {
      before.next = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.previous = before;
    }
    request.previous = null;
    request.next = null;
  }
}
