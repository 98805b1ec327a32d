package io.leat.control.api.entropy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.api.logs.InstanceLogs;
import io.leat.control.module.LeatKinds;
import io.leat.control.module.Module;
import io.leat.control.module.ModuleFailure;
import io.leat.control.module.ModuleFailure.Code;
import io.leat.control.module.ModuleResource;
import io.leat.control.module.ModuleService;
import io.leat.control.module.ModuleService.Caller;
import io.leat.control.module.ModuleService.Wanted;
import io.leat.control.module.ModuleStore.Revision;
import io.leat.control.module.Urn;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.proxy.admin.AdminRequest;
import io.leat.proxy.admin.AdminResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Answers {@code /resources}: what modules plan and sync, and Leat's own kinds, in one form. */
final class ResourceRoutes {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Map<String, JsonNode> NOTHING = Map.of();

  private final ModuleService service;
  private final KindGateway kinds;
  private final LogStream logs;
  private final TablePreview table;

  ResourceRoutes(EntropyPorts ports) {
    this.service = ports.service();
    this.kinds = new KindGateway(ports);
    this.logs = new LogStream(ports);
    this.table = ports.table();
  }

  AdminResponse answer(AdminRequest request, List<String> path) throws ModuleFailure {
    if (path.isEmpty()) {
      return switch (request.method()) {
        case "GET" -> list(request);
        case "POST" -> create(request);
        default -> throw EntropyApi.notAllowed(request);
      };
    }
    Urn urn = Urn.parse(path.getFirst()).orElseThrow(() -> ModuleFailure.notFound(path.getFirst()));
    String below = String.join("/", path.subList(1, path.size()));
    return switch (below) {
      case "" ->
          switch (request.method()) {
            case "GET" -> get(urn);
            case "PATCH" -> patch(urn, request, ResourceBody.of(request), false);
            case "DELETE" -> delete(urn, request);
            default -> throw EntropyApi.notAllowed(request);
          };
      case "revisions" -> revisions(urn, only("GET", request));
      case "logs" -> logs(urn, only("GET", request));
      case "execute" -> execute(urn, only("POST", request), false);
      case "plan" -> execute(urn, only("POST", request), true);
      default -> {
        if (path.size() != 3 || !path.get(1).equals("actions") || path.get(2).isEmpty()) {
          throw EntropyApi.notKnown(request);
        }
        yield action(urn, path.get(2), only("POST", request));
      }
    };
  }

  private static AdminRequest only(String method, AdminRequest request) throws ModuleFailure {
    if (!request.method().equals(method)) {
      throw EntropyApi.notAllowed(request);
    }
    return request;
  }

  /** The body is the params; what it says of a dry run is none of them. */
  private AdminResponse action(Urn urn, String action, AdminRequest request) throws ModuleFailure {
    JsonNode params = ResourceBody.json(request);
    boolean dryRun = false;
    if (params instanceof ObjectNode fields) {
      dryRun = new ResourceBody(fields).dryRun();
      params = fields.deepCopy().without(List.of("dry_run", "dryRun"));
    }
    return act(
        urn,
        new Module.Asked(action, params),
        new Query(request).labels(),
        caller(request, dryRun));
  }

  private static Caller caller(AdminRequest request, boolean dryRun) throws ModuleFailure {
    Query query = new Query(request);
    return new Caller(query.user(), dryRun || query.flag("dry_run"), query.version());
  }

  private AdminResponse create(AdminRequest request) throws ModuleFailure {
    ResourceBody body = ResourceBody.of(request);
    String project = body.text("project", "parent");
    Urn urn = new Urn(body.text("kind"), project, body.text("name"));
    JsonNode configs = body.configs();
    Wanted wanted =
        new Wanted(
            urn,
            configs == null ? JSON.objectNode() : configs,
            body.dependencies(project),
            body.labels());
    Caller caller = caller(request, body.dryRun());
    return isLeats(urn)
        ? answer(kinds.create(wanted, caller), caller)
        : answer(service.create(wanted, caller));
  }

  private static boolean isLeats(Urn urn) {
    return LeatKinds.of(urn.kind()).isPresent();
  }

  private AdminResponse get(Urn urn) throws ModuleFailure {
    return isLeats(urn) ? answer(kinds.get(urn), NOTHING) : answer(service.get(urn));
  }

  private static AdminResponse answer(ModuleResource resource) {
    return answer(root(Documents.of(resource, true)), resource.version());
  }

  private AdminResponse answer(Resource resource, Map<String, JsonNode> more) {
    ObjectNode document = root(Documents.of(resource, true));
    Documents.authors(document.withObjectProperty("resource"), kinds.history(resource));
    document.setAll(more);
    return answer(document, resource.metadata().resourceVersion());
  }

  /** A resource that was written, or would be: then with what the table would become. */
  private AdminResponse answer(Resource resource, Caller caller) throws ModuleFailure {
    return answer(resource, caller.dryRun() ? Map.of("table", table.of(resource)) : NOTHING);
  }

  private static ObjectNode root(ObjectNode resource) {
    ObjectNode root = JSON.objectNode();
    root.set("resource", resource);
    return root;
  }

  private static AdminResponse answer(ObjectNode root, long version) {
    return new AdminResponse.Full(
        200,
        AdminResponse.JSON,
        root.toString().getBytes(StandardCharsets.UTF_8),
        Map.of("etag", "\"" + version + "\""));
  }

