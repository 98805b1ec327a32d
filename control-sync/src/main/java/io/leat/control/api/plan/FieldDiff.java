package io.leat.control.api.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.LinkedHashSet;
import java.util.Set;

/** Lists where two JSON trees differ, as far down as both go; a bounded number of places. */
final class FieldDiff {
  private static final int MAX_FIELDS = 50;
  private static final int MAX_TEXT = 120;

  private final ArrayNode into;

  /** Adds objects of {@code path}, {@code before} and {@code after} to an array. */
  FieldDiff(ArrayNode into) {
    this.into = into;
  }

  // Documents are bounded in depth when they are read, so this recursion is, too.
  void compare(String path, JsonNode before, JsonNode after) {
    if (into.size() >= MAX_FIELDS || before.equals(after)) {
      return;
    }
    if (before.isObject() && after.isObject()) {
      Set<String> names = new LinkedHashSet<>();
      before.fieldNames().forEachRemaining(names::add);
      after.fieldNames().forEachRemaining(names::add);
      for (String name : names) {
        compare(step(path, name), before.path(name), after.path(name));
      }
    } else if (before.isArray() && after.isArray()) {
      for (int i = 0; i < Math.max(before.size(), after.size()); i++) {
        compare(path + "[" + i + "]", before.path(i), after.path(i));
      }
    } else {
      into.addObject().put("path", path).put("before", text(before)).put("after", text(after));
    }
  }

  private static String step(String path, String name) {
    return name.contains(".") || name.contains("/")
        ? path + "[" + name + "]"
        : path.isEmpty() ? name : path + "." + name;
  }

  private static String text(JsonNode node) {
    String text =
        node instanceof MissingNode ? "" : node.isTextual() ? node.asText() : node.toString();
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
  }
}
