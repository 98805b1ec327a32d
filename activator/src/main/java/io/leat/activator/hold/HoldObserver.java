package io.leat.activator.hold;

import io.leat.proxy.table.RevisionId;

/** Sees how long requests waited, and that they were answered. */
@FunctionalInterface
public interface HoldObserver {
  /** Looks away. */
  HoldObserver NONE = (revision, waitedNanos) -> {};

  /**
   * A request got capacity.
   *
   * <p>Never called by two threads at once for one revision, but by any thread; must return at
   * once.
   *
   * @param waitedNanos from the arrival of the request until now
   */
  void released(RevisionId revision, long waitedNanos);

  /** An endpoint began to answer a request that had waited; by any thread, must return at once. */
  default void answered(RevisionId revision) {}
}
