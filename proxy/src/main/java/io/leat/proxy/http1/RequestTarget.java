package io.leat.proxy.http1;

/**
 * Syntax of what a request asks for: authority (RFC 3986 section 3.2) and path (section 3.3), and
 * the one normal form of a path that is routed and forwarded.
 *
 * <p>All scans stop at the zero bytes after the content of the array.
 */
final class RequestTarget {
  /** Bit of {@link #scanPath}: the path is not in normal form. */
  static final long ABNORMAL = 1L << 32;

  private static final byte[] HTTP = Octets.ascii("http");
  private static final byte[] HTTPS = Octets.ascii("https");
  private static final int MAX_HOST = 255;
  private static final byte PLAIN = 1;
  private static final byte QUERY_ONLY = 2;

  /** What may stand in a target: 0 nothing, PLAIN without further thought. */
  private static final byte[] CLASS = new byte[256];

  /** What may stand in a name between dots. */
  private static final byte[] HOST = new byte[256];

  static {
    for (int c = 0x21; c < 0x7f; c++) {
      CLASS[c] = PLAIN;
      HOST[c] = Character.isLetterOrDigit(c) || c == '-' || c == '_' ? PLAIN : 0;
    }
    CLASS['#'] = 0;
    CLASS['/'] = QUERY_ONLY;
    CLASS['%'] = QUERY_ONLY;
    CLASS['?'] = QUERY_ONLY;
    CLASS['\\'] = QUERY_ONLY;
  }

  private RequestTarget() {}

  /**
   * Start of the authority when the target is in absolute-form with the scheme of the connection,
   * else -1.
   */
  static int authorityStart(byte[] bytes, int start, boolean secure) {
    byte[] scheme = secure ? HTTPS : HTTP;
    int colon = start + scheme.length;
    if (colon + 3 > bytes.length || !Octets.equalsToken(bytes, start, colon, scheme)) {
      return -1;
    }
    boolean hierarchical =
        bytes[colon] == ':' && bytes[colon + 1] == '/' && bytes[colon + 2] == '/';
    return hierarchical ? colon + 3 : -1;
  }

  /** End of the authority of a target in absolute-form. */
  static int authorityEnd(byte[] bytes, int start) {
    int p = start;
    while (CLASS[bytes[p] & 0xff] == PLAIN) {
      p++;
    }
    return p;
  }

  /**
   * Checks {@code uri-host [ ":" port ]}: names of letters, digits, hyphen, underscore and single
   * dots, IPv4, or IPv6 in brackets. Userinfo, lists and percent-encoding are refused.
   *
   * @return the end of the host without port and without a final dot, or -1
   */
  static int hostEnd(byte[] bytes, int start, int end) {
    return end - start <= MAX_HOST && Octets.isPlainName(bytes, start, end)
        ? end
        : oddHostEnd(bytes, start, end);
  }

  private static int oddHostEnd(byte[] bytes, int start, int end) {
    int p = start;
    int hostEnd;
    if (p < end && bytes[p] == '[') {
      p = ipv6End(bytes, p + 1, end);
      hostEnd = p;
    } else {
      p = nameEnd(bytes, p, end);
      hostEnd = p > start && bytes[p - 1] == '.' ? p - 1 : p;
    }
    if (p < 0 || p - start > MAX_HOST || (p < end && !isPort(bytes, p, end))) {
      return -1;
    }
    return hostEnd == start && end > start ? -1 : hostEnd;
  }

  private static int nameEnd(byte[] bytes, int start, int end) {
    int p = start;
    byte before = '.';
    for (; p < end && bytes[p] != ':'; p++) {
      byte c = bytes[p];
      if (c == '.' ? before == '.' : HOST[c & 0xff] == 0) {
        return -1;
      }
      before = c;
    }
    return p;
  }

  private static int ipv6End(byte[] bytes, int start, int end) {
    int colons = 0;
    int p = start;
    for (; p < end && bytes[p] != ']'; p++) {
      if (bytes[p] == ':') {
        colons++;
      } else if (bytes[p] != '.' && Octets.hex(bytes[p]) < 0) {
        return -1;
      }
    }
    boolean good = p < end && colons >= 2 && colons <= 8 && p - start <= 45;
    return good ? p + 1 : -1;
  }

  private static boolean isPort(byte[] bytes, int colon, int end) {
    if (bytes[colon] != ':' || end - colon > 6) {
      return false;
    }
    int port = 0;
    for (int p = colon + 1; p < end; p++) {
      if (!Octets.isDigit(bytes[p])) {
        return false;
      }
      port = port * 10 + (bytes[p] - '0');
    }
    return port <= 65535;
  }

