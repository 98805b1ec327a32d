package io.leat.control.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Reads {@code key=value} as the JSON that an action wants. */
final class ActionParams {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private ActionParams() {}

  /**
   * An object of all params. A value is text where the schema says {@code string}; elsewhere it is
   * JSON when it can be read as that, and text when not.
   *
   * @throws IllegalArgumentException for what is no {@code key=value}, or contradicts another one
   */
  static ObjectNode read(List<String> params, JsonNode schema) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    for (String param : params) {
      int sign = param.indexOf('=');
      if (sign <= 0) {
        throw new IllegalArgumentException("--param must be KEY=VALUE (got \"" + param + "\")");
      }
      put(root, param.substring(0, sign), param.substring(sign + 1), schema);
    }
    return root;
  }

  private static void put(ObjectNode root, String key, String value, JsonNode schema) {
    ObjectNode at = root;
    JsonNode wanted = schema;
    String[] path = key.split("\\.", -1);
    for (int i = 0; i < path.length - 1; i++) {
      wanted = wanted.path("properties").path(path[i]);
      JsonNode below = at.path(path[i]);
      if (below.isMissingNode()) {
        at = at.putObject(path[i]);
      } else if (below instanceof ObjectNode object) {
        at = object;
      } else {
        throw new IllegalArgumentException("--param " + key + ": " + path[i] + " has a value");
      }
    }
    String last = path[path.length - 1];
    if (last.isEmpty() || at.has(last)) {
      throw new IllegalArgumentException(
          "--param " + key + (last.isEmpty() ? " names no field" : " is given twice"));
    }
    String type = wanted.path("properties").path(last).path("type").asText("");
    at.set(last, type.equals("string") ? at.textNode(value) : json(value));
  }

  private static JsonNode json(String value) {
    try {
      JsonNode read = MAPPER.readTree(value);
      boolean none = read == null || read.asToken() == JsonToken.NOT_AVAILABLE;
      return none ? JsonNodeFactory.instance.textNode(value) : read;
    } catch (JsonProcessingException e) {
      return JsonNodeFactory.instance.textNode(value);
    }
  }
}
