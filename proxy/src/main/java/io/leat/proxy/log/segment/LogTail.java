package io.leat.proxy.log.segment;

import io.leat.proxy.log.LogRecord;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest records of a log, so that readers that keep up touch no file. The writer adds, any
 * thread reads; a monitor guards it.
 */
final class LogTail {
  private static final int OVERHEAD = 64;

  private final long most;
  private @Nullable LogRecord[] records = new LogRecord[256];
  private long[] timestamps = new long[256];
  private long first;
  private long next;
  private long bytes;

  LogTail(long most, long next) {
    this.most = most;
    this.first = next;
    this.next = next;
  }

  synchronized void add(List<Append> group, long timestamp) {
    for (Append append : group) {
      for (LogRecord record : append.records()) {
        if (next - first == records.length) {
          grow();
        }
        records[slot(next)] = record;
        timestamps[slot(next)] = timestamp;
        next++;
        bytes += record.payload().length + OVERHEAD;
        while (bytes > most) {
          forgetFirst();
        }
      }
    }
  }

  /** Forgets what nobody will ask for any more. */
  synchronized void forget(long before) {
    while (first < Math.min(before, next)) {
      forgetFirst();
    }
  }

  private void forgetFirst() {
    LogRecord forgotten = record(first);
    records[slot(first++)] = null;
    bytes -= forgotten.payload().length + OVERHEAD;
  }

  private int slot(long offset) {
    return (int) offset & (records.length - 1);
  }

  @SuppressWarnings("NullAway") // Between first and next every slot is taken.
  private LogRecord record(long offset) {
    return records[slot(offset)];
  }

  private void grow() {
    @Nullable LogRecord[] old = records;
    long[] oldTimestamps = timestamps;
    records = new LogRecord[2 * old.length];
    timestamps = Arrays.copyOf(timestamps, 2 * old.length);
    for (long each = first; each < next; each++) {
      int from = (int) each & (old.length - 1);
      records[slot(each)] = old[from];
      timestamps[slot(each)] = oldTimestamps[from];
    }
  }

  /** When a record was appended; -1 if it is not in memory. */
  synchronized long timestamp(long offset) {
    return offset >= first && offset < next ? timestamps[slot(offset)] : -1;
  }

  /**
   * Gives records from an offset on, up to a limit or until the taking is full.
   *
   * @return behind the last one that was looked at; the offset itself if it is not in memory
   */
  synchronized long copy(long from, long limit, Taking into) {
    if (from < first) {
      return from;
    }
    long at = from;
    while (at < Math.min(limit, next)) {
      LogRecord record = record(at);
      if (!into.offer(at, timestamps[slot(at)], record)) {
        return at;
      }
      at++;
    }
    return at;
  }
}
