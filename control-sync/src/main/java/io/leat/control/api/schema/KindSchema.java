package io.leat.control.api.schema;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.api.patch.ListKeys;
import io.leat.control.manifest.FieldRules;
import io.leat.control.manifest.KindShape;
import io.leat.control.resource.Condition;
import io.leat.control.resource.EventingStatus;
import io.leat.control.resource.Kind;
import io.leat.control.resource.RawJson;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Status;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The schema of each kind's documents, made from the records that the documents are read into: a
 * component is a field, one that cannot be null is required.
 */
public final class KindSchema {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** Fields of a condition that are left out of documents when they say nothing. */
  private static final Set<String> MAY_BE_SILENT = Set.of("reason", "message");

  private static final String FREE = "x-kubernetes-preserve-unknown-fields";
  private static final String NOT_HONOURED =
      "Accepted from manifests of Knative and Kubernetes, and not honoured by Leat.";

  private KindSchema() {}

  /** A structural OpenAPI 3 schema of the kind's documents. */
  public static ObjectNode of(Kind kind) {
    ObjectNode schema = JSON.objectNode().put("type", "object");
    schema.put("description", FieldTexts.of("Kind", sentencesOf(kind)));
    ObjectNode properties = schema.putObject("properties");
    text(properties, "apiVersion", "Group and version of the kind: " + kind.apiVersion() + ".");
    text(properties, "kind", "The kind: " + kind.kind() + ".");
    properties.set("metadata", metadata());
    Class<? extends Spec> record = KindShape.of(kind).spec();
    if (kind.isDocument()) {
      document(kind, properties);
    } else if (KindShape.of(kind).flat()) {
      fields(record, schema, properties);
    } else {
      ObjectNode spec = object(record);
      spec.put("description", "What is wanted.");
      properties.set("spec", spec);
      if (spec.has("required")) {
        schema.putArray("required").add("spec");
      }
      ObjectNode status = status(kind);
      properties.set("status", status.put("description", "What Leat observed."));
    }
    return schema;
  }

  /** What kinds of eventing report stands beside the rest, and other kinds do not have it. */
  private static ObjectNode status(Kind kind) {
    ObjectNode status = object(Status.class);
    ObjectNode properties = status.withObjectProperty("properties");
    if (kind.isEventing()) {
      properties.retain("observedGeneration", "conditions", "url", "address");
      fields(EventingStatus.class, status, properties);
    }
    status.remove("required");
    return status;
  }

  /** Some kinds share a name. */
  private static String sentencesOf(Kind kind) {
    return switch (kind) {
      case CORE_SERVICE -> "CoreService";
      case MESSAGING_CHANNEL -> "MessagingChannel";
      case MESSAGING_SUBSCRIPTION -> "MessagingSubscription";
      default -> kind.kind();
    };
  }

  private static void text(ObjectNode properties, String name, String description) {
    properties.putObject(name).put("type", "string").put("description", description);
  }

  private static ObjectNode metadata() {
    ObjectNode schema = JSON.objectNode().put("type", "object");
    schema.put("description", "Name, labels and what the server keeps of the resource.");
    ObjectNode properties = schema.putObject("properties");
    for (String name :
        List.of("name", "generateName", "namespace", "uid", "resourceVersion", "selfLink")) {
      text(properties, name, FieldTexts.of("ObjectMeta", name));
    }
    for (String name : List.of("creationTimestamp", "deletionTimestamp")) {
      text(properties, name, FieldTexts.of("ObjectMeta", name));
      properties.withObjectProperty(name).put("format", "date-time");
    }
    for (String name : List.of("generation", "deletionGracePeriodSeconds")) {
      properties.set(name, described("ObjectMeta", name, number("int64")));
    }
    for (String name : List.of("labels", "annotations")) {
      properties.set(name, described("ObjectMeta", name, textMap()));
    }
    ObjectNode finalizers = list(JSON.objectNode().put("type", "string"));
    finalizers.put("x-kubernetes-list-type", "set");
    properties.set("finalizers", described("ObjectMeta", "finalizers", finalizers));
    for (String name : List.of("ownerReferences", "managedFields")) {
      ObjectNode item = JSON.objectNode().put("type", "object").put(FREE, true);
      properties.set(name, described("ObjectMeta", name, list(item)));
    }
    return schema;
  }

