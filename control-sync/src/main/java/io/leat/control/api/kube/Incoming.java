package io.leat.control.api.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.manifest.DocumentTree;
import io.leat.control.manifest.ManifestReader;
import io.leat.control.manifest.ManifestResource;
import io.leat.control.manifest.ManifestSet;
import io.leat.control.manifest.rules.Finding;
import io.leat.control.manifest.rules.Unhonoured;
import io.leat.control.manifest.rules.Validation;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Problem;
import io.leat.control.resource.Resource;
import io.leat.control.store.ResourceStore;
import io.leat.proxy.admin.AdminRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A resource that a client sent, read and judged as manifests are.
 *
 * @param warnings what was dropped or has no effect
 */
record Incoming(Resource resource, List<String> warnings) {
  /** Larger bodies are refused: what etcd takes. */
  static final int MAX_BYTES = 1_536 * 1024;

  private static final int MAX_WARNINGS = 20;

  /** What happens to fields that no kind has. */
  enum Unknown {
    STRICT,
    WARN,
    IGNORE;

    static Unknown of(@Nullable String parameter) throws Refusal {
      String word = parameter == null || parameter.isEmpty() ? "WARN" : parameter;
      for (Unknown candidate : values()) {
        if (candidate.name().equals(word.toUpperCase(Locale.ROOT))) {
          return candidate;
        }
      }
      throw Refusal.badRequest(
          "fieldValidation must be Ignore, Warn or Strict (got \"" + word + "\")");
    }
  }

  /** The JSON or YAML document of a body. */
  static JsonNode document(AdminRequest request, boolean yaml) throws Refusal {
    limit(request);
    return switch (DocumentTree.read(request.body(), yaml)) {
      case DocumentTree.Tree tree -> tree.root();
      case DocumentTree.Unreadable unreadable -> throw Refusal.unreadable(unreadable.problem());
    };
  }

  /** Refuses a body that is too large. */
  static void limit(AdminRequest request) throws Refusal {
    if (request.body().length > MAX_BYTES) {
      throw Refusal.of(
          413,
          "RequestEntityTooLarge",
          "Request entity too large: limit is " + MAX_BYTES + " bytes");
    }
  }

  /** The object of a body. */
  static ObjectNode object(AdminRequest request, boolean yaml) throws Refusal {
    if (document(request, yaml) instanceof ObjectNode object) {
      return object;
    }
    throw Refusal.badRequest("the body must be an object");
  }

  /**
   * Reads the document of a resource; its metadata has a name, and no status counts that a client
   * has no say in.
   */
  static Incoming read(Kind kind, ObjectNode document, Unknown unknown) throws Refusal {
    complete(kind, document);
    String name = document.at("/metadata/name").asText("");
    ManifestSet set =
        ManifestReader.forClients(unknown != Unknown.STRICT).read("body.json", document.toString());
    if (!set.isValid()) {
      List<Problem> foreign = set.problems().stream().filter(Incoming::isForeign).toList();
      if (foreign.size() == set.problems().size()) {
        throw Refusal.strict(foreign);
      }
      throw Refusal.undecodable(kind, name, set.problems());
    }
    ManifestResource read = set.manifests().getFirst();
    List<String> warnings = new ArrayList<>();
    if (unknown == Unknown.WARN) {
      warnings.addAll(read.unknownFields());
    }
    read.ignoredFields().forEach(path -> warnings.add(path + ": not honoured by Leat"));
    Unhonoured.paths(read.resource())
        .forEach(path -> warnings.add(path + ": has no effect on local processes"));
    return new Incoming(read.resource(), warnings);
  }

  private static boolean isForeign(Problem problem) {
    return problem.message().startsWith("unknown field ")
        || problem.message().startsWith("is given twice");
  }

  private static void complete(Kind kind, ObjectNode document) {
    switch (kind) {
      case NAMESPACE -> document.putObject("status").put("phase", "Active");
      case SECRET -> {
        if (document.path("type").asText("").isEmpty()) {
          document.put("type", "Opaque");
        }
        if (document.remove("stringData") instanceof ObjectNode texts) {
          ObjectNode data = document.withObjectProperty("data");
          for (Map.Entry<String, JsonNode> text : texts.properties()) {
            byte[] bytes = text.getValue().asText().getBytes(StandardCharsets.UTF_8);
            data.put(text.getKey(), Base64.getEncoder().encodeToString(bytes));
          }
        }
      }
      default -> {
        // Absent fields mean what readers of the resource say.
      }
    }
  }

  /**
   * Judges by the rules of manifests, and by the hosts that others have. What was broken before may
   * stay so, because the resource may come from a reconciler, or from times with other rules.
   */
  void check(Validation validation, @Nullable Resource before, ResourceStore store) throws Refusal {
    List<Finding> findings = new ArrayList<>(validation.findings(resource));
    if (before != null) {
      findings.removeAll(validation.findings(before));
      findings.addAll(validation.changeFindings(before, resource));
    }
    findings.addAll(store.read(view -> TakenHosts.findings(view, resource, before)));
    if (!findings.isEmpty()) {
      throw Refusal.invalid(resource.kind(), resource.metadata().name(), findings);
    }
  }

  /** The Warning header (RFC 7234 section 5.5), or nothing. */
  static Map<String, String> headers(List<String> warnings) {
    if (warnings.isEmpty()) {
      return Map.of();
    }
    List<String> values = new ArrayList<>();
    for (String warning : warnings.subList(0, Math.min(warnings.size(), MAX_WARNINGS))) {
      String text = warning.replaceAll("[^\\x20-\\x7e]", "?");
      values.add("299 - \"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"");
    }
    return Map.of("warning", String.join(", ", values));
  }
}
