package io.leat.control.api.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.api.patch.ListKeys;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Merges what somebody applies into a live document.
 *
 * <p>What they applied before and leave out now goes, unless others own it; what others own and
 * they set to another value is a conflict, unless they insist.
 */
public final class ServerSideApply {
  private ServerSideApply() {}

  /** What became of it. */
  public sealed interface Outcome {}

  /** The merged document and its owners. */
  public record Applied(ObjectNode document, FieldOwners owners) implements Outcome {}

  /** Fields that others own; nothing was changed. */
  public record Conflicting(List<Conflict> conflicts) implements Outcome {
    /** Copies the list. */
    public Conflicting {
      conflicts = List.copyOf(conflicts);
    }
  }

  /**
   * One field and its owner.
   *
   * @param field such as {@code .spec.traffic}
   */
  public record Conflict(String manager, String apiVersion, boolean applied, String field) {}

  /**
   * Applies to a live document.
   *
   * @param live the stored document; null when there is none
   * @param owners of the live document
   * @param wanted what is applied; fields that only servers write are left out of account
   * @param force whether fields are taken from their owners
   */
  public static Outcome apply(
      @Nullable ObjectNode live,
      FieldOwners owners,
      ObjectNode wanted,
      FieldOwners.Writer writer,
      boolean force) {
    ObjectNode applied = FieldOwners.owned(wanted, writer.status());
    FieldSet fields = FieldSet.of(applied);
    if (live == null) {
      return new Applied(wanted.deepCopy(), owners.applied(writer, fields, Set.of()));
    }
    FieldOwners before = owners.orUnknown(live, writer);
    List<Conflict> conflicts = new ArrayList<>();
    Set<List<String>> taken = new HashSet<>();
    for (FieldOwners.Entry other : before.othersThan(writer)) {
      conflicts(live, applied, fields, other, conflicts, taken);
    }
    if (!conflicts.isEmpty() && !force) {
      return new Conflicting(conflicts);
    }
    FieldOwners after = before.applied(writer, fields, taken);
    ObjectNode merged = live.deepCopy();
    merge(merged, applied);
    removeLeftOut(merged, before.appliedBy(writer), fields, after.othersThan(writer));
    return new Applied(merged, after);
  }

  private static void conflicts(
      ObjectNode live,
      ObjectNode applied,
      FieldSet fields,
      FieldOwners.Entry other,
      List<Conflict> conflicts,
      Set<List<String>> taken) {
    for (List<String> path : fields.paths()) {
      boolean same =
          FieldSet.isItem(path)
              || Objects.equals(FieldSet.get(live, path), FieldSet.get(applied, path));
      if (same || !other.fields().overlaps(path)) {
        continue;
      }
      conflicts.add(
          new Conflict(
              other.writer().manager(),
              other.writer().apiVersion(),
              other.applies(),
              FieldSet.text(path)));
      for (List<String> theirs : other.fields().paths()) {
        if (new FieldSet(Set.of(theirs)).overlaps(path)) {
          taken.add(theirs);
        }
      }
    }
  }

  private static void merge(ObjectNode live, ObjectNode applied) {
    for (Map.Entry<String, JsonNode> field : applied.properties()) {
      String name = field.getKey();
      JsonNode wanted = field.getValue();
      JsonNode have = live.get(name);
      if (wanted instanceof ObjectNode object && have instanceof ObjectNode target) {
        merge(target, object);
      } else if (wanted instanceof ArrayNode list && have instanceof ArrayNode target) {
        live.set(name, mergeLists(name, target, list));
      } else {
        live.set(name, wanted.deepCopy());
      }
    }
  }

  private static ArrayNode mergeLists(String name, ArrayNode live, ArrayNode wanted) {
    if (ListKeys.isSet(name)) {
      Set<JsonNode> known = new HashSet<>();
      live.forEach(known::add);
      wanted.forEach(value -> {
        if (known.add(value)) {
          live.add(value);
        }
      });
      return live;
    }
    List<String> keys = FieldSet.keys(name, wanted);
    if (keys == null || !ListKeys.isKeyed(live, keys)) {
      return wanted.deepCopy();
    }
    for (JsonNode item : wanted) {
      ObjectNode key = ListKeys.key(item, keys);
      ObjectNode same = null;
      for (JsonNode candidate : live) {
        if (candidate instanceof ObjectNode object
            && key != null
            && key.equals(ListKeys.key(object, keys))) {
          same = object;
        }
      }
      if (same == null) {
        live.add(item.deepCopy());
      } else {
        merge(same, (ObjectNode) item);
      }
    }
    return live;
  }

  private static void removeLeftOut(
      ObjectNode merged, FieldSet before, FieldSet now, List<FieldOwners.Entry> others) {
    List<List<String>> gone = new ArrayList<>(before.without(now.paths()).paths());
    // An item goes as a whole, before its fields, by which it is found.
    gone.sort(Comparator.comparingInt(List::size));
    for (List<String> path : gone) {
      boolean kept = now.overlaps(path) || FieldSet.isKey(path);
      for (FieldOwners.Entry other : others) {
        kept |= other.fields().overlaps(path);
      }
      if (!kept) {
        FieldSet.remove(merged, path);
      }
    }
  }
}
