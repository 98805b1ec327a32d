package io.leat.control.api.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Writes a Swagger 2 document as the protobuf messages that kubectl up to 1.27 asks for.
 *
 * <p>Field numbers are those of {@code openapi.v2} of gnostic; only what {@link OpenApi} puts into
 * the document is known.
 */
final class SwaggerProtobuf {
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private SwaggerProtobuf() {}

  static byte[] write(ObjectNode swagger) {
    SwaggerProtobuf document = new SwaggerProtobuf();
    document.text(1, swagger.get("swagger"));
    document.message(
        2,
        info -> {
          info.text(1, swagger.at("/info/title"));
          info.text(2, swagger.at("/info/version"));
        });
    document.message(8, paths -> paths.named(2, swagger.get("paths"), SwaggerProtobuf::pathItem));
    document.message(9, all -> all.named(1, swagger.get("definitions"), SwaggerProtobuf::schema));
    return document.out.toByteArray();
  }

  /** Writes the content of one JSON object. */
  private interface Writer {
    void write(SwaggerProtobuf to, JsonNode content);
  }

  private void pathItem(JsonNode item) {
    Map<String, Integer> numbers = Map.of("get", 2, "put", 3, "post", 4, "delete", 5, "patch", 8);
    item.properties()
        .forEach(operation -> {
          Integer number = numbers.get(operation.getKey());
          if (number != null) {
            message(number, to -> to.operation(operation.getValue()));
          }
        });
  }

  private void operation(JsonNode operation) {
    for (JsonNode parameter : operation.path("parameters")) {
      // ParametersItem, Parameter, NonBodyParameter, QueryParameterSubSchema.
      message(
          8,
          item ->
              item.message(
                  1,
                  outer ->
                      outer.message(
                          2,
                          inner ->
                              inner.message(
                                  3,
                                  q -> {
                                    q.text(2, parameter.get("in"));
                                    q.text(4, parameter.get("name"));
                                    q.text(6, parameter.get("type"));
                                  }))));
    }
    message(
        9,
        responses ->
            responses.named(
                1,
                operation.get("responses"),
                (to, response) -> to.message(1, one -> one.text(1, response.get("description")))));
    extensions(13, operation);
  }

  private void schema(JsonNode schema) {
    text(2, schema.path("format"));
    text(4, schema.path("description"));
    number(7, schema.path("maximum"));
    number(9, schema.path("minimum"));
    schema.path("required").forEach(name -> text(19, name));
    schema.path("enum").forEach(word -> message(20, any -> any.text(2, quoted(word))));
    if (schema.has("additionalProperties")) {
      message(21, item -> item.message(1, to -> to.schema(schema.get("additionalProperties"))));
    }
    if (schema.has("type")) {
      message(22, type -> type.text(1, schema.get("type")));
    }
    if (schema.has("items")) {
      message(23, items -> items.message(1, to -> to.schema(schema.get("items"))));
    }
    if (schema.has("properties")) {
      message(25, all -> all.named(1, schema.get("properties"), SwaggerProtobuf::schema));
    }
    extensions(31, schema);
  }

  /** Extensions are YAML in the message, of which JSON is a part. */
  private void extensions(int number, JsonNode owner) {
    owner
        .properties()
        .forEach(field -> {
          if (field.getKey().startsWith("x-")) {
            message(
                number,
                named -> {
                  named.bytes(1, field.getKey().getBytes(StandardCharsets.UTF_8));
                  named.message(2, any -> any.text(2, quoted(field.getValue())));
                });
          }
        });
  }

  private static JsonNode quoted(JsonNode value) {
    return TextNode.valueOf(value.toString());
  }

  private void named(int number, JsonNode object, Writer writer) {
    object
        .properties()
        .forEach(field ->
            message(
                number,
                entry -> {
                  entry.bytes(1, field.getKey().getBytes(StandardCharsets.UTF_8));
                  entry.message(2, to -> writer.write(to, field.getValue()));
                }));
  }

  private void message(int number, Consumer<SwaggerProtobuf> content) {
    SwaggerProtobuf inner = new SwaggerProtobuf();
    content.accept(inner);
    bytes(number, inner.out.toByteArray());
  }

  private void text(int number, JsonNode text) {
    if (text.isTextual()) {
      bytes(number, text.asText().getBytes(StandardCharsets.UTF_8));
    }
  }

  private void number(int number, JsonNode value) {
    if (value.isNumber()) {
      varint(((long) number << 3) | FIXED64);
      ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      out.writeBytes(bytes.putDouble(value.asDouble()).array());
    }
  }

  private void bytes(int number, byte[] value) {
    varint(((long) number << 3) | BYTES);
    varint(value.length);
    out.writeBytes(value);
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
