package io.leat.control.publish;

import io.leat.proxy.table.RevisionId;

/** Counts requests that a table change must not cut; called on the control thread. */
public interface InFlight {

  /**
   * Requests under way at endpoints of a revision that take no new ones, those that have left the
   * table included.
   */
  int draining(RevisionId revision);
}
