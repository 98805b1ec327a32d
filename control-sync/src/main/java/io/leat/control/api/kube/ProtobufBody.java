package io.leat.control.api.kube;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.resource.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the few kinds that kubectl 1.32 and newer send as protobuf, whatever the server says that
 * it takes: Namespace, ConfigMap and Secret, as {@code kubectl create} fills them.
 *
 * <p>Field numbers are those of {@code k8s.io.api.core.v1} and {@code k8s.io.apimachinery}. A field
 * that is not known here makes the body unreadable, rather than being dropped.
 */
final class ProtobufBody {
  static final String MEDIA_TYPE = "application/vnd.kubernetes.protobuf";
  private static final byte[] MAGIC = {'k', '8', 's', 0};

  private final byte[] bytes;
  private int at;
  private final int end;

  private ProtobufBody(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  /** The document; null when it is none that can be read. */
  static @Nullable ObjectNode read(Kind kind, byte[] body) {
    if (body.length < MAGIC.length || !Arrays.equals(MAGIC, Arrays.copyOf(body, MAGIC.length))) {
      return null;
    }
    try {
      ObjectNode document = JsonNodeFactory.instance.objectNode();
      ProtobufBody unknown = new ProtobufBody(body, MAGIC.length, body.length);
      while (unknown.hasMore()) {
        int field = unknown.field();
        ProtobufBody content = unknown.message();
        if (field == 1) {
          content.texts(document, Map.of(1, "apiVersion", 2, "kind"));
        } else if (field == 2) {
          content.object(kind, document);
        } else if (content.hasMore()) {
          return null;
        }
      }
      return document;
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      // The body ends too early, or says something that is not known here.
      return null;
    }
  }

  private void object(Kind kind, ObjectNode document) {
    while (hasMore()) {
      int field = field();
      switch (kind) {
        case NAMESPACE -> {
          if (field == 1) {
            message().metadata(document.putObject("metadata"));
          } else {
            // Spec and status mean nothing to Leat, and clients send empty texts in them.
            var _ = message();
          }
        }
        case CONFIG_MAP -> content(field, document, false);
        case SECRET -> content(field, document, true);
        default -> throw new IllegalArgumentException("no messages of " + kind + " are known");
      }
    }
  }

  /** A ConfigMap or a Secret, whose numbers differ from 3 on. */
  private void content(int field, ObjectNode document, boolean secret) {
    switch (field) {
      case 1 -> message().metadata(document.putObject("metadata"));
      case 2 -> message().entry(document.withObjectProperty("data"), secret);
      case 3 -> {
        if (secret) {
          document.put("type", text());
        } else {
          message().entry(document.withObjectProperty("binaryData"), true);
        }
      }
      case 4 -> {
        if (secret) {
          message().entry(document.withObjectProperty("stringData"), false);
        } else {
          document.put("immutable", varint() != 0);
        }
      }
      case 5 -> document.put("immutable", varint() != 0);
      default -> throw new IllegalArgumentException("field " + field);
    }
  }

  private void metadata(ObjectNode metadata) {
    Map<Integer, String> texts =
        Map.of(
            1,
            "name",
            2,
            "generateName",
            3,
            "namespace",
            4,
            "selfLink",
            5,
            "uid",
            6,
            "resourceVersion");
    while (hasMore()) {
      int field = field();
      String name = texts.get(field);
      if (name != null) {
        String text = text();
        if (!text.isEmpty()) {
          metadata.put(name, text);
        }
        continue;
      }
      switch (field) {
        case 7, 10 -> {
          var _ = varint();
        }
        case 8, 9 -> {
          // Times are the server's own.
          var _ = message();
        }
        case 11 -> message().entry(metadata.withObjectProperty("labels"), false);
        case 12 -> message().entry(metadata.withObjectProperty("annotations"), false);
        case 14 -> metadata.withArrayProperty("finalizers").add(text());
        default -> throw new IllegalArgumentException("metadata field " + field);
      }
    }
  }

  private void entry(ObjectNode map, boolean base64) {
    String key = "";
    byte[] value = {};
    while (hasMore()) {
      int field = field();
      ProtobufBody content = message();
      byte[] raw = Arrays.copyOfRange(content.bytes, content.at, content.end);
      if (field == 1) {
        key = new String(raw, StandardCharsets.UTF_8);
      } else {
        value = raw;
      }
    }
    map.put(
        key,
        base64
            ? Base64.getEncoder().encodeToString(value)
            : new String(value, StandardCharsets.UTF_8));
  }

  private void texts(ObjectNode to, Map<Integer, String> names) {
    while (hasMore()) {
      String name = names.get(field());
      if (name == null) {
        throw new IllegalArgumentException("type field");
      }
      to.put(name, text());
    }
  }

  private boolean hasMore() {
    return at < end;
  }

  private int field() {
    return (int) (varint() >>> 3);
  }

  private String text() {
    ProtobufBody content = message();
    return new String(content.bytes, content.at, content.end - content.at, StandardCharsets.UTF_8);
  }

  private ProtobufBody message() {
    long length = varint();
    if (length < 0 || length > end - at) {
      throw new IllegalArgumentException("length " + length);
    }
    int from = at;
    at += (int) length;
    return new ProtobufBody(bytes, from, at);
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      if (at >= end) {
        throw new IllegalArgumentException("ends too early");
      }
      byte next = bytes[at++];
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("number of more than ten bytes");
  }
}
