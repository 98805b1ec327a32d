package io.leat.control.manifest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** Writes a value of a document as compact JSON, keys in the order of the document. */
final class NodeJson {
  private static final JsonFactory FACTORY = new JsonFactory();

  private NodeJson() {}

  static String write(Node node) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      write(node, json);
    } catch (IOException e) {
      throw new UncheckedIOException("a node could not be written to memory", e);
    }
    return text.toString();
  }

  // Documents are bounded in depth when they are read, so this recursion is, too.
  private static void write(Node node, JsonGenerator json) throws IOException {
    switch (node) {
      case Node.Scalar scalar -> write(scalar, json);
      case Node.Sequence list -> {
        json.writeStartArray();
        for (Node item : list.items()) {
          write(item, json);
        }
        json.writeEndArray();
      }
      case Node.Mapping mapping -> {
        json.writeStartObject();
        for (Node.Entry entry : mapping.entries()) {
          json.writeFieldName(entry.key());
          write(entry.value(), json);
        }
        json.writeEndObject();
      }
    }
  }

  private static void write(Node.Scalar scalar, JsonGenerator json) throws IOException {
    switch (scalar.type()) {
      case NULL -> json.writeNull();
      case BOOLEAN -> json.writeBoolean(scalar.text().equalsIgnoreCase("true"));
      case INTEGER, FLOAT -> {
        if (isJsonNumber(scalar.text())) {
          json.writeNumber(scalar.text());
        } else {
          json.writeString(scalar.text());
        }
      }
      case STRING -> json.writeString(scalar.text());
    }
  }

  /** YAML also knows numbers such as 0x1f, .5 and .inf. */
  private static boolean isJsonNumber(String text) {
    return text.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");
  }
}
