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

  private static final String ILLEGIBLE = "must not hold NUL or half a surrogate pair";

  private DocumentFields() {}

  static Spec.Document of(Kind kind, Map<String, Node.Entry> entries, Decoding decoding) {
    Map<String, JsonNode> fields = new TreeMap<>();
    for (Node.Entry entry : entries.values()) {
      if (!NOT_KEPT.contains(entry.key()) && !RecordDecoder.isNull(entry.value())) {
        legible(entry, "", decoding);
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

  /** What cannot be written as it came must not be kept. */
  private static void legible(Node.Entry entry, String parent, Decoding decoding) {
    String path = RecordDecoder.below(parent, entry.key());
    if (!RecordDecoder.isText(entry.key())) {
      decoding.problem(entry.keyPlace(), parent, ILLEGIBLE);
    }
    legible(entry.value(), path, decoding);
  }

  static void legible(Node node, String path, Decoding decoding) {
    switch (node) {
      case Node.Scalar scalar -> {
        if (!RecordDecoder.isText(scalar.text())) {
          decoding.problem(scalar.place(), path, ILLEGIBLE);
        }
      }
      case Node.Sequence list -> {
        for (int i = 0; i < list.items().size(); i++) {
          legible(list.items().get(i), path + "[" + i + "]", decoding);
        }
      }
      case Node.Mapping mapping ->
          mapping.entries().forEach(inner -> legible(inner, path, decoding));
    }
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
