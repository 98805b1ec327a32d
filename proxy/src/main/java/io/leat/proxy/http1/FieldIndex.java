package io.leat.proxy.http1;

import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.http.Rejection;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A copy of one head and an index of its fields, as positions in one array.
 *
 * <p>Reused from head to head by one thread; it grows to the largest head within the limits and
 * allocates nothing more.
 */
abstract sealed class FieldIndex permits Head {
  /** How much is copied of bytes in which the end of a head is not known yet. */
  static final int WINDOW = 2048;

  private static final int STRIDE = 6;
  private static final int NOMINATED = 1 << 8;

  final ProxyLimits limits;

  /** For the writer of this head. */
  final HeadBuffer rewritten = new HeadBuffer();

  byte[] bytes = new byte[WINDOW + Octets.SLACK];

  /** The end of the head, or of what was copied while the end is not known. */
  int length;

  private final int maxLine;
  private final int maxCount;
  private int[] index = new int[24 * STRIDE];
  private final int[] firsts = new int[Long.SIZE];
  private int count;
  private long seen;
  private long repeated;

  FieldIndex(ProxyLimits limits) {
    this.limits = limits;
    maxLine = limits.headerLineBytes();
    maxCount = limits.headerCount();
  }

  /** The array that all ranges refer to. */
  public final byte[] bytes() {
    return bytes;
  }

  /** The bytes of the head as they were received, to be parsed again. */
  public final byte[] copy() {
    return Arrays.copyOf(bytes, length);
  }

  /** Fields of the head as it was received. */
  public final int fieldCount() {
    return count;
  }

  /** Start of a field's name, in the letter case of the peer. */
  public final int nameStart(int field) {
    return index[field * STRIDE];
  }

  /** End of a field's name, exclusive. */
  public final int nameEnd(int field) {
    return index[field * STRIDE + 1];
  }

  /** Start of a field's value, without surrounding white space. */
  public final int valueStart(int field) {
    return index[field * STRIDE + 2];
  }

  /** End of a field's value, exclusive. */
  public final int valueEnd(int field) {
    return index[field * STRIDE + 3];
  }

  /**
   * Finds the first field with a name.
   *
   * @param lowerCaseName ASCII, lower case
   * @return the field, or -1
   */
  public final int findHeader(byte[] lowerCaseName) {
    return findHeader(lowerCaseName, 0);
  }

  /** As {@link #findHeader(byte[])} among the fields from number {@code from} on. */
  public final int findHeader(byte[] lowerCaseName, int from) {
    for (int i = from; i < count; i++) {
      if (Octets.equalsToken(bytes, nameStart(i), nameEnd(i), lowerCaseName)) {
        return i;
      }
    }
    return -1;
  }

  /** Start of the line after a field. */
  final int lineEnd(int field) {
    return index[field * STRIDE + 4];
  }

  /** The {@link HeaderName} of a field. */
  final int id(int field) {
    return index[field * STRIDE + 5] & 0xff;
  }

  /** Whether a connection option names this field, so that it ends here. */
  final boolean nominated(int field) {
    return (index[field * STRIDE + 5] & NOMINATED) != 0;
  }

  final boolean has(int id) {
    return HeaderName.in(seen, id);
  }

  final boolean hasAny(long set) {
    return (seen & set) != 0;
  }

  final boolean hasTwo(int id) {
    return HeaderName.in(repeated, id);
  }

  /** The first field with an id, or -1. */
  final int first(int id) {
    return has(id) ? firsts[id] : -1;
  }

  /** The next field with an id, or -1. */
  final int next(int id, int from) {
    for (int i = from; i < count; i++) {
      if (id(i) == id) {
        return i;
      }
    }
    return -1;
  }

  /** Marks the fields that a connection option names. */
  final void nominate(int start, int end) {
    for (int i = 0; i < count; i++) {
      if (Octets.sameToken(bytes, nameStart(i), nameEnd(i), start, end)) {
        index[i * STRIDE + 5] |= NOMINATED;
      }
    }
  }

  final void replaceValue(int field, int start, int end) {
    index[field * STRIDE + 2] = start;
    index[field * STRIDE + 3] = end;
  }

