package io.leat.proxy.admin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes one JSON document (RFC 8259) from front to back, without keeping it in memory.
 *
 * <p>Wrong nesting is a mistake of the caller and throws {@link IllegalStateException}. A failing
 * target throws {@link UncheckedIOException}.
 */
public final class JsonWriter {
  private static final String HEX = "0123456789abcdef";

  private final Appendable out;
  private final BitSet objects = new BitSet();
  private int depth;
  private boolean empty = true;
  private boolean named;
  private boolean done;

  /** A writer of one document. */
  public JsonWriter(Appendable out) {
    this.out = out;
  }

  /** Opens an object. */
  public JsonWriter beginObject() {
    return begin('{', true);
  }

  /** Closes the innermost object. */
  public JsonWriter endObject() {
    return end('}', true);
  }

  /** Opens an array. */
  public JsonWriter beginArray() {
    return begin('[', false);
  }

  /** Closes the innermost array. */
  public JsonWriter endArray() {
    return end(']', false);
  }

  /** Names the next value of an object. */
  public JsonWriter name(String name) {
    if (!inObject() || named) {
      throw new IllegalStateException("no name is expected here: " + name);
    }
    separate();
    string(name);
    raw(":");
    named = true;
    return this;
  }

  /** A string, or null. */
  public JsonWriter value(@Nullable String value) {
    beforeValue();
    if (value == null) {
      raw("null");
    } else {
      string(value);
    }
    return afterValue();
  }

  /** A whole number. */
  public JsonWriter value(long value) {
    beforeValue();
    raw(Long.toString(value));
    return afterValue();
  }

  /** A number; not a number and infinity become null, because JSON has neither. */
  public JsonWriter value(double value) {
    beforeValue();
    raw(Double.isFinite(value) ? Double.toString(value) : "null");
    return afterValue();
  }

  /** A truth value. */
  public JsonWriter value(boolean value) {
    beforeValue();
    raw(Boolean.toString(value));
    return afterValue();
  }

  private boolean inObject() {
    return depth > 0 && objects.get(depth);
  }

  private JsonWriter begin(char bracket, boolean object) {
    beforeValue();
    raw(Character.toString(bracket));
    depth++;
    objects.set(depth, object);
    empty = true;
    return this;
  }

  private JsonWriter end(char bracket, boolean object) {
    if (depth == 0 || named || objects.get(depth) != object) {
      throw new IllegalStateException("nothing to close with " + bracket);
    }
    raw(Character.toString(bracket));
    depth--;
    return afterValue();
  }

  private void beforeValue() {
    if (done || (inObject() && !named)) {
      throw new IllegalStateException(done ? "the document is complete" : "a name is expected");
    }
    if (!inObject()) {
      separate();
    }
    named = false;
  }

  private JsonWriter afterValue() {
    empty = false;
    done = depth == 0;
    return this;
  }

  private void separate() {
    if (!empty) {
      raw(",");
    }
  }

  private void string(String text) {
    raw("\"");
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      String escape = escape(text, i);
      if (escape != null) {
        raw(text.substring(from, i));
        raw(escape);
        from = i + 1;
      }
    }
    raw(text.substring(from));
    raw("\"");
  }

  private static @Nullable String escape(String text, int at) {
    char c = text.charAt(at);
    return switch (c) {
      case '"' -> "\\\"";
      case '\\' -> "\\\\";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      // Some readers of JSON take these two for line ends.
      case '\u2028', '\u2029' -> unicode(c);
      default -> c < 0x20 || isLoneSurrogate(text, at) ? unicode(c) : null;
    };
  }

  private static boolean isLoneSurrogate(String text, int at) {
    char c = text.charAt(at);
    if (Character.isHighSurrogate(c)) {
      return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
    }
    return Character.isLowSurrogate(c)
        && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
  }

  private static String unicode(char c) {
    return "\\u"
        + HEX.charAt(c >> 12)
        + HEX.charAt((c >> 8) & 0xf)
        + HEX.charAt((c >> 4) & 0xf)
        + HEX.charAt(c & 0xf);
  }

  private void raw(String text) {
    try {
      out.append(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