  private AdminResponse patch(Urn urn, AdminRequest request, ResourceBody body, boolean plan)
      throws ModuleFailure {
    // What is not there is said first, whatever the body is.
    JsonNode current = isLeats(urn) ? JSON.nullNode() : service.get(urn).configs();
    if (isLeats(urn)) {
      var _ = kinds.get(urn);
    }
    if (body.hasDependencies()) {
      throw new ModuleFailure(Code.UNSUPPORTED, "updating dependencies is not supported");
    }
    JsonNode configs = body.configs();
    boolean same = configs == null || (configs.isContainerNode() && configs.isEmpty());
    if (same && body.labels().isEmpty()) {
      throw ModuleFailure.badRequest("no config is being updated, nothing to do");
    }
    Caller caller = caller(request, plan || body.dryRun());
    if (isLeats(urn)) {
      return answer(kinds.update(urn, same ? null : configs, body.labels(), caller), caller);
    }
    JsonNode next = same || configs == null ? current : configs;
    return act(urn, new Module.Asked(ModuleResource.UPDATE, next), body.labels(), caller);
  }

  private AdminResponse act(Urn urn, Module.Asked asked, Map<String, String> labels, Caller caller)
      throws ModuleFailure {
    if (isLeats(urn)) {
      if (asked.action().equals(ModuleResource.DELETE)) {
        return delete(urn, caller);
      }
      var _ = kinds.get(urn);
      if (!asked.action().equals(ModuleResource.UPDATE)) {
        throw ModuleFailure.badRequest(
            "action '" + asked.action() + "' is not valid on kind '" + urn.kind() + "'");
      }
      return answer(kinds.update(urn, asked.params(), labels, caller), caller);
    }
    if (asked.action().equals(ModuleResource.DELETE)) {
      return answer(service.delete(urn, caller));
    }
    if (asked.action().equals(ModuleResource.CREATE)) {
      var _ = service.get(urn);
      throw ModuleFailure.badRequest("action 'create' is not valid on a resource that is there");
    }
    return answer(service.act(urn, asked, labels, caller));
  }

  private AdminResponse execute(Urn urn, AdminRequest request, boolean plan) throws ModuleFailure {
    ResourceBody body = ResourceBody.of(request);
    String action = body.text("action");
    if (action.isEmpty() && plan) {
      return patch(urn, request, body, true);
    }
    if (action.isEmpty()) {
      throw ModuleFailure.badRequest("action is required");
    }
    return act(
        urn,
        new Module.Asked(action, body.params()),
        body.labels(),
        caller(request, plan || body.dryRun()));
  }

  private AdminResponse delete(Urn urn, AdminRequest request) throws ModuleFailure {
    Caller caller = caller(request, ResourceBody.of(request).dryRun());
    if (caller.dryRun()) {
      return isLeats(urn) ? delete(urn, caller) : answer(service.delete(urn, caller));
    }
    if (isLeats(urn)) {
      var _ = kinds.delete(urn, caller);
    } else {
      var _ = service.delete(urn, caller);
    }
    return AdminResponse.json(200, "{}");
  }

  /** Deletes one of Leat's kinds, or shows what that would do; it is answered as it was. */
  private AdminResponse delete(Urn urn, Caller caller) throws ModuleFailure {
    Resource before = kinds.delete(urn, caller);
    return answer(before, caller.dryRun() ? Map.of("table", table.without(before)) : NOTHING);
  }

  private AdminResponse revisions(Urn urn, AdminRequest request) throws ModuleFailure {
    String uid = new Query(request).text("uid");
    List<Revision> found =
        isLeats(urn) ? kinds.revisions(urn) : service.revisions(urn, uid.isEmpty() ? null : uid);
    ObjectNode root = JSON.objectNode();
    ArrayNode revisions = root.putArray("revisions");
    found.forEach(revision -> revisions.add(Documents.of(revision)));
    return AdminResponse.json(200, root.toString());
  }

  private AdminResponse logs(Urn urn, AdminRequest request) throws ModuleFailure {
    boolean follow = !new Query(request).text("follow").equals("false");
    if (!isLeats(urn)) {
      return logs.answer(urn, follow);
    }
    ResourceKey key = kinds.get(urn).key();
    if (!InstanceLogs.has(key.kind())) {
      throw ModuleFailure.noLogs(urn);
    }
    return logs.answer(key, follow);
  }

  /** Filters first and pages then, in the order of URNs, so that pages have no holes. */
  private AdminResponse list(AdminRequest request) throws ModuleFailure {
    Query query = new Query(request);
    String project = query.text("project");
    String kind = query.text("kind");
    boolean configs = query.flag("with_spec_configs");
    Map<String, String> labels = query.labels();
    List<ObjectNode> found = new ArrayList<>();
    Kind own = LeatKinds.of(kind).orElse(null);
    if (own != null || kind.isEmpty()) {
      kinds.list(own, project).forEach(resource -> found.add(Documents.of(resource, configs)));
    }
    if (own == null) {
      service
          .list(project.isEmpty() ? null : project)
          .forEach(resource -> found.add(Documents.of(resource, configs)));
    }
    found.removeIf(document -> !isMeant(document, project, kind, labels));
    found.sort(Comparator.comparing(document -> document.path("urn").asText()));
    int size = query.number("page_size", 0);
    int page = Math.max(1, query.number("page_num", 1));
    long skipped = size == 0 ? 0 : (page - 1L) * size;
    long length = size == 0 ? Long.MAX_VALUE : size;
    ObjectNode root = JSON.objectNode();
    ArrayNode resources = root.putArray("resources");
    found.stream().skip(skipped).limit(length).forEach(resources::add);
    return AdminResponse.json(200, root.toString());
  }

  private static boolean isMeant(
      ObjectNode document, String project, String kind, Map<String, String> labels) {
    boolean meant =
        (project.isEmpty() || document.path("project").asText().equals(project))
            && (kind.isEmpty() || document.path("kind").asText().equals(kind));
    for (var label : labels.entrySet()) {
      meant &= document.path("labels").path(label.getKey()).asText("").equals(label.getValue());
    }
    return meant;
  }
}
