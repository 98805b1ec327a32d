package io.leat.control.manifest;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A value of a YAML or JSON document with its place; immutable. */
sealed interface Node {
  /** Where the value starts. */
  Place place();

  /** What a message calls it. */
  String described();

  /** What the text of a single value means under the YAML 1.2 core schema. */
  enum ScalarType {
    NULL,
    BOOLEAN,
    INTEGER,
    FLOAT,
    STRING
  }

  /** A single value. */
  record Scalar(Place place, ScalarType type, String text) implements Node {
    private static final int SHOWN = 64;

    boolean isNull() {
      return type == ScalarType.NULL;
    }

    @Override
    public String described() {
      String shown = text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
      return switch (type) {
        case NULL -> "null";
        case STRING -> '"' + shown + '"';
        case BOOLEAN, INTEGER, FLOAT -> shown;
      };
    }
  }

  /** Keys and values in the order of the document; a key given twice stands twice. */
  record Mapping(Place place, List<Entry> entries) implements Node {
    public Mapping {
      entries = List.copyOf(entries);
    }

    @Override
    public String described() {
      return "a mapping";
    }

    /** The first value of a key; null when the key is absent. */
    @Nullable Node value(String key) {
      for (Entry entry : entries) {
        if (entry.key().equals(key)) {
          return entry.value();
        }
      }
      return null;
    }
  }

  /** A key with its value. */
  record Entry(Place keyPlace, String key, Node value) {}

  /** A list. */
  record Sequence(Place place, List<Node> items) implements Node {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public String described() {
      return "a list";
    }
  }
}
