package io.leat.control.api.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which lists are maps: their items have an identity, so that two writers can own one item each.
 *
 * <p>Known by the name of the field, as no name means two things among the kinds of Leat. Every
 * other list is one value.
 */
public final class ListKeys {
  private static final Map<String, List<String>> KEYS =
      Map.of(
          "containers", List.of("name"),
          "env", List.of("name"),
          "conditions", List.of("type"),
          "ownerReferences", List.of("uid"));
  private static final Set<String> SETS = Set.of("finalizers");

  /** A list of container ports is keyed by two fields, of which the second has a default. */
  private static final List<String> PORT_KEYS = List.of("containerPort", "protocol");

  private ListKeys() {}

  /** The fields that identify items of a list; null when the list is one value or a set. */
  public static @Nullable List<String> of(String field, JsonNode list) {
    if (field.equals("ports") && list.has(0) && list.get(0).has("containerPort")) {
      return PORT_KEYS;
    }
    return KEYS.get(field);
  }

  /** Whether a list is a set of values. */
  public static boolean isSet(String field) {
    return SETS.contains(field);
  }

  /** The part of an item that identifies it; null when it lacks some of that. */
  public static @Nullable ObjectNode key(JsonNode item, List<String> fields) {
    ObjectNode key = JsonNodeFactory.instance.objectNode();
    for (String field : fields) {
      JsonNode value = item.get(field);
      if (value == null && field.equals("protocol")) {
        key.put(field, "TCP");
      } else if (value == null || !value.isValueNode() || value.isNull()) {
        return null;
      } else {
        key.set(field, value);
      }
    }
    return key;
  }

  /** Whether every item of a list has an identity of its own. */
  public static boolean isKeyed(ArrayNode list, List<String> fields) {
    Set<ObjectNode> seen = new HashSet<>();
    for (JsonNode item : list) {
      ObjectNode key = key(item, fields);
      if (key == null || !seen.add(key)) {
        return false;
      }
    }
    return true;
  }
}
