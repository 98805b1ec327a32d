package io.leat.activator.hold;

/** The port for things that happen later; tests pass one that they move themselves. */
@FunctionalInterface
public interface Timers {

  /**
   * Runs a task once.
   *
   * @param nanos from now; 0 for as soon as possible
   * @param task returns at once and does not throw
   */
  Cancellable after(long nanos, Runnable task);

  /** A task that has not run yet, perhaps. */
  @FunctionalInterface
  interface Cancellable {
    /** Prevents the task from running when it has not begun; harmless later. */
    void cancel();
  }
}
