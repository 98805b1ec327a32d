package io.leat.control.manifest;

import io.leat.control.manifest.Node.ScalarType;
import io.leat.control.manifest.rules.NearestName;
import io.leat.control.resource.RawJson;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decodes nodes to records: a component's name is the field, its type the expected value, and a
 * nullable one is optional.
 *
 * <p>A record always comes out, so that rules about other fields can still be judged: a value that
 * is wrong counts as absent, and a missing one is replaced by an empty one. Confined to one call.
 */
final class RecordDecoder {
  private final Decoding decoding;

  RecordDecoder(Decoding decoding) {
    this.decoding = decoding;
  }

  /** Decodes a mapping; fields of the document beside the record's are judged by the rules. */
  <T extends Record> T decode(Class<T> record, Node.Mapping mapping, String path) {
    Map<String, Node.Entry> entries = entries(mapping, path);
    RecordShape shape = RecordShape.of(record);
    for (Node.Entry entry : entries.values()) {
      if (!shape.has(entry.key())) {
        foreign(record, shape, entry, below(path, entry.key()));
      }
    }
    return fields(record, entries, mapping.place(), path);
  }

  /** Decodes the record's fields among those of a mapping that was checked already. */
  <T extends Record> T fields(
      Class<T> record, Map<String, Node.Entry> entries, Place parent, String path) {
    RecordShape shape = RecordShape.of(record);
    @Nullable Object[] values = new @Nullable Object[shape.fields().size()];
    for (int i = 0; i < values.length; i++) {
      RecordShape.Field field = shape.fields().get(i);
      Node.Entry entry = entries.get(field.name());
      String place = below(path, field.name());
      Object value = null;
      if (entry != null && !isNull(entry.value())) {
        decoding.position(place, entry.value().place());
        value = value(field.type(), entry.value(), place);
      } else if (!field.optional()) {
        decoding.doubt(parent, place, "is required");
      }
      values[i] = value == null && !field.optional() ? empty(field.type()) : value;
    }
    return record.cast(create(shape, values));
  }

  /** The entries of a mapping by key; a key given twice is a problem. */
  Map<String, Node.Entry> entries(Node.Mapping mapping, String path) {
    Map<String, Node.Entry> entries = new LinkedHashMap<>();
    for (Node.Entry entry : mapping.entries()) {
      Node.Entry first = entries.putIfAbsent(entry.key(), entry);
      if (first != null) {
        decoding.unknown(
            entry.keyPlace(),
            below(path, entry.key()),
            "is given twice (first at " + first.keyPlace() + ")",
            false);
      }
    }
    return entries;
  }

  /** Reports a field that is none of the names. */
  void unknown(Node.Entry entry, String path, List<String> names) {
    String nearest = decoding.isCrowded() ? null : NearestName.of(entry.key(), names);
    String message = "unknown field \"" + entry.key() + "\"";
    String advice = nearest == null ? "" : ", did you mean \"" + nearest + "\"?";
    decoding.unknown(entry.keyPlace(), path, message + advice, nearest != null);
  }

  private void foreign(Class<?> record, RecordShape shape, Node.Entry entry, String path) {
    if (FieldRules.isIgnored(record, entry.key())) {
      if (!FieldRules.isEmpty(entry.value())) {
        decoding.ignore(path);
      }
    } else if (!FieldRules.isSkipped(record, entry.key())) {
      unknown(entry, path, shape.names());
    }
  }

  private @Nullable Object value(Type type, Node node, String path) {
    if (type instanceof ParameterizedType generic) {
      return generic.getRawType() == Map.class
          ? map(node, path)
          : list(generic.getActualTypeArguments()[0], node, path);
    }
    Class<?> plain = (Class<?>) type;
    if (plain == Node.class) {
      return node;
    }
    if (plain == RawJson.class && node instanceof Node.Mapping) {
      DocumentFields.legible(node, path, decoding);
      return new RawJson(NodeTree.sorted(node).toString());
    }
    if (plain.isRecord()) {
      if (node instanceof Node.Mapping mapping) {
        return decode(plain.asSubclass(Record.class), mapping, path);
      }
      decoding.doubt(node.place(), path, "must be a mapping (got " + node.described() + ")");
      return null;
    }
    return scalar(plain, node, path);
  }

  private @Nullable Object scalar(Class<?> type, Node node, String path) {
    if (type == String.class) {
      return string(node, path);
    }
    if (type == Boolean.class || type == boolean.class) {
      return bool(node, path);
    }
    if (type == Integer.class || type == int.class) {
      Long number = integer(node, path, Integer.MIN_VALUE, Integer.MAX_VALUE);
      return number == null ? null : (Object) number.intValue();
    }
    if (type == Long.class || type == long.class) {
      return integer(node, path, Long.MIN_VALUE, Long.MAX_VALUE);
    }
    throw new IllegalStateException("no decoder for " + type + " at " + path);
  }

