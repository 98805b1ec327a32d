package io.leat.proxy.log.segment;

import io.leat.proxy.log.LogEntry;
import io.leat.proxy.log.segment.LogFiles.LogFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Reads the intact frames of one file in order, and passes over what is damaged. Used by one thread
 * at a time.
 *
 * <p>Behind a frame with a bad checksum it goes on where its length says, else at the next place
 * where a whole frame with a good checksum begins. The salt of the file is in every checksum, so no
 * payload can pretend to be such a frame.
 */
final class SegmentReader implements Closeable {
  private static final int WINDOW = 64 << 10;
  private static final int LARGE_WINDOW = 1 << 20;
  // The JDK keeps a direct buffer per thread as large as the largest read into an array.
  private static final int MOST_AT_ONCE = 128 << 10;

  private final LogFile file;
  private final long salt;
  private final CRC32C crc = new CRC32C();
  private ByteBuffer window = ByteBuffer.allocate(WINDOW);
  private long windowAt;
  private int windowLength;
  private long end;
  private long position;
  private long nextPosition;
  private long offset;
  private int at;
  private int length;
  private long damaged;
  private long damagedAt;

  SegmentReader(LogFile file, long salt) {
    this.file = file;
    this.salt = salt;
  }

  /** Goes to the beginning of a frame, which comes after an offset. */
  void seek(long newPosition, long after) {
    nextPosition = newPosition;
    offset = after;
  }

  /** Moves to the next intact frame before the end of what was written; false if there is none. */
  boolean next(long writtenTo) throws IOException {
    end = writtenTo;
    long candidate = nextPosition;
    if (isFrame(candidate)) {
      return found(candidate);
    }
    if (end - candidate < Frame.HEAD) {
      return false;
    }
    long skipped = skipped(candidate);
    for (long each = skipped > 0 && isFrame(skipped) ? skipped : candidate + 1;
        each <= end - Frame.HEAD;
        each++) {
      if (isFrame(each)) {
        damaged++;
        damagedAt = candidate;
        return found(each);
      }
    }
    return false;
  }

  private boolean found(long candidate) {
    position = candidate;
    at = (int) (candidate - windowAt);
    length = window.getInt(at);
    offset = window.getLong(at + Frame.AT_OFFSET);
    nextPosition = candidate + length;
    return true;
  }

  /** Where the frame behind a damaged one begins, if that one's head can be believed; else 0. */
  private long skipped(long candidate) throws IOException {
    if (!fill(candidate, Frame.HEAD)) {
      return 0;
    }
    int head = (int) (candidate - windowAt);
    return Frame.isPlausible(window, head, offset, end - candidate)
        ? candidate + window.getInt(head)
        : 0;
  }

  private boolean isFrame(long candidate) throws IOException {
    if (!fill(candidate, Frame.HEAD)) {
      return false;
    }
    int head = (int) (candidate - windowAt);
    if (!Frame.isPlausible(window, head, offset, end - candidate)) {
      return false;
    }
    if (!fill(candidate, window.getInt(head))) {
      return false;
    }
    head = (int) (candidate - windowAt);
    return Frame.crc(crc, salt, window.array(), head) == window.getInt(head + Frame.AT_CRC);
  }

  /** Has so many bytes from the position on in the window; false if the file ends before. */
  private boolean fill(long from, int count) throws IOException {
    if (from >= windowAt && from + count <= windowAt + windowLength) {
      return true;
    }
    if (from + count > end) {
      return false;
    }
    ByteBuffer to = window;
    if (count > window.capacity()) {
      to = ByteBuffer.allocate(count);
    } else if (window.capacity() > LARGE_WINDOW) {
      to = ByteBuffer.allocate(Math.max(WINDOW, count));
    }
    int kept = 0;
    if (from >= windowAt && from < windowAt + windowLength) {
      kept = (int) (windowAt + windowLength - from);
      System.arraycopy(window.array(), (int) (from - windowAt), to.array(), 0, kept);
    }
    window = to;
    windowAt = from;
    windowLength = kept;
    int wanted = (int) Math.min(window.capacity(), end - from);
    while (windowLength < wanted) {
      window.limit(Math.min(wanted, windowLength + MOST_AT_ONCE)).position(windowLength);
      int read = file.read(window, windowAt + windowLength);
      if (read < 0) {
        break;
      }
      windowLength += read;
    }
    window.clear();
    return windowLength >= count;
  }

  /** The next frame is the one at which it stands. */
  void back() {
    seek(position, offset - 1);
  }

  long position() {
    return position;
  }

  /** Behind the frame. */
  long nextPosition() {
    return nextPosition;
  }

  int length() {
    return length;
  }

  long offset() {
    return offset;
  }

  /** The first offset that was synced together with it. */
  long group() {
    return offset - window.getInt(at + Frame.AT_BEHIND);
  }

  long timestamp() {
    return window.getLong(at + Frame.AT_TIMESTAMP);
  }

  boolean has(byte flag) {
    return (window.get(at + Frame.AT_FLAGS) & flag) != 0;
  }

  private int cursorLength() {
    return Short.toUnsignedInt(window.getShort(at + Frame.AT_CURSOR_LENGTH));
  }

  boolean isCommon() {
    return cursorLength() == 0;
  }

  boolean isFor(byte[] cursor) {
    int from = at + Frame.HEAD;
    return Arrays.equals(window.array(), from, from + cursorLength(), cursor, 0, cursor.length);
  }

  String cursor() {
    return new String(window.array(), at + Frame.HEAD, cursorLength(), StandardCharsets.UTF_8);
  }

  /** The record, copied. */
  LogEntry entry() {
    int from = at + Frame.HEAD + cursorLength();
    return new LogEntry(
        offset,
        timestamp(),
        window.get(at + Frame.AT_KIND),
        Arrays.copyOfRange(window.array(), from, at + length));
  }

  /** The frame as one that nobody reads, to be written in its place. */
  ByteBuffer voided() {
    byte[] frame = Arrays.copyOfRange(window.array(), at, at + length);
    frame[Frame.AT_FLAGS] |= Frame.VOID;
    ByteBuffer buffer = ByteBuffer.wrap(frame);
    return buffer.putInt(Frame.AT_CRC, Frame.crc(crc, salt, frame, 0));
  }

  /** Places that were passed over since it was made. */
  long damaged() {
    return damaged;
  }

  /** Where the last of them begins. */
  long damagedAt() {
    return damagedAt;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
