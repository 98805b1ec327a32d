package io.leat.proxy.http1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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

  /** Instead of an id: the name is no token. */
  static final int INVALID = -1;

  private static final int SLOTS = 256;

  /** The names, each in a slot of its own, so that one look decides. */
  private static final byte[][] NAMES = new byte[SLOTS][];

  /** Length of the name and id, 8 bits each; 0 without a name. */
  private static final int[] LENGTHS = new int[SLOTS];

  /** The first 16 bytes of each name, in lower case. */
  private static final long[] WORDS = new long[2 * SLOTS];

  private static final List<byte[]> KNOWN = new ArrayList<>();
  private static final List<Integer> IDS = new ArrayList<>();
  private static final long MULTIPLIER;
  private static final long KNATIVE = word("knative-");
  private static final long K = word("k-");
  private static final long X_FORWAR = word("x-forwar");
  private static final long RWARDED = word("rwarded-");

  static {
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
    MULTIPLIER = spread();
  }

  private HeaderName() {}

  private static void register(int id, String... names) {
    for (String name : names) {
      KNOWN.add(Octets.ascii(name));
      IDS.add(id);
    }
  }

  /** Tries multipliers until no two names share a slot, and fills the slots. */
  private static long spread() {
    long multiplier = 0x9e3779b97f4a7c15L;
    while (!fill(multiplier)) {
      multiplier = multiplier * 0xd1342543de82ef95L + 2;
    }
    return multiplier;
  }

  private static boolean fill(long multiplier) {
    Arrays.fill(LENGTHS, 0);
    for (int i = 0; i < KNOWN.size(); i++) {
      byte[] name = KNOWN.get(i);
      long first = Octets.foldedWord(name, 0, name.length);
      long second = name.length > 8 ? Octets.foldedWord(name, 8, name.length) : 0;
      int slot = slot(first, second, name.length, multiplier);
      if (LENGTHS[slot] != 0) {
        return false;
      }
      NAMES[slot] = name;
      LENGTHS[slot] = name.length << 8 | IDS.get(i);
      WORDS[2 * slot] = first;
      WORDS[2 * slot + 1] = second;
    }
    return true;
  }

  private static int slot(long first, long second, int length, long multiplier) {
    return (int) (((first ^ Long.rotateLeft(second, 29) ^ length) * multiplier) >>> 56);
  }

  private static long word(String text) {
    byte[] bytes = Octets.ascii(text);
    return Octets.foldedWord(bytes, 0, bytes.length);
  }

  /** Recognises a name in any letter case; {@link #INVALID} when it is no token. */
  static int of(byte[] bytes, int start, int end) {
    int length = end - start;
    long first = Octets.foldedWord(bytes, start, end);
    long second = length > 8 ? Octets.foldedWord(bytes, start + 8, end) : 0;
    return find(bytes, start, end, first, second);
  }

  /** As {@link #of} for the first sixteen bytes at {@code start}, zero after the end. */
  static int of(byte[] bytes, int start, int end, long first, long second) {
    return find(bytes, start, end, Octets.fold(first), Octets.fold(second));
  }

  private static int find(byte[] bytes, int start, int end, long first, long second) {
    int length = end - start;
    int slot = slot(first, second, length, MULTIPLIER);
    int known = LENGTHS[slot];
    // Equal words of a known name have no byte that is not allowed in a token.
    if (WORDS[2 * slot] == first
        && WORDS[2 * slot + 1] == second
        && known >>> 8 == length
        && (length <= 16 || Octets.equalsToken(bytes, start, end, NAMES[slot]))) {
      return known & 0xff;
    }
    return family(bytes, start, end, first);
  }

  private static int family(byte[] bytes, int start, int end, long first) {
    int length = end - start;
    if (end + Octets.SLACK > bytes.length || !Octets.isPlain(bytes, start, end)) {
      if (!Octets.isToken(bytes, start, end)) {
        return INVALID;
      }
      if (Octets.indexOf(bytes, start, end, '_') < end) {
        return UNDERSCORE;
      }
    }
    if ((first & 0xffff) == K || first == KNATIVE) {
      return INTERNAL;
    }
    return length >= 12 && first == X_FORWAR && Octets.foldedWord(bytes, start + 4, end) == RWARDED
        ? ORIGIN_HINT
        : PLAIN;
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