  private @Nullable String string(Node node, String path) {
    if (!(node instanceof Node.Scalar scalar) || scalar.type() != ScalarType.STRING) {
      boolean quotable = node instanceof Node.Scalar other && !other.isNull();
      decoding.doubt(
          node.place(),
          path,
          "must be a string (got "
              + node.described()
              + ")"
              + (quotable ? ": put it in quotes" : ""));
      return null;
    }
    if (!isText(scalar.text())) {
      decoding.doubt(node.place(), path, "must not hold NUL or half a surrogate pair");
      return null;
    }
    return scalar.text();
  }

  private @Nullable Boolean bool(Node node, String path) {
    if (node instanceof Node.Scalar scalar && scalar.type() == ScalarType.BOOLEAN) {
      return scalar.text().equalsIgnoreCase("true");
    }
    decoding.doubt(node.place(), path, "must be true or false (got " + node.described() + ")");
    return null;
  }

  private @Nullable Long integer(Node node, String path, long min, long max) {
    if (!(node instanceof Node.Scalar scalar) || scalar.type() != ScalarType.INTEGER) {
      decoding.doubt(node.place(), path, "must be an integer (got " + node.described() + ")");
      return null;
    }
    Long number = parse(scalar.text());
    if (number == null || number < min || number > max) {
      decoding.doubt(
          node.place(),
          path,
          "must be an integer between " + min + " and " + max + " (got " + node.described() + ")");
      return null;
    }
    return number;
  }

  private static @Nullable Long parse(String text) {
    try {
      if (text.startsWith("0x")) {
        return Long.valueOf(text.substring(2), 16);
      }
      return text.startsWith("0o") ? Long.valueOf(text.substring(2), 8) : Long.valueOf(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private @Nullable List<Object> list(Type itemType, Node node, String path) {
    if (!(node instanceof Node.Sequence sequence)) {
      decoding.doubt(node.place(), path, "must be a list (got " + node.described() + ")");
      return null;
    }
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < sequence.items().size(); i++) {
      Node item = sequence.items().get(i);
      String place = path + "[" + i + "]";
      decoding.position(place, item.place());
      Object value = value(itemType, item, place);
      // Indexes in later messages must stay those of the file.
      values.add(value == null ? empty(itemType) : value);
    }
    return List.copyOf(values);
  }

  private @Nullable Map<String, String> map(Node node, String path) {
    if (!(node instanceof Node.Mapping mapping)) {
      decoding.doubt(node.place(), path, "must be a mapping (got " + node.described() + ")");
      return null;
    }
    Map<String, String> values = new HashMap<>();
    for (Node.Entry entry : mapping.entries()) {
      String place = path + "[" + entry.key() + "]";
      if (decoding.positions().has(place)) {
        decoding.problem(
            entry.keyPlace(),
            place,
            "is given twice (first at " + decoding.positions().of(place) + ")");
        continue;
      }
      decoding.position(place, entry.value().place());
      String value = isNull(entry.value()) ? "" : string(entry.value(), place);
      if (value != null && isText(entry.key())) {
        values.put(entry.key(), value);
      }
    }
    return values;
  }

  /** What stands for a required value that is missing. */
  private static Object empty(Type type) {
    if (type instanceof ParameterizedType generic) {
      return generic.getRawType() == Map.class ? Map.of() : List.of();
    }
    Class<?> plain = (Class<?>) type;
    if (plain == RawJson.class) {
      return RawJson.EMPTY;
    }
    if (plain.isRecord()) {
      return emptyRecord(plain);
    }
    if (plain == String.class) {
      return "";
    }
    if (plain == Boolean.class || plain == boolean.class) {
      return false;
    }
    return plain == Integer.class || plain == int.class ? (Object) 0 : (Object) 0L;
  }

  /** A record without any optional component. */
  static Object emptyRecord(Class<?> record) {
    RecordShape shape = RecordShape.of(record);
    @Nullable Object[] values = new @Nullable Object[shape.fields().size()];
    for (int i = 0; i < values.length; i++) {
      RecordShape.Field field = shape.fields().get(i);
      values[i] = field.optional() ? null : empty(field.type());
    }
    return create(shape, values);
  }

  private static Object create(RecordShape shape, @Nullable Object[] values) {
    try {
      return shape.constructor().newInstance(values);
    } catch (InstantiationException | IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("cannot create " + shape.constructor(), e);
    }
  }

  static boolean isNull(Node node) {
    return node instanceof Node.Scalar scalar && scalar.isNull();
  }

  static String below(String path, String field) {
    return path.isEmpty() ? field : path + "." + field;
  }

  /** Whether a text survives being written as UTF-8, and has no NUL. */
  static boolean isText(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        i++;
      } else if (c == 0 || Character.isSurrogate(c)) {
        return false;
      }
    }
    return true;
  }
}
