package io.leat.proxy.table;

import java.util.List;
import java.util.Set;

/** What a control plane publishes: a whole table when a proxy connects, afterwards differences. */
public sealed interface TableUpdate {

  /** The version that the proxy serves once it has applied the update. */
  long version();

  /** The content hash of the table at {@link #version()}, as {@link TableHash} computes it. */
  long hash();

  /** The whole table; {@code hash} as its author knows it. */
  record Snapshot(RouteTable table, long hash) implements TableUpdate {
    /** A table whose hash nobody has kept. */
    public Snapshot(RouteTable table) {
      this(table, table.hash());
    }

    @Override
    public long version() {
      return table.version();
    }
  }

  /**
   * What changed since {@code fromVersion}; parts that are not named stay.
   *
   * @param putHosts new or changed virtual hosts, whole
   * @param putRevisions new or changed revisions, whole
   * @param putChannels new or changed channels, whole
   */
  record Delta(
      long fromVersion,
      long version,
      long hash,
      List<VirtualHost> putHosts,
      Set<String> removedHosts,
      List<RevisionEndpoints> putRevisions,
      Set<RevisionId> removedRevisions,
      List<EventChannel> putChannels,
      Set<ChannelId> removedChannels)
      implements TableUpdate {
    /** A difference in hosts and revisions only. */
    public Delta(
        long fromVersion,
        long version,
        long hash,
        List<VirtualHost> putHosts,
        Set<String> removedHosts,
        List<RevisionEndpoints> putRevisions,
        Set<RevisionId> removedRevisions) {
      this(
          fromVersion,
          version,
          hash,
          putHosts,
          removedHosts,
          putRevisions,
          removedRevisions,
          List.of(),
          Set.of());
    }

    /** Copies the collections. */
    public Delta {
      putHosts = List.copyOf(putHosts);
      removedHosts = Set.copyOf(removedHosts);
      putRevisions = List.copyOf(putRevisions);
      removedRevisions = Set.copyOf(removedRevisions);
      putChannels = List.copyOf(putChannels);
      removedChannels = Set.copyOf(removedChannels);
    }
  }
}
