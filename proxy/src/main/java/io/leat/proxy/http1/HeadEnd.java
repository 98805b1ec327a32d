package io.leat.proxy.http1;

import io.netty.buffer.ByteBuf;

/** Finds the end of a head in bytes that arrive piece by piece. */
public final class HeadEnd {
  private static final long LINE_FEEDS = 0x0a0a0a0a0a0a0a0aL;
  private static final long LOW_BITS = 0x7f7f7f7f7f7f7f7fL;

  private HeadEnd() {}

  /**
   * Finds the empty line. A line that ends in a bare LF counts as well, so that the parser can
   * refuse it at once and does not wait for more bytes.
   *
   * @param from where to search: the start of the head, or three bytes before the end of the last
   *     search
   * @return the index just after the empty line, or -1
   */
  public static int find(ByteBuf buffer, int from, int to) {
    int p = from;
    for (; p + Long.BYTES <= to; p += Long.BYTES) {
      long x = buffer.getLongLE(p) ^ LINE_FEEDS;
      long feeds = ~(((x & LOW_BITS) + LOW_BITS) | x | LOW_BITS);
      while (feeds != 0) {
        int feed = p + (Long.numberOfTrailingZeros(feeds) >>> 3);
        if (endsEmptyLine(buffer, from, feed)) {
          return feed + 1;
        }
        feeds &= feeds - 1;
      }
    }
    for (; p < to; p++) {
      if (buffer.getByte(p) == Octets.LF && endsEmptyLine(buffer, from, p)) {
        return p + 1;
      }
    }
    return -1;
  }

  private static boolean endsEmptyLine(ByteBuf buffer, int from, int feed) {
    if (feed == from) {
      return false;
    }
    byte before = buffer.getByte(feed - 1);
    return before == Octets.LF
        || (before == Octets.CR && feed - 1 > from && buffer.getByte(feed - 2) == Octets.LF);
  }
}
