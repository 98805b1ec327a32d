package io.leat.proxy.log.segment;

import io.leat.proxy.log.segment.LogFiles.LogFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One file of records: how far it is written, and marks to find an offset or a time in it. The
 * writer's thread changes it; a monitor guards it for everybody who reads.
 *
 * <p>A file that is complete has another beside it with the same facts, so that opening a log reads
 * no records of it: magic (4), version (4), length (4), next offset (8), end (8), {@link Totals},
 * count of marks (4), marks of offset, timestamp and position (24 each), CRC32C (4).
 */
final class Segment {
  static final String SUFFIX = ".log";
  static final String INDEX_SUFFIX = ".index";
  private static final int MAGIC = 0x4c454149;
  private static final int VERSION = 1;
  private static final int FIXED = 4 + 4 + 4 + 8 + 8 + 4 + 4;
  private static final int MARK_EVERY = 64 << 10;
  private static final int MARK = 3;

  /** A place in the file at which a frame begins. */
  record Mark(long offset, long timestamp, long position) {}

  private final Path directory;
  private final SegmentHeader header;
  private final AtomicBoolean reported = new AtomicBoolean();
  // Guarded by this: offset, timestamp and position of each.
  private long[] marks = new long[MARK];
  private int marked;
  private long end;
  private long next;
  private @Nullable Totals endTotals;

  Segment(Path directory, SegmentHeader header) {
    this.directory = directory;
    this.header = header;
    this.end = header.dataStart();
    this.next = header.base();
  }

  static String name(long base) {
    String digits = Long.toString(base);
    return "0".repeat(20 - digits.length()) + digits;
  }

  SegmentHeader header() {
    return header;
  }

  long base() {
    return header.base();
  }

  Path path() {
    return directory.resolve(name(base()) + SUFFIX);
  }

  Path indexPath() {
    return directory.resolve(name(base()) + INDEX_SUFFIX);
  }

  /** Frames are readable up to the end and the next offset; the first of them was this one. */
  synchronized void grew(Mark first, long newEnd, long newNext) {
    if (marked == 0 || first.position() - marks[MARK * marked - 1] >= MARK_EVERY) {
      if (MARK * marked == marks.length) {
        marks = Arrays.copyOf(marks, 2 * marks.length);
      }
      marks[MARK * marked] = first.offset();
      marks[MARK * marked + 1] = first.timestamp();
      marks[MARK * marked + 2] = first.position();
      marked++;
    }
    end = newEnd;
    next = newNext;
  }

  /** It ends here: what was read behind it does not count. */
  synchronized void cut(long newEnd, long newNext) {
    while (marked > 0 && marks[MARK * marked - 1] >= newEnd) {
      marked--;
    }
    end = newEnd;
    next = newNext;
  }

  /** Behind its last frame. */
  synchronized long end() {
    return end;
  }

  /** Behind its last offset. */
  synchronized long next() {
    return next;
  }

  synchronized boolean isEmpty() {
    return marked == 0;
  }

  /** Bytes of its frames. */
  synchronized long bytes() {
    return end - header.dataStart();
  }

  /** When its first record was appended; the end of time if it has none. */
  synchronized long firstTimestamp() {
    return marked == 0 ? Long.MAX_VALUE : marks[1];
  }

  /** When about its last record was appended: never later. */
  synchronized long aboutLastTimestamp() {
    return marked == 0 ? 0 : marks[MARK * marked - 2];
  }

  /** The last mark at or before an offset. */
  Mark markAt(long offset) {
    return lastMark(0, offset);
  }

  /** The last mark of a record that was appended before a time. */
  Mark markBefore(long millis) {
    return lastMark(1, millis - 1);
  }

  private synchronized Mark lastMark(int column, long most) {
    int low = 0;
    int high = marked - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (marks[MARK * middle + column] <= most) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high < 0
        ? new Mark(base(), 0, header.dataStart())
        : new Mark(marks[MARK * high], marks[MARK * high + 1], marks[MARK * high + 2]);
  }

  /** The offset of the first mark at or behind a position, or behind the last record. */
  synchronized long offsetFrom(long position) {
    for (int i = 0; i < marked; i++) {
      if (marks[MARK * i + 2] >= position) {
        return marks[MARK * i];
      }
    }
    return next;
  }

  /** True once: damage in it is told once. */
  boolean reportsDamage() {
    return reported.compareAndSet(false, true);
  }

  /** What had been appended when it was completed; null while it is not. */
  synchronized @Nullable Totals endTotals() {
    return endTotals;
  }

  /** Writes the index of the complete file. */
  synchronized void seal(LogFiles files, Totals totals) throws IOException {
    endTotals = totals;
    int length = FIXED + totals.size() + 8 * MARK * marked;
    ByteBuffer index = ByteBuffer.allocate(length);
    index.putInt(MAGIC).putInt(VERSION).putInt(length).putLong(next).putLong(end);
    totals.write(index);
    index.putInt(marked);
    for (int i = 0; i < MARK * marked; i++) {
      index.putLong(marks[i]);
    }
    index.putInt(length - 4, crc(index.array(), length - 4));
    index.clear();
    files.delete(indexPath());
    try (LogFile file = files.create(indexPath())) {
      LogFiles.writeFully(file, index, 0);
    } catch (LogFiles.NoSpaceException e) {
      // The next opening of the log reads the records instead.
      files.delete(indexPath());
    }
  }

  /** Takes what the index says; false if there is none, or it is damaged. */
  synchronized boolean readIndex(LogFiles files) throws IOException {
    try (LogFile file = files.read(indexPath())) {
      ByteBuffer index = ByteBuffer.allocate((int) Math.min(file.size(), 64 << 20));
      LogFiles.readFully(file, index, 0);
      int length = index.position();
      index.flip();
      if (length < FIXED
          || index.getInt() != MAGIC
          || index.getInt() != VERSION
          || index.getInt() != length
          || crc(index.array(), length - 4) != index.getInt(length - 4)) {
        return false;
      }
      next = index.getLong();
      end = index.getLong();
      endTotals = Totals.read(index);
      marked = index.getInt();
      marks = new long[Math.max(MARK, MARK * marked)];
      for (int i = 0; i < MARK * marked; i++) {
        marks[i] = index.getLong();
      }
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
