package io.leat.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;

/**
 * Collects the trailer fields of one body, line by line, and keeps those that may follow a head
 * (RFC 9110 section 6.5.1).
 */
final class TrailerSection {
  private static final int MAX_BYTES = 64 * 1024;
  private static final int MAX_LINES = 128;

  private static final byte[] NONE = new byte[Octets.SLACK];
  private static final int FIRST_SIZE = 256;

  /** Most bodies have no trailers, and idle connections have no body. */
  private byte[] bytes = NONE;

  private int size;
  private int lineStart;
  private int received;
  private int lines;

  void reset() {
    size = 0;
    lineStart = 0;
    received = 0;
    lines = 0;
  }

  /** Adds a byte of a line, without its CRLF; returns false when the section is too long. */
  boolean add(int octet) {
    if (++received > MAX_BYTES) {
      return false;
    }
    if (size + Octets.SLACK >= bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(FIRST_SIZE, bytes.length * 2));
    }
    bytes[size++] = (byte) octet;
    return true;
  }

  /** Ends a line: it is kept or dropped; returns false when it is malformed. */
  boolean endLine(boolean keep) {
    Arrays.fill(bytes, size, size + Octets.SLACK, (byte) 0);
    int colon = lineStart;
    while (Octets.lowerToken(bytes[colon]) != 0) {
      colon++;
    }
    boolean wellFormed =
        bytes[colon] == ':' && colon > lineStart && Octets.valueStop(bytes, colon) == size;
    if (!wellFormed || ++lines > MAX_LINES) {
      return false;
    }
    int id = HeaderName.of(bytes, lineStart, colon);
    if (keep && !HeaderName.in(HeaderName.NOT_IN_TRAILERS, id)) {
      bytes[size++] = Octets.CR;
      bytes[size++] = Octets.LF;
      lineStart = size;
    } else {
      size = lineStart;
    }
    return true;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The kept lines, each with its CRLF; the caller owns the buffer. */
  ByteBuf copy(ByteBufAllocator allocator) {
    return allocator.buffer(size).writeBytes(bytes, 0, size);
  }
}
