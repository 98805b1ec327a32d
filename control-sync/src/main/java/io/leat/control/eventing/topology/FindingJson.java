package io.leat.control.eventing.topology;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/** Writes findings as answers of the admin port show them. */
public final class FindingJson {
  private FindingJson() {}

  /** An object each: severity, code, where, text, and path where there is one. */
  public static ArrayNode array(List<Finding> findings) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (Finding each : findings) {
      ObjectNode node = array.addObject();
      node.put("severity", each.severity().name().toLowerCase(Locale.ROOT));
      node.put("code", each.code()).put("where", each.where()).put("text", each.text());
      if (!each.path().isEmpty()) {
        each.path().forEach(node.putArray("path")::add);
      }
    }
    return array;
  }
}
