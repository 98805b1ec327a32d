package io.leat.control.manifest;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How one record class is decoded; immutable, kept per class. */
record RecordShape(List<Field> fields, Constructor<?> constructor) {
  private static final ClassValue<RecordShape> SHAPES =
      new ClassValue<>() {
        @Override
        protected RecordShape computeValue(Class<?> type) {
          return reflect(type);
        }
      };

  static RecordShape of(Class<?> record) {
    return SHAPES.get(record);
  }

  /** One component. */
  record Field(String name, Type type, boolean optional) {}

  private static RecordShape reflect(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    List<Field> fields = new ArrayList<>();
    for (RecordComponent component : components) {
      boolean optional = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
      fields.add(new Field(component.getName(), component.getGenericType(), optional));
    }
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      return new RecordShape(fields, type.getDeclaredConstructor(types));
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(type + " has no canonical constructor", e);
    }
  }

  /** The place of a component; -1 when there is none of that name. */
  int indexOf(String name) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  List<String> names() {
    return fields.stream().map(Field::name).toList();
  }

  boolean has(String name) {
    return fields.stream().anyMatch(field -> field.name().equals(name));
  }

  boolean allOptional() {
    return fields.stream().allMatch(Field::optional);
  }
}
