package io.leat.proxy.accesslog;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which requests a tap takes; immutable, asked by event loops without allocation. */
public final class TapFilter {
  private static final Set<String> NAMES = Set.of("host", "status", "method", "path", "route");
  private static final Pattern STATUS = Pattern.compile("(0)|([1-5])xx|([1-5][0-9][0-9])");
  private static final byte[] ANY = {};

  private final byte[] host;
  private final byte[] method;
  private final byte[] path;
  private final @Nullable String route;
  private final int lowest;
  private final int highest;

  private TapFilter(Map<String, String> wanted) {
    this.host = bytes(wanted.getOrDefault("host", "").toLowerCase(Locale.ROOT));
    this.method = bytes(wanted.getOrDefault("method", "").toUpperCase(Locale.ROOT));
    this.path = bytes(wanted.getOrDefault("path", ""));
    String named = wanted.getOrDefault("route", "");
    // A name without a namespace means that route in any.
    this.route = named.isEmpty() ? null : named.contains("/") ? named : "/" + named;
    String status = wanted.getOrDefault("status", "");
    this.lowest = status.isEmpty() ? 0 : bound(status, 0);
    this.highest = status.isEmpty() ? Integer.MAX_VALUE : bound(status, 99);
  }

  /**
   * A filter of conditions that must all hold: {@code host} is the same but for case, {@code
   * status} is {@code 404}, {@code 5xx}, or {@code 0} for no answer, {@code method} is the same,
   * {@code path} begins like this, {@code route} is {@code namespace/name} or the name alone.
   *
   * @throws IllegalArgumentException with a message for the user
   */
  public static TapFilter of(Map<String, String> wanted) {
    for (String name : wanted.keySet()) {
      if (!NAMES.contains(name)) {
        throw new IllegalArgumentException(name + ": is not known");
      }
    }
    return new TapFilter(wanted);
  }

  private static byte[] bytes(String text) {
    return text.isEmpty() ? ANY : text.getBytes(ISO_8859_1);
  }

  private static int bound(String status, int width) {
    Matcher matcher = STATUS.matcher(status);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("status: must be like 404 or 5xx (got " + status + ")");
    }
    String hundreds = matcher.group(2);
    return hundreds == null ? Integer.parseInt(status) : Integer.parseInt(hundreds) * 100 + width;
  }

  boolean takes(AccessRecord request) {
    return request.status >= lowest
        && request.status <= highest
        && isSame(host, AccessRecord.HOST, request)
        && isSame(method, AccessRecord.METHOD, request)
        && beginsLike(path, AccessRecord.PATH, request)
        && isOnRoute(request.route);
  }

  private boolean isOnRoute(@Nullable String taken) {
    String wanted = route;
    if (wanted == null) {
      return true;
    }
    return taken != null
        && (wanted.charAt(0) == '/' ? taken.endsWith(wanted) : taken.equals(wanted));
  }

  private static boolean isSame(byte[] wanted, int field, AccessRecord request) {
    return wanted.length == 0
        || (request.end(field) - request.start(field) == wanted.length
            && beginsLike(wanted, field, request));
  }

  /** Hosts are kept as they came, so upper case counts as lower where that is wanted. */
  private static boolean beginsLike(byte[] wanted, int field, AccessRecord request) {
    int start = request.start(field);
    if (request.end(field) - start < wanted.length) {
      return false;
    }
    byte[] text = request.text();
    for (int i = 0; i < wanted.length; i++) {
      int octet = text[start + i];
      if (field == AccessRecord.HOST && octet >= 'A' && octet <= 'Z') {
        octet += 'a' - 'A';
      }
      if (octet != wanted[i]) {
        return false;
      }
    }
    return true;
  }
}
