package io.leat.control.api.patch;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A JSON pointer (RFC 6901), unescaped. */
record Pointer(List<String> tokens) {
  private static final int MAX_TOKENS = 128;

  Pointer {
    tokens = List.copyOf(tokens);
  }

  /** The pointer that a text is; null when it is none. */
  static @Nullable Pointer parse(String text) {
    if (text.isEmpty()) {
      return new Pointer(List.of());
    }
    if (!text.startsWith("/") || text.matches("(?s).*~([^01].*|$)")) {
      return null;
    }
    List<String> tokens = new ArrayList<>();
    for (String token : text.substring(1).split("/", -1)) {
      tokens.add(token.replace("~1", "/").replace("~0", "~"));
    }
    return tokens.size() > MAX_TOKENS ? null : new Pointer(tokens);
  }

  boolean isRoot() {
    return tokens.isEmpty();
  }

  Pointer parent() {
    return new Pointer(tokens.subList(0, tokens.size() - 1));
  }

  String last() {
    return tokens.getLast();
  }

  boolean isBelow(Pointer other) {
    return tokens.size() > other.tokens.size()
        && tokens.subList(0, other.tokens.size()).equals(other.tokens);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (String token : tokens) {
      text.append('/').append(token.replace("~", "~0").replace("/", "~1"));
    }
    return text.isEmpty() ? "the root" : text.toString();
  }
}
