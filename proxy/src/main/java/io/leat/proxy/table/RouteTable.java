package io.leat.proxy.table;

import java.util.List;

/**
 * One complete, versioned answer to "where does this request go".
 *
 * <p>A value: built by the control plane, read by any thread.
 *
 * @param version grows by one with each published change; 0 is the empty table
 * @param virtualHosts at most one per host
 * @param revisions every revision that an entry names; a split may name only these
 */
public record RouteTable(
    long version, List<VirtualHost> virtualHosts, List<RevisionEndpoints> revisions) {

  /** The table before the first publication. */
  public static final RouteTable EMPTY = new RouteTable(0, List.of(), List.of());

  /** Copies the lists. */
  public RouteTable {
    virtualHosts = List.copyOf(virtualHosts);
    revisions = List.copyOf(revisions);
  }

  /** The content hash, independent of the order of hosts and revisions and of the version. */
  public long hash() {
    long hash = 0;
    for (VirtualHost host : virtualHosts) {
      hash += TableHash.of(host);
    }
    for (RevisionEndpoints revision : revisions) {
      hash += TableHash.of(revision);
    }
    return hash;
  }
}