  /**
   * Checks a path that begins with a slash.
   *
   * @return its end, with the bit {@link #ABNORMAL} when {@link #normalise} would change it; -1
   *     when it holds a malformed or dangerous escape
   */
  static long scanPath(byte[] bytes, int start) {
    int stop = Octets.pathStop(bytes, start);
    byte c = bytes[stop];
    return c == ' ' || c == '?' ? stop : scanOddPath(bytes, start);
  }

  private static long scanOddPath(byte[] bytes, int start) {
    long abnormal = 0;
    boolean hidden = false;
    int p = start;
    while (true) {
      byte c = bytes[p];
      if (CLASS[c & 0xff] == PLAIN) {
        p++;
      } else if (c == '/') {
        p++;
        if (bytes[p] == '/' || bytes[p] == '.') {
          abnormal = ABNORMAL;
        }
      } else if (c == '%') {
        int octet = escape(bytes, p);
        if (octet <= 0 || overlong(octet, bytes, p + 3)) {
          return -1;
        }
        if (octet == '.') {
          abnormal = ABNORMAL;
        }
        hidden |= octet == '/';
        p += 3;
      } else {
        return c == '\\' || (hidden && hidesDots(bytes, start, p)) ? -1 : p | abnormal;
      }
    }
  }

  /**
   * Whether a dot segment stands beside a percent-encoded slash, where endpoints that decode it
   * would see another path than the one that was routed.
   */
  private static boolean hidesDots(byte[] bytes, int start, int end) {
    boolean beside = false;
    int dots = 0;
    boolean plain = false;
    for (int p = start; p < end; ) {
      boolean encoded = bytes[p] == '%';
      int octet = encoded ? escape(bytes, p) : bytes[p];
      if (octet == '/') {
        if (!plain && dots > 0 && dots < 3 && (beside || encoded)) {
          return true;
        }
        beside = encoded;
        dots = 0;
        plain = false;
      } else if (octet == '.') {
        dots++;
      } else {
        plain = true;
      }
      p += encoded ? 3 : 1;
    }
    return !plain && dots > 0 && dots < 3 && beside;
  }

  /** End of the query: the first byte that may not stand in a target. */
  static int queryEnd(byte[] bytes, int start) {
    return Octets.queryStop(bytes, start);
  }

  private static int escape(byte[] bytes, int percent) {
    int high = Octets.hex(bytes[percent + 1]);
    int low = high < 0 ? -1 : Octets.hex(bytes[percent + 2]);
    return low < 0 ? -1 : high << 4 | low;
  }

  // Some decoders read C0 AE as a dot: RFC 3629 section 10 calls for refusing such forms.
  private static boolean overlong(int lead, byte[] bytes, int next) {
    if (lead < 0xc0 || bytes[next] != '%') {
      return false;
    }
    int limit =
        switch (lead) {
          case 0xc0, 0xc1 -> 0xc0;
          case 0xe0 -> 0xa0;
          case 0xf0 -> 0x90;
          default -> 0x80;
        };
    int follower = escape(bytes, next);
    return follower >= 0x80 && follower < limit;
  }

  /**
   * Writes the normal form of a checked path: percent-encoded dots decoded, slashes merged, dot
   * segments removed (RFC 3986 section 5.2.4). {@code %2f} stays what it is.
   *
   * @param to where to write in the same array, with room for the whole path, behind it
   * @return the end of what was written
   */
  static int normalise(byte[] bytes, int start, int end, int to) {
    int out = to;
    int p = start;
    bytes[out++] = '/';
    while (p < end) {
      while (p < end && bytes[p] == '/') {
        p++;
      }
      int segment = out;
      while (p < end && bytes[p] != '/') {
        boolean dot = bytes[p] == '%' && bytes[p + 1] == '2' && (bytes[p + 2] | 0x20) == 'e';
        bytes[out++] = dot ? (byte) '.' : bytes[p];
        p += dot ? 3 : 1;
      }
      int size = out - segment;
      if (size == 1 && bytes[segment] == '.') {
        out = segment;
      } else if (size == 2 && bytes[segment] == '.' && bytes[segment + 1] == '.') {
        out = parent(bytes, to, segment);
      } else if (p < end) {
        bytes[out++] = '/';
      }
    }
    return out;
  }

  private static int parent(byte[] bytes, int root, int segment) {
    int out = segment - 1;
    while (out > root && bytes[out - 1] != '/') {
      out--;
    }
    return Math.max(out, root + 1);
  }
}
