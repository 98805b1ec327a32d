package io.leat.activator.scale;

/**
 * What one decision leaves to the next.
 *
 * @param desired instances wanted; 0 or more
 * @param panicking whether the revision may only grow for now
 * @param panicNanos when the load was last above the panic threshold; meaningful while panicking
 * @param panicFloor the most that was wanted during this panic
 * @param started whether the initial scale was reached once
 * @param quiet whether nothing runs, waits, or is left in the window
 * @param quietNanos since when; meaningful while quiet
 */
record ScaleState(
    int desired,
    boolean panicking,
    long panicNanos,
    int panicFloor,
    boolean started,
    boolean quiet,
    long quietNanos) {

  /** A revision that nobody has started yet. */
  static final ScaleState NEW = new ScaleState(0, false, 0, 0, false, false, 0);

  /**
   * A revision that was found running with {@code ready} instances and without history. More than
   * one instance is held as in a panic, so that a restarted scaler does not take away what it knows
   * nothing about before a whole window has passed.
   */
  static ScaleState found(int ready, long nowNanos) {
    boolean hold = ready > 1;
    return new ScaleState(ready, hold, nowNanos, hold ? ready : 0, false, false, 0);
  }
}
