package io.leat.control.api.apply;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who owns which fields of one resource: the content of {@code metadata.managedFields}; immutable.
 */
public final class FieldOwners {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int MAX_UPDATERS = 10;
  private static final String ANCIENT = "ancient-changes";
  private static final String BEFORE = "before-first-apply";
  private static final Set<String> SERVER_METADATA =
      Set.of(
          "name",
          "namespace",
          "generateName",
          "uid",
          "resourceVersion",
          "generation",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "selfLink",
          "managedFields");

  private final List<Entry> entries;

  private FieldOwners(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /**
   * Somebody who writes.
   *
   * @param manager name of a tool
   * @param apiVersion in which the fields are named
   * @param time RFC 3339
   * @param status whether the status is written rather than the rest
   */
  public record Writer(String manager, String apiVersion, String time, boolean status) {}

  /** What one writer owns. */
  record Entry(Writer writer, boolean applies, FieldSet fields) {
    boolean isOf(Writer other, boolean alsoApplies) {
      return writer.manager().equals(other.manager())
          && writer.status() == other.status()
          && applies == alsoApplies;
    }
  }

  /** Reads the JSON list; what is none counts as empty. */
  public static FieldOwners parse(String json) {
    List<Entry> entries = new ArrayList<>();
    for (JsonNode node : list(json)) {
      Writer writer =
          new Writer(
              node.path("manager").asText(""),
              node.path("apiVersion").asText(""),
              node.path("time").asText(""),
              node.path("subresource").asText("").equals("status"));
      boolean applies = node.path("operation").asText("").equals("Apply");
      FieldSet fields = FieldSet.parse(node.get("fieldsV1"));
      if (!fields.isEmpty()) {
        entries.add(new Entry(writer, applies, fields));
      }
    }
    return new FieldOwners(entries);
  }

  private static JsonNode list(String json) {
    if (json.isEmpty()) {
      return JsonNodeFactory.instance.arrayNode();
    }
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("managedFields that are no JSON were stored", e);
    }
  }

  /** The JSON list on one line; empty when nobody owns anything. */
  public String json() {
    if (entries.isEmpty()) {
      return "";
    }
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (Entry entry : entries) {
      ObjectNode node = list.addObject();
      node.put("manager", entry.writer().manager());
      node.put("operation", entry.applies() ? "Apply" : "Update");
      node.put("apiVersion", entry.writer().apiVersion());
      node.put("time", entry.writer().time());
      node.put("fieldsType", "FieldsV1");
      node.set("fieldsV1", entry.fields().json());
      if (entry.writer().status()) {
        node.put("subresource", "status");
      }
    }
    return list.toString();
  }

  List<Entry> entries() {
    return entries;
  }

  /** What users write of a document, or its status alone. */
  static ObjectNode owned(ObjectNode document, boolean status) {
    ObjectNode copy = document.deepCopy();
    copy.remove(List.of("apiVersion", "kind"));
    if (status) {
      copy.retain("status");
      return copy;
    }
    copy.remove("status");
    if (copy.get("metadata") instanceof ObjectNode metadata) {
      metadata.remove(SERVER_METADATA);
      if (metadata.isEmpty()) {
        copy.remove("metadata");
      }
    }
    return copy;
  }

  /**
   * The owners after somebody wrote without applying: what changed is theirs, what went is
   * nobody's.
   *
   * @param before null when the resource was created
   */
  public FieldOwners updated(@Nullable ObjectNode before, ObjectNode after, Writer writer) {
    ObjectNode old =
        before == null ? JsonNodeFactory.instance.objectNode() : owned(before, writer.status());
    ObjectNode now = owned(after, writer.status());
    FieldSet all = FieldSet.of(now);
    FieldSet changed = all.where(path -> isChanged(old, now, path));
    if (changed.isEmpty() && FieldSet.of(old).paths().equals(all.paths())) {
      return this;
    }
    List<Entry> next = new ArrayList<>();
    FieldSet own = changed;
    for (Entry entry : entries) {
      if (entry.writer().status() != writer.status()) {
        next.add(entry);
      } else if (entry.isOf(writer, false)) {
        own = entry.fields().where(all.paths()::contains).union(own);
      } else {
        FieldSet kept =
            entry
                .fields()
                .where(path -> all.paths().contains(path) && !changed.paths().contains(path));
        next.add(new Entry(entry.writer(), entry.applies(), kept));
      }
    }
    next.add(new Entry(writer, false, own));
    return new FieldOwners(bounded(next));
  }

  private static boolean isChanged(ObjectNode old, ObjectNode now, List<String> path) {
    JsonNode before = FieldSet.get(old, path);
    return before == null || (!FieldSet.isItem(path) && !before.equals(FieldSet.get(now, path)));
  }

  /** The owners of a resource that nobody kept account of, before somebody applies to it. */
  FieldOwners orUnknown(ObjectNode live, Writer writer) {
    FieldSet fields = FieldSet.of(owned(live, writer.status()));
    if (!entries.isEmpty() || fields.isEmpty()) {
      return this;
    }
    Writer unknown = new Writer(BEFORE, writer.apiVersion(), writer.time(), writer.status());
    return new FieldOwners(List.of(new Entry(unknown, false, fields)));
  }

  FieldSet appliedBy(Writer writer) {
    for (Entry entry : entries) {
      if (entry.isOf(writer, true)) {
        return entry.fields();
      }
    }
    return FieldSet.EMPTY;
  }

  List<Entry> othersThan(Writer writer) {
    return entries.stream()
        .filter(entry -> !entry.isOf(writer, true) && entry.writer().status() == writer.status())
        .toList();
  }

  /** The owners after somebody applied: the others keep what was not taken from them. */
  FieldOwners applied(Writer writer, FieldSet fields, Set<List<String>> taken) {
    List<Entry> next = new ArrayList<>();
    boolean known = false;
    for (Entry entry : entries) {
      if (entry.isOf(writer, true)) {
        known = true;
        boolean same = entry.fields().paths().equals(fields.paths());
        next.add(new Entry(same ? entry.writer() : writer, true, fields));
      } else if (entry.writer().status() == writer.status()) {
        next.add(new Entry(entry.writer(), entry.applies(), entry.fields().without(taken)));
      } else {
        next.add(entry);
      }
    }
    if (!known) {
      next.add(new Entry(writer, true, fields));
    }
    return new FieldOwners(bounded(next));
  }

  private static List<Entry> bounded(List<Entry> entries) {
    List<Entry> kept =
        new ArrayList<>(entries.stream().filter(entry -> !entry.fields().isEmpty()).toList());
    while (kept.stream().filter(entry -> !entry.applies()).count() > MAX_UPDATERS) {
      List<Entry> oldest =
          kept.stream()
              .filter(entry -> !entry.applies())
              .sorted(Comparator.comparing(entry -> entry.writer().time()))
              .limit(2)
              .toList();
      Writer second = oldest.getLast().writer();
      Writer ancient = new Writer(ANCIENT, second.apiVersion(), second.time(), second.status());
      kept.removeAll(oldest);
      FieldSet both = oldest.getFirst().fields().union(oldest.getLast().fields());
      kept.addFirst(new Entry(ancient, false, both));
    }
    return kept;
  }
}
