package io.leat.proxy.log.segment;

import io.leat.proxy.log.segment.LogFiles.LogFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What a file of records begins with: magic (4), version (4), length of the content (4), base (8),
 * salt (8), {@link Totals}, CRC32C of all of it (4), filled up to whole pages, and all of that
 * twice, so that damage to one page loses no file.
 *
 * @param base the smallest offset that may be in the file
 * @param salt in every checksum of the file
 * @param start what was appended before the file
 */
record SegmentHeader(long base, long salt, Totals start) {
  private static final int MAGIC = 0x4c454154;
  private static final int VERSION = 1;
  private static final int PAGE = 4096;
  private static final int FIXED = 4 + 4 + 4 + 8 + 8;
  private static final int MAX_LENGTH = 16 << 20;

  private int padded() {
    int length = FIXED + start.size() + 4;
    return (length + PAGE - 1) / PAGE * PAGE;
  }

  /** Where the first frame begins. */
  long dataStart() {
    return 2L * padded();
  }

  void write(LogFile file) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(padded());
    int length = FIXED + start.size() + 4;
    content.putInt(MAGIC).putInt(VERSION).putInt(length).putLong(base).putLong(salt);
    start.write(content);
    content.putInt(crc(content.array(), length - 4));
    byte[] twice = Arrays.copyOf(content.array(), 2 * content.capacity());
    System.arraycopy(content.array(), 0, twice, content.capacity(), content.capacity());
    LogFiles.writeFully(file, ByteBuffer.wrap(twice), 0);
  }

  /** The header of a file; null if both copies are damaged. */
  static @Nullable SegmentHeader read(LogFile file) throws IOException {
    long size = Math.min(file.size(), MAX_LENGTH);
    for (long at = 0; at < size; at += PAGE) {
      @Nullable SegmentHeader header = readAt(file, at);
      // The second copy begins where the first one ends.
      if (header != null && (at == 0 || at == header.padded())) {
        return header;
      }
    }
    return null;
  }

  private static @Nullable SegmentHeader readAt(LogFile file, long at) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(FIXED);
    LogFiles.readFully(file, head, at);
    if (head.hasRemaining() || head.getInt(0) != MAGIC || head.getInt(4) != VERSION) {
      return null;
    }
    int length = head.getInt(8);
    if (length < FIXED + 4 || length > MAX_LENGTH) {
      return null;
    }
    ByteBuffer content = ByteBuffer.allocate(length);
    LogFiles.readFully(file, content, at);
    if (content.hasRemaining() || crc(content.array(), length - 4) != content.getInt(length - 4)) {
      return null;
    }
    content.position(12);
    return new SegmentHeader(content.getLong(), content.getLong(), Totals.read(content));
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
