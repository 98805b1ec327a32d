package io.leat.proxy.http1;

import java.util.Arrays;

/**
 * Small numbers for the field names that the proxy decides about, so that a name is compared once
 * per head and never again.
 */
final class HeaderName {
  /** Any name without a rule of its own. */
  static final int PLAIN = 0;

  static final int HOST = 1;
  static final int CONTENT_LENGTH = 2;
  static final int TRANSFER_ENCODING = 3;
  static final int CONNECTION = 4;
  static final int TE = 5;
  static final int UPGRADE = 6;
  static final int EXPECT = 7;
  static final int VIA = 8;
  static final int FORWARDED = 9;
  static final int X_FORWARDED_FOR = 10;
  static final int X_FORWARDED_PROTO = 11;
  static final int X_FORWARDED_HOST = 12;

  /** Other fields that tell where a request came from. */
  static final int ORIGIN_HINT = 13;

  /** Fields between the parts of the platform: {@code Knative-*} and {@code K-*}. */
  static final int INTERNAL = 14;

  /** Fields that end at every hop and are not looked at. */
  static final int HOP = 15;

  /** End-to-end fields that neither a connection option removes nor a trailer sets. */
  static final int ESSENTIAL = 16;

  /** Names with an underscore: CGI-like endpoints confuse them with names with a hyphen. */
  static final int UNDERSCORE = 17;

  /** Fields of which a trailer must not say anything (RFC 9110 section 6.5.1). */
  static final int HEAD_ONLY = 18;

  /** Fields of W3C Trace Context. */
  static final int TRACE = 19;

  /** Fields that never pass as they came: they end here or are written anew. */
  static final long REWRITTEN =
      set(HOST, CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION, TE, UPGRADE, HOP);

  /** Fields that only a trusted hop may send. */
  static final long FROM_TRUSTED_HOP =
      set(FORWARDED, X_FORWARDED_FOR, X_FORWARDED_PROTO, X_FORWARDED_HOST, ORIGIN_HINT, INTERNAL);

  /** Fields that a connection option must not take away from the endpoint. */
  static final long NOT_NOMINATED =
      set(HOST, CONTENT_LENGTH, EXPECT, VIA, ESSENTIAL) | FROM_TRUSTED_HOP;

  /** Fields that are dropped from trailers. */
  static final long NOT_IN_TRAILERS = REWRITTEN | NOT_NOMINATED | set(UNDERSCORE, HEAD_ONLY);

  private static final int MASK = 255;
  private static final byte[] NOTHING = {};
  private static final byte[][] NAMES = new byte[MASK + 1][];
  private static final byte[] IDS = new byte[MASK + 1];

  /** First and last eight bytes of each name: up to 16 bytes they and the length are the name. */
  private static final long[] FIRST = new long[MASK + 1];

  private static final long[] LAST = new long[MASK + 1];
  private static final byte[] KNATIVE = Octets.ascii("knative-");
  private static final byte[] K = Octets.ascii("k-");
  private static final byte[] X_FORWARDED = Octets.ascii("x-forwarded-");

  static {
    Arrays.fill(NAMES, NOTHING);
    register(HOST, "host");
    register(CONTENT_LENGTH, "content-length");
    register(TRANSFER_ENCODING, "transfer-encoding");
    register(CONNECTION, "connection");
    register(TE, "te");
    register(UPGRADE, "upgrade");
    register(EXPECT, "expect");
    register(VIA, "via");
    register(FORWARDED, "forwarded");
    register(X_FORWARDED_FOR, "x-forwarded-for");
    register(X_FORWARDED_PROTO, "x-forwarded-proto");
    register(X_FORWARDED_HOST, "x-forwarded-host");
    register(ORIGIN_HINT, "x-real-ip");
    register(
        HOP,
        "keep-alive",
        "proxy-connection",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-authentication-info",
        "http2-settings",
        // Becomes HTTP_PROXY in CGI programs (CVE-2016-5385).
        "proxy");
    register(
        ESSENTIAL,
        "authorization",
        "cookie",
        "set-cookie",
        "content-encoding",
        "content-type",
        "content-range",
        "cache-control",
        "max-forwards");
    register(
        HEAD_ONLY,
        "trailer",
        "age",
        "date",
        "expires",
        "location",
        "range",
        "pragma",
        "vary",
        "warning",
        "www-authenticate",
        "retry-after",
        "if-match",
        "if-none-match",
        "if-modified-since",
        "if-unmodified-since",
        "if-range");
    register(TRACE, "traceparent", "tracestate");
    // Without rules, but frequent: found here, they need no look at their families.
    register(
        PLAIN,
        "accept",
        "accept-encoding",
        "accept-language",
        "accept-ranges",
        "user-agent",
        "origin",
        "referer",
        "server",
        "etag",
        "last-modified",
        "x-request-id");
  }

  private HeaderName() {}

  private static void register(int id, String... names) {
    for (String name : names) {
      byte[] lower = Octets.ascii(name);
      long first = Octets.lowerWord(lower, 0, lower.length);
      long last = lower.length > 8 ? Octets.lowerWord(lower, lower.length - 8, lower.length) : 0;
      int slot = slot(first, last, lower.length);
      while (NAMES[slot].length > 0) {
        slot = (slot + 1) & MASK;
      }
      NAMES[slot] = lower;
      IDS[slot] = (byte) id;
      FIRST[slot] = first;
      LAST[slot] = last;
    }
  }

  private static int slot(long first, long last, int length) {
    long mixed = (first ^ Long.rotateLeft(last, 29) ^ length) * 0x9e3779b97f4a7c15L;
    return (int) (mixed >>> 56);
  }

  /** Recognises a token in any letter case. */
  static int of(byte[] bytes, int start, int end) {
    int length = end - start;
    long first = Octets.lowerWord(bytes, start, end);
    long last = length > 8 ? Octets.lowerWord(bytes, end - 8, end) : 0;
    int slot = slot(first, last, length);
    while (NAMES[slot].length > 0) {
      if (FIRST[slot] == first
          && LAST[slot] == last
          && NAMES[slot].length == length
          && (length <= 16 || Octets.equalsToken(bytes, start, end, NAMES[slot]))) {
        return IDS[slot];
      }
      slot = (slot + 1) & MASK;
    }
    return family(bytes, start, end);
  }

  private static int family(byte[] bytes, int start, int end) {
    if (Octets.indexOf(bytes, start, end, '_') < end) {
      return UNDERSCORE;
    }
    int first = Octets.lowerToken(bytes[start]);
    if (first == 'k'
        && (hasPrefix(bytes, start, end, K) || hasPrefix(bytes, start, end, KNATIVE))) {
      return INTERNAL;
    }
    if (first == 'x' && hasPrefix(bytes, start, end, X_FORWARDED)) {
      return ORIGIN_HINT;
    }
    return PLAIN;
  }

  private static boolean hasPrefix(byte[] bytes, int start, int end, byte[] prefix) {
    return end - start >= prefix.length
        && Octets.equalsToken(bytes, start, start + prefix.length, prefix);
  }

  private static long set(int... ids) {
    long set = 0;
    for (int id : ids) {
      set |= 1L << id;
    }
    return set;
  }

  static boolean in(long set, int id) {
    return (set >>> id & 1) != 0;
  }
}