  private static ObjectNode described(String owner, String field, ObjectNode schema) {
    return schema.put("description", FieldTexts.of(owner, field));
  }

  private static void document(Kind kind, ObjectNode properties) {
    for (String field : FieldTexts.ofDocument(sentencesOf(kind))) {
      ObjectNode schema =
          switch (field) {
            case "data", "stringData", "binaryData" -> textMap();
            case "immutable" -> JSON.objectNode().put("type", "boolean");
            case "count" -> number("int32");
            case "spec", "status", "involvedObject", "source", "related", "series" ->
                JSON.objectNode().put("type", "object").put(FREE, true);
            default -> JSON.objectNode().put("type", "string");
          };
      properties.set(field, described("Document." + sentencesOf(kind), field, schema));
    }
  }

  private static ObjectNode object(Class<?> record) {
    ObjectNode schema = JSON.objectNode().put("type", "object");
    fields(record, schema, schema.putObject("properties"));
    return schema;
  }

  private static void fields(Class<?> record, ObjectNode schema, ObjectNode properties) {
    ArrayNode required = JSON.arrayNode();
    for (RecordComponent component : record.getRecordComponents()) {
      if (component.getType() == EventingStatus.class) {
        // Its fields stand beside the others, where a kind has them.
        continue;
      }
      // A condition's state is called status in documents.
      boolean state = component.getType() == Condition.State.class;
      String name = state ? "status" : component.getName();
      ObjectNode field = state ? JSON.objectNode().put("type", "string") : of(name, component);
      Bounds.add(record.getSimpleName() + "." + name, field);
      properties.set(name, described(record.getSimpleName(), name, field));
      boolean silent = record == Condition.class && MAY_BE_SILENT.contains(name);
      if (!silent && !component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
        required.add(name);
      }
    }
    for (String name : new TreeSet<>(FieldRules.ignored(record))) {
      properties.putObject(name).put("description", NOT_HONOURED).put(FREE, true);
    }
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
  }

  private static ObjectNode of(String name, RecordComponent component) {
    return of(name, component.getGenericType());
  }

  private static ObjectNode of(String name, Type type) {
    if (type instanceof ParameterizedType generic) {
      if (generic.getRawType() == Map.class) {
        return textMap();
      }
      ObjectNode list = list(of(name, generic.getActualTypeArguments()[0]));
      if (name.equals("conditions")) {
        list.put("x-kubernetes-list-type", "map");
        list.putArray("x-kubernetes-list-map-keys").add("type");
      } else if (ListKeys.of(name, JSON.arrayNode()) == null) {
        list.put("x-kubernetes-list-type", "atomic");
      }
      return list;
    }
    Class<?> plain = (Class<?>) type;
    if (plain == RawJson.class) {
      return JSON.objectNode().put("type", "object").put(FREE, true);
    }
    if (plain.isRecord()) {
      return object(plain);
    }
    return switch (plain.getSimpleName()) {
      case "String" -> JSON.objectNode().put("type", "string");
      case "Boolean", "boolean" -> JSON.objectNode().put("type", "boolean");
      case "Integer", "int" -> number("int32");
      case "Long", "long" -> number("int64");
      case "Instant" -> JSON.objectNode().put("type", "string").put("format", "date-time");
      default -> throw new IllegalStateException("no schema for " + plain);
    };
  }

  private static ObjectNode number(String format) {
    return JSON.objectNode().put("type", "integer").put("format", format);
  }

  private static ObjectNode list(ObjectNode item) {
    ObjectNode list = JSON.objectNode().put("type", "array");
    list.set("items", item);
    return list;
  }

  private static ObjectNode textMap() {
    ObjectNode map = JSON.objectNode().put("type", "object");
    map.putObject("additionalProperties").put("type", "string");
    return map;
  }
}
