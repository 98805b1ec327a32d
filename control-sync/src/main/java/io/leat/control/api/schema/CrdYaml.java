package io.leat.control.api.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import io.leat.control.resource.Kind;
import java.util.List;
import java.util.Locale;

/** Writes the CustomResourceDefinition of a kind, for clusters that lack it. */
public final class CrdYaml {
  private static final ObjectMapper MAPPER =
      new ObjectMapper(
          YAMLFactory.builder()
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .disable(YAMLGenerator.Feature.SPLIT_LINES)
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .build());
  private static final String READY = ".status.conditions[?(@.type=='Ready')]";

  private CrdYaml() {}

  /** The kinds that clusters do not have by themselves. */
  public static List<Kind> kinds() {
    return List.of(
        Kind.SERVICE,
        Kind.CONFIGURATION,
        Kind.REVISION,
        Kind.ROUTE,
        Kind.DOMAIN_MAPPING,
        Kind.SOURCE,
        Kind.CHANNEL,
        Kind.SUBSCRIPTION,
        Kind.PROVISIONER,
        Kind.EVENT_TYPE,
        Kind.SUBSCRIPTION_SET,
        Kind.MESSAGING_CHANNEL,
        Kind.IN_MEMORY_CHANNEL,
        Kind.MESSAGING_SUBSCRIPTION);
  }

  /** One YAML document. */
  public static String of(Kind kind) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("apiVersion", "apiextensions.k8s.io/v1").put("kind", "CustomResourceDefinition");
    root.putObject("metadata").put("name", kind.resource());
    ObjectNode spec = root.putObject("spec");
    spec.put("group", kind.group());
    ObjectNode names = spec.putObject("names");
    names.put("kind", kind.kind()).put("listKind", kind.kind() + "List");
    names.put("plural", kind.plural()).put("singular", kind.kind().toLowerCase(Locale.ROOT));
    ArrayNode categories = names.putArray("categories");
    kind.categories().forEach(categories::add);
    ArrayNode shortNames = names.putArray("shortNames");
    kind.shortNames().forEach(shortNames::add);
    spec.put("scope", kind.isNamespaced() ? "Namespaced" : "Cluster");
    ObjectNode version = spec.putArray("versions").addObject();
    version.put("name", kind.version()).put("served", true).put("storage", true);
    version.putObject("subresources").putObject("status");
    columns(kind, version.putArray("additionalPrinterColumns"));
    version.putObject("schema").set("openAPIV3Schema", schema(kind));
    try {
      return MAPPER.writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of JSON nodes could not be written", e);
    }
  }

  /** A cluster knows metadata by itself, and allows no schema for it. */
  private static ObjectNode schema(Kind kind) {
    ObjectNode schema = KindSchema.of(kind);
    schema.withObjectProperty("properties").putObject("metadata").put("type", "object");
    return schema;
  }

  private static void columns(Kind kind, ArrayNode columns) {
    switch (kind) {
      case SERVICE -> {
        column(columns, "URL", ".status.url");
        latest(columns);
      }
      case CONFIGURATION -> latest(columns);
      case ROUTE, DOMAIN_MAPPING -> column(columns, "URL", ".status.url");
      case REVISION -> {
        column(columns, "Config Name", ".metadata.labels['serving\\.knative\\.dev/configuration']");
        column(
            columns,
            "Generation",
            ".metadata.labels['serving\\.knative\\.dev/configurationGeneration']");
      }
      case SOURCE -> column(columns, "Channel", ".spec.channel.name");
      case SUBSCRIPTION -> column(columns, "Channel", ".spec.from.name");
      case MESSAGING_SUBSCRIPTION -> column(columns, "Channel", ".spec.channel.name");
      case CHANNEL, MESSAGING_CHANNEL, IN_MEMORY_CHANNEL -> column(columns, "URL", ".status.url");
      case PROVISIONER -> column(columns, "Type", ".spec.type.kind");
      case EVENT_TYPE ->
          column(columns, "References", ".status.referenceCount").put("type", "integer");
      case SUBSCRIPTION_SET -> {
        // It has a name and an age.
      }
      default -> throw new IllegalArgumentException("clusters have " + kind);
    }
    if (kind.isSilent()) {
      return;
    }
    column(columns, "Ready", READY + ".status");
    column(columns, "Reason", READY + ".reason");
    if (kind == Kind.REVISION) {
      column(columns, "Actual Replicas", ".status.actualReplicas").put("type", "integer");
      column(columns, "Desired Replicas", ".status.desiredReplicas").put("type", "integer");
    }
  }

  private static void latest(ArrayNode columns) {
    column(columns, "LatestCreated", ".status.latestCreatedRevisionName");
    column(columns, "LatestReady", ".status.latestReadyRevisionName");
  }

  private static ObjectNode column(ArrayNode columns, String name, String path) {
    return columns.addObject().put("name", name).put("type", "string").put("jsonPath", path);
  }
}
