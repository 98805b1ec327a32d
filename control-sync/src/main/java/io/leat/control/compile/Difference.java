package io.leat.control.compile;

import io.leat.control.resource.ResourceKey;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.EventChannel;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.TableUpdate;
import io.leat.proxy.table.VirtualHost;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The working set of one compilation: what to look at, and how the table came to differ.
 *
 * <p>Confined to the control thread.
 */
final class Difference {
  final Set<ResourceKey> touched = new LinkedHashSet<>();

  /** Hosts whose claims change, and what the table holds of each before that. */
  final Map<String, Optional<VirtualHost>> hosts = new LinkedHashMap<>();

  final Set<RevisionId> revisions = new LinkedHashSet<>();
  final List<VirtualHost> putHosts = new ArrayList<>();
  final Set<String> removedHosts = new HashSet<>();
  final List<RevisionEndpoints> putRevisions = new ArrayList<>();
  final Set<RevisionId> removedRevisions = new HashSet<>();
  final Set<ChannelId> channels = new LinkedHashSet<>();
  final List<EventChannel> putChannels = new ArrayList<>();
  final Set<ChannelId> removedChannels = new HashSet<>();

  boolean isEmpty() {
    return putHosts.isEmpty()
        && removedHosts.isEmpty()
        && putRevisions.isEmpty()
        && removedRevisions.isEmpty()
        && putChannels.isEmpty()
        && removedChannels.isEmpty();
  }

  TableUpdate.Delta delta(long from, long version, long hash) {
    return new TableUpdate.Delta(
        from,
        version,
        hash,
        putHosts,
        removedHosts,
        putRevisions,
        removedRevisions,
        putChannels,
        removedChannels);
  }
}
