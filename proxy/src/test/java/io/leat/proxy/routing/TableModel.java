package io.leat.proxy.routing;

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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The control plane of a test: what a table should say, and the updates that lead there. */
final class TableModel {
  private final Map<String, VirtualHost> hosts = new HashMap<>();
  private final Map<RevisionId, RevisionEndpoints> revisions = new HashMap<>();
  private Map<String, VirtualHost> publishedHosts = Map.of();
  private Map<RevisionId, RevisionEndpoints> publishedRevisions = Map.of();
  private long version;

  static RevisionId id(String name) {
    return new RevisionId("default", name);
  }

  static RevisionEndpoints serving(String name, int... ports) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (int port : ports) {
      endpoints.add(Endpoint.http1("127.0.0.1", port));
    }
    return new RevisionEndpoints(
        id(name), RevisionLimits.DEFAULT, new Reachability.Serving(endpoints));
  }

  /** A split over revisions, given as name and weight, alternating. */
  static RouteAction split(Object... namesAndWeights) {
    List<WeightedTarget> targets = new ArrayList<>();
    for (int i = 0; i < namesAndWeights.length; i += 2) {
      targets.add(
          WeightedTarget.of(id((String) namesAndWeights[i]), (Integer) namesAndWeights[i + 1]));
    }
    return new RouteAction.Split(new TrafficSplit(targets));
  }

  TableModel host(String name, RouteAction action) {
    return host(name, RouteEntry.of("default/" + name, RouteMatch.ALL, action));
  }

  TableModel host(String name, RouteEntry... entries) {
    return put(VirtualHost.of(name, List.of(entries)));
  }

  TableModel put(VirtualHost host) {
    hosts.put(host.host(), host);
    return this;
  }

  TableModel put(RevisionEndpoints revision) {
    revisions.put(revision.id(), revision);
    return this;
  }

  TableModel revision(String name, int... ports) {
    return put(serving(name, ports));
  }

  TableModel removeHost(String name) {
    hosts.remove(name);
    return this;
  }

  TableModel removeRevision(String name) {
    revisions.remove(id(name));
    return this;
  }

  Map<String, VirtualHost> hosts() {
    return hosts;
  }

  Map<RevisionId, RevisionEndpoints> revisions() {
    return revisions;
  }

  long version() {
    return version;
  }

  RouteTable table() {
    return new RouteTable(version, List.copyOf(hosts.values()), List.copyOf(revisions.values()));
  }

  TableUpdate snapshot() {
    version++;
    published();
    return new TableUpdate.Snapshot(table());
  }

  /** What changed since the last update. */
  TableUpdate.Delta delta() {
    version++;
    List<VirtualHost> putHosts = new ArrayList<>();
    hosts.forEach((name, host) -> {
      if (!host.equals(publishedHosts.get(name))) {
        putHosts.add(host);
      }
    });
    List<RevisionEndpoints> putRevisions = new ArrayList<>();
    revisions.forEach((id, revision) -> {
      if (!revision.equals(publishedRevisions.get(id))) {
        putRevisions.add(revision);
      }
    });
    Set<String> removedHosts = new HashSet<>(publishedHosts.keySet());
    removedHosts.removeAll(hosts.keySet());
    Set<RevisionId> removedRevisions = new HashSet<>(publishedRevisions.keySet());
    removedRevisions.removeAll(revisions.keySet());
    published();
    return new TableUpdate.Delta(
        version - 1,
        version,
        table().hash(),
        putHosts,
        removedHosts,
        putRevisions,
        removedRevisions);
  }

  private void published() {
    publishedHosts = Map.copyOf(hosts);
    publishedRevisions = Map.copyOf(revisions);
  }
}
