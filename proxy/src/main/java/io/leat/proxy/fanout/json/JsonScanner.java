package io.leat.proxy.fanout.json;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Walks over one JSON text in place, strictly as in RFC 8259, and tells where its values lie.
 *
 * <p>The caller asks for what it wants next. What is wrong with the text is kept in {@link
 * #problem()}, and from then on every question is answered as if the text had ended; nothing is
 * thrown for a bad text. The bytes must be UTF-8 ({@link Utf8}). Used by one thread, once.
 */
public final class JsonScanner {

  /** What a value is. */
  public enum Kind {
    /** A name with a value, any number of times. */
    OBJECT,
    /** A list of values. */
    ARRAY,
    /** A text in quotes. */
    STRING,
    /** A number. */
    NUMBER,
    /** {@code true} or {@code false}. */
    BOOLEAN,
    /** {@code null}. */
    NULL
  }

  private final byte[] json;
  private final int end;
  private final int maxDepth;
  private final BitSet objects = new BitSet();
  private int at;
  private int depth;
  private boolean fresh;
  private int valueStart;
  private int valueEnd;
  private @Nullable String problem;

  /** A scanner at the beginning of the bytes. */
  public JsonScanner(byte[] json, int maxDepth) {
    this(json, 0, json.length, maxDepth);
  }

  /**
   * A scanner of a part of the bytes.
   *
   * @param maxDepth how many arrays and objects may lie in each other, at least 1
   */
  public JsonScanner(byte[] json, int from, int to, int maxDepth) {
    this.json = json;
    this.at = from;
    this.end = to;
    this.maxDepth = maxDepth;
  }

  /** Whether the bytes are one JSON text and nothing else. */
  public static boolean isText(byte[] json, int maxDepth) {
    if (!Utf8.isValid(json, 0, json.length)) {
      return false;
    }
    JsonScanner scanner = new JsonScanner(json, maxDepth);
    return scanner.skip() && scanner.finished();
  }

  /** What is wrong with the text, with the byte it was found at; null while nothing is. */
  public @Nullable String problem() {
    return problem;
  }

  /** Where the value that was taken last begins. */
  public int valueStart() {
    return valueStart;
  }

  /** Where the value that was taken last ends, exclusively. */
  public int valueEnd() {
    return valueEnd;
  }

  /** What the next value is; null when there is none, which is a problem. */
  public @Nullable Kind peek() {
    int next = nextByte();
    return switch (next) {
      case '{' -> Kind.OBJECT;
      case '[' -> Kind.ARRAY;
      case '"' -> Kind.STRING;
      case 't', 'f' -> Kind.BOOLEAN;
      case 'n' -> Kind.NULL;
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> Kind.NUMBER;
      default -> {
        fail("expected: a value");
        yield null;
      }
    };
  }

  /** Goes into the object that is next. Its members are asked for by {@link #nextName()}. */
  public boolean enterObject() {
    return enter('{', true);
  }

  /** Goes into the array that is next. Its elements are asked for by {@link #nextElement()}. */
  public boolean enterArray() {
    return enter('[', false);
  }

  private boolean enter(char bracket, boolean object) {
    if (nextByte() != bracket) {
      return fail(object ? "expected: an object" : "expected: an array");
    }
    if (depth == maxDepth) {
      return fail("deeper than " + maxDepth);
    }
    at++;
    objects.set(depth++, object);
    fresh = true;
    return true;
  }

  /** The name of the next member, whose value has to be taken then; null after the last one. */
  public @Nullable String nextName() {
    if (!nextItem('}')) {
      return null;
    }
    String name = string();
    return name != null && colon() ? name : null;
  }

  /** Whether another element follows, which has to be taken then. */
  public boolean nextElement() {
    return nextItem(']');
  }

  /** At a comma, the first item or the closing bracket, which it takes. */
  private boolean nextItem(char bracket) {
    int next = nextByte();
    if (next == bracket) {
      at++;
      depth--;
      fresh = false;
      return false;
    }
    if (!fresh) {
      if (next != ',') {
        return fail("expected: ',' or '" + bracket + "'");
      }
      at++;
      next = nextByte();
    }
    fresh = false;
    if (next < 0) {
      return fail("expected: '" + bracket + "'");
    }
    return bracket == ']' || next == '"' || fail("expected: a name in quotes");
  }

  private boolean colon() {
    if (nextByte() != ':') {
      return fail("expected: ':'");
    }
    at++;
    return true;
  }

  /** Takes the next value, whatever it is, and checks it to its end. */
  public boolean skip() {
    int base = depth;
    nextByte();
    int start = at;
    do {
      if (!skipStep(base)) {
        return false;
      }
    } while (depth > base);
    valueStart = start;
    valueEnd = at;
    return true;
  }

  /** One scalar, the begin of a container, or one closing bracket. */
  private boolean skipStep(int base) {
    if (depth > base) {
      boolean object = objects.get(depth - 1);
      if (!nextItem(object ? '}' : ']')) {
        return problem == null;
      }
      if (object && !(skipString() && colon())) {
        return false;
      }
    }
    Kind kind = peek();
    return kind != null
        && switch (kind) {
          case OBJECT -> enterObject();
          case ARRAY -> enterArray();
          case STRING -> skipString();
          case NUMBER -> skipNumber();
          case BOOLEAN -> json[at] == 't' ? literal("true") : literal("false");
          case NULL -> literal("null");
        };
  }

  private boolean literal(String word) {
    for (int i = 0; i < word.length(); i++, at++) {
      if (at >= end || json[at] != word.charAt(i)) {
        return fail("expected: " + word);
      }
    }
    return true;
  }

  private boolean skipNumber() {
    if (json[at] == '-') {
      at++;
    }
    if (at < end && json[at] == '0') {
      at++;
    } else if (!digits()) {
      return false;
    }
    if (at < end && json[at] == '.') {
      at++;
      if (!digits()) {
        return false;
      }
    }
    if (at < end && (json[at] | 0x20) == 'e') {
      at++;
      if (at < end && (json[at] == '+' || json[at] == '-')) {
        at++;
      }
      return digits();
    }
    return true;
  }

  private boolean digits() {
    int start = at;
    while (at < end && json[at] >= '0' && json[at] <= '9') {
      at++;
    }
    return at > start || fail("expected: a digit");
  }

  /** Takes a string without decoding it. */
  private boolean skipString() {
    at++;
    while (at < end) {
      int next = json[at++];
      if (next == '"') {
        return true;
      }
      if (next >= 0 && next < 0x20) {
        at--;
        return fail("a control character in a string");
      }
      if (next == '\\' && !skipEscape()) {
        return false;
      }
    }
    return fail("a string without end");
  }

  private boolean skipEscape() {
    int next = at < end ? json[at++] : -1;
    if (next != 'u') {
      return "\"\\/bfnrt".indexOf(next) >= 0 || fail("an unknown escape");
    }
    for (int i = 0; i < 4; i++, at++) {
      if (at >= end || Character.digit(json[at], 16) < 0) {
        return fail("expected: four hexadecimal digits");
      }
    }
    return true;
  }

  /** Takes the next value, which has to be a string, and decodes it; null when it is none. */
  public @Nullable String string() {
    if (nextByte() != '"') {
      fail("expected: a string");
      return null;
    }
    int start = at;
    if (!skipString()) {
      return null;
    }
    valueStart = start;
    valueEnd = at;
    String raw = new String(json, start + 1, at - start - 2, StandardCharsets.UTF_8);
    return raw.indexOf('\\') < 0 ? raw : unescaped(raw);
  }

  private static String unescaped(String raw) {
    StringBuilder text = new StringBuilder(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char next = raw.charAt(i);
      if (next != '\\') {
        text.append(next);
        continue;
      }
      char escaped = raw.charAt(++i);
      switch (escaped) {
        case 'u' -> {
          text.append((char) Integer.parseInt(raw, i + 1, i + 5, 16));
          i += 4;
        }
        case 'b' -> text.append('\b');
        case 'f' -> text.append('\f');
        case 'n' -> text.append('\n');
        case 'r' -> text.append('\r');
        case 't' -> text.append('\t');
        default -> text.append(escaped);
      }
    }
    return text.toString();
  }

  /** Whether nothing but white space is left; anything else is a problem. */
  public boolean finished() {
    return nextByte() < 0 ? problem == null : fail("expected: nothing more");
  }

  /** The next byte that is no white space, not taken; -1 at the end and after a problem. */
  private int nextByte() {
    if (problem != null) {
      return -1;
    }
    while (at < end) {
      byte next = json[at];
      if (next != ' ' && next != '\n' && next != '\r' && next != '\t') {
        return next & 0xFF;
      }
      at++;
    }
    return -1;
  }

  private boolean fail(String what) {
    if (problem == null) {
      problem = "not JSON at byte " + at + ": " + what;
    }
    return false;
  }
}
