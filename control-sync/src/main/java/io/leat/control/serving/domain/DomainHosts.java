package io.leat.control.serving.domain;

import io.leat.control.compile.RouteContributor;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec.DomainMappingSpec;
import io.leat.control.serving.RouteHosts;
import io.leat.control.serving.ServingConfig;
import io.leat.control.store.ResourceView;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.VirtualHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The host of a DomainMapping: the entries of its Route, whose programs see the Route's own local
 * host.
 *
 * <p>A mapping whose Route is not there, or assigns nothing yet, claims its host all the same: the
 * host then has no entry, and answers 404.
 */
public final class DomainHosts implements RouteContributor {
  private final RouteHosts routes;

  /** Hosts that lead to Routes under the domains of a configuration. */
  public DomainHosts(ServingConfig config) {
    this.routes = new RouteHosts(config);
  }

  @Override
  public Kind kind() {
    return Kind.DOMAIN_MAPPING;
  }

  @Override
  public List<VirtualHost> hosts(Resource mapping, ResourceView view) {
    if (mapping.metadata().isDeleting()) {
      return List.of();
    }
    List<RouteEntry> entries = new ArrayList<>();
    Resource route = route(mapping, view).orElse(null);
    String host = mapping.metadata().name();
    if (route != null) {
      for (RouteEntry entry : routes.entries(route)) {
        entries.add(
            new RouteEntry(
                entry.route(),
                entry.match(),
                entry.action(),
                entry.setHeaders(),
                routes.localHost(route),
                entry.policy()));
      }
    }
    boolean redirected = !entries.isEmpty() && RouteHosts.isRedirected(mapping);
    return List.of(
        VirtualHost.of(
            host, redirected ? routes.redirect(entries.getFirst().route(), host) : entries));
  }

  /** The Route that a mapping leads to. */
  static Optional<Resource> route(Resource mapping, ResourceView view) {
    return mapping.spec() instanceof DomainMappingSpec spec
        ? view.get(new ResourceKey(Kind.ROUTE, mapping.metadata().namespace(), spec.ref().name()))
        : Optional.empty();
  }
}
