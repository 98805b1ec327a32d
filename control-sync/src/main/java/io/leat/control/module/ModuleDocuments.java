package io.leat.control.module;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.manifest.ManifestReader;
import io.leat.control.manifest.ManifestSet;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.module.ModuleResource.LastAction;
import io.leat.control.module.ModuleResource.Written;
import io.leat.control.module.ResourceState.Phase;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Resources of modules as the documents that the store keeps: {@code spec} is what is wanted, and
 * {@code status} the state, whose changes are no history.
 */
final class ModuleDocuments {
  /** Keeps a resource until its module took down what it stands for. */
  static final String FINALIZER = "modules.leat.dev/sync";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final ManifestReader READER = ManifestReader.forStorage();

  private ModuleDocuments() {}

  /** What a resource wanted at a time. */
  record Wanted(
      JsonNode configs, Map<String, Urn> dependencies, Map<String, String> labels, String action) {}

  static ResourceKey key(Urn urn) {
    return new ResourceKey(Kind.MODULE_RESOURCE, urn.project(), urn.kind() + "." + urn.name());
  }

  /**
   * The document of a resource.
   *
   * @param stored what is there so far; null for nothing
   * @throws ModuleFailure as bad request when no store could keep it
   */
  static Resource write(ModuleResource resource, @Nullable Resource stored) throws ModuleFailure {
    ObjectNode document = JSON.objectNode();
    document.set("spec", spec(resource));
    document.set("status", status(resource));
    Metadata metadata =
        stored == null
            ? metadata(key(resource.urn())).withFinalizers(List.of(FINALIZER))
            : stored.metadata();
    return document(document, metadata.withLabels(resource.labels()));
  }

  static Metadata metadata(ResourceKey key) {
    return Metadata.of(key.namespace(), key.name());
  }

  /** A document of a module in the order of the store, judged like everything that it reads. */
  static Resource document(ObjectNode fields, Metadata metadata) throws ModuleFailure {
    return document(Kind.MODULE_RESOURCE, fields, metadata);
  }

  static Resource document(Kind kind, ObjectNode fields, Metadata metadata) throws ModuleFailure {
    ObjectNode whole = fields.deepCopy();
    whole.put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
    ObjectNode named = whole.putObject("metadata");
    named.put("name", metadata.name()).put("namespace", metadata.namespace());
    ObjectNode labels = named.putObject("labels");
    metadata.labels().forEach(labels::put);
    ManifestSet read = READER.read("resource.json", whole.toString());
    if (!read.isValid()) {
      throw ModuleFailure.badRequest(
          read.problems().getFirst().path() + ": " + read.problems().getFirst().message());
    }
    Spec spec = read.manifests().getFirst().resource().spec();
    return Resource.of(kind, metadata, spec);
  }

  private static ObjectNode spec(ModuleResource resource) {
    ObjectNode spec = JSON.objectNode();
    spec.put("kind", resource.urn().kind()).put("name", resource.urn().name());
    spec.set("configs", resource.configs());
    ObjectNode dependencies = spec.putObject("dependencies");
    resource.dependencies().forEach((key, urn) -> dependencies.put(key, urn.toString()));
    ObjectNode labels = spec.putObject("labels");
    resource.labels().forEach(labels::put);
    spec.putObject("action")
        .put("name", resource.lastAction().name())
        .put("number", resource.lastAction().number());
    return spec;
  }

  private static ObjectNode status(ModuleResource resource) {
    ResourceState state = resource.state();
    ObjectNode status = JSON.objectNode().put("status", state.phase().text());
    status.set("output", state.output());
    JsonNode data = state.moduleData();
    if (data != null) {
      status.set("moduleData", data);
    }
    Instant next = state.nextSyncAt();
    if (next != null) {
      status.put("nextSyncAt", next.toString());
    }
    status.put("syncRetries", state.syncRetries()).put("syncLastError", state.syncLastError());
    status.put("waitingFor", state.waitingFor());
    Written written = resource.written();
    status.put("createdAt", written.createdAt().toString()).put("createdBy", written.createdBy());
    status.put("updatedAt", written.updatedAt().toString()).put("updatedBy", written.updatedBy());
    return status;
  }

  static ModuleResource read(Resource stored) {
    JsonNode document = fields(stored.spec());
    JsonNode spec = document.path("spec");
    JsonNode status = document.path("status");
    Metadata metadata = stored.metadata();
    Urn urn = new Urn(spec.path("kind").asText(), metadata.namespace(), spec.path("name").asText());
    Wanted wanted = wanted(stored.spec());
    return new ModuleResource(
        urn,
        metadata.uid(),
        metadata.resourceVersion(),
        metadata.generation(),
        wanted.labels(),
        new Written(
            Instant.parse(status.path("createdAt").asText()),
            status.path("createdBy").asText(),
            Instant.parse(status.path("updatedAt").asText()),
            status.path("updatedBy").asText()),
        wanted.configs(),
        wanted.dependencies(),
        new LastAction(wanted.action(), spec.at("/action/number").asLong()),
        state(status));
  }

  private static ResourceState state(JsonNode status) {
    String next = status.path("nextSyncAt").asText("");
    return new ResourceState(
        Phase.valueOf(status.path("status").asText().substring("STATUS_".length())),
        status.path("output"),
        status.get("moduleData"),
        next.isEmpty() ? null : Instant.parse(next),
        status.path("syncRetries").asInt(),
        status.path("syncLastError").asText(),
        status.path("waitingFor").asText());
  }

  /** What a document, also one of the history, wants. */
  static Wanted wanted(Spec document) {
    JsonNode spec = fields(document).path("spec");
    Map<String, Urn> dependencies = new TreeMap<>();
    for (var entry : spec.path("dependencies").properties()) {
      Urn.parse(entry.getValue().asText()).ifPresent(urn -> dependencies.put(entry.getKey(), urn));
    }
    Map<String, String> labels = new TreeMap<>();
    for (var entry : spec.path("labels").properties()) {
      labels.put(entry.getKey(), entry.getValue().asText());
    }
    JsonNode configs = spec.path("configs");
    return new Wanted(
        configs.isMissingNode() ? JSON.objectNode() : configs,
        dependencies,
        labels,
        spec.at("/action/name").asText());
  }

  static ObjectNode fields(Spec spec) {
    if (spec instanceof Spec.Document document) {
      return ResourceJson.fields(document);
    }
    throw new IllegalArgumentException("no document: " + spec.getClass());
  }
}
