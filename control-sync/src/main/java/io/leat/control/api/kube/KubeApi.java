package io.leat.control.api.kube;

import io.leat.control.api.schema.OpenApi;
import io.leat.proxy.admin.AdminRequest;
import io.leat.proxy.admin.AdminResponse;
import io.leat.proxy.admin.AdminRoutes;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
  private final Reads reads;
  private final Writes writes;
  private final Removals removals;
  private final Watching watching;
  private final Scaling scaling;

  /** The API over a store; {@code version} is that of Leat. */
  public KubeApi(KubePorts ports, Namespaces namespaces, String version) {
    this.openApi = new OpenApi(version);
    this.reads = new Reads(ports);
    this.writes = new Writes(ports, namespaces);
    this.removals = new Removals(ports, reads);
    this.watching = new Watching(ports, reads);
    this.scaling = new Scaling(ports);
  }

  /** Adds every route. */
  public void addTo(AdminRoutes routes) {
    for (String method : List.of("GET", "POST", "PUT", "PATCH", "DELETE")) {
      routes.below(method, "/api", this::answer);
      routes.below(method, "/apis", this::answer);
    }
    routes.below("GET", OPENAPI, this::answer);
  }

  private AdminResponse answer(AdminRequest request) {
    try {
      return route(request);
    } catch (Refusal refusal) {
      return refusal.answer();
    }
  }

  private AdminResponse route(AdminRequest request) throws Refusal {
    boolean get = request.method().equals("GET");
    if (get && request.path().startsWith(OPENAPI)) {
      return openApi(request).orElseThrow(Refusal::notServed);
    }
    Optional<AdminResponse> discovery = get ? Discovery.answer(request) : Optional.empty();
    if (discovery.isPresent()) {
      return discovery.get();
    }
    Optional<AdminResponse> scale = scaling.answer(request);
    if (scale.isPresent()) {
      return scale.get();
    }
    Target target = Target.parse(request.path()).orElseThrow(Refusal::notServed);
    boolean one = target.name() != null;
    return switch (request.method()) {
      case "GET" -> get(target, request, one);
      case "POST" -> {
        if (one) {
          throw notAllowed("POST to a collection creates; a resource takes PUT and PATCH");
        }
        yield writes.create(target, request);
      }
      case "PUT" -> writes.replace(target, request);
      case "PATCH" -> writes.patch(target, request);
      case "DELETE" -> one ? removals.one(target, request) : removals.collection(target, request);
      default -> throw notAllowed("unknown method " + request.method());
    };
  }

  private AdminResponse get(Target target, AdminRequest request, boolean one) throws Refusal {
    String watch = request.parameter("watch");
    if (watch != null && (watch.equals("true") || watch.equals("1") || watch.isEmpty())) {
      return watching.answer(target, request);
    }
    return one ? reads.get(target, request) : reads.list(target, request);
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
