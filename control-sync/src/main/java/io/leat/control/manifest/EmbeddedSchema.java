package io.leat.control.manifest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leat.control.resource.EventingSpec.EventTypeSpec;
import io.leat.control.resource.Spec;

/** Judges the JSON text that an EventType holds. */
final class EmbeddedSchema {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String PATH = "spec.jsonSchema";

  private EmbeddedSchema() {}

  static void check(Spec spec, Decoding decoding) {
    if (!(spec instanceof EventTypeSpec type) || type.jsonSchema() == null) {
      return;
    }
    Place place = decoding.positions().of(PATH);
    try {
      JsonNode schema = MAPPER.readTree(type.jsonSchema());
      if (!schema.isObject() && !schema.isBoolean()) {
        decoding.problem(place, PATH, "must be a JSON Schema: an object, true or false");
      }
    } catch (JsonProcessingException e) {
      decoding.problem(place, PATH, "must be JSON: " + e.getOriginalMessage());
    }
  }
}
