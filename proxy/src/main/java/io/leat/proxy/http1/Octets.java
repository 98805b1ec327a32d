package io.leat.proxy.http1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Byte classes of the HTTP grammar and scans over arrays, eight bytes per step. */
final class Octets {
  static final byte CR = '\r';
  static final byte LF = '\n';

  /** Readable zero bytes that must follow the scanned content, so that scans need no bounds. */
  static final int SLACK = 16;

  private static final byte[] LOWER_TOKEN = new byte[256];
  private static final byte[] HEX = new byte[256];

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;

  static {
    String punctuation = "!#$%&'*+-.^_`|~";
    for (int c = 0; c < 256; c++) {
      boolean lower = c >= 'a' && c <= 'z';
      boolean upper = c >= 'A' && c <= 'Z';
      boolean digit = c >= '0' && c <= '9';
      if (lower || digit || punctuation.indexOf(c) >= 0) {
        LOWER_TOKEN[c] = (byte) c;
      } else if (upper) {
        LOWER_TOKEN[c] = (byte) (c + 32);
      }
      HEX[c] = (byte) (c < 128 ? Character.digit(c, 16) : -1);
    }
  }

  private Octets() {}

  /** The byte in lower case when it may stand in a token (RFC 9110 section 5.6.2), else 0. */
  static int lowerToken(byte octet) {
    return LOWER_TOKEN[octet & 0xff];
  }

  /** The value of a hexadecimal digit, or -1. */
  static int hex(int octet) {
    return HEX[octet & 0xff];
  }

  static boolean isDigit(byte octet) {
    return octet >= '0' && octet <= '9';
  }

  static boolean isBlank(byte octet) {
    return octet == ' ' || octet == '\t';
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Compares a range with a token that is already in lower case. */
  static boolean equalsToken(byte[] bytes, int start, int end, byte[] lower) {
    if (end - start != lower.length) {
      return false;
    }
    for (int i = 0; i < lower.length; i++) {
      if (LOWER_TOKEN[bytes[start + i] & 0xff] != lower[i]) {
        return false;
      }
    }
    return true;
  }

  /** Whether exactly these bytes stand at a position; the caller knows that there is room. */
  static boolean startsWith(byte[] bytes, int start, byte[] exact) {
    for (int i = 0; i < exact.length; i++) {
      if (bytes[start + i] != exact[i]) {
        return false;
      }
    }
    return true;
  }

  /** Compares two ranges as tokens, ignoring letter case. */
  static boolean sameToken(byte[] bytes, int start, int end, int otherStart, int otherEnd) {
    if (end - start != otherEnd - otherStart) {
      return false;
    }
    for (int i = start, j = otherStart; i < end; i++, j++) {
      if (LOWER_TOKEN[bytes[i] & 0xff] != LOWER_TOKEN[bytes[j] & 0xff]) {
        return false;
      }
    }
    return true;
  }

  /** Whether a range is one non-empty token. */
  static boolean isToken(byte[] bytes, int start, int end) {
    for (int i = start; i < end; i++) {
      if (LOWER_TOKEN[bytes[i] & 0xff] == 0) {
        return false;
      }
    }
    return start < end;
  }

  /** End of a range without the blanks at its end. */
  static int trimEnd(byte[] bytes, int start, int end) {
    int trimmed = end;
    while (trimmed > start && isBlank(bytes[trimmed - 1])) {
      trimmed--;
    }
    return trimmed;
  }

  /** First position that is not a blank. */
  static int skipBlanks(byte[] bytes, int from, int end) {
    int p = from;
    while (p < end && isBlank(bytes[p])) {
      p++;
    }
    return p;
  }

  /** Position of a byte in a range, or the end of the range. */
  static int indexOf(byte[] bytes, int from, int end, char wanted) {
    int p = from;
    while (p < end && bytes[p] != wanted) {
      p++;
    }
    return p;
  }

  /**
   * The first eight bytes of a range, fewer when it is shorter, with 0x20 set in each. No byte of a
   * token other than the letter in upper case becomes a letter, digit or hyphen by this.
   */
  static long lowerWord(byte[] bytes, int start, int end) {
    int size = end - start;
    if (start + 8 <= bytes.length) {
      long word = (long) LONGS.get(bytes, start) | ONES * 0x20;
      return size >= 8 ? word : word & ((1L << (8 * size)) - 1);
    }
    long word = 0;
    for (int i = Math.min(size, 8) - 1; i >= 0; i--) {
      word = (word << 8) | (bytes[start + i] & 0xff) | 0x20;
    }
    return word;
  }

  /**
   * First byte that may not stand in a token. The {@link #SLACK} after the content stops the scan.
   */
  static int tokenStop(byte[] bytes, int from) {
    int p = from;
    while (true) {
      long others = notLetterDigitHyphen((long) LONGS.get(bytes, p));
      if (others == 0) {
        p += 8;
        continue;
      }
      p += Long.numberOfTrailingZeros(others) >>> 3;
      if (LOWER_TOKEN[bytes[p] & 0xff] == 0) {
        return p;
      }
      p++;
    }
  }

  /** The high bit of each byte that is no letter, digit or hyphen. No sum carries over. */
  private static long notLetterDigitHyphen(long word) {
    long low = word & ~HIGHS;
    long lower = low | ONES * 0x20;
    long letter = (lower + ONES * (0x80 - 'a')) & ~(lower + ONES * (0x7f - 'z'));
    long digit = (low + ONES * (0x80 - '0')) & ~(low + ONES * (0x7f - '9'));
    long hyphen = ~((low ^ ONES * '-') + ONES * 0x7f);
    return (~(letter | digit | hyphen) | word) & HIGHS;
  }

  /**
   * First byte that may not stand in a field value (RFC 9110 section 5.5): a control other than
   * HTAB. The {@link #SLACK} after the content stops the scan.
   */
  static int valueStop(byte[] bytes, int from) {
    int p = from;
    while (true) {
      long word = (long) LONGS.get(bytes, p);
      long del = word ^ (ONES * 0x7f);
      long stops = (((word - ONES * 0x20) & ~word) | ((del - ONES) & ~del)) & HIGHS;
      if (stops == 0) {
        p += 8;
        continue;
      }
      p += Long.numberOfTrailingZeros(stops) >>> 3;
      if (bytes[p] != '\t') {
        return p;
      }
      p++;
    }
  }
}
