package io.leat.proxy.log.segment;

import io.leat.proxy.log.OffsetRanges;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What is durable of one cursor.
 *
 * @param born the offset before which nothing that is directed at the name is for it
 * @param contiguous the offset before which everything is finished
 * @param done what is finished behind it
 * @param finished how much that is in the count of {@link Totals}
 */
record CursorState(
    String name, long born, long contiguous, OffsetRanges done, Totals.Count finished) {

  /** Behind everything that it has finished. */
  long end() {
    return Math.max(contiguous, done.end());
  }

  byte[] encode() {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer to = ByteBuffer.allocate(2 + bytes.length + 8 * 4 + 4 + 18 * done.count());
    to.putShort((short) bytes.length).put(bytes);
    to.putLong(born).putLong(contiguous);
    to.putLong(finished.records()).putLong(finished.bytes());
    to.putInt(done.count());
    long before = contiguous;
    for (int i = 0; i < done.count(); i++) {
      putVarint(to, done.from(i) - before);
      putVarint(to, done.to(i) - done.from(i));
      before = done.to(i);
    }
    byte[] encoded = new byte[to.position()];
    to.flip().get(encoded);
    return encoded;
  }

  static CursorState decode(ByteBuffer from) {
    byte[] name = new byte[Short.toUnsignedInt(from.getShort())];
    from.get(name);
    long born = from.getLong();
    long contiguous = from.getLong();
    Totals.Count finished = new Totals.Count(from.getLong(), from.getLong());
    int ranges = from.getInt();
    OffsetRanges.Builder done = new OffsetRanges.Builder();
    long before = contiguous;
    for (int i = 0; i < ranges; i++) {
      long begins = before + varint(from);
      before = begins + varint(from);
      done.add(begins, before);
    }
    return new CursorState(
        new String(name, StandardCharsets.UTF_8), born, contiguous, done.build(), finished);
  }

  private static void putVarint(ByteBuffer to, long value) {
    long left = value;
    while (left > 0x7f) {
      to.put((byte) (left | 0x80));
      left >>>= 7;
    }
    to.put((byte) left);
  }

  private static long varint(ByteBuffer from) {
    long value = 0;
    int shift = 0;
    byte read;
    do {
      read = from.get();
      value |= (long) (read & 0x7f) << shift;
      shift += 7;
    } while (read < 0);
    return value;
  }
}
