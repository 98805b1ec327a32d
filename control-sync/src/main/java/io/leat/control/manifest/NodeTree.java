package io.leat.control.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Turns the values of documents, bounded in depth and number, into JSON trees. */
final class NodeTree {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private NodeTree() {}

  /** The value with its keys in the order of the document; of a key given twice, the last. */
  static JsonNode of(Node node) {
    return tree(node, false);
  }

  /** The value with its keys sorted on every level. */
  static JsonNode sorted(Node node) {
    return tree(node, true);
  }

  static ObjectNode object(Map<String, JsonNode> fields) {
    ObjectNode object = JSON.objectNode();
    fields.forEach(object::set);
    return object;
  }

  private static JsonNode tree(Node node, boolean sorted) {
    return switch (node) {
      case Node.Scalar scalar -> scalar(scalar);
      case Node.Sequence list -> {
        ArrayNode array = JSON.arrayNode(list.items().size());
        list.items().forEach(item -> array.add(tree(item, sorted)));
        yield array;
      }
      case Node.Mapping mapping -> {
        Map<String, JsonNode> fields = sorted ? new TreeMap<>() : new LinkedHashMap<>();
        for (Node.Entry entry : mapping.entries()) {
          fields.put(entry.key(), tree(entry.value(), sorted));
        }
        yield object(fields);
      }
    };
  }

  private static JsonNode scalar(Node.Scalar scalar) {
    String text = scalar.text();
    return switch (scalar.type()) {
      case NULL -> JSON.nullNode();
      case BOOLEAN -> JSON.booleanNode(text.equalsIgnoreCase("true"));
      case STRING -> JSON.textNode(text);
      case INTEGER -> integer(text);
      case FLOAT -> decimal(text);
    };
  }

  private static JsonNode integer(String text) {
    BigInteger number;
    if (text.startsWith("0x")) {
      number = new BigInteger(text.substring(2), 16);
    } else if (text.startsWith("0o")) {
      number = new BigInteger(text.substring(2), 8);
    } else {
      number = new BigInteger(text.startsWith("+") ? text.substring(1) : text);
    }
    // As parsers of JSON choose, so that equal numbers are equal nodes.
    if (number.bitLength() < Integer.SIZE) {
      return JSON.numberNode(number.intValue());
    }
    return number.bitLength() < Long.SIZE
        ? JSON.numberNode(number.longValue())
        : JSON.numberNode(number);
  }

  private static JsonNode decimal(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.contains("inf") || lower.contains("nan")) {
      // JSON has no such number.
      return JSON.textNode(text);
    }
    BigDecimal number = new BigDecimal(text);
    // A client's exponent must not be written out digit by digit.
    return Math.abs((long) number.scale()) > 400
        ? JSON.numberNode(number.doubleValue())
        : JSON.numberNode(number);
  }
}
