package io.leat.proxy.upstream;

import org.jspecify.annotations.Nullable;

/**
 * A point in time at which its owner is told, kept in a {@link TimerWheel} without an object per
 * arming. Used by one event loop.
 */
public class Deadline {
  final Expiring owner;
  boolean armed;
  long dueNanos;
  long tick;
  int slot = -1;
  @Nullable Deadline previous;
  @Nullable Deadline next;

  /** A deadline that is not armed. */
  public Deadline(Expiring owner) {
    this.owner = owner;
  }

  /** Whether the owner still waits for it. */
  public boolean armed() {
    return armed;
  }
}
