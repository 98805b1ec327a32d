package io.leat.proxy.testing;

import io.leat.proxy.Proxy;
import io.leat.proxy.ProxySettings;
import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.server.Transport;
import io.leat.proxy.table.Endpoint;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RevisionLimits;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.RouteMatch;
import io.leat.proxy.table.RoutePolicy;
import io.leat.proxy.table.RouteTable;
import io.leat.proxy.table.TableUpdate;
import io.leat.proxy.table.TrafficSplit;
import io.leat.proxy.table.VirtualHost;
import io.leat.proxy.telemetry.ForcedClose;
import io.leat.proxy.telemetry.MetricRows;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * A running proxy whose table a test builds step by step. The property {@code leat.transport} names
 * another way to talk to the network.
 */
public final class ProxyFixture implements AutoCloseable {
  private final LiveTable table = new LiveTable(0x1eaf, new MetricRows());
  private final List<VirtualHost> hosts = new ArrayList<>();
  private final List<RevisionEndpoints> revisions = new ArrayList<>();
  private final Proxy proxy;
  private final int port;
  private long version;

  private ProxyFixture(UnaryOperator<ProxySettings> change) {
    Transport transport = Transport.named(System.getProperty("leat.transport", "auto"));
    ProxySettings base =
        ProxySettings.of(table)
            .withAddress("127.0.0.1", 0)
            .withEventLoops(2)
            .withTransport(transport);
    this.proxy = new Proxy(change.apply(base));
    this.port = proxy.start();
  }

  /** A proxy with the default settings on two event loops. */
  public static ProxyFixture start() {
    return new ProxyFixture(settings -> settings);
  }

  /** A proxy with other settings. */
  public static ProxyFixture start(UnaryOperator<ProxySettings> change) {
    return new ProxyFixture(change);
  }

  /** Names a revision of the namespace {@code default}. */
  public static RevisionId revision(String name) {
    return new RevisionId("default", name);
  }

  /** Puts a host whose requests all go to one revision at these ports of this machine. */
  public ProxyFixture serve(String host, int... ports) {
    return serve(host, RevisionLimits.DEFAULT, ports);
  }

  /** As {@link #serve(String, int...)} with limits; the revision has the name of the host. */
  public ProxyFixture serve(String host, RevisionLimits limits, int... ports) {
    put(revision(host), limits, ports);
    return route(host, new RouteAction.Split(TrafficSplit.to(revision(host))));
  }

  /** Puts a revision; one without ports is dormant. */
  public ProxyFixture put(RevisionId id, RevisionLimits limits, int... ports) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (int each : ports) {
      endpoints.add(Endpoint.http1("127.0.0.1", each));
    }
    Reachability reachability =
        endpoints.isEmpty() ? new Reachability.Dormant() : new Reachability.Serving(endpoints);
    revisions.removeIf(existing -> existing.id().equals(id));
    revisions.add(new RevisionEndpoints(id, limits, reachability));
    return apply();
  }

  /** Puts a host with one entry. */
  public ProxyFixture route(String host, RouteAction action) {
    return route(host, action, RoutePolicy.NONE);
  }

  /** Puts a host with one entry that has a policy. */
  public ProxyFixture route(String host, RouteAction action, RoutePolicy policy) {
    RouteEntry entry = RouteEntry.of("default/" + host, RouteMatch.ALL, action);
    return route(host, List.of(entry.withPolicy(policy)));
  }

  /** Puts a host with several entries. */
  public ProxyFixture route(String host, List<RouteEntry> entries) {
    hosts.removeIf(existing -> existing.host().equals(host));
    hosts.add(VirtualHost.of(host, entries));
    return apply();
  }

  /** Hides a host that was put from clients outside. */
  public ProxyFixture clusterLocal(String host) {
    hosts.replaceAll(each ->
        each.host().equals(host)
            ? new VirtualHost(host, VirtualHost.Visibility.CLUSTER_LOCAL, each.entries())
            : each);
    return apply();
  }

  /** Connections that were closed for one reason on all event loops. */
  public long forcedCloses(ForcedClose reason) {
    return proxy.counters().stream().mapToLong(each -> each.forcedCloses(reason)).sum();
  }

  private ProxyFixture apply() {
    RouteTable next = new RouteTable(++version, hosts, revisions);
    LiveTable.Outcome outcome = table.apply(new TableUpdate.Snapshot(next));
    if (outcome instanceof LiveTable.Outcome.Refused refused) {
      throw new IllegalStateException(refused.reason());
    }
    return this;
  }

  /** A connection to the proxy. */
  public TestClient client() throws IOException {
    return TestClient.connect(port);
  }

  /** The data port. */
  public int port() {
    return port;
  }

  /** The table that the proxy goes by. */
  public LiveTable table() {
    return table;
  }

  /** The proxy itself. */
  public Proxy proxy() {
    return proxy;
  }

  /** The live revision of a name. */
  public LiveRevision live(String name) {
    return Objects.requireNonNull(table.current().revision(revision(name)), name);
  }

  /** Rejections of one kind on all event loops. */
  public long rejections(Rejection rejection) {
    return proxy.counters().stream().mapToLong(each -> each.rejections(rejection)).sum();
  }

  @Override
  public void close() {
    proxy.close();
  }
}
