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
import io.leat.proxy.table.RouteMatch.HeaderMatch;
import io.leat.proxy.table.RouteMatch.PathKind;
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
  private static final String TAG_HEADER = "knative-serving-tag";
  private static final String DEFAULT_HEADER = "knative-serving-default-route";

  private final HostNames names;
  private final boolean tagHeaders;

  /** Hosts under the domains of a configuration. */
  public RouteHosts(ServingConfig config) {
    this.names = new HostNames(config);
    this.tagHeaders = config.changes().tagHeaders();
  }

  @Override
  public Kind kind() {
    return Kind.ROUTE;
  }

  @Override
  public List<VirtualHost> hosts(Resource route) {
    List<VirtualHost> hosts = new ArrayList<>();
    List<RouteEntry> whole = entries(route);
    if (!whole.isEmpty()) {
      add(route, "", whole, hosts);
    }
    for (TrafficTarget target : tagged(route)) {
      String tag = tag(target);
      Map<String, String> headers = tagHeaders ? Map.of(TAG_HEADER, tag) : Map.of();
      add(route, tag, List.of(entry(route, RouteMatch.ALL, to(route, target), headers)), hosts);
    }
    return hosts;
  }

  /** The entries of a Route's own host; none while no revision has a share. */
  public List<RouteEntry> entries(Resource route) {
    Map<RevisionId, Integer> weights = new LinkedHashMap<>();
    for (TrafficTarget target : traffic(route)) {
      long percent = target.percent() == null ? 0 : target.percent();
      if (percent > 0) {
        weights.merge(revision(route, target), (int) percent, Integer::sum);
      }
    }
    if (weights.isEmpty()) {
      return List.of();
    }
    List<RouteEntry> entries = new ArrayList<>();
    if (tagHeaders) {
      for (TrafficTarget target : tagged(route)) {
        RouteMatch match =
            new RouteMatch(
                PathKind.LITERAL, "/", List.of(new HeaderMatch(TAG_HEADER, tag(target))));
        entries.add(entry(route, match, to(route, target), Map.of()));
      }
    }
    Map<String, String> headers = entries.isEmpty() ? Map.of() : Map.of(DEFAULT_HEADER, "true");
    entries.add(entry(route, RouteMatch.ALL, weights, headers));
    // Immutable, so that all hosts of the Route share one list.
    return List.copyOf(entries);
  }

  private static List<TrafficTarget> traffic(Resource route) {
    List<TrafficTarget> traffic = route.status().traffic();
    return traffic == null || route.metadata().isDeleting() ? List.of() : traffic;
  }

  private static List<TrafficTarget> tagged(Resource route) {
    List<TrafficTarget> tagged = new ArrayList<>();
    for (TrafficTarget target : traffic(route)) {
      if (!tag(target).isEmpty()) {
        tagged.add(target);
      }
    }
    return tagged;
  }

  private static String tag(TrafficTarget target) {
    return target.tag() == null ? "" : target.tag();
  }

  private static Map<RevisionId, Integer> to(Resource route, TrafficTarget target) {
    return Map.of(revision(route, target), 100);
  }

  private static RouteEntry entry(
      Resource route,
      RouteMatch match,
      Map<RevisionId, Integer> weights,
      Map<String, String> headers) {
    List<WeightedTarget> targets = new ArrayList<>();
    weights.forEach((revision, weight) -> targets.add(WeightedTarget.of(revision, weight)));
    RouteAction split = new RouteAction.Split(new TrafficSplit(targets));
    RoutePolicy policy = RouteAnnotations.policy(route.metadata());
    return new RouteEntry(name(route), match, split, headers, null, policy);
  }

  private static String name(Resource route) {
    return route.metadata().namespace() + "/" + route.metadata().name();
  }

  private void add(Resource route, String tag, List<RouteEntry> forward, List<VirtualHost> hosts) {
    if (!names.isLocalOnly(route)) {
      String host = names.external(route, tag);
      hosts.add(VirtualHost.of(host, isRedirected(route) ? redirect(name(route), host) : forward));
    }
    for (String host : names.local(route, tag)) {
      hosts.add(new VirtualHost(host, Visibility.CLUSTER_LOCAL, forward));
    }
  }

  /** The longest of the names under which a Route is reached from within. */
  public String localHost(Resource route) {
    return names.local(route, "").getLast();
  }

  /** Sends every request of a host to https. */
  public List<RouteEntry> redirect(String name, String host) {
    RouteAction action = new RouteAction.Redirect(301, "https", names.httpsAuthority(host), null);
    return List.of(RouteEntry.of(name, RouteMatch.ALL, action));
  }

  /** Whether an annotation asks for https only. */
  public static boolean isRedirected(Resource resource) {
    return "redirected"
        .equalsIgnoreCase(resource.metadata().annotations().get(Labels.HTTP_PROTOCOL));
  }

  private static RevisionId revision(Resource route, TrafficTarget target) {
    String name = target.revisionName();
    return new RevisionId(route.metadata().namespace(), name == null ? "" : name);
  }
}
