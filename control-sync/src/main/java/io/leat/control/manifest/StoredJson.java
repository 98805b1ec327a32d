package io.leat.control.manifest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.RawJson;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Status;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link io.leat.control.manifest.output.ResourceJson} wrote straight into records, for
 * a store that opens with very many resources.
 *
 * <p>It knows nothing of places and rules: whatever it does not expect makes it give up, and {@link
 * ManifestReader} has the last word. Texts that many resources share are kept once. For one thread.
 */
public final class StoredJson {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(NodeBuilder.MAX_DEPTH).build())
          .build();

  /** Longer texts are seldom shared. */
  private static final int SHARED_LENGTH = 80;

  private static final int MOST_SHARED = 50_000;

  private final Map<String, String> shared = new HashMap<>();
  private final Map<Object, Object> sharedTargets = new HashMap<>();
  private String lastTime = "";
  private Instant lastInstant = Instant.EPOCH;

  /** A reader that has seen no text yet. */
  public StoredJson() {}

  /** The text is not what was expected; carries nothing because the other reader says what. */
  private static final class Unexpected extends Exception {
    private static final long serialVersionUID = 1L;

    Unexpected() {
      super("", null, false, false);
    }
  }

  /** The resource of a text; empty when this reader is not the one to read it. */
  public Optional<Resource> read(byte[] utf8) {
    try (JsonParser parser = FACTORY.createParser(utf8)) {
      expect(parser.nextToken() == JsonToken.START_OBJECT);
      Resource resource = new Document(parser, utf8).read();
      expect(parser.nextToken() == null);
      return Optional.of(resource);
    } catch (IOException | Unexpected | DateTimeException | NumberFormatException e) {
      // The reader of manifests finds the same, and says where and what.
      return Optional.empty();
    }
  }

  private static void expect(boolean condition) throws Unexpected {
    if (!condition) {
      throw new Unexpected();
    }
  }

  private String share(String text) {
    if (text.length() > SHARED_LENGTH) {
      return text;
    }
    String known = shared.get(text);
    if (known == null && shared.size() < MOST_SHARED) {
      shared.put(text, text);
    }
    return known == null ? text : known;
  }

  /** Routes that share their revisions have equal targets, and equal lists of them. */
  private Object shareTargets(Object value) {
    Object one = value instanceof List<?> list && !list.isEmpty() ? list.getFirst() : value;
    if (!(one instanceof Spec.TrafficTarget)) {
      return value;
    }
    Object known = sharedTargets.get(value);
    if (known == null && sharedTargets.size() < MOST_SHARED) {
      sharedTargets.put(value, value);
    }
    return known == null ? value : known;
  }

  /** Conditions that were written together have the same time. */
  private @Nullable Instant instant(@Nullable String text) {
    if (text == null) {
      return null;
    }
    if (!text.equals(lastTime)) {
      lastInstant = Instant.parse(text);
      lastTime = text;
    }
    return lastInstant;
  }

  /** One text. */
  private final class Document {
    private final JsonParser parser;
    private final byte[] utf8;

    Document(JsonParser parser, byte[] utf8) {
      this.parser = parser;
      this.utf8 = utf8;
    }

    Resource read() throws IOException, Unexpected {
      expect("apiVersion".equals(parser.nextFieldName()));
      String apiVersion = nextText();
      expect("kind".equals(parser.nextFieldName()));
      Kind kind = Kind.of(apiVersion, nextText()).orElseThrow(Unexpected::new);
      KindShape shape = KindShape.of(kind);
      // Documents are read as trees anyway.
      expect(shape.spec() != Spec.Document.class);
      expect("metadata".equals(parser.nextFieldName()));
      expect(parser.nextToken() == JsonToken.START_OBJECT);
      Metadata metadata = metadata(kind.isNamespaced() ? "default" : "");
      RecordShape fields = RecordShape.of(shape.spec());
      @Nullable Object[] spec = new @Nullable Object[fields.fields().size()];
      boolean seen = shape.flat();
      Status status = Status.EMPTY;
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        if (name.equals("status")) {
          expect(status.equals(Status.EMPTY) && parser.nextToken() == JsonToken.START_OBJECT);
          status = ((WrittenStatus) record(WrittenStatus.class)).status(StoredJson.this::instant);
        } else if (shape.flat()) {
          component(fields, name, spec);
        } else {
          expect(name.equals("spec") && !seen && parser.nextToken() == JsonToken.START_OBJECT);
          seen = true;
          components(fields, spec);
        }
      }
      expect(seen);
      return new Resource(kind, metadata, (Spec) create(fields, spec), status);
    }

    private String nextText() throws IOException, Unexpected {
      String text = parser.nextTextValue();
      expect(text != null);
      return text == null ? "" : text;
    }

    private Metadata metadata(String defaultNamespace) throws IOException, Unexpected {
      String name = "";
      String namespace = defaultNamespace;
      String uid = "";
      long version = 0;
      long generation = 0;
      Instant created = null;
      Instant deleted = null;
      Map<String, String> labels = Map.of();
      Map<String, String> annotations = Map.of();
      List<Metadata.OwnerReference> owners = List.of();
      List<String> finalizers = List.of();
      String managed = "";
      for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
        switch (field) {
          case "name" -> name = nextText();
          case "namespace" -> namespace = share(nextText());
          case "uid" -> uid = nextText();
          case "resourceVersion" -> version = Long.parseLong(nextText());
          case "generation" -> {
            expect(parser.nextToken() == JsonToken.VALUE_NUMBER_INT);
            generation = parser.getLongValue();
          }
          case "creationTimestamp" -> created = instant(nextText());
          case "deletionTimestamp" -> deleted = instant(nextText());
          case "labels" -> labels = map(parser.nextToken());
          case "annotations" -> annotations = map(parser.nextToken());
          case "finalizers" -> finalizers = strings(list(String.class, parser.nextToken()));
          case "ownerReferences" ->
              owners = owners(list(WrittenMetadata.Owner.class, parser.nextToken()));
          case "managedFields" -> managed = raw(JsonToken.START_ARRAY, parser.nextToken());
          default -> throw new Unexpected();
        }
      }
      expect(!name.isEmpty() && !namespace.isEmpty() == !defaultNamespace.isEmpty());
      return new Metadata(
          namespace,
          name,
          labels,
          annotations,
          owners,
          finalizers,
          uid,
          version,
          generation,
          created,
          deleted,
          managed);
    }

    private static List<Metadata.OwnerReference> owners(List<Object> written) {
      return written.stream().map(owner -> ((WrittenMetadata.Owner) owner).reference()).toList();
    }

    private static List<String> strings(List<Object> written) {
      return written.stream().map(String.class::cast).toList();
    }

    /** A value as it stands in the text, which was written without spaces. */
    private String raw(JsonToken expected, @Nullable JsonToken token)
        throws IOException, Unexpected {
      expect(token == expected);
      int start = (int) parser.currentTokenLocation().getByteOffset();
      parser.skipChildren();
      int end = (int) parser.currentLocation().getByteOffset();
      return new String(utf8, start, end - start, StandardCharsets.UTF_8);
    }

    private Object record(Class<?> type) throws IOException, Unexpected {
      RecordShape shape = RecordShape.of(type);
      @Nullable Object[] values = new @Nullable Object[shape.fields().size()];
      components(shape, values);
      return create(shape, values);
    }

    private void components(RecordShape shape, @Nullable Object[] values)
        throws IOException, Unexpected {
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        component(shape, name, values);
      }
      expect(parser.currentToken() == JsonToken.END_OBJECT);
    }

    private void component(RecordShape shape, String name, @Nullable Object[] values)
        throws IOException, Unexpected {
      int index = shape.indexOf(name);
      expect(index >= 0 && values[index] == null);
      values[index] = value(shape.fields().get(index).type(), parser.nextToken());
    }

    private Object value(Type type, @Nullable JsonToken token) throws IOException, Unexpected {
      if (type instanceof ParameterizedType generic) {
        return generic.getRawType() == Map.class
            ? map(token)
            : shareTargets(list(generic.getActualTypeArguments()[0], token));
      }
      if (type == String.class) {
        expect(token == JsonToken.VALUE_STRING);
        return share(parser.getText());
      }
      if (type == Long.class || type == long.class) {
        expect(token == JsonToken.VALUE_NUMBER_INT);
        return parser.getLongValue();
      }
      if (type == Integer.class || type == int.class) {
        expect(token == JsonToken.VALUE_NUMBER_INT);
        return parser.getIntValue();
      }
      if (type == Boolean.class || type == boolean.class) {
        expect(token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE);
        return token == JsonToken.VALUE_TRUE;
      }
      expect(type instanceof Class<?> && token == JsonToken.START_OBJECT);
      Class<?> plain = (Class<?>) type;
      if (plain == RawJson.class) {
        return new RawJson(raw(JsonToken.START_OBJECT, token));
      }
      expect(plain.isRecord());
      return shareTargets(record(plain));
    }

    private List<Object> list(Type item, @Nullable JsonToken token) throws IOException, Unexpected {
      expect(token == JsonToken.START_ARRAY);
      List<Object> items = new ArrayList<>();
      for (JsonToken next = parser.nextToken();
          next != JsonToken.END_ARRAY;
          next = parser.nextToken()) {
        items.add(value(item, next));
      }
      return List.copyOf(items);
    }

    private Map<String, String> map(@Nullable JsonToken token) throws IOException, Unexpected {
      expect(token == JsonToken.START_OBJECT);
      Map<String, String> entries = new HashMap<>();
      for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
        expect(entries.put(share(key), share(nextText())) == null);
      }
      expect(parser.currentToken() == JsonToken.END_OBJECT);
      return entries;
    }

    private static Object create(RecordShape shape, @Nullable Object[] values) throws Unexpected {
      for (int i = 0; i < values.length; i++) {
        expect(values[i] != null || shape.fields().get(i).optional());
      }
      try {
        return shape.constructor().newInstance(values);
      } catch (InvocationTargetException e) {
        throw new Unexpected();
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("cannot create " + shape.constructor(), e);
      }
    }
  }
}
