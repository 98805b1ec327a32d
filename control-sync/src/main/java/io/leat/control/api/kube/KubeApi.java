package io.leat.control.api.kube;

import io.leat.control.api.schema.OpenApi;
import io.leat.control.eventing.topology.TopologyChange;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.ResourceStore;
import io.leat.proxy.admin.AdminRequest;
import io.leat.proxy.admin.AdminResponse;
import io.leat.proxy.admin.AdminRoutes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Serves every kind in the dialect of the Kubernetes API: what kubectl and client libraries need.
 *
 * <p>Used by any thread; each request runs on a virtual thread of the admin server.
 */
public final class KubeApi {
  private static final String OPENAPI = "/openapi";
  private static final String PROTOBUF =
      "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

  private final OpenApi openApi;
  private final KubePorts ports;
  private final Verbs live;

  /** What answers requests over one store. */
  private record Verbs(
      Reads reads, Writes writes, Removals removals, Watching watching, Scaling scaling) {
    static Verbs over(KubePorts ports, Consumer<ResourceKey> namespaces) {
      Reads reads = new Reads(ports);
      return new Verbs(
          reads,
          new Writes(ports, namespaces),
          new Removals(ports, reads),
          new Watching(ports, reads),
          new Scaling(ports));
    }
  }

  /** The API over a store; {@code version} is that of Leat. */
  public KubeApi(KubePorts ports, Namespaces namespaces, String version) {
    this.openApi = new OpenApi(version);
    this.ports = ports;
    this.live = Verbs.over(ports, namespaces::require);
  }

  /** Adds every route. */
  public void addTo(AdminRoutes routes) {
    for (String method : List.of("GET", "POST", "PUT", "PATCH", "DELETE")) {
      routes.below(method, "/api", this::answer);
      routes.below(method, "/apis", this::answer);
    }
    routes.below("GET", OPENAPI, this::answer);
  }

  /** The answer to a request of this dialect. */
  public AdminResponse answer(AdminRequest request) {
    try {
      boolean read = request.method().equals("GET");
      if (!read && DryRun.isAsked(request)) {
        AdminRequest meant = DryRun.meant(request);
        return DryRun.told(ports.rehearsal().of(store -> judged(store, meant)));
      }
      return route(live, request);
    } catch (Refusal refusal) {
      return refusal.answer();
    }
  }

  private TopologyChange<AdminResponse> judged(ResourceStore copy, AdminRequest request) {
    return request.path().contains("/eventing.knative.dev/")
            || request.path().contains("/messaging.knative.dev/")
        ? TopologyChange.of(copy, () -> answer(copy, request))
        : TopologyChange.none(answer(copy, request));
  }

  /** Carries out a request over a copy of the store, whose versions nobody else gets to know. */
  public AdminResponse answer(ResourceStore copy, AdminRequest request) {
    try {
      Verbs verbs =
          Verbs.over(ports.over(copy, DryRun.shown(ports)), key -> Namespaces.require(copy, key));
      return route(verbs, request);
    } catch (Refusal refusal) {
      return refusal.answer();
    }
  }

  private AdminResponse route(Verbs verbs, AdminRequest request) throws Refusal {
    boolean get = request.method().equals("GET");
    if (get && request.path().startsWith(OPENAPI)) {
      return openApi(request).orElseThrow(Refusal::notServed);
    }
    Optional<AdminResponse> discovery = get ? Discovery.answer(request) : Optional.empty();
    if (discovery.isPresent()) {
      return discovery.get();
    }
    Optional<AdminResponse> scale = verbs.scaling().answer(request);
    if (scale.isPresent()) {
      return scale.get();
    }
    Optional<AdminResponse> review = SelfReviews.answer(request);
    if (review.isPresent()) {
      return review.get();
    }
    Target target = Target.parse(request.path()).orElseThrow(Refusal::notServed);
    boolean one = target.name() != null;
    return switch (request.method()) {
      case "GET" -> get(verbs, target, request);
      case "POST" -> {
        if (one) {
          throw notAllowed("POST to a collection creates; a resource takes PUT and PATCH");
        }
        yield verbs.writes().create(target, request);
      }
      case "PUT" -> verbs.writes().replace(target, request);
      case "PATCH" -> verbs.writes().patch(target, request);
      case "DELETE" ->
          one
              ? verbs.removals().one(target, request)
              : verbs.removals().collection(target, request);
      default -> throw notAllowed("unknown method " + request.method());
    };
  }

  private static AdminResponse get(Verbs verbs, Target target, AdminRequest request)
      throws Refusal {
    String watch = request.parameter("watch");
    if (watch != null && (watch.equals("true") || watch.equals("1") || watch.isEmpty())) {
      return verbs.watching().answer(target, request);
    }
    return target.name() != null
        ? verbs.reads().get(target, request)
        : verbs.reads().list(target, request);
  }

  private static Refusal notAllowed(String message) {
    return Refusal.of(405, "MethodNotAllowed", message);
  }

  private Optional<AdminResponse> openApi(AdminRequest request) {
    String path = request.path();
    String accept = request.header("accept");
    return switch (path) {
      case "/openapi/v2" -> {
        boolean protobuf = accept != null && accept.contains("proto-openapi.spec.v2");
        yield Optional.of(
            protobuf
                ? new AdminResponse.Full(200, PROTOBUF, openApi.protobuf2(), Map.of())
                : AdminResponse.json(200, openApi.version2()));
      }
      case "/openapi/v3", "/openapi/v3/" -> Optional.of(AdminResponse.json(200, openApi.root3()));
      default -> {
        String prefix = "/openapi/v3/";
        yield path.startsWith(prefix)
            ? openApi
                .version3(path.substring(prefix.length()))
                .map(document -> AdminResponse.json(200, document))
            : Optional.empty();
      }
    };
  }
}
