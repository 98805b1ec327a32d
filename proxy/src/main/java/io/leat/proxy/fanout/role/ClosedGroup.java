package io.leat.proxy.fanout.role;

import io.leat.proxy.fanout.event.CorruptEventException;
import io.leat.proxy.fanout.json.Utf8;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

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

  /** Many of them for the log: version 1, and of each an int length and {@link #toBytes()}. */
  public static byte[] toBytes(Collection<ClosedGroup> groups) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(64 * (groups.size() + 1));
    out.write(VERSION);
    for (ClosedGroup each : groups) {
      byte[] bytes = each.toBytes();
      out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
      out.writeBytes(bytes);
    }
    return out.toByteArray();
  }

  /**
   * Reads what {@link #toBytes(Collection)} wrote.
   *
   * @throws CorruptEventException when the bytes are something else
   */
  public static List<ClosedGroup> readAll(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length == 0 || in.get() != VERSION) {
      throw new CorruptEventException("no closed groups in " + bytes.length + " bytes");
    }
    List<ClosedGroup> groups = new ArrayList<>();
    while (in.hasRemaining()) {
      int length = in.remaining() < Integer.BYTES ? -1 : in.getInt();
      if (length < 0 || length > in.remaining()) {
        throw new CorruptEventException("no closed group at " + in.position());
      }
      byte[] one = new byte[length];
      in.get(one);
      groups.add(read(one));
    }
    return groups;
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
