package io.leat.control.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.manifest.output.ResourceTable;
import io.leat.control.manifest.output.StatusJson;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.ResourceStore;
import io.leat.proxy.admin.AdminRequest;
import io.leat.proxy.admin.AdminResponse;
import io.leat.proxy.admin.AdminRoutes;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Lists and shows resources under {@code /apis/GROUP/VERSION/…}; read only.
 *
 * <p>Answers objects and lists, or a {@code meta.k8s.io/v1 Table} to those that accept one. Used by
 * any thread.
 */
public final class ResourceApi {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final ResourceStore store;
  private final UnaryOperator<Resource> shown;
  private final InstantSource clock;

  /**
   * The API over a store.
   *
   * @param shown adds to a resource what is known of it beside the store
   */
  public ResourceApi(ResourceStore store, UnaryOperator<Resource> shown, InstantSource clock) {
    this.store = store;
    this.shown = shown;
    this.clock = clock;
  }

  /** Adds every route. */
  public void addTo(AdminRoutes routes) {
    Arrays.stream(Kind.values())
        .map(ResourceApi::path)
        .distinct()
        .forEach(path -> routes.below("GET", path, this::answer));
  }

  private static String path(Kind kind) {
    String group = kind.group().isEmpty() ? "/api/" : "/apis/" + kind.group() + "/";
    return group + kind.version();
  }

  /** What a path asks for; no namespace means all of them. */
  private record Question(Kind kind, @Nullable String namespace, @Nullable String name) {}

  private AdminResponse answer(AdminRequest request) {
    Optional<Question> asked = parse(request.path());
    if (asked.isEmpty()) {
      return failure(404, "NotFound", "the server could not find the requested resource");
    }
    Question question = asked.get();
    List<Resource> found = find(question);
    if (question.name() != null && found.isEmpty()) {
      String what = question.kind().plural() + "." + question.kind().group();
      return failure(404, "NotFound", what + " \"" + question.name() + "\" not found");
    }
    String accept = request.header("accept");
    if (accept != null && accept.contains("as=Table")) {
      return AdminResponse.json(200, table(question, found).toString());
    }
    ObjectNode body =
        question.name() == null
            ? list(question.kind(), found)
            : ResourceJson.tree(found.getFirst());
    return AdminResponse.json(200, body.toString());
  }

  private static AdminResponse failure(int code, String reason, String message) {
    return AdminResponse.json(code, StatusJson.failure(code, reason, message).toString());
  }

  private static Optional<Question> parse(String path) {
    for (Kind kind : Kind.values()) {
      String prefix = path(kind) + "/";
      if (!path.startsWith(prefix)) {
        continue;
      }
      List<String> rest = Arrays.asList(path.substring(prefix.length()).split("/", -1));
      if (rest.equals(List.of(kind.plural()))) {
        return Optional.of(new Question(kind, null, null));
      }
      boolean named = rest.size() == 4;
      if ((named || rest.size() == 3)
          && rest.get(0).equals("namespaces")
          && rest.get(2).equals(kind.plural())) {
        return Optional.of(new Question(kind, rest.get(1), named ? rest.get(3) : null));
      }
    }
    return Optional.empty();
  }

  private List<Resource> find(Question question) {
    String namespace = question.namespace();
    String name = question.name();
    List<Resource> found =
        store.read(view -> {
          if (namespace == null) {
            return view.list(question.kind());
          }
          return name == null
              ? view.list(question.kind(), namespace)
              : view.get(new ResourceKey(question.kind(), namespace, name)).stream().toList();
        });
    return found.stream().map(shown).toList();
  }

  private static ObjectNode list(Kind kind, List<Resource> resources) {
    ObjectNode list = JSON.objectNode();
    list.put("apiVersion", kind.apiVersion());
    list.put("kind", kind.kind() + "List");
    list.putObject("metadata");
    ArrayNode items = list.putArray("items");
    resources.forEach(resource -> items.add(ResourceJson.tree(resource)));
    return list;
  }

  private ObjectNode table(Question question, List<Resource> resources) {
    int plainColumns = laidOut(question, resources, ResourceTable.Detail.PLAIN).header().size();
    ResourceTable wide = laidOut(question, resources, ResourceTable.Detail.WIDE);
    ObjectNode table = JSON.objectNode();
    table.put("kind", "Table");
    table.put("apiVersion", "meta.k8s.io/v1");
    table.putObject("metadata");
    ArrayNode columns = table.putArray("columnDefinitions");
    for (int i = 0; i < wide.header().size(); i++) {
      ObjectNode column = columns.addObject();
      column.put("name", wide.header().get(i));
      column.put("type", "string");
      column.put("priority", i < plainColumns ? 0 : 1);
    }
    ArrayNode rows = table.putArray("rows");
    for (int i = 0; i < resources.size(); i++) {
      ObjectNode row = rows.addObject();
      ArrayNode cells = row.putArray("cells");
      wide.rows().get(i).forEach(cells::add);
      ObjectNode object = row.putObject("object");
      object.put("kind", "PartialObjectMetadata");
      object.put("apiVersion", "meta.k8s.io/v1");
      object.set("metadata", ResourceJson.tree(resources.get(i)).get("metadata"));
    }
    return table;
  }

  private ResourceTable laidOut(
      Question question, List<Resource> resources, ResourceTable.Detail detail) {
    boolean everywhere = question.namespace() == null;
    return ResourceTable.of(question.kind(), resources, detail, everywhere, clock.instant());
  }
}
