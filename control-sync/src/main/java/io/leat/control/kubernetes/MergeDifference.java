package io.leat.control.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * The JSON merge patch (RFC 7386) that makes one object of another; it leaves alone what neither of
 * them names.
 */
final class MergeDifference {
  private MergeDifference() {}

  /** Empty when the two are equal. */
  static ObjectNode of(ObjectNode before, ObjectNode after) {
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> field : after.properties()) {
      JsonNode old = before.get(field.getKey());
      JsonNode now = field.getValue();
      if (old instanceof ObjectNode oldObject && now instanceof ObjectNode nowObject) {
        ObjectNode inner = of(oldObject, nowObject);
        if (!inner.isEmpty()) {
          patch.set(field.getKey(), inner);
        }
      } else if (!now.equals(old)) {
        patch.set(field.getKey(), now);
      }
    }
    for (Map.Entry<String, JsonNode> field : before.properties()) {
      if (!after.has(field.getKey())) {
        patch.putNull(field.getKey());
      }
    }
    return patch;
  }
}
