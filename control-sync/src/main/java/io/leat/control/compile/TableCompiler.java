package io.leat.control.compile;

import io.leat.control.reconcile.Observations.LostHost;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.ChangeEvent;
import io.leat.control.store.ResourceView;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.Endpoint;
import io.leat.proxy.table.EventChannel;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RouteTable;
import io.leat.proxy.table.TableHash;
import io.leat.proxy.table.TableUpdate;
import io.leat.proxy.table.VirtualHost;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a table equal to the store, at the cost of what changed.
 *
 * <p>Confined to the control thread. {@link #changed} only marks; {@link #compile} reads the marked
 * resources once, however often they changed, and says how the table differs.
 */
public final class TableCompiler {
  private final Map<Kind, RouteContributor> contributors;
  private final RevisionSource revisionSource;
  private final HostClaims claims;
  private final LiveRevisions revisions;
  private final ForkedMap<ResourceKey, Contribution> contributions;
  private final ForkedMap<RevisionId, Long> revisionVersions;
  private final LiveChannels channels;
  private final Set<ResourceKey> dirty = new LinkedHashSet<>();
  private final Set<RevisionId> dirtyRevisions = new LinkedHashSet<>();
  private long version;
  private long hash;
  private long visited;

  /** What one resource brought in. */
  private record Contribution(
      HostClaims.Claim claim, LiveChannels.@Nullable Claim channel, long version, String problem) {}

  /**
   * The outcome of a compilation.
   *
   * @param update empty when the table is as before
   * @param touched resources whose {@link #hosts}, {@link #lost} or {@link #version} may differ
   */
  public record Compiled(Optional<TableUpdate> update, Set<ResourceKey> touched) {}

  /** A compiler with an empty table of version 0. */
  public TableCompiler(Collection<RouteContributor> contributors, RevisionSource revisionSource) {
    Map<Kind, RouteContributor> byKind = new HashMap<>();
    for (RouteContributor contributor : contributors) {
      byKind.put(contributor.kind(), contributor);
    }
    this.contributors = Map.copyOf(byKind);
    this.revisionSource = revisionSource;
    this.claims = new HostClaims();
    this.revisions = new LiveRevisions();
    this.contributions = new ForkedMap<>(new HashMap<>());
    this.revisionVersions = new ForkedMap<>(new HashMap<>());
    this.channels = new LiveChannels();
  }

  private TableCompiler(TableCompiler other) {
    this.contributors = other.contributors;
    this.revisionSource = other.revisionSource;
    this.claims = other.claims.fork();
    this.revisions = other.revisions.fork();
    this.contributions = other.contributions.fork(new HashMap<>());
    this.revisionVersions = other.revisionVersions.fork(new HashMap<>());
    this.channels = other.channels.fork();
    this.dirty.addAll(other.dirty);
    this.dirtyRevisions.addAll(other.dirtyRevisions);
    this.version = other.version;
    this.hash = other.hash;
  }

  /**
   * A compiler that begins where this one stands and changes nothing here, at the cost of what is
   * marked. It is to be used only while this one stays as it is.
   */
  public TableCompiler fork() {
    return new TableCompiler(this);
  }

  /** Marks what a write of the store may change. */
  public void changed(ChangeEvent event) {
    if (event.before() != null) {
      mark(event.before());
    }
    if (event.after() != null) {
      mark(event.after());
    }
  }

  /** Marks a resource. */
  public void mark(Resource resource) {
    if (contributors.containsKey(resource.kind())) {
      dirty.add(resource.key());
    }
    dirtyRevisions.addAll(revisionSource.concernedBy(resource));
  }

  /** Whether a compilation may find a difference. */
  public boolean isDirty() {
    return version == 0 || !dirty.isEmpty() || !dirtyRevisions.isEmpty();
  }

  /** Reads what is marked; the first time the update is a snapshot, even of nothing. */
  public Compiled compile(ResourceView view) {
    Difference difference = new Difference();
    markThoseThatName(List.copyOf(dirty), view);
    for (ResourceKey key : dirty) {
      contribute(key, view, difference);
    }
    settleHosts(difference);
    difference.channels.forEach(id -> hash += channels.settle(id, difference));
    difference.revisions.addAll(dirtyRevisions);
    for (RevisionId revision : difference.revisions) {
      settleRevision(revision, view, difference);
    }
    dirty.clear();
    dirtyRevisions.clear();
    long from = version;
    if (from == 0 || !difference.isEmpty()) {
      version++;
    }
    stamp(difference);
    if (from == version) {
      return new Compiled(Optional.empty(), difference.touched);
    }
    TableUpdate update =
        from == 0 ? snapshot(difference.putHosts) : difference.delta(from, version, hash);
    return new Compiled(Optional.of(update), difference.touched);
  }

  /** The whole table as last compiled. */
  public TableUpdate.Snapshot snapshot() {
    return snapshot(claims.hosts());
  }

  /** In the order of names, which brings the hosts of a Route together. */
  private TableUpdate.Snapshot snapshot(List<VirtualHost> all) {
    all.sort(Comparator.comparing(VirtualHost::host));
    return new TableUpdate.Snapshot(
        new RouteTable(version, all, List.copyOf(revisions.endpoints().values()), channels.all()),
        hash);
  }

  /** The version as last compiled; 0 before the first. */
  public long version() {
    return version;
  }

  /** The content hash as last compiled. */
  public long hash() {
    return hash;
  }

  /** The version since which the table holds what a resource contributes; 0 for nothing yet. */
  public long version(ResourceKey resource) {
    Contribution contribution = contributions.get(resource);
    return contribution == null ? 0 : contribution.version();
  }

  /** The hosts that a resource claims, won or lost. */
  public List<VirtualHost> hosts(ResourceKey resource) {
    Contribution contribution = contributions.get(resource);
    return contribution == null ? List.of() : contribution.claim().hosts();
  }

  /** Why the newest state of a resource could not be compiled; empty when it was. */
  public String problem(ResourceKey resource) {
    Contribution contribution = contributions.get(resource);
    return contribution == null ? "" : contribution.problem();
  }

  /** The hosts that a resource claims but another holds. */
  public List<LostHost> lost(ResourceKey resource) {
    if (!claims.areContested()) {
      return List.of();
    }
    List<LostHost> lost = new ArrayList<>();
    for (VirtualHost host : hosts(resource)) {
      ResourceKey winner = claims.winner(host.host());
      if (winner != null && !winner.equals(resource)) {
        lost.add(new LostHost(host.host(), winner));
      }
    }
    return lost;
  }

  /** How a revision is in the table as last compiled, if an entry names it. */
  public Optional<RevisionEndpoints> revision(RevisionId revision) {
    return Optional.ofNullable(revisions.endpoints().get(revision));
  }

  /** The version since which a revision is in the table as it is, or is not in it. */
  public long version(RevisionId revision) {
    Long since = revisionVersions.get(revision);
    return since == null ? version : since;
  }

  /** A host of the table as last compiled. */
  public Optional<VirtualHost> host(String name) {
    return Optional.ofNullable(claims.host(name));
  }

  /** A channel of the table as last compiled. */
  public Optional<EventChannel> channel(ChannelId id) {
    return channels.channel(id);
  }

  /** The channels that were put or removed since the fork; all of them in one that is none. */
  public Set<ChannelId> touchedChannels() {
    return channels.touched();
  }

  /** The hosts that were put or removed since the fork; all of them in a compiler that is none. */
  public Set<String> touchedHosts() {
    return claims.touched();
  }

  /** The same of revisions. */
  public Set<RevisionId> touchedRevisions() {
    return revisions.endpoints().touched();
  }

  /** Whether the table as last compiled sends new requests to one of these addresses. */
  public boolean sendsTo(RevisionId revision, Set<String> addresses) {
    RevisionEndpoints live = revisions.endpoints().get(revision);
    if (live != null && live.reachability() instanceof Reachability.Serving serving) {
      for (Endpoint endpoint : serving.endpoints()) {
        if (endpoint.state() == Endpoint.State.READY && addresses.contains(endpoint.address())) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether a write since the last compilation concerns a revision. */
  public boolean isDirty(RevisionId revision) {
    return dirtyRevisions.contains(revision);
  }

  /** How many resources and revisions all compilations have read. */
  public long visited() {
    return visited;
  }

  /** What is built from a resource that is marked is marked as well. */
  private void markThoseThatName(List<ResourceKey> marked, ResourceView view) {
    for (ResourceKey key : marked) {
      for (Resource naming : view.referencing(key)) {
        if (contributors.containsKey(naming.kind())) {
          dirty.add(naming.key());
        }
      }
    }
  }

  private void contribute(ResourceKey key, ResourceView view, Difference difference) {
    visited++;
    Contribution before = contributions.get(key);
    Contribution after = view.get(key).map(found -> read(key, found, view, before)).orElse(null);
    if (after == null) {
      contributions.remove(key);
    } else {
      contributions.put(key, after);
    }
    LiveChannels.Claim channelBefore = before == null ? null : before.channel();
    LiveChannels.Claim channelNow = after == null ? null : after.channel();
    if (before != null
        && after != null
        && before.claim().equals(after.claim())
        && before.problem().equals(after.problem())
        && Objects.equals(channelBefore, channelNow)) {
      return;
    }
    difference.touched.add(key);
    channels.replace(channelBefore, channelNow, difference);
    if (before != null) {
      for (VirtualHost host : before.claim().hosts()) {
        changing(host.host(), difference);
        claims.remove(host.host(), before.claim());
      }
    }
    if (after != null) {
      for (VirtualHost host : after.claim().hosts()) {
        changing(host.host(), difference);
        claims.add(host.host(), after.claim());
      }
    }
  }

  private @Nullable Contribution read(
      ResourceKey key, Resource resource, ResourceView view, @Nullable Contribution before) {
    RouteContributor contributor = contributors.get(resource.kind());
    if (contributor == null) {
      return null;
    }
    long since = before == null ? 0 : before.version();
    Instant created = resource.metadata().creationTimestamp();
    Instant age = created == null ? Instant.MAX : created;
    try {
      List<VirtualHost> hosts = contributor.hosts(resource, view);
      LiveChannels.Claim channel =
          contributor
              .channel(resource, view)
              .map(made -> LiveChannels.Claim.of(resource, made))
              .orElse(null);
      return new Contribution(new HostClaims.Claim(key, age, hosts), channel, since, "");
    } catch (IllegalArgumentException refused) {
      // A resource that the table's own rules refuse must not take others down with it: what it
      // contributed before stays, and its author reads why.
      String why = String.valueOf(refused.getMessage());
      HostClaims.Claim stays =
          before == null ? new HostClaims.Claim(key, age, List.of()) : before.claim();
      return new Contribution(stays, before == null ? null : before.channel(), since, why);
    }
  }

  private void stamp(Difference difference) {
    for (ResourceKey key : difference.touched) {
      Contribution contribution = contributions.get(key);
      if (contribution != null) {
        contributions.put(
            key,
            new Contribution(
                contribution.claim(), contribution.channel(), version, contribution.problem()));
      }
    }
    difference.putRevisions.forEach(revision -> revisionVersions.put(revision.id(), version));
    difference.removedRevisions.forEach(revisionVersions::remove);
  }

  private void changing(String host, Difference difference) {
    // The first table holds nothing before, and lists all of its hosts without being told.
    if (version > 0 && !difference.hosts.containsKey(host)) {
      difference.hosts.put(host, Optional.ofNullable(claims.host(host)));
    }
  }

  private void settleHosts(Difference difference) {
    difference.hosts.forEach((host, before) -> settleHost(host, before, difference));
    for (ResourceKey key : version == 0 ? dirty : Set.<ResourceKey>of()) {
      for (VirtualHost host : hosts(key)) {
        if (key.equals(claims.winner(host.host()))) {
          bringIn(host, difference);
        }
      }
    }
  }

  private void settleHost(String name, Optional<VirtualHost> had, Difference difference) {
    VirtualHost now = claims.host(name);
    VirtualHost before = had.orElse(null);
    claims.forEachOwner(name, difference.touched::add);
    if (now != null && now.equals(before)) {
      return;
    }
    if (before != null) {
      hash -= TableHash.of(before);
      revisions.mention(before, -1, difference.revisions::add);
    }
    if (now == null) {
      if (before != null) {
        difference.removedHosts.add(name);
      }
      return;
    }
    bringIn(now, difference);
  }

  private void bringIn(VirtualHost host, Difference difference) {
    hash += TableHash.of(host);
    revisions.mention(host, 1, difference.revisions::add);
    difference.putHosts.add(host);
  }

  private void settleRevision(RevisionId id, ResourceView view, Difference difference) {
    ForkedMap<RevisionId, RevisionEndpoints> live = revisions.endpoints();
    if (!revisions.mentioned(id)) {
      RevisionEndpoints removed = live.remove(id);
      if (removed != null) {
        hash -= TableHash.of(removed);
        difference.removedRevisions.add(id);
      }
      return;
    }
    visited++;
    RevisionEndpoints now = revisionSource.endpoints(id, view);
    RevisionEndpoints before = live.put(id, now);
    if (now.equals(before)) {
      return;
    }
    hash += TableHash.of(now) - (before == null ? 0 : TableHash.of(before));
    difference.putRevisions.add(now);
  }
}
