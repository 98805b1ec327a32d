package io.leat.control.api.entropy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.manifest.DocumentTree;
import io.leat.control.manifest.KindShape;
import io.leat.control.manifest.ManifestSet;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.module.LeatKinds;
import io.leat.control.module.ModuleFailure;
import io.leat.control.module.ModuleFailure.Code;
import io.leat.control.module.ModuleService.Caller;
import io.leat.control.module.ModuleService.Wanted;
import io.leat.control.module.ModuleStore.Revision;
import io.leat.control.module.Urn;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Status;
import io.leat.control.store.HistoryEntry;
import io.leat.proxy.admin.AdminRequest;
import io.leat.proxy.admin.AdminResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Leat's own kinds through the Entropy API: every write goes the way that one of kubectl goes, so
 * that the same rules judge it.
 */
final class KindGateway {
  private static final int ATTEMPTS = 20;

  private final EntropyPorts ports;

  KindGateway(EntropyPorts ports) {
    this.ports = ports;
  }

  /** A resource that exists. */
  Resource get(Urn urn) throws ModuleFailure {
    ResourceKey key = key(urn);
    return ports.store().read(view -> view.get(key)).orElseThrow(() -> ModuleFailure.notFound(urn));
  }

  private static ResourceKey key(Urn urn) throws ModuleFailure {
    return LeatKinds.key(urn).orElseThrow(() -> ModuleFailure.notFound(urn));
  }

  /** Resources of one kind, or of all that are worked on, in a project or in all. */
  List<Resource> list(@Nullable Kind kind, String project) {
    List<Kind> kinds = kind == null ? LeatKinds.reconciled() : List.of(kind);
    return ports
        .store()
        .read(view -> {
          List<Resource> found = new ArrayList<>();
          for (Kind each : kinds) {
            found.addAll(
                project.isEmpty() || !each.isNamespaced()
                    ? view.list(each)
                    : view.list(each, project));
          }
          return found;
        });
  }

  Resource create(Wanted wanted, Caller caller) throws ModuleFailure {
    if (!wanted.dependencies().isEmpty()) {
      throw new ModuleFailure(
          Code.UNSUPPORTED, "kind '" + wanted.urn().kind() + "' has no dependencies");
    }
    ResourceKey key = key(wanted.urn());
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    put(document, key, wanted.configs(), wanted.urn());
    ObjectNode labels = document.withObjectProperty("metadata").putObject("labels");
    wanted.labels().forEach(labels::put);
    if (ports.store().read(view -> view.get(key)).isPresent()) {
      throw ModuleFailure.exists(wanted.urn());
    }
    return resource(send("POST", path(key, false), document, caller), wanted.urn(), caller);
  }

  private static void put(ObjectNode document, ResourceKey key, JsonNode configs, Urn urn)
      throws ModuleFailure {
    if (!(configs instanceof ObjectNode fields)) {
      throw ModuleFailure.badRequest("configs of '" + urn + "' must be an object");
    }
    document.put("apiVersion", key.kind().apiVersion()).put("kind", key.kind().kind());
    ObjectNode metadata = document.withObjectProperty("metadata").put("name", key.name());
    if (key.kind().isNamespaced()) {
      metadata.put("namespace", key.namespace());
    }
    if (KindShape.of(key.kind()).flat()) {
      ObjectNode own = fields.deepCopy();
      own.remove(List.of("apiVersion", "kind", "metadata"));
      document.setAll(own);
    } else {
      document.set("spec", fields);
    }
  }

  /** Replaces the configs, unless they are null, and adds labels; an empty one is taken away. */
  Resource update(Urn urn, @Nullable JsonNode configs, Map<String, String> labels, Caller caller)
      throws ModuleFailure {
    for (int attempt = 0; ; attempt++) {
      Resource stored = get(urn);
      check(stored, caller);
      ObjectNode tree = ResourceJson.tree(stored);
      ObjectNode document = JsonNodeFactory.instance.objectNode();
      document.set("metadata", tree.path("metadata"));
      if (caller.dryRun()) {
        // What a rehearsal goes over is reconciled, and may be at a version of its own.
        document.withObjectProperty("metadata").remove("resourceVersion");
      }
      put(document, stored.key(), configs == null ? Documents.configs(tree) : configs, urn);
      ObjectNode merged = document.withObjectProperty("metadata").withObjectProperty("labels");
      labels.forEach((key, value) -> {
        if (value.isEmpty()) {
          merged.remove(key);
        } else {
          merged.put(key, value);
        }
      });
      try {
        return resource(send("PUT", path(stored.key(), true), document, caller), urn, caller);
      } catch (ModuleFailure failure) {
        if (failure.code() != Code.CONFLICT || attempt == ATTEMPTS) {
          throw failure;
        }
      }
    }
  }

