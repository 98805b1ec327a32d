package io.leat.control.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Spec;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads resources that are kept as documents, and judges what clients rely on in them. */
final class DocumentFields {
  private static final Set<String> NOT_KEPT = Set.of("apiVersion", "kind", "metadata");

  private DocumentFields() {}

  static Spec.Document of(Kind kind, Map<String, Node.Entry> entries, Decoding decoding) {
    Map<String, JsonNode> fields = new TreeMap<>();
    for (Node.Entry entry : entries.values()) {
      if (!NOT_KEPT.contains(entry.key()) && !RecordDecoder.isNull(entry.value())) {
        fields.put(entry.key(), NodeTree.sorted(entry.value()));
      }
    }
    switch (kind) {
      case CONFIG_MAP -> texts(entries.get("data"), false, decoding);
      case SECRET -> {
        texts(entries.get("data"), true, decoding);
        texts(entries.get("stringData"), false, decoding);
      }
      case EVENT -> involved(entries.get("involvedObject"), decoding);
      default -> {
        // Nothing in it means anything to Leat.
      }
    }
    return new Spec.Document(NodeTree.object(fields).toString());
  }

  private static void texts(Node.@Nullable Entry entry, boolean base64, Decoding decoding) {
    if (entry == null || RecordDecoder.isNull(entry.value())) {
      return;
    }
    if (!(entry.value() instanceof Node.Mapping mapping)) {
      String got = " (got " + entry.value().described() + ")";
      decoding.problem(entry.value().place(), entry.key(), "must be a mapping" + got);
      return;
    }
    for (Node.Entry item : mapping.entries()) {
      String path = entry.key() + "[" + item.key() + "]";
      if (!(item.value() instanceof Node.Scalar text)
          || (text.type() != Node.ScalarType.STRING && !text.isNull())) {
        String got = " (got " + item.value().described() + ")";
        decoding.problem(item.value().place(), path, "must be a string" + got);
      } else if (base64 && !isBase64(text.text())) {
        decoding.problem(item.value().place(), path, "must be base64 (RFC 4648 section 4)");
      }
    }
  }

  private static boolean isBase64(String text) {
    try {
      byte[] _ = Base64.getDecoder().decode(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static void involved(Node.@Nullable Entry entry, Decoding decoding) {
    if (entry == null || !(entry.value() instanceof Node.Mapping)) {
      Place place = entry == null ? decoding.positions().of("") : entry.value().place();
      decoding.problem(place, "involvedObject", "is required");
    }
  }
}