  /** Whether a list field has an element that begins with a token. */
  final boolean listHas(int id, byte[] lower) {
    for (int field = first(id); field >= 0; field = next(id, field + 1)) {
      int end = valueEnd(field);
      for (int p = valueStart(field); p < end; ) {
        int start = Octets.skipBlanks(bytes, p, end);
        int stop = start;
        while (stop < end && Octets.lowerToken(bytes[stop]) != 0) {
          stop++;
        }
        if (Octets.equalsToken(bytes, start, stop, lower)) {
          return true;
        }
        p = Octets.indexOf(bytes, stop, end, ',') + 1;
      }
    }
    return false;
  }

  /** Whether a token, letter for letter, stands anywhere in the fields with an id. */
  final boolean holdsToken(int id, byte[] exact) {
    for (int field = first(id); field >= 0; field = next(id, field + 1)) {
      int last = valueEnd(field) - exact.length;
      for (int p = valueStart(field); p <= last; p++) {
        if (Octets.startsWith(bytes, p, exact)
            && Octets.lowerToken(bytes[p - 1]) == 0
            && Octets.lowerToken(bytes[p + exact.length]) == 0) {
          return true;
        }
      }
    }
    return false;
  }

  final void copy(ByteBuf source, int offset, int size) {
    reserve(size + Octets.SLACK);
    source.getBytes(offset, bytes, 0, size);
    Octets.putWord(bytes, size, 0);
    Octets.putWord(bytes, size + Long.BYTES, 0);
    length = size;
    count = 0;
    seen = 0;
    repeated = 0;
  }

  final void reserve(int size) {
    if (bytes.length < size) {
      bytes = Arrays.copyOf(bytes, Math.max(size, bytes.length * 2));
    }
  }

  /**
   * Indexes the field lines from a position up to the empty line at the end of the head.
   *
   * @param open whether more bytes than the head were copied: {@link #length} is set to its end
   */
  final @Nullable Rejection parseFields(int from, boolean open) {
    int limit = limits.headerBytes() + 2;
    if (!open && length - from > limit) {
      return Rejection.HEADERS_TOO_LARGE;
    }
    byte[] b = bytes;
    int p = from;
    while (b[p] != Octets.CR) {
      int nameStart = p;
      long first = Octets.word(b, p);
      long second = 0;
      long stops = Octets.colonStops(first);
      if (stops != 0) {
        first &= Octets.before(stops);
      } else {
        p += 8;
        second = Octets.word(b, p);
        stops = Octets.colonStops(second);
        second &= Octets.before(stops);
      }
      int nameEnd = stops != 0 ? p + Octets.count(stops) : Octets.colonStop(b, p + 8);
      if (b[nameEnd] != ':' || nameEnd == nameStart) {
        return Rejection.BAD_REQUEST;
      }
      int id = HeaderName.of(b, nameStart, nameEnd, first, second);
      if (id == HeaderName.INVALID) {
        return Rejection.BAD_REQUEST;
      }
      int valueStart = nameEnd + 1;
      if (b[valueStart] == ' ') {
        valueStart++;
      }
      if (Octets.isBlank(b[valueStart])) {
        valueStart = Octets.skipBlanks(b, valueStart, length);
      }
      p = Octets.valueStop(b, valueStart);
      if (b[p] != Octets.CR || b[p + 1] != Octets.LF) {
        return Rejection.BAD_REQUEST;
      }
      if (p - nameStart > maxLine || count == maxCount) {
        return Rejection.HEADERS_TOO_LARGE;
      }
      int at = newField();
      int[] positions = index;
      positions[at] = nameStart;
      positions[at + 1] = nameEnd;
      positions[at + 2] = valueStart;
      positions[at + 3] = Octets.trimEnd(b, valueStart, p);
      p += 2;
      positions[at + 4] = p;
      positions[at + 5] = id;
      note(id);
    }
    p += 2;
    if (b[p - 1] != Octets.LF || (open ? p - from > limit || p > length : p != length)) {
      return Rejection.BAD_REQUEST;
    }
    length = p;
    return null;
  }

  private int newField() {
    int at = count * STRIDE;
    if (at == index.length) {
      index = Arrays.copyOf(index, index.length * 2);
    }
    return at;
  }

  private void note(int id) {
    long bit = 1L << id;
    if ((seen & bit) == 0) {
      firsts[id] = count;
    }
    repeated |= seen & bit;
    seen |= bit;
    count++;
  }
}
