package io.leat.activator.scale;

import io.leat.proxy.table.RevisionId;

/** Told of every scale decision that differs from the one before, for status and metrics. */
@FunctionalInterface
public interface ScaleListener {
  /** Ignores them. */
  ScaleListener NONE = (revision, desired) -> {};

  /** The scaler wants another number of instances; called on its thread, after the target. */
  void desiredChanged(RevisionId revision, int desired);
}
