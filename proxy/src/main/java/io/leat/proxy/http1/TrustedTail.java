package io.leat.proxy.http1;

/**
 * The end of a list field (RFC 9110 section 5.6.1) that trusted proxies wrote. What stands before
 * it was said by the client, who may say anything. Stateless.
 */
final class TrustedTail {
  private static final byte[] COMMA = Octets.ascii(", ");

  private TrustedTail() {}

  /** Writes the last {@code hops} entries of all fields {@code id}, each with a comma behind it. */
  static void write(RequestHead head, int id, int hops, HeadBuffer out) {
    int skip = entries(head, id) - hops;
    byte[] bytes = head.bytes();
    for (int field = head.next(id, 0); field >= 0; field = head.next(id, field + 1)) {
      int end = head.valueEnd(field);
      int start = head.valueStart(field);
      while (skip > 0 && start < end) {
        int stop = entryEnd(bytes, start, end);
        skip -= blank(bytes, start, stop) ? 0 : 1;
        start = Math.min(stop + 1, end);
      }
      while (start < end && isBlank(bytes[start])) {
        start++;
      }
      if (start < end) {
        out.put(bytes, start, end).put(COMMA);
      }
    }
  }

  private static int entries(RequestHead head, int id) {
    int count = 0;
    byte[] bytes = head.bytes();
    for (int field = head.next(id, 0); field >= 0; field = head.next(id, field + 1)) {
      int end = head.valueEnd(field);
      for (int start = head.valueStart(field); start < end; ) {
        int stop = entryEnd(bytes, start, end);
        count += blank(bytes, start, stop) ? 0 : 1;
        start = stop + 1;
      }
    }
    return count;
  }

  /**
   * The comma that ends an entry; one within quotes does not. A quote that is never closed is no
   * quote: a client could hide the entries of our proxies behind it.
   */
  private static int entryEnd(byte[] bytes, int start, int end) {
    boolean quoted = false;
    for (int i = start; i < end; i++) {
      byte b = bytes[i];
      if (b == '"') {
        quoted = !quoted;
      } else if (b == '\\' && quoted) {
        i++;
      } else if (b == ',' && !quoted) {
        return i;
      }
    }
    return quoted ? Octets.indexOf(bytes, start, end, ',') : end;
  }

  private static boolean blank(byte[] bytes, int start, int end) {
    for (int i = start; i < end; i++) {
      if (!isBlank(bytes[i])) {
        return false;
      }
    }
    return true;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }
}
