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
 * @param channels at most one per id
 */
public record RouteTable(
    long version,
    List<VirtualHost> virtualHosts,
    List<RevisionEndpoints> revisions,
    List<EventChannel> channels) {

  /** The table before the first publication. */
  public static final RouteTable EMPTY = new RouteTable(0, List.of(), List.of());

  /** A table without channels. */
  public RouteTable(
      long version, List<VirtualHost> virtualHosts, List<RevisionEndpoints> revisions) {
    this(version, virtualHosts, revisions, List.of());
  }

  /** Copies the lists. */
  public RouteTable {
    virtualHosts = List.copyOf(virtualHosts);
    revisions = List.copyOf(revisions);
    channels = List.copyOf(channels);
  }

  /** The content hash, independent of the order of its parts and of the version. */
  public long hash() {
    long hash = 0;
    for (VirtualHost host : virtualHosts) {
      hash += TableHash.of(host);
    }
    for (RevisionEndpoints revision : revisions) {
      hash += TableHash.of(revision);
    }
    for (EventChannel channel : channels) {
      hash += TableHash.of(channel);
    }
    return hash;
  }
}
