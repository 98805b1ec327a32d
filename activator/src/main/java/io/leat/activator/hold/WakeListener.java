package io.leat.activator.hold;

import io.leat.proxy.table.RevisionId;

/** Told that requests wait for a revision that has no capacity for them. */
@FunctionalInterface
public interface WakeListener {

  /**
   * Requests wait: called when the first one has to wait, then about once a second while any does.
   * Comes from any thread, often an event loop, and must return at once.
   */
  void wake(RevisionId revision);
}
