package io.leat.proxy.log.segment;

import io.leat.proxy.log.LogRecord;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The form of one record in a file, big-endian: length of the frame (4), CRC32C of the salt of the
 * file and of everything but itself (4), offset (8), how far behind the first offset of its sync
 * group it is (4), timestamp (8), flags (1), kind (1), length of the cursor (2), cursor, payload.
 */
final class Frame {
  static final int HEAD = 32;
  static final int MAX_PAYLOAD = 1 << 26;
  static final int MAX_CURSOR_CHARS = 256;
  static final int MAX_CURSOR = 3 * MAX_CURSOR_CHARS;
  static final int MAX_LENGTH = HEAD + MAX_CURSOR + MAX_PAYLOAD;

  /** The first record of what was appended as one. */
  static final byte BEGINS = 1;

  /** The last record of what was appended as one. */
  static final byte ENDS = 2;

  /** A record of a torn append: nobody reads it. */
  static final byte VOID = 4;

  static final int AT_CRC = 4;
  static final int AT_OFFSET = 8;
  static final int AT_BEHIND = 16;
  static final int AT_TIMESTAMP = 20;
  static final int AT_FLAGS = 28;
  static final int AT_KIND = 29;
  static final int AT_CURSOR_LENGTH = 30;

  // An offset further ahead than this is taken for damage.
  private static final long MOST_AHEAD = 1L << 32;

  private Frame() {}

  /** Bytes that the record takes, its cursor of ASCII; else about. */
  static int about(LogRecord record) {
    return HEAD + record.cursor().length() + record.payload().length;
  }

  /** Starts a checksum: a file's frames mean nothing in another file. */
  static void begin(CRC32C crc, long salt) {
    crc.reset();
    for (int shift = 56; shift >= 0; shift -= 8) {
      crc.update((int) (salt >>> shift));
    }
  }

  /** The checksum of a frame that lies in an array. */
  static int crc(CRC32C crc, long salt, byte[] bytes, int at) {
    int length = ByteBuffer.wrap(bytes).getInt(at);
    begin(crc, salt);
    crc.update(bytes, at, AT_CRC);
    crc.update(bytes, at + AT_OFFSET, length - AT_OFFSET);
    return (int) crc.getValue();
  }

  /**
   * Whether a head can be one, judged without the rest of its frame.
   *
   * @param after the offset before it
   * @param room bytes to the end of the file
   */
  static boolean isPlausible(ByteBuffer head, int at, long after, long room) {
    int length = head.getInt(at);
    long offset = head.getLong(at + AT_OFFSET);
    int behind = head.getInt(at + AT_BEHIND);
    int cursor = Short.toUnsignedInt(head.getShort(at + AT_CURSOR_LENGTH));
    return length >= HEAD + cursor
        && length <= Math.min(room, MAX_LENGTH)
        && offset > after
        && offset - after <= MOST_AHEAD
        && behind >= 0
        && behind <= offset
        && cursor <= MAX_CURSOR
        && (head.get(at + AT_FLAGS) & ~(BEGINS | ENDS | VOID)) == 0;
  }
}
