package io.leat.proxy.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.leat.proxy.http.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The grammar of heads read byte by byte and written for the reader, to compare fast scans with.
 */
final class ReferenceScan {
  private static final String MARKS = "!#$%&'*+-.^_`|~";
  private static final Set<String> HOP =
      Set.of(
          "keep-alive",
          "proxy-connection",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-authentication-info",
          "http2-settings",
          "proxy");

  private ReferenceScan() {}

  /** One field: where its parts are. */
  record Field(int nameStart, int nameEnd, int valueStart, int valueEnd, int lineEnd) {}

  /** All fields with the end of the empty line, or why they are refused. */
  record Fields(List<Field> fields, int end, @Nullable Rejection refused) {}

  static boolean isToken(int c) {
    return c < 128 && (Character.isLetterOrDigit(c) || MARKS.indexOf(c) >= 0);
  }

  static boolean isInValue(int c) {
    return c == '\t' || (c >= ' ' && c != 0x7f);
  }

  private static int at(byte[] bytes, int index) {
    return index < bytes.length ? bytes[index] & 0xff : -1;
  }

  static Fields fields(byte[] bytes, int from, int maxLine, int maxCount) {
    List<Field> fields = new ArrayList<>();
    int p = from;
    while (at(bytes, p) != '\r') {
      int name = p;
      while (isToken(at(bytes, p)) && p < bytes.length) {
        p++;
      }
      if (p == name || at(bytes, p) != ':') {
        return new Fields(fields, p, Rejection.BAD_REQUEST);
      }
      int colon = p++;
      while (at(bytes, p) == ' ' || at(bytes, p) == '\t') {
        p++;
      }
      int value = p;
      while (p < bytes.length && isInValue(at(bytes, p))) {
        p++;
      }
      if (at(bytes, p) != '\r' || at(bytes, p + 1) != '\n') {
        return new Fields(fields, p, Rejection.BAD_REQUEST);
      }
      if (p - name > maxLine || fields.size() == maxCount) {
        return new Fields(fields, p, Rejection.HEADERS_TOO_LARGE);
      }
      int end = p;
      while (end > value && (at(bytes, end - 1) == ' ' || at(bytes, end - 1) == '\t')) {
        end--;
      }
      p += 2;
      fields.add(new Field(name, colon, value, end, p));
    }
    boolean whole = at(bytes, p + 1) == '\n' && p + 2 == bytes.length;
    return new Fields(fields, p + 2, whole ? null : Rejection.BAD_REQUEST);
  }

  /** Just after the first empty line from the start of a head on, or -1. */
  static int headEnd(byte[] bytes, int from) {
    for (int p = from + 1; p < bytes.length; p++) {
      boolean afterFeed = bytes[p - 1] == '\n';
      boolean afterReturn = bytes[p - 1] == '\r' && p - 1 > from && bytes[p - 2] == '\n';
      if (bytes[p] == '\n' && (afterFeed || afterReturn)) {
        return p + 1;
      }
    }
    return -1;
  }

  /** First byte from which on a path may not be plain. */
  static int pathStop(byte[] bytes, int from) {
    boolean marked = false;
    for (int p = from; ; p++) {
      int c = bytes[p] & 0xff;
      boolean mark = c == '.' || c == '/';
      if (c < '-' || c == '?' || c == '\\' || c >= 0x7f || (mark && marked)) {
        return p;
      }
      marked = mark;
    }
  }

  static int queryStop(byte[] bytes, int from) {
    int p = from;
    while (bytes[p] > ' ' && bytes[p] < 0x7f && bytes[p] != '#') {
      p++;
    }
    return p;
  }

  static boolean isPlainName(byte[] bytes, int start, int end) {
    String name = new String(bytes, start, end - start, ISO_8859_1);
    for (String label : name.split("\\.", -1)) {
      if (!label.matches("[a-zA-Z0-9-]+")) {
        return false;
      }
    }
    return true;
  }

  /** The {@link HeaderName} of a name where it has a rule of its own, else -2. */
  static int id(byte[] bytes, int start, int end) {
    String name = new String(bytes, start, end - start, ISO_8859_1).toLowerCase(Locale.ROOT);
    return switch (name) {
      case "host" -> HeaderName.HOST;
      case "content-length" -> HeaderName.CONTENT_LENGTH;
      case "transfer-encoding" -> HeaderName.TRANSFER_ENCODING;
      case "connection" -> HeaderName.CONNECTION;
      case "te" -> HeaderName.TE;
      case "upgrade" -> HeaderName.UPGRADE;
      case "expect" -> HeaderName.EXPECT;
      case "via" -> HeaderName.VIA;
      case "forwarded" -> HeaderName.FORWARDED;
      case "x-forwarded-for" -> HeaderName.X_FORWARDED_FOR;
      case "x-forwarded-proto" -> HeaderName.X_FORWARDED_PROTO;
      case "x-forwarded-host" -> HeaderName.X_FORWARDED_HOST;
      case "trailer" -> HeaderName.HEAD_ONLY;
      case "cookie" -> HeaderName.ESSENTIAL;
      case "accept", "user-agent", "x-hop" -> HeaderName.PLAIN;
      default -> HOP.contains(name) ? HeaderName.HOP : family(name);
    };
  }

  private static int family(String name) {
    if (name.indexOf('_') >= 0) {
      return HeaderName.UNDERSCORE;
    }
    if (name.startsWith("k-") || name.startsWith("knative-")) {
      return HeaderName.INTERNAL;
    }
    return name.startsWith("x-forwarded-") ? HeaderName.ORIGIN_HINT : -2;
  }
}
