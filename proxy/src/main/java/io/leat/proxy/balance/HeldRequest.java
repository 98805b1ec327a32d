package io.leat.proxy.balance;

import io.leat.proxy.http.Rejection;
import org.jspecify.annotations.Nullable;

/**
 * A request that waits for capacity; its body stays unread in the socket.
 *
 * <p>The server extends it with its own exchange, so waiting costs no further object. The event
 * loop that owns the request writes the descriptive fields before it hands the request to the hold;
 * the fields of the queue belong to the hold alone. Exactly one of {@link #granted} and {@link
 * #refused} is called for each {@link RequestHold#hold}, unless {@link RequestHold#cancel} came
 * first; both may come from any thread and return at once.
 */
public abstract class HeldRequest {
  /** When the request arrived, by the ticker of the process. Written by the event loop. */
  protected long arrivedNanos;

  /** Bytes of memory that the waiting request keeps. Written by the event loop. */
  protected int heldBytes;

  /** Queue links, written and read by the hold only. */
  public @Nullable HeldRequest previous;

  /** Queue links, written and read by the hold only. */
  public @Nullable HeldRequest next;

  /** Where the request waits, written and read by the hold only; null when it does not wait. */
  public @Nullable Object queue;

  /** When the request arrived, in nanoseconds of the process's ticker. */
  public final long arrivedNanos() {
    return arrivedNanos;
  }

  /** Bytes of memory that the waiting request keeps. */
  public final int heldBytes() {
    return heldBytes;
  }

  /**
   * Capacity was taken for this request: it owns one slot of {@code endpoint} and owes {@link
   * LiveRevision#release}, also when its client has left meanwhile.
   */
  public abstract void granted(LiveRevision revision, LiveEndpoint endpoint);

  /** The request will not be served. */
  public abstract void refused(Rejection rejection);
}
