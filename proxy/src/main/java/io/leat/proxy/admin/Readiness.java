package io.leat.proxy.admin;

/**
 * Whether this process wants traffic: from the first table and the end of the warm-up until the
 * first moment of a drain.
 *
 * <p>Written by the control thread, the start-up and the drain; read by any thread.
 */
public final class Readiness {
  private boolean hasTable;
  private boolean warmedUp;
  private boolean draining;

  /** The phases of a process. */
  public enum State {
    STARTING,
    READY,
    DRAINING
  }

  /** A first full table is live. */
  public synchronized void tableApplied() {
    hasTable = true;
  }

  /** The code paths of a request have run once. */
  public synchronized void warmedUp() {
    warmedUp = true;
  }

  /**
   * The process is stopping; there is no way back.
   *
   * @return whether this call was the first
   */
  public synchronized boolean drain() {
    boolean first = !draining;
    draining = true;
    return first;
  }

  /** The phase of now. */
  public synchronized State state() {
    if (draining) {
      return State.DRAINING;
    }
    return hasTable && warmedUp ? State.READY : State.STARTING;
  }
}
