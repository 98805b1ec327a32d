package io.leat.bench.compare;

import java.util.Locale;

/** Writes the few shapes of JSON that the result needs: objects of texts, objects and numbers. */
final class Json {
  private final StringBuilder text = new StringBuilder();
  private int depth;
  private boolean first = true;

  /** Opens an object; the outermost has an empty name. */
  void open(String name) {
    if (!name.isEmpty()) {
      key(name);
    }
    text.append('{');
    depth++;
    first = true;
  }

  void close() {
    depth--;
    text.append('\n').append("  ".repeat(depth)).append('}');
    first = false;
  }

  void text(String name, String value) {
    key(name);
    text.append(quoted(value));
  }

  /** Writes the figures round by round; a series without figures is left out. */
  void numbers(String name, Series series) {
    if (series.isEmpty()) {
      return;
    }
    key(name);
    text.append('[');
    for (int round = 0; round < series.rounds(); round++) {
      text.append(round == 0 ? "" : ", ");
      text.append(String.format(Locale.ROOT, "%.3f", series.at(round)));
    }
    text.append(']');
  }

  private void key(String name) {
    text.append(first ? "\n" : ",\n").append("  ".repeat(depth)).append(quoted(name)).append(": ");
    first = false;
  }

  private static String quoted(String value) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  @Override
  public String toString() {
    return text + "\n";
  }
}
