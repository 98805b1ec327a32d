package io.leat.proxy.upstream;

import org.jspecify.annotations.Nullable;

/**
 * The timeouts of one event loop, with the precision of a tick.
 *
 * <p>A hashed wheel (Varghese and Lauck, "Hashed and Hierarchical Timing Wheels") of intrusive
 * nodes. Disarming and moving a deadline to a later time only change the node: the wheel looks at
 * it again when its old slot comes round, so a request that arms and disarms costs two stores.
 */
public final class TimerWheel {
  private static final int SLOTS = 512;

  private final @Nullable Deadline[] slots = new @Nullable Deadline[SLOTS];
  private final long tickNanos;
  private final long startNanos;
  private long currentTick;

  /** An empty wheel. */
  public TimerWheel(long tickNanos, long startNanos) {
    this.tickNanos = tickNanos;
    this.startNanos = startNanos;
  }

  /** Arms a deadline, or moves it; it never fires early. */
  public void arm(Deadline deadline, long dueNanos) {
    deadline.armed = true;
    deadline.dueNanos = dueNanos;
    long tick = tickOf(dueNanos);
    if (deadline.slot >= 0) {
      if (deadline.tick <= tick) {
        return;
      }
      unlink(deadline);
    }
    link(deadline, tick);
  }

  /** The owner no longer waits. The wheel may keep the node for a while, see {@link #remove}. */
  public void disarm(Deadline deadline) {
    deadline.armed = false;
  }

  /** Disarms and forgets the node at once, so that nothing keeps its owner alive. */
  public void remove(Deadline deadline) {
    deadline.armed = false;
    if (deadline.slot >= 0) {
      unlink(deadline);
    }
  }

  /** Tells the owner of each deadline that has passed. */
  public void advance(long nowNanos) {
    long target = (nowNanos - startNanos) / tickNanos;
    if (target - currentTick > SLOTS) {
      currentTick = target - SLOTS;
    }
    while (currentTick < target) {
      currentTick++;
      visit((int) (currentTick % SLOTS), nowNanos);
    }
  }

  private void visit(int slot, long nowNanos) {
    Deadline deadline;
    while ((deadline = slots[slot]) != null) {
      unlink(deadline);
      if (!deadline.armed) {
        continue;
      }
      if (deadline.dueNanos - nowNanos <= 0) {
        deadline.armed = false;
        deadline.owner.expired(nowNanos);
      } else {
        link(deadline, tickOf(deadline.dueNanos));
      }
    }
  }

  private long tickOf(long dueNanos) {
    long tick = (dueNanos - startNanos) / tickNanos + 1;
    return Math.clamp(tick, currentTick + 1, currentTick + SLOTS - 1);
  }

  private void link(Deadline deadline, long tick) {
    int slot = (int) (tick % SLOTS);
    Deadline first = slots[slot];
    deadline.tick = tick;
    deadline.slot = slot;
    deadline.next = first;
    if (first != null) {
      first.previous = deadline;
    }
    slots[slot] = deadline;
  }

  private void unlink(Deadline deadline) {
    Deadline previous = deadline.previous;
    Deadline next = deadline.next;
    if (previous == null) {
      slots[deadline.slot] = next;
    } else {
      previous.next = next;
    }
    if (next != null) {
      next.previous = previous;
    }
    deadline.previous = null;
    deadline.next = null;
    deadline.slot = -1;
  }
}
