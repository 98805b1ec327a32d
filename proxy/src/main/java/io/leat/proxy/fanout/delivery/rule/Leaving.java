package io.leat.proxy.fanout.delivery.rule;

import io.leat.proxy.fanout.stored.StoredEvent;

/**
 * The end of a subscription that delivers what it still has: events that came after it began are
 * not for it. Used by the event loop of the subscription.
 *
 * <p>An event may lead to others, on their way to one place, that lie behind it in the log: so the
 * end is where the log ended when everything before was done, again and again until nothing of that
 * kind came any more.
 */
public final class Leaving {
  private final long from;
  private final Runnable left;
  private long boundary;
  private long read = -1;

  /** Whether what was done may have led to more; at first it may. */
  private boolean cameOn = true;

  private boolean over;

  /**
   * A subscription begins to leave.
   *
   * @param from the offset of the first event that is not for it
   * @param left told once
   */
  public Leaving(long from, Runnable left) {
    this.from = from;
    this.left = left;
    this.boundary = from;
  }

  /** Whether a record is still for the subscription. */
  public boolean takes(long offset, byte kind) {
    read = Math.max(read, offset);
    boolean event = kind == StoredEvent.EVENT;
    cameOn |= !event;
    return !event || offset < from;
  }

  /** A record came ahead of its turn: more may come of it. */
  public void tookAhead() {
    cameOn = true;
  }

  /**
   * Nothing of what was read is under way.
   *
   * @param backlog records that are not finished
   * @param next offset that the next record of the log gets
   */
  public void idle(long backlog, long next) {
    if (backlog == 0 || (read >= boundary && !cameOn)) {
      end();
    } else if (read >= boundary) {
      cameOn = false;
      boundary = next;
    }
  }

  /** Ends now, whatever is left. */
  public void end() {
    if (!over) {
      over = true;
      left.run();
    }
  }
}
