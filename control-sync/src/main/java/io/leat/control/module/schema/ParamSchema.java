package io.leat.control.module.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;

/**
 * Judges JSON by a schema, of which these words of JSON Schema (draft 2020-12) count: {@code type},
 * {@code enum}, {@code required}, {@code properties}, {@code additionalProperties} as a boolean,
 * {@code items}, {@code minItems}, {@code minLength}, {@code minimum} and {@code maximum}.
 */
public final class ParamSchema {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private ParamSchema() {}

  /**
   * A schema from its text, in which single quotes stand for double ones.
   *
   * @throws IllegalArgumentException when it is no JSON
   */
  public static JsonNode of(String text) {
    try {
      return MAPPER.readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** Every way in which a value breaks a schema; empty when it fits. */
  public static List<String> problems(JsonNode schema, JsonNode value) {
    List<String> problems = new ArrayList<>();
    judge(schema, value, "", problems);
    return problems;
  }

  private static void judge(JsonNode schema, JsonNode value, String path, List<String> problems) {
    String place = path.isEmpty() ? "(root)" : path;
    String type = schema.path("type").asText("");
    if (!type.isEmpty() && !isOf(type, value)) {
      problems.add(place + ": must be of type " + type + " (got " + name(value) + ")");
      return;
    }
    if (schema.has("enum") && !contains(schema.path("enum"), value)) {
      problems.add(place + ": must be one of " + schema.path("enum") + " (got " + value + ")");
    }
    if (value.isNumber()) {
      number(schema, value, place, problems);
    } else if (value.isTextual() && value.textValue().length() < schema.path("minLength").asInt()) {
      problems.add(place + ": must not be empty");
    } else if (value.isObject()) {
      fields(schema, value, path, problems);
    } else if (value.isArray()) {
      items(schema, value, path, problems);
    }
  }

  private static void number(JsonNode schema, JsonNode value, String place, List<String> problems) {
    if (schema.has("minimum") && value.asDouble() < schema.path("minimum").asDouble()) {
      problems.add(place + ": must be at least " + schema.path("minimum") + " (got " + value + ")");
    }
    if (schema.has("maximum") && value.asDouble() > schema.path("maximum").asDouble()) {
      problems.add(place + ": must be at most " + schema.path("maximum") + " (got " + value + ")");
    }
  }

  private static void fields(JsonNode schema, JsonNode value, String path, List<String> problems) {
    for (JsonNode name : schema.path("required")) {
      if (!value.hasNonNull(name.asText())) {
        problems.add(below(path, name.asText()) + ": is required");
      }
    }
    boolean closed =
        schema.has("additionalProperties") && !schema.path("additionalProperties").asBoolean(true);
    for (var field : value.properties()) {
      String place = below(path, field.getKey());
      JsonNode known = schema.path("properties").path(field.getKey());
      if (known.isObject()) {
        if (!field.getValue().isNull()) {
          judge(known, field.getValue(), place, problems);
        }
      } else if (closed) {
        problems.add(place + ": is not known");
      }
    }
  }

  private static void items(JsonNode schema, JsonNode value, String path, List<String> problems) {
    if (value.size() < schema.path("minItems").asInt()) {
      problems.add((path.isEmpty() ? "(root)" : path) + ": must not be empty");
    }
    JsonNode each = schema.path("items");
    for (int i = 0; each.isObject() && i < value.size(); i++) {
      judge(each, value.get(i), path + "[" + i + "]", problems);
    }
  }

  private static boolean contains(JsonNode values, JsonNode value) {
    for (JsonNode candidate : values) {
      if (candidate.equals(value)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOf(String type, JsonNode value) {
    return switch (type) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      case "null" -> value.isNull();
      default -> false;
    };
  }

  private static String name(JsonNode value) {
    return value.getNodeType().name().toLowerCase(java.util.Locale.ROOT);
  }

  private static String below(String path, String field) {
    return path.isEmpty() ? field : path + "." + field;
  }
}
