package io.leat.control.api.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.api.kube.KubeApi;
import io.leat.control.eventing.topology.Topologies;
import io.leat.control.eventing.topology.TopologyChange;
import io.leat.control.manifest.DocumentTree;
import io.leat.control.manifest.output.StatusJson;
import io.leat.control.plan.Rehearsal;
import io.leat.control.resource.Kind;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.ResourceStore;
import io.leat.proxy.admin.AdminRequest;
import io.leat.proxy.admin.AdminResponse;
import io.leat.proxy.admin.AdminRoutes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code POST /plan}: what server-side apply of several documents would lead to.
 *
 * <p>The body is YAML or JSON of any number of documents, each a resource or a {@code v1 List}.
 * Parameters: {@code fieldManager} (default {@code leat}), {@code force}, {@code fieldValidation},
 * and {@code action=delete} to plan deletions. The answer is 200 with {@code changes} (resource,
 * action, by whom, fields), {@code table} (hosts and revisions added, removed and changed), {@code
 * problems} (document and {@code Status} of each that would be refused; the rest is planned without
 * it), {@code settled}, and {@code warnings} (severity, code, where, text and path of what would be
 * wrong with the graph of events and is not now). Nothing is written. Used by any thread.
 */
public final class PlanApi {
  private static final String MANAGER = "leat";
  private static final String APPLY = "application/apply-patch+yaml";
  private static final int MAX_DOCUMENTS = 10_000;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final KubeApi kube;
  private final Rehearsal rehearsal;

  /** The API beside that of single resources, by the same rules. */
  public PlanApi(KubeApi kube, Rehearsal rehearsal) {
    this.kube = kube;
    this.rehearsal = rehearsal;
  }

  /** Adds the route. */
  public void addTo(AdminRoutes routes) {
    routes.at("POST", "/plan", this::plan);
  }

  /** A request that one document stands for; null where it names no resource that is served. */
  private record Step(
      @Nullable ResourceKey key, @Nullable AdminRequest request, @Nullable JsonNode refusal) {}

  private AdminResponse plan(AdminRequest request) {
    DocumentTree read = DocumentTree.readAll(request.body(), true);
    if (read instanceof DocumentTree.Unreadable unreadable) {
      return AdminResponse.json(
          400, StatusJson.unreadable(List.of(unreadable.problem())).toString());
    }
    List<JsonNode> documents = new ArrayList<>();
    collect(((DocumentTree.Tree) read).root(), documents);
    if (documents.size() > MAX_DOCUMENTS) {
      String message = "at most " + MAX_DOCUMENTS + " documents (got " + documents.size() + ")";
      return AdminResponse.json(
          413, StatusJson.failure(413, "RequestEntityTooLarge", message).toString());
    }
    List<Step> steps = documents.stream().map(document -> step(document, request)).toList();
    return AdminResponse.json(
        200, PlanJson.of(rehearsal.of(copy -> judged(steps, copy))).toString());
  }

  private static void collect(JsonNode root, List<JsonNode> into) {
    for (JsonNode document : root) {
      if (document.path("kind").asText("").equals("List") && document.path("items").isArray()) {
        document.path("items").forEach(into::add);
      } else if (!document.isNull()) {
        into.add(document);
      }
    }
  }

  private TopologyChange<List<Outcome>> judged(List<Step> steps, ResourceStore copy) {
    boolean ofEvents =
        steps.stream().anyMatch(step -> step.key() != null && Topologies.has(step.key().kind()));
    return ofEvents
        ? TopologyChange.of(copy, () -> take(steps, copy))
        : TopologyChange.none(take(steps, copy));
  }

  private List<Outcome> take(List<Step> steps, ResourceStore copy) {
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      JsonNode refusal = step.refusal();
      if (step.request() != null) {
        AdminResponse answer = kube.answer(copy, step.request());
        refusal = answer.status() < 300 ? null : body(answer);
      }
      outcomes.add(new Outcome(i, step.key(), refusal));
    }
    return outcomes;
  }

  private static JsonNode body(AdminResponse answer) {
    try {
      return answer instanceof AdminResponse.Full full
          ? MAPPER.readTree(new String(full.body(), StandardCharsets.UTF_8))
          : MAPPER.nullNode();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer of the API is no JSON", e);
    }
  }

  private static Step step(JsonNode document, AdminRequest request) {
    String apiVersion = document.path("apiVersion").asText("");
    String kind = document.path("kind").asText("");
    String name = document.at("/metadata/name").asText("");
    Optional<Kind> served = Kind.of(apiVersion, kind);
    if (served.isEmpty() || name.isEmpty() || !document.isObject()) {
      String why =
          served.isEmpty()
              ? "no kind \"" + kind + "\" of " + apiVersion + " is served"
              : "metadata.name: is required";
      return new Step(null, null, StatusJson.failure(400, "BadRequest", why));
    }
    String namespace = document.at("/metadata/namespace").asText("");
    boolean namespaced = served.get().isNamespaced();
    ResourceKey key =
        new ResourceKey(
            served.get(), namespaced ? (namespace.isEmpty() ? "default" : namespace) : "", name);
    return new Step(key, meant(key, (ObjectNode) document, request), null);
  }

  private static AdminRequest meant(ResourceKey key, ObjectNode document, AdminRequest request) {
    Kind kind = key.kind();
    String path =
        (kind.group().isEmpty() ? "/api/" : "/apis/")
            + kind.apiVersion()
            + (kind.isNamespaced() ? "/namespaces/" + key.namespace() : "")
            + "/"
            + kind.plural()
            + "/"
            + key.name();
    if ("delete".equals(request.parameter("action"))) {
      return new AdminRequest("DELETE", path, Map.of(), request.headers(), new byte[0]);
    }
    Map<String, List<String>> query = new HashMap<>();
    for (String parameter : List.of("force", "fieldValidation")) {
      if (request.parameter(parameter) != null) {
        query.put(parameter, request.parameters(parameter));
      }
    }
    String manager = request.parameter("fieldManager");
    query.put("fieldManager", List.of(manager == null ? MANAGER : manager));
    Map<String, List<String>> headers = new HashMap<>(request.headers());
    headers.put("content-type", List.of(APPLY));
    byte[] body = document.toString().getBytes(StandardCharsets.UTF_8);
    return new AdminRequest("PATCH", path, query, headers, body);
  }
}
