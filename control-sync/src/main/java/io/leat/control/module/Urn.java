package io.leat.control.module;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of a resource over all kinds and projects: {@code orn:entropy:KIND:PROJECT:NAME}. It is
 * set when the resource is made and never changes.
 */
public record Urn(String kind, String project, String name) implements Comparable<Urn> {
  private static final String PREFIX = "orn:entropy:";
  private static final String OLD_PREFIX = "urn:odpf:entropy:";
  private static final Pattern WORD = Pattern.compile("[A-Za-z][A-Za-z0-9_-]+");
  private static final Pattern NAME = Pattern.compile("\\d*[A-Za-z0-9_-]+");
  private static final int MAX_WORD = 63;
  private static final int MAX_NAME = 127;

  /** Reads what {@link #toString} writes, or the form with the prefix of old. */
  public static Optional<Urn> parse(String text) {
    return parts(text)
        .filter(parts -> parts.length == 3)
        .map(parts -> new Urn(parts[0], parts[1], parts[2]));
  }

  /** The same, where a form without project means one in {@code project}. */
  public static Optional<Urn> parse(String text, String project) {
    return parts(text)
        .filter(parts -> parts.length == 2)
        .map(parts -> new Urn(parts[0], project, parts[1]))
        .or(() -> parse(text));
  }

  private static Optional<String[]> parts(String text) {
    for (String prefix : new String[] {PREFIX, OLD_PREFIX}) {
      if (text.startsWith(prefix)) {
        return Optional.of(text.substring(prefix.length()).split(":", -1));
      }
    }
    return Optional.empty();
  }

  /** Whether a text can be a kind or a project: a letter first, at least two characters. */
  public static boolean isWord(String text) {
    return text.length() <= MAX_WORD && WORD.matcher(text).matches();
  }

  /** Whether a text can be a name: letters, digits, dashes and underscores. */
  public static boolean isName(String text) {
    return text.length() <= MAX_NAME && NAME.matcher(text).matches();
  }

  @Override
  public int compareTo(Urn other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return PREFIX + kind + ":" + project + ":" + name;
  }
}
