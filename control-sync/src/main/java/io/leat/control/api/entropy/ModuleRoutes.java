package io.leat.control.api.entropy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.module.EnabledModules;
import io.leat.control.module.EnabledModules.Enabled;
import io.leat.control.module.ModuleFailure;
import io.leat.control.module.ModuleFailure.Code;
import io.leat.control.module.ModuleService.Caller;
import io.leat.control.module.Urn;
import io.leat.proxy.admin.AdminRequest;
import io.leat.proxy.admin.AdminResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Answers {@code /modules}: which kinds a project may use. */
final class ModuleRoutes {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final EnabledModules modules;

  ModuleRoutes(EnabledModules modules) {
    this.modules = modules;
  }

  /**
   * Answers a request.
   *
   * @param urn what the path names; empty for the collection
   */
  AdminResponse answer(AdminRequest request, String urn) throws ModuleFailure {
    Query query = new Query(request);
    if (urn.isEmpty()) {
      return switch (request.method()) {
        case "GET" -> list(query);
        case "POST" -> {
          ResourceBody body = ResourceBody.of(request);
          yield one(
              modules.enable(
                  body.text("name", "kind"),
                  body.text("project", "parent"),
                  configs(body),
                  query.user()));
        }
        default -> throw EntropyApi.notAllowed(request);
      };
    }
    Urn named =
        Urn.parse(urn)
            .filter(parsed -> parsed.kind().equals(EnabledModules.KIND))
            .filter(parsed -> modules.find(parsed).isPresent())
            .orElseThrow(
                () -> new ModuleFailure(Code.NOT_FOUND, "module with urn '" + urn + "' not found"));
    return switch (request.method()) {
      case "GET" -> one(modules.find(named).orElseThrow(() -> ModuleFailure.notFound(urn)));
      case "PATCH" -> one(modules.update(named, configs(ResourceBody.of(request)), caller(query)));
      case "DELETE" -> {
        modules.disable(named, caller(query));
        yield AdminResponse.json(200, "{}");
      }
      default -> throw EntropyApi.notAllowed(request);
    };
  }

  private static Caller caller(Query query) throws ModuleFailure {
    return new Caller(query.user(), false, query.version());
  }

  private static JsonNode configs(ResourceBody body) {
    JsonNode configs = body.configs();
    return configs == null ? JSON.objectNode() : configs;
  }

  private ObjectNode document(Enabled enabled) {
    return Documents.of(enabled, modules.implementation(enabled.urn().name()).orElse(null));
  }

  private AdminResponse one(Enabled enabled) {
    ObjectNode answer = JSON.objectNode();
    answer.set("module", document(enabled));
    return new AdminResponse.Full(
        200,
        AdminResponse.JSON,
        answer.toString().getBytes(StandardCharsets.UTF_8),
        Map.of("etag", "\"" + enabled.version() + "\""));
  }

  private AdminResponse list(Query query) {
    String project = query.text("project");
    ObjectNode answer = JSON.objectNode();
    ArrayNode found = answer.putArray("modules");
    modules
        .list(project.isEmpty() ? null : project)
        .forEach(enabled -> found.add(document(enabled)));
    return AdminResponse.json(200, answer.toString());
  }
}
