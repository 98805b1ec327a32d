package io.leat.control.api.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Strategic merge patch: a merge patch whose keyed lists are merged item by item, with the
 * directives {@code $patch}, {@code $retainKeys} and {@code $deleteFromPrimitiveList/…}.
 *
 * <p>{@code $setElementOrder/…} is left out of account: lists keep their order, new items come
 * last.
 */
final class StrategicPatch {
  private static final String PATCH = "$patch";
  private static final String RETAIN = "$retainKeys";
  private static final String DELETE_FROM = "$deleteFromPrimitiveList/";

  private StrategicPatch() {}

  static Patch.Outcome apply(ObjectNode document, ObjectNode changes) {
    JsonNode merged = merge(document, changes);
    return merged instanceof ObjectNode object
        ? new Patch.Patched(object)
        : new Patch.Unfit("the patch leaves no object");
  }

  private static @Nullable JsonNode merge(@Nullable JsonNode target, JsonNode patch) {
    if (!(patch instanceof ObjectNode changes)) {
      return patch;
    }
    String directive = changes.path(PATCH).asText("merge");
    if (directive.equals("delete")) {
      return null;
    }
    ObjectNode result =
        target instanceof ObjectNode object && !directive.equals("replace")
            ? object
            : JsonNodeFactory.instance.objectNode();
    retain(result, changes);
    for (Map.Entry<String, JsonNode> change : changes.properties()) {
      field(result, change.getKey(), change.getValue());
    }
    return result;
  }

  private static void retain(ObjectNode result, ObjectNode changes) {
    if (changes.get(RETAIN) instanceof ArrayNode kept) {
      List<String> names = new ArrayList<>();
      kept.forEach(name -> names.add(name.asText()));
      result.retain(names);
    }
  }

  private static void field(ObjectNode result, String name, JsonNode value) {
    if (name.startsWith(DELETE_FROM)) {
      deleteFrom(result.get(name.substring(DELETE_FROM.length())), value);
    } else if (name.startsWith("$")) {
      return;
    } else if (value.isNull()) {
      result.remove(name);
    } else if (value instanceof ArrayNode items) {
      result.set(name, list(name, result.get(name), items));
    } else {
      JsonNode merged = merge(result.get(name), value);
      if (merged == null) {
        result.remove(name);
      } else {
        result.set(name, merged);
      }
    }
  }

  private static void deleteFrom(@Nullable JsonNode list, JsonNode values) {
    if (list instanceof ArrayNode array) {
      for (int i = array.size() - 1; i >= 0; i--) {
        for (JsonNode value : values) {
          if (i < array.size() && array.get(i).equals(value)) {
            array.remove(i);
          }
        }
      }
    }
  }

  private static JsonNode list(String name, @Nullable JsonNode target, ArrayNode items) {
    ArrayNode wanted = items.deepCopy();
    boolean replace = false;
    for (int i = wanted.size() - 1; i >= 0; i--) {
      JsonNode item = wanted.get(i);
      if (item.size() == 1 && item.path(PATCH).asText("").equals("replace")) {
        replace = true;
        wanted.remove(i);
      }
    }
    if (!(target instanceof ArrayNode array) || replace) {
      return withoutDirectives(wanted);
    }
    if (ListKeys.isSet(name)) {
      for (JsonNode value : wanted) {
        if (!contains(array, value)) {
          array.add(value);
        }
      }
      return array;
    }
    List<String> keys = ListKeys.of(name, wanted);
    if (keys == null || !ListKeys.isKeyed(array, keys) || !ListKeys.isKeyed(wanted, keys)) {
      return withoutDirectives(wanted);
    }
    wanted.forEach(item -> item(array, item, keys));
    return array;
  }

  private static void item(ArrayNode array, JsonNode patch, List<String> keys) {
    ObjectNode key = ListKeys.key(patch, keys);
    for (int i = 0; i < array.size(); i++) {
      ObjectNode other = ListKeys.key(array.get(i), keys);
      if (other != null && other.equals(key)) {
        JsonNode merged = merge(array.get(i), patch);
        if (merged == null) {
          array.remove(i);
        } else {
          array.set(i, merged);
        }
        return;
      }
    }
    JsonNode added = merge(null, patch);
    if (added != null) {
      array.add(added);
    }
  }

  private static boolean contains(ArrayNode array, JsonNode value) {
    for (JsonNode item : array) {
      if (item.equals(value)) {
        return true;
      }
    }
    return false;
  }

  private static ArrayNode withoutDirectives(ArrayNode items) {
    ArrayNode plain = JsonNodeFactory.instance.arrayNode();
    for (JsonNode item : items) {
      JsonNode merged = merge(null, item);
      if (merged != null) {
        plain.add(merged);
      }
    }
    return plain;
  }
}
