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
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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
    String twice = givenTwice(difference.putHosts());
    if (twice != null) {
      return "host " + twice + " is given twice";
    }
    String unknown = unknownRevision(before, difference, given);
    return unknown == null ? namedRemoval(difference, given) : unknown;
  }

  /** Hosts in the order of names, as in most tables, are compared with the one before only. */
  private static @Nullable String givenTwice(Collection<VirtualHost> hosts) {
    String last = "";
    boolean ascending = true;
    for (VirtualHost host : hosts) {
      ascending &= last.compareTo(host.host()) < 0;
      last = host.host();
    }
    if (ascending) {
      return null;
    }
    Set<String> names = new HashSet<>();
    for (VirtualHost host : hosts) {
      if (!names.add(host.host())) {
        return host.host();
      }
    }
    return null;
  }

  // The hosts of a route follow each other and share their entries.
  @SuppressWarnings("ReferenceEquality")
  private static @Nullable String unknownRevision(
      Router before, Difference difference, Set<RevisionId> given) {
    List<RouteEntry> known = List.of();
    for (VirtualHost host : difference.putHosts()) {
      if (host.entries() == known) {
        continue;
      }
      known = host.entries();
      for (RevisionId id : named(host)) {
        boolean stays = before.revision(id) != null && !difference.removedRevisions().contains(id);
        if (!stays && !given.contains(id)) {
          return "host " + host.host() + " names the unknown revision " + id;
        }
      }
    }
    return null;
  }

  private @Nullable String namedRemoval(Difference difference, Set<RevisionId> given) {
    if (difference.removedRevisions().isEmpty()) {
      return null;
    }
    Set<String> replaced = new HashSet<>();
    difference.putHosts().forEach(host -> replaced.add(host.host()));
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
    Collection<VirtualHost> rebuild = rebuild(before, difference, revisions.keySet());
    List<LiveHost> built = new ArrayList<>(rebuild.size());
    List<LiveHost> replaced = new ArrayList<>();
    for (VirtualHost shape : rebuild) {
      LiveHost previous = before.hosts().get(shape.host());
      LiveHost live = hostBuilder.build(shape, previous, all);
      built.add(live);
      if (previous != null) {
        replaced.add(previous);
      }
    }
    List<LiveHost> removed = removed(before, difference, rebuild);
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

  /** What is put, and what names a revision that changed. */
  private Collection<VirtualHost> rebuild(
      Router before, Difference difference, Set<RevisionId> changed) {
    Set<String> naming = new LinkedHashSet<>();
    changed.forEach(id -> naming.addAll(namedBy(id)));
    if (naming.isEmpty()) {
      return difference.putHosts();
    }
    Map<String, VirtualHost> rebuild = new LinkedHashMap<>();
    difference.putHosts().forEach(host -> rebuild.put(host.host(), host));
    for (String name : naming) {
      if (!difference.removedHosts().contains(name)) {
        rebuild.putIfAbsent(name, Objects.requireNonNull(before.hosts().get(name)).host());
      }
    }
    return rebuild.values();
  }

  private static List<LiveHost> removed(
      Router before, Difference difference, Collection<VirtualHost> rebuilt) {
    if (difference.removedHosts().isEmpty()) {
      return List.of();
    }
    Set<String> names = new HashSet<>(difference.removedHosts());
    rebuilt.forEach(host -> names.remove(host.host()));
    List<LiveHost> removed = new ArrayList<>();
    for (String name : names) {
      LiveHost host = before.hosts().get(name);
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

  /** Each revision as often as it is named. */
  private static List<RevisionId> named(VirtualHost host) {
    List<RevisionId> ids = new ArrayList<>(2);
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
