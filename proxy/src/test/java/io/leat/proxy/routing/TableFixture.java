package io.leat.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.table.Endpoint;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RevisionLimits;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.RouteMatch;
import io.leat.proxy.table.RouteTable;
import io.leat.proxy.table.TableUpdate;
import io.leat.proxy.table.TrafficSplit;
import io.leat.proxy.table.VirtualHost;
import io.leat.proxy.table.WeightedTarget;
import io.leat.proxy.telemetry.MetricRows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** A live table beside the control plane's own copy of it, from which it makes true deltas. */
final class TableFixture {
  final MetricRows rows = new MetricRows();
  final LiveTable live = new LiveTable(0x1234_5678_9abcL, rows);
  private Map<String, VirtualHost> hosts = new LinkedHashMap<>();
  private Map<RevisionId, RevisionEndpoints> revisions = new LinkedHashMap<>();
  private long version;

  static RevisionId id(String name) {
    return new RevisionId("default", name);
  }

  /** A revision at ports of 10.0.0.1, dormant without one. */
  static RevisionEndpoints revision(String name, int... ports) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (int port : ports) {
      endpoints.add(Endpoint.http1("10.0.0.1", port));
    }
    return new RevisionEndpoints(
        id(name),
        RevisionLimits.DEFAULT,
        ports.length == 0 ? new Reachability.Dormant() : new Reachability.Serving(endpoints));
  }

  static RouteAction split(Object... namesAndWeights) {
    List<WeightedTarget> targets = new ArrayList<>();
    for (int i = 0; i < namesAndWeights.length; i += 2) {
      targets.add(WeightedTarget.of(id((String) namesAndWeights[i]), (int) namesAndWeights[i + 1]));
    }
    return new RouteAction.Split(new TrafficSplit(targets));
  }

  /** A host of the route {@code default/route} whose requests are all shared like this. */
  static VirtualHost host(String name, Object... namesAndWeights) {
    return VirtualHost.of(
        name, List.of(RouteEntry.of("default/route", RouteMatch.ALL, split(namesAndWeights))));
  }

  /** What one delta says. */
  static final class Change {
    final List<VirtualHost> puts = new ArrayList<>();
    final Set<String> gone = new LinkedHashSet<>();
    final List<RevisionEndpoints> putRevisions = new ArrayList<>();
    final Set<RevisionId> goneRevisions = new LinkedHashSet<>();

    Change put(VirtualHost... all) {
      puts.addAll(List.of(all));
      return this;
    }

    Change put(RevisionEndpoints... all) {
      putRevisions.addAll(List.of(all));
      return this;
    }

    Change remove(String host) {
      gone.add(host);
      return this;
    }

    Change remove(RevisionId revision) {
      goneRevisions.add(revision);
      return this;
    }
  }

  static Change change() {
    return new Change();
  }

  /** The delta with the hash that the control plane would compute. */
  TableUpdate.Delta delta(Change change) {
    RouteTable after = after(change);
    return new TableUpdate.Delta(
        version,
        version + 1,
        after.hash(),
        change.puts,
        change.gone,
        change.putRevisions,
        change.goneRevisions);
  }

  private RouteTable after(Change change) {
    Map<String, VirtualHost> nextHosts = new LinkedHashMap<>(hosts);
    nextHosts.keySet().removeAll(change.gone);
    change.puts.forEach(host -> nextHosts.put(host.host(), host));
    Map<RevisionId, RevisionEndpoints> next = new LinkedHashMap<>(revisions);
    next.keySet().removeAll(change.goneRevisions);
    change.putRevisions.forEach(revision -> next.put(revision.id(), revision));
    return new RouteTable(version + 1, List.copyOf(nextHosts.values()), List.copyOf(next.values()));
  }

  /** Applies a delta that must be accepted. */
  void apply(Change change) {
    TableUpdate.Delta delta = delta(change);
    RouteTable after = after(change);
    assertThat(live.apply(delta)).isEqualTo(new LiveTable.Outcome.Acknowledged(delta.version()));
    remember(after);
  }

  /** Applies a snapshot that must be accepted. */
  void apply(RouteTable table) {
    assertThat(live.apply(new TableUpdate.Snapshot(table)))
        .isEqualTo(new LiveTable.Outcome.Acknowledged(table.version()));
    remember(table);
  }

  private void remember(RouteTable table) {
    version = table.version();
    hosts = new LinkedHashMap<>();
    table.virtualHosts().forEach(host -> hosts.put(host.host(), host));
    revisions = new LinkedHashMap<>();
    table.revisions().forEach(revision -> revisions.put(revision.id(), revision));
  }

  LiveRevision revision(RevisionId id) {
    return Objects.requireNonNull(live.current().revision(id));
  }

  /** The split that takes requests of a host. */
  LiveSplit splitOf(String host) {
    LiveEntry entry = live.current().dispatch(new RawRequest(host, "/"), true);
    return (LiveSplit) Objects.requireNonNull(entry).action();
  }

  /** Which revision one loop's next request of a host goes to. */
  RevisionId pick(String host, int loop) {
    return splitOf(host).pick(loop).revision().id();
  }
}
