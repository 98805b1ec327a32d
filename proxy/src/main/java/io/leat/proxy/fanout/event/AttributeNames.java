package io.leat.proxy.fanout.event;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The attributes that most events have, by their names and headers: one text each, made once. */
final class AttributeNames {
  private static final String[] KNOWN = {
    "id",
    "type",
    "time",
    "source",
    "subject",
    "specversion",
    "datacontenttype",
    "dataschema",
    "partitionkey",
    "traceparent",
    "tracestate"
  };
  private static final String[] HEADERS = new String[KNOWN.length];
  private static final int LONGEST = 15;

  static {
    for (int i = 0; i < KNOWN.length; i++) {
      HEADERS[i] = "ce-" + KNOWN[i];
    }
  }

  private AttributeNames() {}

  /** The known name that bytes spell; null when they spell another. */
  static @Nullable String in(byte[] bytes, int from, int length) {
    if (length > LONGEST) {
      return null;
    }
    for (String known : KNOWN) {
      if (known.length() == length && isSame(known, bytes, from)) {
        return known;
      }
    }
    return null;
  }

  private static boolean isSame(String text, byte[] bytes, int from) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) != bytes[from + i]) {
        return false;
      }
    }
    return true;
  }

  /** The header of an attribute in binary mode, {@code datacontenttype} aside. */
  static String header(String name) {
    for (int i = 0; i < KNOWN.length; i++) {
      if (KNOWN[i].equals(name)) {
        return HEADERS[i];
      }
    }
    return "ce-" + name;
  }

  /** The attribute of a header that begins with {@code ce-} in any case. */
  static String attribute(String header) {
    int length = header.length() - 3;
    for (String known : KNOWN) {
      if (known.length() == length && header.regionMatches(true, 3, known, 0, length)) {
        return known;
      }
    }
    return header.substring(3).toLowerCase(Locale.ROOT);
  }
}
