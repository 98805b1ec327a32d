package io.leat.control.api.entropy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.module.ModuleFailure;
import io.leat.control.module.ModuleFailure.Code;
import io.leat.proxy.admin.AdminRequest;
import io.leat.proxy.admin.AdminResponse;
import io.leat.proxy.admin.AdminRoutes;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves resources and modules in the form of Entropy.
 *
 * <p>Used by any thread; each request runs on a virtual thread of the admin server.
 */
public final class EntropyApi {
  private static final Logger LOG = LoggerFactory.getLogger(EntropyApi.class);
  private static final String RESOURCES = "/api/v1beta1/resources";
  private static final String MODULES = "/api/v1beta1/modules";

  private final ResourceRoutes resources;
  private final ModuleRoutes modules;
  private final String version;

  /** The API over its ports. */
  public EntropyApi(EntropyPorts ports) {
    this.resources = new ResourceRoutes(ports);
    this.modules = new ModuleRoutes(ports.modules());
    this.version = ports.version();
  }

  /** Adds every route. */
  public void addTo(AdminRoutes routes) {
    // PUT as well, so that it is refused in the same form.
    for (String method : List.of("GET", "POST", "PUT", "PATCH", "DELETE")) {
      routes.below(method, RESOURCES, this::answer);
      routes.below(method, MODULES, this::answer);
    }
    routes.at("POST", "/api/v1/version", _ -> version());
    routes.at("GET", "/ping", _ -> AdminResponse.text(200, "pong"));
  }

  private AdminResponse version() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.putObject("server")
        .put("version", version)
        .put("lang_version", Runtime.version().toString())
        .put("os", System.getProperty("os.name"))
        .put("architecture", System.getProperty("os.arch"));
    return AdminResponse.json(200, root.toString());
  }

  private AdminResponse answer(AdminRequest request) {
    try {
      List<String> path = path(request);
      if (!request.path().startsWith(MODULES)) {
        return resources.answer(request, path);
      }
      if (path.size() > 1) {
        throw notKnown(request);
      }
      return modules.answer(request, path.isEmpty() ? "" : path.getFirst());
    } catch (ModuleFailure failure) {
      return RpcStatus.of(failure);
    } catch (RuntimeException broken) {
      LOG.error("{} {} failed", request.method(), request.path(), broken);
      return RpcStatus.of(new ModuleFailure(Code.INTERNAL, "see the log of the server"));
    }
  }

  /** The segments below the collection. */
  private static List<String> path(AdminRequest request) {
    String path = request.path();
    String prefix = path.startsWith(MODULES) ? MODULES : RESOURCES;
    String rest = path.substring(prefix.length()).replaceAll("^/+|/+$", "");
    return rest.isEmpty() ? List.of() : Arrays.asList(rest.split("/", -1));
  }

  /** A path that is served, for another method. */
  static ModuleFailure notAllowed(AdminRequest request) {
    return new ModuleFailure(
        Code.NOT_ALLOWED, request.method() + " is not allowed for " + request.path());
  }

  /** A path that is not served at all. */
  static ModuleFailure notKnown(AdminRequest request) {
    return new ModuleFailure(Code.NOT_FOUND, request.path() + " is not known");
  }
}
