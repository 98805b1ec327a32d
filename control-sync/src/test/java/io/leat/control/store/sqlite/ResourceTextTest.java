package io.leat.control.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.manifest.KindShape;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.resource.Condition;
import io.leat.control.resource.EventingStatus;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.RawJson;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Status;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every field of every kind comes back from the text that is stored. */
final class ResourceTextTest {
  private static final int ROUNDS = 1000;
  private static final String ALPHABET = "aZ09 :#-?&*!|>'\"%@`{}[],.~/\\\n\té😀_+=\u0001\u2028";

  @Test
  void everyResourceRoundTrips() throws Exception {
    long seed = Long.getLong("leat.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int i = 0; i < ROUNDS; i++) {
      Resource resource = resource(random);
      String json = ResourceText.write(resource);
      assertThat(ResourceJson.write(resource)).isEqualTo(ResourceJson.tree(resource).toString());
      assertThat(ResourceText.read(json)).as("seed %s round %s", seed, i).isEqualTo(resource);
      assertThat(ResourceText.read(json.getBytes(StandardCharsets.UTF_8))).isEqualTo(resource);
    }
  }

  private static Resource resource(Random random) throws ReflectiveOperationException {
    Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
    Class<?> spec = KindShape.of(kind).spec();
    if (kind.isDocument()) {
      String json =
          "{\"involvedObject\":{\"name\":\"n" + random.nextInt() + "\"},\"n\":[1,-2.5,null,true]}";
      return Resource.of(kind, metadata(random), new Spec.Document(json));
    }
    return new Resource(kind, metadata(random), (Spec) record(spec, random), status(random));
  }

  private static Metadata metadata(Random random) throws ReflectiveOperationException {
    List<Metadata.OwnerReference> owners = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      owners.add((Metadata.OwnerReference) record(Metadata.OwnerReference.class, random));
    }
    String managed =
        random.nextBoolean()
            ? ""
            : "[{\"manager\":\"m"
                + random.nextInt()
                + "\",\"f\":{\"f:a\":{},\"n\":[1,-2.5,null,true]}}]";
    return new Metadata(
        "ns-" + random.nextInt(9),
        text(random) + "x",
        map(random),
        map(random),
        owners,
        random.nextBoolean() ? List.of() : List.of(text(random), text(random)),
        random.nextBoolean() ? "" : text(random),
        random.nextInt(1_000_000),
        random.nextInt(100),
        instant(random),
        instant(random),
        managed);
  }

  private static Status status(Random random) throws ReflectiveOperationException {
    return random.nextInt(4) == 0 ? Status.EMPTY : (Status) record(Status.class, random);
  }

  private static Object record(Class<?> type, Random random) throws ReflectiveOperationException {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    @Nullable Object[] values = new @Nullable Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      AnnotatedType annotated = components[i].getAnnotatedType();
      values[i] =
          annotated.isAnnotationPresent(Nullable.class) && random.nextInt(3) == 0
              ? null
              : value(components[i].getGenericType(), annotated, random);
    }
    var constructor = type.getDeclaredConstructor(types);
    return constructor.newInstance(values);
  }

  private static @Nullable Object value(Type type, AnnotatedType annotated, Random random)
      throws ReflectiveOperationException {
    if (type instanceof ParameterizedType generic) {
      if (generic.getRawType() == Map.class) {
        return map(random);
      }
      List<Object> items = new ArrayList<>();
      AnnotatedType item =
          ((AnnotatedParameterizedType) annotated).getAnnotatedActualTypeArguments()[0];
      for (int i = random.nextInt(3); i > 0; i--) {
        Object value = value(item.getType(), item, random);
        if (value != null) {
          items.add(value);
        }
      }
      return items;
    }
    Class<?> plain = (Class<?>) type;
    if (plain == String.class) {
      return text(random);
    }
    if (plain == Boolean.class || plain == boolean.class) {
      return random.nextBoolean();
    }
    if (plain == Integer.class || plain == int.class) {
      return random.nextInt();
    }
    if (plain == Long.class || plain == long.class) {
      return random.nextLong();
    }
    if (plain == RawJson.class) {
      return new RawJson("{\"a\":[1,-2.5,null,true],\"n\":\"" + random.nextInt() + "\"}");
    }
    if (plain == EventingStatus.class) {
      EventingStatus status = (EventingStatus) record(plain, random);
      return status.equals(EventingStatus.NONE) ? null : status;
    }
    if (plain == Instant.class) {
      return instant(random);
    }
    if (plain == Condition.State.class) {
      return Condition.State.values()[random.nextInt(3)];
    }
    return record(plain, random);
  }

  private static @Nullable Instant instant(Random random) {
    return random.nextInt(3) == 0
        ? null
        : Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000));
  }

  private static Map<String, String> map(Random random) {
    Map<String, String> map = new HashMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      map.put(text(random), text(random));
    }
    return map;
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    int[] points = ALPHABET.codePoints().toArray();
    for (int i = random.nextInt(12); i > 0; i--) {
      text.appendCodePoint(points[random.nextInt(points.length)]);
    }
    return text.toString();
  }
}
