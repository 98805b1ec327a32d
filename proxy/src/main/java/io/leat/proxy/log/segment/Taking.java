package io.leat.proxy.log.segment;

import io.leat.proxy.log.LogEntry;
import io.leat.proxy.log.LogRecord;
import io.leat.proxy.log.OffsetRanges;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one call of a cursor's read collects, within its limits. Used by one thread. */
final class Taking {
  private final String cursor;
  private byte @Nullable [] cursorBytes;
  private final long born;
  private final OffsetRanges done;
  private final List<LogEntry> entries = new ArrayList<>();
  private final List<Integer> lengths = new ArrayList<>();
  private int recordsLeft;
  private long bytesLeft;
  private boolean full;

  /**
   * Makes one that is empty.
   *
   * @param born offsets before it that are directed at the cursor's name were for another
   * @param done offsets that are passed over
   */
  Taking(String cursor, long born, OffsetRanges done, int records, long bytes) {
    this.cursor = cursor;
    this.born = born;
    this.done = done;
    this.recordsLeft = records;
    this.bytesLeft = bytes;
  }

  /** Takes the record if it is for the cursor; false if there was no more room for it. */
  boolean offer(long offset, long timestamp, LogRecord record) {
    boolean mine = record.cursor().isEmpty() || (offset >= born && record.cursor().equals(cursor));
    if (!mine || done.contains(offset)) {
      return true;
    }
    int length = Frame.about(record);
    if (!hasRoom(length)) {
      return false;
    }
    take(new LogEntry(offset, timestamp, record.kind(), record.payload()), length);
    return true;
  }

  /** As above, with the record at which a reader stands. */
  boolean offer(SegmentReader reader) {
    boolean mine = reader.isCommon() || (reader.offset() >= born && reader.isFor(cursorBytes()));
    if (!mine || done.contains(reader.offset())) {
      return true;
    }
    if (!hasRoom(reader.length())) {
      return false;
    }
    take(reader.entry(), reader.length());
    return true;
  }

  private byte[] cursorBytes() {
    byte[] made = cursorBytes;
    if (made == null) {
      made = cursor.getBytes(StandardCharsets.UTF_8);
      cursorBytes = made;
    }
    return made;
  }

  private boolean hasRoom(int length) {
    full = recordsLeft == 0 || (length > bytesLeft && !entries.isEmpty());
    return !full;
  }

  /** Whether a record was refused. */
  boolean isFull() {
    return full;
  }

  private void take(LogEntry entry, int length) {
    entries.add(entry);
    lengths.add(length);
    recordsLeft--;
    bytesLeft -= length;
  }

  List<LogEntry> entries() {
    return entries;
  }

  int length(int index) {
    return lengths.get(index);
  }
}
