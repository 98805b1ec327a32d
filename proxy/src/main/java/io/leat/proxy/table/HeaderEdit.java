package io.leat.proxy.table;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One change to the header fields of a message that passes.
 *
 * @param name in lower case
 * @param value of the field; empty for {@link Operation#REMOVE}
 */
public record HeaderEdit(Operation operation, String name, String value) {
  private static final int MOST_NAME = 256;
  private static final int MOST_VALUE = 4096;
  private static final String TOKEN_MARKS = "!#$%&'*+-.^`|~";

  /** Fields that frame a message, end at a hop, or are written by the proxy itself. */
  private static final Set<String> OWN =
      Set.of(
          "host",
          "content-length",
          "transfer-encoding",
          "trailer",
          "connection",
          "keep-alive",
          "te",
          "upgrade",
          "expect",
          "http2-settings",
          "proxy",
          "proxy-connection",
          "proxy-authenticate",
          "proxy-authentication-info",
          "proxy-authorization",
          "via",
          "forwarded",
          "x-real-ip",
          "traceparent",
          "tracestate");

  private static final String[] OWN_FAMILIES = {"x-forwarded-", "knative-", "k-"};

  /** What happens to the fields of the name. */
  public enum Operation {
    /** One field with the value stands in place of all that came. */
    SET,
    /** A field with the value comes after those that came. */
    ADD,
    /** None is left. */
    REMOVE;

    /** The word for it in manifests. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Rejects what {@link #refusal} names. */
  public HeaderEdit {
    name = name.toLowerCase(Locale.ROOT);
    String refused = refusal(name, value);
    if (refused != null) {
      throw new IllegalArgumentException("header " + name + ": " + refused);
    }
  }

  /**
   * Why a name or a value cannot be in an edit, or null.
   *
   * <p>A name is a token (RFC 9110 section 5.6.2) without underscore, a value is printable ASCII
   * with single tabs and blanks inside (section 5.5).
   */
  public static @Nullable String refusal(String name, String value) {
    if (!isToken(name)) {
      return "the name must be letters, digits and " + TOKEN_MARKS + ", at most " + MOST_NAME;
    }
    String lower = name.toLowerCase(Locale.ROOT);
    if (OWN.contains(lower) || isOwnFamily(lower)) {
      return lower + " belongs to the proxy and cannot be edited";
    }
    return isValue(value) ? null : "the value must be printable ASCII, at most " + MOST_VALUE;
  }

  private static boolean isOwnFamily(String name) {
    for (String family : OWN_FAMILIES) {
      if (name.startsWith(family)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isToken(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!word && TOKEN_MARKS.indexOf(c) < 0) {
        return false;
      }
    }
    return !name.isEmpty() && name.length() <= MOST_NAME;
  }

  private static boolean isValue(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c > '~') {
        return false;
      }
    }
    return value.length() <= MOST_VALUE && value.equals(value.strip());
  }

  /** As manifests say it: {@code set x-a: b}, {@code add x-a: b} or {@code remove x-a}. */
  public String text() {
    String start = operation.word() + " " + name;
    return operation == Operation.REMOVE ? start : start + ": " + value;
  }
}
