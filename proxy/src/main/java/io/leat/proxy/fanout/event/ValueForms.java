package io.leat.proxy.fanout.event;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Judges texts by the syntax that they claim: URIs, times, media types, Base64. */
final class ValueForms {
  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";
  private static final String URI_MARKS = "-._~!$&'()*+,;=:@/?";
  private static final int[] DAYS = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

  private ValueForms() {}

  /** Whether a text is a URI with a scheme (RFC 3986 section 3). */
  static boolean isUri(String text) {
    return schemeEnd(text) > 0 && isUriReference(text);
  }

  /**
   * Whether a text is a URI reference (RFC 3986 section 4.1), which may be empty. Characters beyond
   * ASCII are taken as in RFC 3987, because senders leave them as they are.
   */
  static boolean isUriReference(String text) {
    int scheme = schemeEnd(text);
    if (scheme < 0) {
      return false;
    }
    int hier = scheme == 0 ? 0 : scheme + 1;
    int authorityEnd = text.startsWith("//", hier) ? until(text, hier + 2, "/?#") : hier;
    boolean fragment = false;
    for (int i = hier; i < text.length(); i++) {
      char next = text.charAt(i);
      boolean allowed =
          switch (next) {
            case '%' -> isHexPair(text, i + 1);
            case '#' -> !fragment;
            case '[', ']' -> i < authorityEnd;
            default -> next >= 0xA0 || isAlphanumeric(next) || URI_MARKS.indexOf(next) >= 0;
          };
      if (!allowed) {
        return false;
      }
      fragment |= next == '#';
    }
    return true;
  }

  /** Where the colon of the scheme is; 0 for no scheme, -1 for a first segment with a colon. */
  private static int schemeEnd(String text) {
    int end = until(text, 0, ":/?#");
    if (end == text.length() || text.charAt(end) != ':') {
      return 0;
    }
    for (int i = 0; i < end; i++) {
      char next = text.charAt(i);
      if (!isAlphanumeric(next) && (i == 0 || "+-.".indexOf(next) < 0)) {
        return -1;
      }
    }
    return end > 0 && !isDigit(text.charAt(0)) ? end : -1;
  }

  private static int until(String text, int from, String stops) {
    int at = from;
    while (at < text.length() && stops.indexOf(text.charAt(at)) < 0) {
      at++;
    }
    return at;
  }

  private static boolean isHexPair(String text, int at) {
    return at + 1 < text.length() && hex(text.charAt(at)) >= 0 && hex(text.charAt(at + 1)) >= 0;
  }

  /** The value of a hexadecimal digit, -1 for another character. */
  static int hex(char digit) {
    return digit < 0x80 ? Character.digit(digit, 16) : -1;
  }

  private static boolean isDigit(char next) {
    return next >= '0' && next <= '9';
  }

  private static boolean isAlphanumeric(char next) {
    return isDigit(next) || ((next | 0x20) >= 'a' && (next | 0x20) <= 'z');
  }

  /** Whether a text is a point in time with its offset (RFC 3339 section 5.6). */
  static boolean isTime(String text) {
    int length = text.length();
    if (length < 20 || !shaped(text, "0000-00-00T00:00:00")) {
      return false;
    }
    int month = two(text, 5);
    int day = two(text, 8);
    if (month < 1 || month > 12 || day < 1 || day > DAYS[month - 1]) {
      return false;
    }
    int year = two(text, 0) * 100 + two(text, 2);
    boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (month == 2 && day == 29 && !leap) {
      return false;
    }
    if (two(text, 11) > 23 || two(text, 14) > 59 || two(text, 17) > 60) {
      return false;
    }
    int at = 19;
    if (text.charAt(at) == '.') {
      int fraction = ++at;
      while (at < length && isDigit(text.charAt(at))) {
        at++;
      }
      if (at == fraction) {
        return false;
      }
    }
    return isOffset(text.substring(at));
  }

  private static boolean isOffset(String offset) {
    if (offset.equalsIgnoreCase("z")) {
      return true;
    }
    return offset.length() == 6
        && (shaped(offset, "+00:00") || shaped(offset, "-00:00"))
        && two(offset, 1) <= 23
        && two(offset, 4) <= 59;
  }

