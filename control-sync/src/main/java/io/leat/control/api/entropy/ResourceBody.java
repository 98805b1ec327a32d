package io.leat.control.api.entropy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.leat.control.manifest.DocumentTree;
import io.leat.control.module.ModuleFailure;
import io.leat.control.module.Urn;
import io.leat.proxy.admin.AdminRequest;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request, in each of the spellings that documents of Entropy use: {@code spec},
 * {@code new_spec} or the fields of either at the top, {@code project} or {@code parent},
 * dependencies as a list or as a map. Unknown fields are ignored.
 */
record ResourceBody(JsonNode root) {
  /** Larger bodies are refused, as in the dialect of Kubernetes. */
  static final int MAX_BYTES = 1_536 * 1024;

  private static final JsonNode NOTHING = JsonNodeFactory.instance.objectNode();

  /** The object of a body; an empty body is an empty object. */
  static ResourceBody of(AdminRequest request) throws ModuleFailure {
    JsonNode root = json(request);
    if (!root.isObject()) {
      throw ModuleFailure.badRequest("the body must be a JSON object");
    }
    return new ResourceBody(root);
  }

  /** Any JSON; an empty body is an empty object. */
  static JsonNode json(AdminRequest request) throws ModuleFailure {
    if (request.body().length > MAX_BYTES) {
      throw ModuleFailure.badRequest("the body has more than " + MAX_BYTES + " bytes");
    }
    if (request.text().isBlank()) {
      return NOTHING;
    }
    return switch (DocumentTree.read(request.body(), false)) {
      case DocumentTree.Tree tree -> tree.root();
      case DocumentTree.Unreadable unreadable ->
          throw ModuleFailure.badRequest(unreadable.problem().toString());
    };
  }

  String text(String... names) {
    for (String name : names) {
      if (root.path(name).isTextual()) {
        return root.path(name).asText();
      }
    }
    return "";
  }

  private JsonNode specField(String name) {
    for (String spec : new String[] {"new_spec", "newSpec", "spec"}) {
      if (root.path(spec).hasNonNull(name)) {
        return root.path(spec).path(name);
      }
    }
    return root.path(name);
  }

  /** The configs; null when the body has none. */
  @Nullable JsonNode configs() {
    JsonNode configs = specField("configs");
    return configs.isMissingNode() || configs.isNull() ? null : configs;
  }

  /** URNs by key; one without a project means one of {@code project}. */
  Map<String, Urn> dependencies(String project) throws ModuleFailure {
    JsonNode given = specField("dependencies");
    Map<String, Urn> dependencies = new TreeMap<>();
    if (given.isObject()) {
      for (var entry : given.properties()) {
        dependencies.put(entry.getKey(), urn(entry.getValue(), project));
      }
    } else if (given.isArray()) {
      for (JsonNode entry : given) {
        String key = entry.path("key").asText("");
        if (key.isEmpty()) {
          throw ModuleFailure.badRequest("a dependency needs a key");
        }
        if (dependencies.put(key, urn(entry.path("value"), project)) != null) {
          throw ModuleFailure.badRequest("dependency key '" + key + "' is given twice");
        }
      }
    } else if (!given.isMissingNode() && !given.isNull()) {
      throw ModuleFailure.badRequest("dependencies must be a list of keys and values");
    }
    return dependencies;
  }

  private static Urn urn(JsonNode value, String project) throws ModuleFailure {
    String text = value.asText("");
    return Urn.parse(text, project)
        .orElseThrow(() -> ModuleFailure.badRequest("dependency '" + text + "' not found"));
  }

  boolean hasDependencies() {
    return !specField("dependencies").isEmpty();
  }

  Map<String, String> labels() throws ModuleFailure {
    JsonNode given = root.path("labels");
    Map<String, String> labels = new TreeMap<>();
    if (given.isMissingNode() || given.isNull()) {
      return labels;
    }
    if (!given.isObject()) {
      throw ModuleFailure.badRequest("labels must be an object of strings");
    }
    for (var entry : given.properties()) {
      if (!entry.getValue().isTextual()) {
        throw ModuleFailure.badRequest("label '" + entry.getKey() + "' must be a string");
      }
      labels.put(entry.getKey(), entry.getValue().asText());
    }
    return labels;
  }

  boolean dryRun() {
    return root.path("dry_run").asBoolean(false) || root.path("dryRun").asBoolean(false);
  }

  JsonNode params() {
    JsonNode params = root.path("params");
    return params.isMissingNode() || params.isNull() ? NOTHING : params;
  }
}
