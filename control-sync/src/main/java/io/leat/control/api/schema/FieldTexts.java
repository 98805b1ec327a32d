package io.leat.control.api.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.Set;

/** The sentence that says what a field means; immutable. */
final class FieldTexts {
  private static final Properties TEXTS = load();

  private FieldTexts() {}

  private static Properties load() {
    Properties texts = new Properties();
    try (InputStream in = FieldTexts.class.getResourceAsStream("fields.properties")) {
      if (in == null) {
        throw new IllegalStateException("fields.properties is not on the class path");
      }
      texts.load(new InputStreamReader(in, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return texts;
  }

  /**
   * The sentence for a field.
   *
   * @throws IllegalStateException when nobody wrote one
   */
  static String of(String owner, String field) {
    String text = TEXTS.getProperty(owner + "." + field);
    if (text == null) {
      throw new IllegalStateException("fields.properties lacks " + owner + "." + field);
    }
    return text;
  }

  static Set<String> all() {
    return TEXTS.stringPropertyNames();
  }

  /** The fields that are described for a kind that is kept as a document, sorted. */
  static Iterable<String> ofDocument(String kind) {
    String prefix = "Document." + kind + ".";
    return TEXTS.stringPropertyNames().stream()
        .filter(name -> name.startsWith(prefix))
        .map(name -> name.substring(prefix.length()))
        .sorted()
        .toList();
  }
}
