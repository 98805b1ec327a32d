package io.leat.control.manifest.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.manifest.KindShape;
import io.leat.control.manifest.ManifestReader;
import io.leat.control.manifest.ManifestSet;
import io.leat.control.resource.Condition;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.RawJson;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Status;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Instant;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes resources as Kubernetes does: apiVersion, kind, metadata, spec, status.
 *
 * <p>Fields stand in the order of the records, map keys sorted, absent values left out, so equal
 * resources give equal bytes.
 */
public final class ResourceJson {
  private static final int TYPICAL_LENGTH = 2_048;
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS);
  private static final ObjectMapper DOCUMENTS =
      new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
  private static final ManifestReader READER = ManifestReader.forServers();

  /** Looked up once a type: reflection makes new accessors each time that it is asked. */
  private static final ClassValue<List<Component>> COMPONENTS =
      new ClassValue<>() {
        @Override
        protected List<Component> computeValue(Class<?> type) {
          return Stream.of(type.getRecordComponents())
              .map(component -> new Component(component.getName(), component.getAccessor()))
              .toList();
        }
      };

  private ResourceJson() {}

  record Component(String name, Method accessor) {
    @Nullable Object of(Record record) {
      try {
        return accessor.invoke(record);
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException("cannot read " + accessor, e);
      }
    }
  }

  static List<Component> components(Class<? extends Record> type) {
    return COMPONENTS.get(type);
  }

  /** One line of JSON. */
  public static String write(Resource resource) {
    StringWriter text = new StringWriter(TYPICAL_LENGTH);
    try {
      new ResourceWriter(text).write(resource).flush();
    } catch (IOException e) {
      throw new IllegalStateException("a resource could not be written", e);
    }
    return text.toString();
  }

  /** Indented JSON. */
  public static String writePretty(Resource resource) {
    return text(tree(resource), true);
  }

  /** Indented JSON of a {@code v1 List}. */
  public static String writePretty(List<Resource> resources) {
    return text(list(resources), true);
  }

  /**
   * Reads what {@link #write} wrote, server fields and status included; rules are not checked. A
   * text that is not one resource gives problems.
   */
  public static ManifestSet read(String name, String json) {
    return READER.read(name.endsWith(".json") ? name : name + ".json", json);
  }

  /** A {@code v1 List} of resources. */
  public static ObjectNode list(List<Resource> resources) {
    ObjectNode root = NODES.objectNode().put("apiVersion", "v1").put("kind", "List");
    root.putObject("metadata");
    ArrayNode items = root.putArray("items");
    resources.forEach(resource -> items.add(tree(resource)));
    return root;
  }

  /** The document of one resource. */
  public static ObjectNode tree(Resource resource) {
    ObjectNode root = NODES.objectNode();
    root.put("apiVersion", resource.kind().apiVersion());
    root.put("kind", resource.kind().kind());
    root.set("metadata", metadata(resource.metadata()));
    if (resource.spec() instanceof Spec.Document document) {
      root.setAll(fields(document));
      return root;
    }
    ObjectNode spec = record((Record) resource.spec());
    if (KindShape.of(resource.kind()).flat()) {
      root.setAll(spec);
    } else {
      root.set("spec", spec);
    }
    if (!resource.status().equals(Status.EMPTY)) {
      root.set("status", status(resource.status()));
    }
    return root;
  }

  /** The fields of a document, in a tree of the caller's own. */
  public static ObjectNode fields(Spec.Document document) {
    try {
      return (ObjectNode) DOCUMENTS.readTree(document.json());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a stored document is no JSON", e);
    }
  }

  static String text(JsonNode node, boolean pretty) {
    try {
      return pretty
          ? MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(node)
          : MAPPER.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of JSON nodes could not be written", e);
    }
  }

  private static ObjectNode metadata(Metadata metadata) {
    ObjectNode node = NODES.objectNode();
    node.put("name", metadata.name());
    if (!metadata.namespace().isEmpty()) {
      node.put("namespace", metadata.namespace());
    }
    if (!metadata.uid().isEmpty()) {
      node.put("uid", metadata.uid());
    }
    if (metadata.resourceVersion() != 0) {
      node.put("resourceVersion", Long.toString(metadata.resourceVersion()));
    }
    if (metadata.generation() != 0) {
      node.put("generation", metadata.generation());
    }
    Instant created = metadata.creationTimestamp();
    if (created != null) {
      node.put("creationTimestamp", created.toString());
    }
    Instant deleted = metadata.deletionTimestamp();
    if (deleted != null) {
      node.put("deletionTimestamp", deleted.toString());
    }
    putUnlessEmpty(node, "labels", metadata.labels());
    putUnlessEmpty(node, "annotations", metadata.annotations());
    if (!metadata.ownerReferences().isEmpty()) {
      node.set("ownerReferences", array(metadata.ownerReferences()));
    }
    if (!metadata.finalizers().isEmpty()) {
      node.set("finalizers", array(metadata.finalizers()));
    }
    if (!metadata.managedFields().isEmpty()) {
      node.set("managedFields", raw(metadata.managedFields()));
    }
    return node;
  }

  private static JsonNode raw(String json) {
    try {
      return DOCUMENTS.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a stored text is no JSON: " + json, e);
    }
  }

  private static void putUnlessEmpty(ObjectNode node, String field, Map<String, String> map) {
    if (!map.isEmpty()) {
      node.set(field, value(map));
    }
  }

  static ObjectNode status(Status status) {
    ObjectNode node = record(status);
    if (node.remove("eventing") instanceof ObjectNode eventing) {
      node.setAll(eventing);
    }
    if (status.observedGeneration() == 0) {
      node.remove("observedGeneration");
    }
    if (status.conditions().isEmpty()) {
      node.remove("conditions");
    } else {
      ArrayNode conditions = NODES.arrayNode();
      status.conditions().forEach(condition -> conditions.add(condition(condition)));
      node.set("conditions", conditions);
    }
    return node;
  }

  private static ObjectNode condition(Condition condition) {
    ObjectNode node = NODES.objectNode();
    node.put("type", condition.type());
    node.put("status", condition.state().text());
    if (!condition.reason().isEmpty()) {
      node.put("reason", condition.reason());
    }
    if (!condition.message().isEmpty()) {
      node.put("message", condition.message());
    }
    Instant transition = condition.lastTransitionTime();
    if (transition != null) {
      node.put("lastTransitionTime", transition.toString());
    }
    return node;
  }

  private static ObjectNode record(Record record) {
    ObjectNode node = NODES.objectNode();
    for (Component component : components(record.getClass())) {
      Object value = component.of(record);
      if (value != null) {
        node.set(component.name(), value(value));
      }
    }
    return node;
  }

  private static JsonNode value(Object value) {
    return switch (value) {
      case String text -> NODES.textNode(text);
      case Integer number -> NODES.numberNode(number);
      case Long number ->
          number.intValue() == number
              ? NODES.numberNode(number.intValue())
              : NODES.numberNode(number);
      case Boolean flag -> NODES.booleanNode(flag);
      case Collection<?> items -> array(items);
      case Map<?, ?> map -> object(map);
      case Condition condition -> condition(condition);
      case RawJson json -> raw(json.text());
      case Record record -> record(record);
      default -> throw new IllegalStateException("no JSON for " + value.getClass());
    };
  }

  private static ObjectNode object(Map<?, ?> map) {
    Map<String, Object> sorted = new TreeMap<>();
    map.forEach((key, item) -> sorted.put(String.valueOf(key), item));
    ObjectNode node = NODES.objectNode();
    sorted.forEach((key, item) -> node.set(key, value(item)));
    return node;
  }

  private static ArrayNode array(Collection<?> items) {
    ArrayNode node = NODES.arrayNode();
    Iterator<?> iterator = items.iterator();
    while (iterator.hasNext()) {
      Object item = iterator.next();
      if (item != null) {
        node.add(value(item));
      }
    }
    return node;
  }
}
