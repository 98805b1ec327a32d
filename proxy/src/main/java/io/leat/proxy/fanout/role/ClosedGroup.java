package io.leat.proxy.fanout.role;

import io.leat.proxy.fanout.event.CorruptEventException;
import io.leat.proxy.fanout.json.Utf8;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The tombstone of a group: its key is taken, so that a late member opens no second group.
 *
 * @param whole whether every member that the group can ever have was in it; what still comes is a
 *     member a second time
 * @param closedAt milliseconds since 1970
 */
public record ClosedGroup(String key, boolean whole, long closedAt) {
  private static final byte VERSION = 1;
  private static final int HEAD = 10;

  /** For the log: version 1, a byte for whole, eight for the time, the key in UTF-8. */
  public byte[] toBytes() {
    byte[] text = key.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(HEAD + text.length)
        .put(VERSION)
        .put((byte) (whole ? 1 : 0))
        .putLong(closedAt)
        .put(text)
        .array();
  }

  /**
   * Reads what {@link #toBytes()} wrote.
   *
   * @throws CorruptEventException when the bytes are something else
   */
  public static ClosedGroup read(byte[] bytes) {
    if (bytes.length <= HEAD
        || bytes[0] != VERSION
        || (bytes[1] & ~1) != 0
        || !Utf8.isValid(bytes, HEAD, bytes.length)) {
      throw new CorruptEventException("no closed group in " + bytes.length + " bytes");
    }
    String key = new String(bytes, HEAD, bytes.length - HEAD, StandardCharsets.UTF_8);
    return new ClosedGroup(key, bytes[1] == 1, ByteBuffer.wrap(bytes).getLong(2));
  }
}
