package io.leat.proxy.fanout;

import io.leat.proxy.fanout.stored.StoredEvent;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.log.EventLog;
import io.leat.proxy.log.LogCursor;
import io.leat.proxy.log.LogEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Reads logs for people who look, by cursors that nobody finds afterwards. Any thread. */
final class Looks {
  /** No Subscription has such a uid. */
  private static final String NAME = "look-";

  private static final long READ_BYTES = 4 << 20;

  private final AtomicLong looks = new AtomicLong();

  /**
   * The events of a log from a place on, also those that everybody has finished.
   *
   * @param limit of events
   * @param bytes after so many no more are read
   */
  List<LogEntry> at(EventLog log, CursorStart from, int limit, long bytes) {
    String name = NAME + looks.incrementAndGet();
    LogCursor cursor = log.cursor(name, from);
    List<LogEntry> found = new ArrayList<>();
    long read = 0;
    try {
      List<LogEntry> entries = cursor.read(limit, READ_BYTES);
      while (!entries.isEmpty()) {
        for (LogEntry each : entries) {
          if (each.kind() == StoredEvent.EVENT) {
            found.add(each);
            read += each.payload().length;
          }
          cursor.finish(each.offset());
        }
        boolean enough = found.size() >= limit || read >= bytes;
        entries = enough ? List.of() : cursor.read(limit - found.size(), READ_BYTES);
      }
    } finally {
      log.drop(name);
    }
    return found;
  }
}
