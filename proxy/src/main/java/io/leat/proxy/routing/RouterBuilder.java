package io.leat.proxy.routing;

import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.EventChannel;
import io.leat.proxy.table.Mirror;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.TrafficSplit;
import io.leat.proxy.table.VirtualHost;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Builds each router from the one before: only hosts that changed, or that name a revision that
 * changed, are built anew.
 *
 * <p>Confined to the control thread.
 */
final class RouterBuilder {
  private final HostBuilder hostBuilder;
  private final Map<String, LiveHost> hosts = new HashMap<>();
  private final Map<RevisionId, NameSet> naming = new HashMap<>();
  private final Map<RevisionId, LiveRevision> departed = new HashMap<>();

  RouterBuilder(HostBuilder hostBuilder) {
    this.hostBuilder = hostBuilder;
  }

  /** What differs from the router before. */
  record Difference(
      Collection<VirtualHost> putHosts,
      Set<String> removedHosts,
      Collection<RevisionEndpoints> putRevisions,
      Set<RevisionId> removedRevisions,
      Collection<EventChannel> putChannels,
      Set<ChannelId> removedChannels) {}

  /** The names of all hosts of the router built last. */
  Set<String> hostNames() {
    return Collections.unmodifiableSet(hosts.keySet());
  }

  /** The host of a name in the router built last. */
  @Nullable LiveHost host(String name) {
    return hosts.get(name);
  }

  /** Why a difference cannot be applied to a router, or null. */
  @Nullable String refusal(Router before, Difference difference) {
    Set<RevisionId> given = new HashSet<>();
    for (RevisionEndpoints revision : difference.putRevisions()) {
      if (!given.add(revision.id())) {
        return "revision " + revision.id() + " is given twice";
      }
    }
    Set<ChannelId> channels = new HashSet<>();
    for (EventChannel channel : difference.putChannels()) {
      if (!channels.add(channel.id())) {
        return "channel " + channel.id() + " is given twice";
      }
    }
    Set<String> replaced = new HashSet<>();
    for (VirtualHost host : difference.putHosts()) {
      if (!replaced.add(host.host())) {
        return "host " + host.host() + " is given twice";
      }
      for (RevisionId id : named(host)) {
        boolean stays = before.revision(id) != null && !difference.removedRevisions().contains(id);
        if (!stays && !given.contains(id)) {
          return "host " + host.host() + " names the unknown revision " + id;
        }
      }
    }
    for (RevisionId id : difference.removedRevisions()) {
      for (String host : given.contains(id) ? List.<String>of() : namedBy(id)) {
        if (!replaced.contains(host) && !difference.removedHosts().contains(host)) {
          return "revision " + id + " is removed although host " + host + " names it";
        }
      }
    }
    return null;
  }

  /** The next router; the difference was not refused. */
  Router build(Router before, Difference difference, long version, long hash) {
    Map<RevisionId, LiveRevision> revisions = liveRevisions(before, difference);
    ShardedMap<RevisionId, LiveRevision> all =
        before.revisionMap().with(revisions, difference.removedRevisions());
    Map<String, VirtualHost> rebuild = new LinkedHashMap<>();
    difference.putHosts().forEach(host -> rebuild.put(host.host(), host));
    for (RevisionId id : revisions.keySet()) {
      for (String name : namedBy(id)) {
        if (!difference.removedHosts().contains(name)) {
          rebuild.putIfAbsent(name, Objects.requireNonNull(hosts.get(name)).host());
        }
      }
    }
    List<LiveHost> built = new ArrayList<>(rebuild.size());
    List<LiveHost> replaced = new ArrayList<>();
    for (VirtualHost shape : rebuild.values()) {
      LiveHost previous = hosts.get(shape.host());
      LiveHost live = hostBuilder.build(shape, previous, all);
      hosts.put(shape.host(), live);
      built.add(live);
      if (previous != null) {
        replaced.add(previous);
      }
    }
    List<LiveHost> removed = remove(difference.removedHosts(), rebuild.keySet());
    removed.forEach(hostBuilder::abandonCursors);
    // Last, so that the counters of a pair that moved between hosts go on.
    replaced.forEach(this::forget);
    removed.forEach(this::forget);
    built.forEach(this::index);
    return new Router(
        version, hash, before.hosts().with(built, removed), all, channels(before, difference));
  }

  private static ShardedMap<ChannelId, EventChannel> channels(
      Router before, Difference difference) {
    Map<ChannelId, EventChannel> puts = new LinkedHashMap<>();
    difference.putChannels().forEach(channel -> puts.put(channel.id(), channel));
    return before.channelMap().with(puts, difference.removedChannels());
  }

  private List<LiveHost> remove(Set<String> names, Set<String> except) {
    List<LiveHost> removed = new ArrayList<>();
    for (String name : names) {
      LiveHost host = except.contains(name) ? null : hosts.remove(name);
      if (host != null) {
        removed.add(host);
      }
    }
    return removed;
  }

  /**
   * The revisions that changed. A revision that was removed is remembered for one more table, since
   * a request may just be on its way to it, and longer while requests run or wait.
   */
  private Map<RevisionId, LiveRevision> liveRevisions(Router before, Difference difference) {
    Map<RevisionId, LiveRevision> revisions = new LinkedHashMap<>();
    for (RevisionEndpoints shape : difference.putRevisions()) {
      LiveRevision previous = before.revision(shape.id());
      LiveRevision returning = departed.remove(shape.id());
      revisions.put(shape.id(), LiveRevision.of(shape, previous == null ? returning : previous));
    }
    departed.values().removeIf(revision -> !isBusy(revision));
    for (RevisionId id : difference.removedRevisions()) {
      LiveRevision removed = before.revision(id);
      if (removed != null && !revisions.containsKey(id)) {
        departed.put(id, removed);
      }
    }
    return revisions;
  }

  private static boolean isBusy(LiveRevision revision) {
    return revision.activity().inFlight().get() > 0 || revision.activity().waiting().get() > 0;
  }

  private List<String> namedBy(RevisionId id) {
    NameSet names = naming.get(id);
    if (names == null) {
      return List.of();
    }
    List<String> all = new ArrayList<>();
    names.forEach(all::add);
    return all;
  }

  private void index(LiveHost host) {
    for (RevisionId id : named(host.host())) {
      naming.computeIfAbsent(id, key -> new NameSet()).add(host.host().host());
    }
  }

  private void forget(LiveHost host) {
    for (RevisionId id : named(host.host())) {
      NameSet names = naming.get(id);
      if (names != null) {
        names.remove(host.host().host());
        if (names.isEmpty()) {
          naming.remove(id);
        }
      }
    }
    hostBuilder.abandon(host);
  }

  private static Set<RevisionId> named(VirtualHost host) {
    Set<RevisionId> ids = new HashSet<>();
    for (RouteEntry entry : host.entries()) {
      if (entry.action() instanceof RouteAction.Split(TrafficSplit split)) {
        split.targets().forEach(target -> ids.add(target.revision()));
      }
      Mirror mirror = entry.policy().mirror();
      if (mirror != null) {
        ids.add(mirror.revision());
      }
    }
    return ids;
  }
}
