package io.leat.control.api.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.resource.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The OpenAPI documents of the API: version 2 in one piece, version 3 for each group; immutable.
 *
 * <p>Clients look in them for two things: the fields of a kind, and which query parameters its
 * PATCH knows.
 */
public final class OpenApi {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String KIND_EXTENSION = "x-kubernetes-group-version-kind";
  private static final List<String> PATCH_PARAMETERS =
      List.of("dryRun", "fieldManager", "fieldValidation", "force");

  private final String version2;
  private final byte[] protobuf2;
  private final Map<String, String> version3 = new TreeMap<>();
  private final String root3;

  /** Makes every document; {@code version} is that of Leat. */
  public OpenApi(String version) {
    ObjectNode swagger = swagger(version);
    this.version2 = swagger.toString();
    this.protobuf2 = SwaggerProtobuf.write(swagger);
    ObjectNode root = JSON.objectNode();
    ObjectNode paths = root.putObject("paths");
    for (Kind kind : Kind.values()) {
      version3.computeIfAbsent(path(kind).substring(1), _ -> group(kind, version).toString());
    }
    version3.forEach((path, document) -> {
      String hash = String.format("%08X", document.hashCode());
      paths.putObject(path).put("serverRelativeURL", "/openapi/v3/" + path + "?hash=" + hash);
    });
    this.root3 = root.toString();
  }

  /** Version 2 as JSON. */
  public String version2() {
    return version2;
  }

  /** Version 2 in the protobuf encoding of gnostic. */
  public byte[] protobuf2() {
    return protobuf2.clone();
  }

  /** The list of version 3 documents. */
  public String root3() {
    return root3;
  }

  /** The version 3 document of a group, by a path such as {@code apis/serving.knative.dev/v1}. */
  public Optional<String> version3(String path) {
    return Optional.ofNullable(version3.get(path));
  }

  private static String path(Kind kind) {
    return kind.group().isEmpty()
        ? "/api/" + kind.version()
        : "/apis/" + kind.group() + "/" + kind.version();
  }

  private static String definition(Kind kind) {
    List<String> labels = new ArrayList<>(Arrays.asList(kind.group().split("\\.")));
    Collections.reverse(labels);
    String group = kind.group().isEmpty() ? "io.k8s.core" : String.join(".", labels);
    return group + "." + kind.version() + "." + kind.kind();
  }

  private static ObjectNode swagger(String version) {
    ObjectNode root = JSON.objectNode().put("swagger", "2.0");
    root.putObject("info").put("title", "Leat").put("version", version);
    ObjectNode paths = root.putObject("paths");
    ObjectNode definitions = root.putObject("definitions");
    for (Kind kind : Kind.values()) {
      paths(kind, paths, false);
      definitions.set(definition(kind), schema(kind));
    }
    return root;
  }

  private static ObjectNode group(Kind first, String version) {
    ObjectNode root = JSON.objectNode().put("openapi", "3.0.0");
    root.putObject("info").put("title", "Leat").put("version", version);
    ObjectNode paths = root.putObject("paths");
    ObjectNode schemas = root.putObject("components").putObject("schemas");
    for (Kind kind : Kind.values()) {
      if (kind.apiVersion().equals(first.apiVersion())) {
        paths(kind, paths, true);
        schemas.set(definition(kind), schema(kind));
      }
    }
    return root;
  }

  private static ObjectNode schema(Kind kind) {
    ObjectNode schema = KindSchema.of(kind);
    ArrayNode kinds = JSON.arrayNode().add(groupVersionKind(kind));
    schema.set(KIND_EXTENSION, kinds);
    return schema;
  }

  private static ObjectNode groupVersionKind(Kind kind) {
    return JSON.objectNode()
        .put("group", kind.group())
        .put("kind", kind.kind())
        .put("version", kind.version());
  }

  private static void paths(Kind kind, ObjectNode paths, boolean typed) {
    String scope = kind.isNamespaced() ? "/namespaces/{namespace}" : "";
    String collection = path(kind) + scope + "/" + kind.plural();
    ObjectNode all = paths.putObject(collection);
    operation(kind, all.putObject("get"), List.of("limit", "labelSelector", "watch"), typed);
    operation(kind, all.putObject("post"), PATCH_PARAMETERS.subList(0, 3), typed);
    ObjectNode one = paths.putObject(collection + "/{name}");
    operation(kind, one.putObject("get"), List.of(), typed);
    operation(kind, one.putObject("put"), PATCH_PARAMETERS.subList(0, 3), typed);
    operation(kind, one.putObject("patch"), PATCH_PARAMETERS, typed);
    operation(kind, one.putObject("delete"), List.of("dryRun", "propagationPolicy"), typed);
  }

  private static void operation(
      Kind kind, ObjectNode operation, List<String> parameters, boolean typed) {
    ArrayNode list = operation.putArray("parameters");
    for (String name : parameters) {
      ObjectNode parameter = list.addObject().put("name", name).put("in", "query");
      JsonNode type = JSON.textNode("string");
      if (typed) {
        parameter.putObject("schema").set("type", type);
      } else {
        parameter.set("type", type);
      }
    }
    operation.putObject("responses").putObject("200").put("description", "OK");
    operation.set(KIND_EXTENSION, groupVersionKind(kind));
  }
}
