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
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
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

  /** The eight bytes from a position on, the first one lowest. */
  static long word(byte[] bytes, int at) {
    return (long) LONGS.get(bytes, at);
  }

  static void putWord(byte[] bytes, int at, long word) {
    LONGS.set(bytes, at, word);
  }

  static int half(byte[] bytes, int at) {
    return (int) INTS.get(bytes, at);
  }

  static void putHalf(byte[] bytes, int at, int half) {
    INTS.set(bytes, at, half);
  }

  /** The first {@code size} bytes of a word, 0 to 8; zeros instead of the others. */
  static long head(long word, int size) {
    return size >= 8 ? word : word & ((1L << (8 * size)) - 1);
  }

  /**
   * Letters in lower case. Every byte without the bit 0x40 stays what it is, so two bytes become
   * the same letter, digit or hyphen only when they are the same but for the case.
   */
  static long fold(long word) {
    return word | ((word & ONES * 0x40) >>> 1);
  }

  /** {@link #fold} of the first eight bytes of a range, fewer when it is shorter. */
  static long foldedWord(byte[] bytes, int start, int end) {
    int size = end - start;
    if (start + 8 <= bytes.length) {
      return fold(head((long) LONGS.get(bytes, start), size));
    }
    long word = 0;
    for (int i = Math.min(size, 8) - 1; i >= 0; i--) {
      word = (word << 8) | (bytes[start + i] & 0xff);
    }
    return fold(word);
  }

  /** A bit of each byte that is zero; exact only up to the first one. */
  private static long zeros(long word) {
    return (word - ONES) & ~word;
  }

  /** The high bit of each byte that is zero, and no other bit. */
  private static long exactZeros(long word) {
    return ~(((word & ~HIGHS) + ~HIGHS) | word | ~HIGHS);
  }

  /** Bytes before the first one whose high bit is set, 8 when there is none. */
  static int count(long highBits) {
    return Long.numberOfTrailingZeros(highBits) >>> 3;
  }

  /**
   * Appends a text of four bytes or more to an array, in words; there is room.
   *
   * @return the end of what was appended
   */
  static int append(byte[] to, int at, byte[] text) {
    int length = text.length;
    if (length < 8) {
      INTS.set(to, at, (int) INTS.get(text, 0));
      INTS.set(to, at + length - 4, (int) INTS.get(text, length - 4));
      return at + length;
    }
    for (int i = 0; i < length - 8; i += 8) {
      LONGS.set(to, at + i, (long) LONGS.get(text, i));
    }
    LONGS.set(to, at + length - 8, (long) LONGS.get(text, length - 8));
    return at + length;
  }

  /** As {@link #append(byte[], int, byte[])}; both arrays go on for a word behind the range. */
  static int append(byte[] to, int at, byte[] from, int start, int end) {
    for (int i = 0; i < end - start; i += 8) {
      LONGS.set(to, at + i, (long) LONGS.get(from, start + i));
    }
    return at + end - start;
  }

  /** The high bits of the colons and controls of a word; exact up to the first. */
  static long colonStops(long word) {
    return (zeros(word ^ (ONES * ':')) | ((word - ONES * 0x20) & ~word)) & HIGHS;
  }

  /** All bits of the bytes before the first one whose high bit is set; every bit without one. */
  static long before(long highBits) {
    return ((highBits & -highBits) >>> 7) - 1;
  }

  /** First colon or control. The {@link #SLACK} after the content stops the scan. */
  static int colonStop(byte[] bytes, int from) {
    int p = from;
    while (true) {
      long word = (long) LONGS.get(bytes, p);
      long stops = colonStops(word);
      if (stops != 0) {
        return p + count(stops);
      }
      p += 8;
    }
  }

  /** Whether there is a colon in a text. */
  static boolean hasColon(byte[] text) {
    int length = text.length;
    if (length < 8) {
      return indexOf(text, 0, length, ':') < length;
    }
    long found = 0;
    for (int p = 0; p < length - 8; p += 8) {
      found |= zeros((long) LONGS.get(text, p) ^ (ONES * ':'));
    }
    found |= zeros((long) LONGS.get(text, length - 8) ^ (ONES * ':'));
    return (found & HIGHS) != 0;
  }

  /** Whether a range, with {@link #SLACK} behind it, is letters, digits and hyphens only. */
  static boolean isPlain(byte[] bytes, int start, int end) {
    for (int p = start; p < end; p += 8) {
      if (head(notLetterDigitHyphen((long) LONGS.get(bytes, p)), end - p) != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether a range, with {@link #SLACK} behind it, is a name of letters, digits and hyphens
   * between single dots.
   */
  static boolean isPlainName(byte[] bytes, int start, int end) {
    long before = 0x80;
    for (int p = start; p < end; p += 8) {
      long word = (long) LONGS.get(bytes, p);
      long dots = exactZeros(word ^ ONES * '.');
      long bad = (notLetterDigitHyphen(word) & ~dots) | (dots & ((dots << 8) | before));
      if (head(bad, end - p) != 0) {
        return false;
      }
      before = dots >>> 56;
    }
    return start < end && bytes[end - 1] != '.';
  }

  /**
   * First position from which on a path may need a closer look: a byte below the hyphen, a question
   * mark, backslash or DEL, a byte above ASCII, or the second of two dots and slashes in a row.
   */
  static int pathStop(byte[] bytes, int from) {
    int p = from;
    long before = 0;
    while (true) {
      long word = (long) LONGS.get(bytes, p);
      // 0x3f is the question mark and, with the next bit, DEL.
      long stops =
          zeros((word & ~(ONES * 0x40)) ^ (ONES * '?'))
              | zeros(word ^ (ONES * '\\'))
              | ((word - ONES * '-') & ~word)
              | word;
      // With the last bit set dot and slash are one, and zeros of even numbers are exact.
      long marks = zeros((word | ONES) ^ (ONES * '/')) & HIGHS;
      stops = (stops & HIGHS) | (marks & ((marks << 8) | before));
      if (stops != 0) {
        return p + count(stops);
      }
      before = marks >>> 56;
      p += 8;
    }
  }

  /** First byte that may not stand in a query. */
  static int queryStop(byte[] bytes, int from) {
    int p = from;
    while (true) {
      long word = (long) LONGS.get(bytes, p);
      long stops =
          (zeros(word ^ ONES * '#') | zeros(word ^ ONES * 0x7f) | (word - ONES * 0x21) | word)
              & HIGHS;
      if (stops != 0) {
        return p + count(stops);
      }
      p += 8;
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
      long stops = valueStops((long) LONGS.get(bytes, p));
      if (stops == 0) {
        p += 8;
        // The slack is two words: where the first shows no end, the second can be read.
        stops = valueStops((long) LONGS.get(bytes, p));
        if (stops == 0) {
          p += 8;
          continue;
        }
      }
      p += count(stops);
      byte stop = bytes[p];
      if (stop == 0x7f || (stop < ' ' && stop != '\t')) {
        return p;
      }
      p++;
    }
  }

  /** Neither a borrow nor a carry hides a stop; what they wrongly mark is no stop. */
  private static long valueStops(long word) {
    return ((word - ONES * 0x20) | (word + ONES)) & ~word & HIGHS;
  }
}