  private static void check(Resource stored, Caller caller) throws ModuleFailure {
    long version = stored.metadata().resourceVersion();
    if (caller.version() != 0 && caller.version() != version) {
      throw new ModuleFailure(
          Code.PRECONDITION,
          "version conflict: expected " + caller.version() + ", stored " + version);
    }
  }

  /** Deletes a resource, and returns it as it was. */
  Resource delete(Urn urn, Caller caller) throws ModuleFailure {
    Resource stored = get(urn);
    check(stored, caller);
    ObjectNode options = JsonNodeFactory.instance.objectNode();
    if (caller.version() != 0 && !caller.dryRun()) {
      options.putObject("preconditions").put("resourceVersion", Long.toString(caller.version()));
    }
    JsonNode gone = send("DELETE", path(stored.key(), true), options, caller);
    if (!gone.isObject()) {
      throw new ModuleFailure(Code.INTERNAL, "'" + urn + "' was not deleted");
    }
    return stored;
  }

  /** What a resource wanted so far, the newest first. */
  List<Revision> revisions(Urn urn) throws ModuleFailure {
    Resource stored = get(urn);
    List<Revision> revisions = new ArrayList<>();
    for (HistoryEntry entry : ports.store().history(stored.key())) {
      Resource then =
          new Resource(
              stored.kind(),
              Metadata.of(stored.metadata().namespace(), stored.metadata().name()),
              entry.spec(),
              Status.EMPTY);
      boolean first = entry.generation() <= 1 && revisions.isEmpty();
      revisions.addFirst(
          new Revision(
              entry.version(),
              urn,
              first ? "action:create" : "action:update",
              Map.of(),
              entry.time(),
              entry.who(),
              Documents.configs(ResourceJson.tree(then)),
              Map.of()));
    }
    return revisions;
  }

  /** The writes that changed what a resource wants, oldest first. */
  List<HistoryEntry> history(Resource resource) {
    return ports.store().history(resource.key());
  }

  private static String path(ResourceKey key, boolean one) {
    Kind kind = key.kind();
    String group =
        kind.group().isEmpty()
            ? "/api/" + kind.version()
            : "/apis/" + kind.group() + "/" + kind.version();
    String space = kind.isNamespaced() ? "/namespaces/" + key.namespace() : "";
    return group + space + "/" + kind.plural() + (one ? "/" + key.name() : "");
  }

  private JsonNode send(String method, String path, ObjectNode body, Caller caller)
      throws ModuleFailure {
    Map<String, List<String>> query = new HashMap<>();
    query.put("fieldManager", List.of(caller.user()));
    query.put("fieldValidation", List.of("Strict"));
    if (caller.dryRun()) {
      query.put("dryRun", List.of("All"));
    }
    AdminRequest request =
        new AdminRequest(
            method,
            path,
            query,
            Map.of(
                "content-type", List.of(AdminResponse.JSON), "user-agent", List.of(caller.user())),
            body.toString().getBytes(StandardCharsets.UTF_8));
    if (!(ports.kubernetes().apply(request) instanceof AdminResponse.Full answer)) {
      throw new ModuleFailure(Code.INTERNAL, "the answer to " + method + " is a stream");
    }
    JsonNode said =
        switch (DocumentTree.read(answer.body(), false)) {
          case DocumentTree.Tree tree -> tree.root();
          case DocumentTree.Unreadable unreadable ->
              throw new ModuleFailure(Code.INTERNAL, unreadable.problem().toString());
        };
    if (answer.status() >= 300) {
      throw failure(answer.status(), said);
    }
    return said;
  }

  private static ModuleFailure failure(int status, JsonNode said) {
    Code code =
        switch (status) {
          case 400, 405, 413, 415, 422 -> Code.BAD_REQUEST;
          case 404 -> Code.NOT_FOUND;
          case 403 -> Code.CONFLICT;
          case 409 ->
              said.path("reason").asText().equals("AlreadyExists")
                  ? Code.ALREADY_EXISTS
                  : Code.CONFLICT;
          default -> Code.INTERNAL;
        };
    return new ModuleFailure(code, said.path("message").asText());
  }

  /** The resource of an answer. */
  private static Resource resource(JsonNode said, Urn urn, Caller caller) throws ModuleFailure {
    ManifestSet read = ResourceJson.read("answer.json", said.toString());
    if (read.resources().size() != 1) {
      throw new ModuleFailure(
          Code.INTERNAL, "what " + caller.user() + " wrote as '" + urn + "' cannot be read");
    }
    return read.resources().getFirst();
  }
}
