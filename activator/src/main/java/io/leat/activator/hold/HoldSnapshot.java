package io.leat.activator.hold;

import io.leat.proxy.table.RevisionId;
import java.util.Map;

/**
 * How much waits at one moment; the numbers are read one after the other, so they may be a few
 * requests apart.
 *
 * @param requests waiting requests of the process
 * @param bytes memory that they keep
 * @param waiting waiting requests per revision that ever held one and is still in the table
 */
public record HoldSnapshot(int requests, long bytes, Map<RevisionId, Integer> waiting) {
  /** Copies the map. */
  public HoldSnapshot {
    waiting = Map.copyOf(waiting);
  }
}
