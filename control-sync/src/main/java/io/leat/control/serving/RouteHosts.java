package io.leat.control.serving;

import io.leat.control.compile.RouteContributor;
import io.leat.control.manifest.rules.RouteAnnotations;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec.TrafficTarget;
import io.leat.control.store.Labels;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.RouteMatch;
import io.leat.proxy.table.RoutePolicy;
import io.leat.proxy.table.TrafficSplit;
import io.leat.proxy.table.VirtualHost;
import io.leat.proxy.table.VirtualHost.Visibility;
import io.leat.proxy.table.WeightedTarget;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The hosts of a Route, from the traffic that its status assigns. */
public final class RouteHosts implements RouteContributor {
  private final HostNames names;

  /** Hosts under the domains of a configuration. */
  public RouteHosts(ServingConfig config) {
    this.names = new HostNames(config);
  }

  @Override
  public Kind kind() {
    return Kind.ROUTE;
  }

  @Override
  public List<VirtualHost> hosts(Resource route) {
    List<TrafficTarget> traffic = route.status().traffic();
    if (traffic == null || traffic.isEmpty()) {
      return List.of();
    }
    List<VirtualHost> hosts = new ArrayList<>();
    Map<RevisionId, Integer> weights = new LinkedHashMap<>();
    for (TrafficTarget target : traffic) {
      long percent = target.percent() == null ? 0 : target.percent();
      if (percent > 0) {
        weights.merge(revision(route, target), (int) percent, Integer::sum);
      }
    }
    if (!weights.isEmpty()) {
      add(route, "", weights, hosts);
    }
    for (TrafficTarget target : traffic) {
      if (target.tag() != null && !target.tag().isEmpty()) {
        add(route, target.tag(), Map.of(revision(route, target), 100), hosts);
      }
    }
    return hosts;
  }

  private void add(
      Resource route, String tag, Map<RevisionId, Integer> weights, List<VirtualHost> hosts) {
    List<WeightedTarget> targets = new ArrayList<>();
    weights.forEach((revision, weight) -> targets.add(WeightedTarget.of(revision, weight)));
    RouteAction split = new RouteAction.Split(new TrafficSplit(targets));
    String name = route.metadata().namespace() + "/" + route.metadata().name();
    RoutePolicy policy = RouteAnnotations.policy(route.metadata());
    List<RouteEntry> forward =
        List.of(RouteEntry.of(name, RouteMatch.ALL, split).withPolicy(policy));
    if (!names.isLocalOnly(route)) {
      String host = names.external(route, tag);
      hosts.add(VirtualHost.of(host, isRedirected(route) ? redirect(name, host) : forward));
    }
    for (String host : names.local(route, tag)) {
      hosts.add(new VirtualHost(host, Visibility.CLUSTER_LOCAL, forward));
    }
  }

  private List<RouteEntry> redirect(String name, String host) {
    RouteAction action = new RouteAction.Redirect(301, "https", names.httpsAuthority(host), null);
    return List.of(RouteEntry.of(name, RouteMatch.ALL, action));
  }

  private static boolean isRedirected(Resource route) {
    return "redirected".equalsIgnoreCase(route.metadata().annotations().get(Labels.HTTP_PROTOCOL));
  }

  private static RevisionId revision(Resource route, TrafficTarget target) {
    String name = target.revisionName();
    return new RevisionId(route.metadata().namespace(), name == null ? "" : name);
  }
}
