package io.leat.control.api.apply;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.api.patch.ListKeys;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A set of fields of documents; immutable.
 *
 * <p>A path is a list of steps as FieldsV1 of Kubernetes writes them: {@code f:NAME} for a field,
 * {@code k:{…}} for the item of a keyed list, {@code v:VALUE} for a value of a set. A list that is
 * neither is one value.
 *
 * @param paths in the order in which they were found
 */
record FieldSet(Set<List<String>> paths) {
  static final FieldSet EMPTY = new FieldSet(Set.of());
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String SELF = ".";
  private static final int MAX_DEPTH = 128;

  FieldSet {
    paths = Collections.unmodifiableSet(new LinkedHashSet<>(paths));
  }

  /** Every field that a document sets. */
  static FieldSet of(ObjectNode document) {
    Set<List<String>> paths = new LinkedHashSet<>();
    collect(document, List.of(), paths);
    return new FieldSet(paths);
  }

  private static void collect(ObjectNode object, List<String> at, Set<List<String>> paths) {
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      List<String> path = below(at, "f:" + field.getKey());
      JsonNode value = field.getValue();
      List<String> keys = keys(field.getKey(), value);
      if (value instanceof ObjectNode child && !child.isEmpty()) {
        collect(child, path, paths);
      } else if (value instanceof ArrayNode list && ListKeys.isSet(field.getKey())) {
        list.forEach(item -> paths.add(below(path, "v:" + item)));
      } else if (keys != null) {
        for (JsonNode item : value) {
          List<String> place = below(path, "k:" + ListKeys.key(item, keys));
          paths.add(place);
          collect((ObjectNode) item, place, paths);
        }
      } else {
        paths.add(path);
      }
    }
  }

  /** The keys of a list that is a map; null for any other value. */
  static @Nullable List<String> keys(String field, @Nullable JsonNode value) {
    if (!(value instanceof ArrayNode list) || list.isEmpty()) {
      return null;
    }
    List<String> keys = ListKeys.of(field, list);
    return keys != null && ListKeys.isKeyed(list, keys) ? keys : null;
  }

  private static List<String> below(List<String> path, String step) {
    List<String> longer = new ArrayList<>(path);
    longer.add(step);
    return List.copyOf(longer);
  }

  /** Reads FieldsV1; anything else is the empty set. */
  static FieldSet parse(@Nullable JsonNode fields) {
    Set<List<String>> paths = new LinkedHashSet<>();
    if (fields instanceof ObjectNode object) {
      parse(object, List.of(), paths);
    }
    return new FieldSet(paths);
  }

  private static void parse(ObjectNode node, List<String> at, Set<List<String>> paths) {
    if (at.size() > MAX_DEPTH) {
      return;
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (entry.getKey().equals(SELF)) {
        paths.add(at);
      } else if (entry.getValue() instanceof ObjectNode child) {
        List<String> path = below(at, entry.getKey());
        if (child.isEmpty()) {
          paths.add(path);
        }
        parse(child, path, paths);
      }
    }
  }

  /** Writes FieldsV1. */
  ObjectNode json() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    for (List<String> path : paths) {
      ObjectNode at = root;
      for (String step : path) {
        at = at.withObjectProperty(step);
      }
      at.putObject(SELF);
    }
    simplify(root);
    return root;
  }

  /** A path without paths below it is written as an empty object. */
  private static void simplify(ObjectNode node) {
    for (JsonNode child : node) {
      if (child instanceof ObjectNode object) {
        if (object.size() == 1 && object.has(SELF)) {
          object.remove(SELF);
        } else {
          simplify(object);
        }
      }
    }
  }

  boolean isEmpty() {
    return paths.isEmpty();
  }

  FieldSet union(FieldSet other) {
    Set<List<String>> all = new LinkedHashSet<>(paths);
    all.addAll(other.paths);
    return new FieldSet(all);
  }

  FieldSet where(Predicate<List<String>> condition) {
    Set<List<String>> some = new LinkedHashSet<>();
    for (List<String> path : paths) {
      if (condition.test(path)) {
        some.add(path);
      }
    }
    return new FieldSet(some);
  }

  FieldSet without(Collection<List<String>> others) {
    return where(path -> !others.contains(path));
  }

  /** Whether a path, something below it, or a value around it is in the set. */
  boolean overlaps(List<String> path) {
    for (List<String> own : paths) {
      boolean within = startsWith(own, path);
      boolean around = startsWith(path, own) && (own.size() == path.size() || !isItem(own));
      if (within || around) {
        return true;
      }
    }
    return false;
  }

  static boolean isItem(List<String> path) {
    return path.getLast().startsWith("k:");
  }

  /** Whether a path is that of a field by which an item is found. */
  static boolean isKey(List<String> path) {
    if (path.size() < 2 || !isItem(path.subList(0, path.size() - 1))) {
      return false;
    }
    JsonNode key = read(path.get(path.size() - 2).substring(2));
    return key != null && key.has(path.getLast().substring(2));
  }

  private static boolean startsWith(List<String> path, List<String> prefix) {
    return path.size() >= prefix.size() && path.subList(0, prefix.size()).equals(prefix);
  }

  /** The value at a path; null when the document has none. */
  static @Nullable JsonNode get(JsonNode document, List<String> path) {
    JsonNode at = document;
    for (String step : path) {
      at = at == null ? null : step(at, step);
    }
    return at;
  }

  private static @Nullable JsonNode step(JsonNode at, String step) {
    if (step.startsWith("f:")) {
      return at.get(step.substring(2));
    }
    int index = index(at, step);
    return index < 0 ? null : at.get(index);
  }

  private static int index(JsonNode list, String step) {
    JsonNode wanted = read(step.substring(2));
    if (!(list instanceof ArrayNode array) || wanted == null) {
      return -1;
    }
    for (int i = 0; i < array.size(); i++) {
      JsonNode item = array.get(i);
      if (step.startsWith("v:") ? item.equals(wanted) : hasKey(item, wanted)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean hasKey(JsonNode item, JsonNode wanted) {
    List<String> fields = new ArrayList<>();
    wanted.fieldNames().forEachRemaining(fields::add);
    ObjectNode key = ListKeys.key(item, fields);
    return key != null && key.toString().equals(wanted.toString());
  }

  private static @Nullable JsonNode read(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      // A client may write any text into managedFields; such a step leads nowhere.
      return null;
    }
  }

  /** Removes the value at a path, and objects that hold nothing then. */
  static void remove(ObjectNode document, List<String> path) {
    JsonNode parent = get(document, path.subList(0, path.size() - 1));
    String last = path.getLast();
    if (parent instanceof ObjectNode object && last.startsWith("f:")) {
      object.remove(last.substring(2));
    } else if (parent instanceof ArrayNode array) {
      int index = index(array, last);
      if (index >= 0) {
        array.remove(index);
      }
    }
    if (parent != null
        && parent.isEmpty()
        && path.size() > 2
        && !isItem(path.subList(0, path.size() - 1))) {
      remove(document, path.subList(0, path.size() - 1));
    }
  }

  /** A path as errors show it: {@code .spec.template.spec.containers[name="a"].image}. */
  static String text(List<String> path) {
    StringBuilder text = new StringBuilder();
    for (String step : path) {
      String rest = step.substring(2);
      if (step.startsWith("f:")) {
        text.append('.').append(rest);
      } else if (step.startsWith("v:")) {
        text.append('[').append('=').append(rest).append(']');
      } else {
        List<String> parts = new ArrayList<>();
        JsonNode key = read(rest);
        if (key != null) {
          key.properties().forEach(part -> parts.add(part.getKey() + "=" + part.getValue()));
        }
        text.append('[').append(String.join(",", parts)).append(']');
      }
    }
    return text.toString();
  }
}
