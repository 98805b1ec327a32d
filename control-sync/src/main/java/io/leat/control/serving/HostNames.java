package io.leat.control.serving;

import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec.TrafficTarget;
import io.leat.control.store.Labels;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The names under which Routes and their tags are reached (Knative's default templates). */
final class HostNames {
  private final ServingConfig config;

  HostNames(ServingConfig config) {
    this.config = config;
  }

  /** {@code shop.default.localhost}, or {@code canary-shop.default.localhost} for a tag. */
  String external(Resource route, @Nullable String tag) {
    return prefix(route, tag) + "." + route.metadata().namespace() + "." + config.domain();
  }

  /** The three forms, longest last. */
  List<String> local(Resource route, @Nullable String tag) {
    String base = prefix(route, tag) + "." + route.metadata().namespace();
    return List.of(base, base + ".svc", base + ".svc." + config.clusterDomain());
  }

  /** Whether only this cluster or machine may reach the route. */
  boolean isLocalOnly(Resource route) {
    return "cluster-local".equals(route.metadata().labels().get(Labels.VISIBILITY));
  }

  String url(Resource route, @Nullable String tag) {
    return isLocalOnly(route)
        ? localUrl(route, tag)
        : "http://" + external(route, tag) + port(config.httpPort(), 80);
  }

  String localUrl(Resource route, @Nullable String tag) {
    return "http://" + local(route, tag).getLast();
  }

  /** What a redirect to https names. */
  String httpsAuthority(String host) {
    return host + port(config.httpsPort(), 443);
  }

  private static String port(int port, int usual) {
    return port == usual ? "" : ":" + port;
  }

  private static String prefix(Resource route, @Nullable String tag) {
    return TrafficTarget.hostLabel(route.metadata().name(), tag);
  }
}
