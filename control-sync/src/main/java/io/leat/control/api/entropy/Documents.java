package io.leat.control.api.entropy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.module.EnabledModules;
import io.leat.control.module.LeatKinds;
import io.leat.control.module.Module;
import io.leat.control.module.ModuleDescriptor;
import io.leat.control.module.ModuleResource;
import io.leat.control.module.ModuleStore;
import io.leat.control.module.ResourceState;
import io.leat.control.module.ResourceState.Phase;
import io.leat.control.module.Urn;
import io.leat.control.resource.Resource;
import io.leat.control.store.HistoryEntry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes what the API answers: snake case, and every field there, also one without a value. */
final class Documents {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final List<String> NO_CONFIGS =
      List.of("apiVersion", "kind", "metadata", "status");

  private Documents() {}

  static ObjectNode of(ModuleResource resource, boolean withConfigs) {
    ObjectNode node = head(resource.urn(), resource.uid(), resource.labels());
    node.put("version", resource.version()).put("generation", resource.generation());
    ModuleResource.Written written = resource.written();
    node.put("created_at", written.createdAt().toString());
    node.put("updated_at", written.updatedAt().toString());
    node.put("created_by", written.createdBy()).put("updated_by", written.updatedBy());
    node.set("spec", spec(withConfigs ? resource.configs() : null, resource.dependencies()));
    node.set("state", state(resource.state()));
    return node;
  }

  private static ObjectNode head(Urn urn, String uid, Map<String, String> labels) {
    ObjectNode node = JSON.objectNode().put("urn", urn.toString()).put("uid", uid);
    node.put("kind", urn.kind()).put("name", urn.name()).put("project", urn.project());
    node.set("labels", texts(labels));
    return node;
  }

  private static ObjectNode texts(Map<String, String> map) {
    ObjectNode node = JSON.objectNode();
    new TreeMap<>(map).forEach(node::put);
    return node;
  }

  private static ObjectNode spec(@Nullable JsonNode configs, Map<String, Urn> dependencies) {
    ObjectNode spec = JSON.objectNode();
    spec.set("configs", configs == null ? JSON.nullNode() : configs);
    ArrayNode list = spec.putArray("dependencies");
    new TreeMap<>(dependencies)
        .forEach((key, urn) -> list.addObject().put("key", key).put("value", urn.toString()));
    return spec;
  }

  private static ObjectNode state(ResourceState state) {
    ObjectNode node = JSON.objectNode().put("status", state.phase().text());
    node.set("output", state.output());
    JsonNode data = state.moduleData();
    node.set("module_data", data == null ? JSON.nullNode() : data);
    time(node, "next_sync_at", state.nextSyncAt());
    node.put("sync_retries", state.syncRetries());
    node.put("sync_last_error", state.syncLastError());
    ObjectNode ready = node.putArray("conditions").addObject().put("type", "Ready");
    switch (state.phase()) {
      case COMPLETED -> ready.put("status", "True").put("reason", "").put("message", "");
      case ERROR ->
          ready
              .put("status", "False")
              .put("reason", "SyncFailed")
              .put("message", state.syncLastError());
      case PENDING, DELETED -> {
        boolean waits = !state.waitingFor().isEmpty();
        ready.put("status", "Unknown").put("reason", waits ? "DependencyNotReady" : "Syncing");
        ready.put("message", waits ? state.waitingFor() : state.syncLastError());
      }
    }
    return node;
  }

  private static void time(ObjectNode node, String field, @Nullable Instant time) {
    if (time == null) {
      node.putNull(field);
    } else {
      node.put(field, time.toString());
    }
  }

  /** A resource of one of Leat's own kinds. */
  static ObjectNode of(Resource resource, boolean withConfigs) {
    ObjectNode tree = ResourceJson.tree(resource);
    var metadata = resource.metadata();
    ObjectNode node = head(LeatKinds.urn(resource), metadata.uid(), metadata.labels());
    node.put("version", metadata.resourceVersion()).put("generation", metadata.generation());
    time(node, "created_at", metadata.creationTimestamp());
    time(node, "updated_at", updated(tree, metadata.creationTimestamp()));
    node.put("created_by", "").put("updated_by", "");
    node.set("spec", spec(withConfigs ? configs(tree) : null, Map.of()));
    Phase phase = metadata.isDeleting() ? Phase.PENDING : LeatKinds.phase(resource);
    ObjectNode state = node.putObject("state").put("status", phase.text());
    state.set("output", LeatKinds.output(resource));
    state.putNull("module_data").putNull("next_sync_at").put("sync_retries", 0);
    state.put("sync_last_error", phase == Phase.ERROR ? problem(tree) : "");
    JsonNode conditions = tree.at("/status/conditions");
    state.set("conditions", conditions.isArray() ? conditions : JSON.arrayNode());
    return node;
  }

  /** Says who made and who changed a resource, as far as its history goes back. */
  static void authors(ObjectNode document, List<HistoryEntry> history) {
    if (!history.isEmpty()) {
      HistoryEntry first = history.getFirst();
      document.put("created_by", first.generation() <= 1 ? first.who() : "");
      document.put("updated_by", history.getLast().who());
    }
  }

  private static String problem(ObjectNode tree) {
    for (JsonNode condition : tree.at("/status/conditions")) {
      if (condition.path("type").asText().equals("Ready")) {
        return condition.path("message").asText();
      }
    }
    return "";
  }

  /** The newest time that the resource knows of itself. */
  private static @Nullable Instant updated(ObjectNode tree, @Nullable Instant created) {
    Instant newest = created;
    for (JsonNode condition : tree.at("/status/conditions")) {
      String time = condition.path("lastTransitionTime").asText("");
      Instant at = time.isEmpty() ? null : Instant.parse(time);
      newest = at != null && (newest == null || at.isAfter(newest)) ? at : newest;
    }
    return newest;
  }

  /** The configs of a document: its spec, or what stands beside its metadata. */
  static ObjectNode configs(ObjectNode tree) {
    if (tree.path("spec") instanceof ObjectNode spec) {
      return spec;
    }
    ObjectNode configs = tree.deepCopy();
    configs.remove(NO_CONFIGS);
    return configs;
  }

  static ObjectNode of(ModuleStore.Revision revision) {
    ObjectNode node = JSON.objectNode().put("id", Long.toString(revision.id()));
    node.put("urn", revision.urn().toString()).put("reason", revision.reason());
    node.set("labels", texts(revision.labels()));
    node.put("created_at", revision.createdAt().toString());
    node.put("created_by", revision.createdBy());
    node.set("spec", spec(revision.configs(), revision.dependencies()));
    return node;
  }

  static ObjectNode of(EnabledModules.Enabled enabled, @Nullable Module implementation) {
    ObjectNode node = JSON.objectNode().put("urn", enabled.urn().toString());
    node.put("name", enabled.urn().name()).put("project", enabled.urn().project());
    node.put("version", enabled.version());
    node.put("created_at", enabled.createdAt().toString());
    node.put("updated_at", enabled.updatedAt().toString());
    node.set("configs", enabled.configs());
    ArrayNode actions = node.putArray("actions");
    if (implementation != null) {
      ModuleDescriptor descriptor = implementation.descriptor();
      for (ModuleDescriptor.Action action : new TreeMap<>(descriptor.actions()).values()) {
        ObjectNode one = actions.addObject().put("name", action.name());
        one.put("description", action.description());
        one.set("param_schema", action.paramSchema());
      }
    }
    return node;
  }
}