  private static boolean shaped(String text, String shape) {
    for (int i = 0; i < shape.length(); i++) {
      char next = text.charAt(i);
      char wanted = shape.charAt(i);
      boolean fits =
          switch (wanted) {
            case '0' -> isDigit(next);
            case 'T' -> next == 'T' || next == 't';
            default -> next == wanted;
          };
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  private static int two(String text, int at) {
    return 10 * (text.charAt(at) - '0') + text.charAt(at + 1) - '0';
  }

  /** Whether a text is a media type with parameters (RFC 2046; RFC 9110 section 8.3.1). */
  static boolean isMediaType(String text) {
    int slash = token(text, 0);
    if (slash == 0 || slash >= text.length() || text.charAt(slash) != '/') {
      return false;
    }
    int at = token(text, slash + 1);
    if (at == slash + 1) {
      return false;
    }
    while (at < text.length()) {
      at = blanks(text, at);
      if (at == text.length() || text.charAt(at) != ';') {
        return false;
      }
      at = parameterEnd(text, blanks(text, at + 1));
      if (at < 0) {
        return false;
      }
    }
    return true;
  }

  /** Behind the parameter, which may be empty; -1 when it is none. */
  private static int parameterEnd(String text, int from) {
    int equal = token(text, from);
    if (equal == from) {
      return from;
    }
    if (equal >= text.length() || text.charAt(equal) != '=') {
      return -1;
    }
    if (!text.startsWith("\"", equal + 1)) {
      int end = token(text, equal + 1);
      return end == equal + 1 ? -1 : end;
    }
    for (int i = equal + 2; i < text.length(); i++) {
      char next = text.charAt(i);
      if (next == '"') {
        return i + 1;
      }
      i += next == '\\' ? 1 : 0;
    }
    return -1;
  }

  private static int token(String text, int from) {
    int at = from;
    while (at < text.length()
        && (isAlphanumeric(text.charAt(at)) || TOKEN_MARKS.indexOf(text.charAt(at)) >= 0)) {
      at++;
    }
    return at;
  }

  private static int blanks(String text, int from) {
    int at = from;
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
    return at;
  }

  /** Type and subtype of a media type in lower case. */
  static String essence(String mediaType) {
    int end = mediaType.indexOf(';');
    String essence = end < 0 ? mediaType : mediaType.substring(0, end);
    return essence.strip().toLowerCase(Locale.ROOT);
  }

  /** Whether a media type says nothing of a charset, or names UTF-8 or ASCII. */
  static boolean isUtf8Charset(String mediaType) {
    int at = mediaType.indexOf(';');
    while (at >= 0) {
      int end = mediaType.indexOf(';', at + 1);
      String parameter = mediaType.substring(at + 1, end < 0 ? mediaType.length() : end).strip();
      if (parameter.regionMatches(true, 0, "charset=", 0, 8)) {
        String charset = parameter.substring(8).replace("\"", "").toLowerCase(Locale.ROOT);
        return charset.equals("utf-8") || charset.equals("utf8") || charset.equals("us-ascii");
      }
      at = end;
    }
    return true;
  }

  /** Whether data of a media type is JSON; it is when there is no type (JSON format 3.1). */
  static boolean isJson(@Nullable String mediaType) {
    if (mediaType == null) {
      return true;
    }
    String essence = essence(mediaType);
    return (essence.endsWith("/json") || essence.endsWith("+json")) && isUtf8Charset(mediaType);
  }

  /** Whether data of a media type is text in UTF-8 for certain. */
  static boolean isText(String mediaType) {
    String essence = essence(mediaType);
    boolean text =
        essence.startsWith("text/")
            || essence.endsWith("/xml")
            || essence.endsWith("+xml")
            || essence.equals("application/x-www-form-urlencoded");
    return text && isUtf8Charset(mediaType);
  }

  /** Whether a text is Base64 (RFC 4648 section 4); padding may be missing. */
  static boolean isBase64(String text) {
    int padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
    int digits = text.length() - padding;
    if (digits % 4 == 1 || (padding > 0 && text.length() % 4 != 0)) {
      return false;
    }
    for (int i = 0; i < digits; i++) {
      char next = text.charAt(i);
      if (!isAlphanumeric(next) && next != '+' && next != '/') {
        return false;
      }
    }
    return true;
  }
}
