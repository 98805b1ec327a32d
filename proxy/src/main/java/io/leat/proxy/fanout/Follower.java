package io.leat.proxy.fanout;

import io.leat.proxy.fanout.stored.StoredEvent;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.log.EventLog;
import io.leat.proxy.log.LogCursor;
import io.leat.proxy.log.LogEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of one Channel at a pace of its own, with a durable place in the log; a new one
 * begins at the oldest event. What was read and is not finished is read again. Used by one thread
 * at a time, which is no event loop.
 */
public final class Follower {
  private static final long READ_BYTES = 4 << 20;

  private final Supplier<@Nullable EventLog> source;
  private final String name;
  private final List<Long> unfinished = new ArrayList<>();
  private @Nullable EventLog log;

  /**
   * A follower.
   *
   * @param source the log while the Channel is there
   * @param name of the cursor
   */
  Follower(Supplier<@Nullable EventLog> source, String name) {
    this.source = source;
    this.name = name;
  }

  /**
   * The next events, or those of the last time until they are finished; none when there is nothing
   * new.
   *
   * @throws IllegalStateException when the Channel is not there now
   */
  public List<KeptEvent> read(int most) {
    LogCursor cursor = cursor();
    List<KeptEvent> events = new ArrayList<>();
    unfinished.forEach(offset -> events.add(event(cursor.again(offset))));
    if (!events.isEmpty()) {
      return events;
    }
    List<LogEntry> entries = cursor.read(most, READ_BYTES);
    while (!entries.isEmpty() && events.isEmpty()) {
      for (LogEntry each : entries) {
        if (each.kind() == StoredEvent.EVENT) {
          unfinished.add(each.offset());
          events.add(event(each));
        } else {
          cursor.finish(each.offset());
        }
      }
      entries = events.isEmpty() ? cursor.read(most, READ_BYTES) : List.of();
    }
    return events;
  }

  private static KeptEvent event(LogEntry entry) {
    return new KeptEvent(
        entry.offset(), entry.timestamp(), StoredEvent.of(entry.payload()).event());
  }

  /** What was read is dealt with, and is not read again. */
  public void finish() {
    LogCursor cursor = cursor();
    unfinished.forEach(cursor::finish);
    unfinished.clear();
  }

  /** Goes on at another place. */
  public void seek(CursorStart start) {
    LogCursor cursor = cursor();
    unfinished.clear();
    cursor.seek(start);
  }

  private LogCursor cursor() {
    EventLog now = source.get();
    if (now == null) {
      throw new IllegalStateException("the channel is not served now");
    }
    if (!now.equals(log)) {
      // Another life of the log reads again what was not finished in the last one.
      unfinished.clear();
      log = now;
    }
    return now.cursor(name, new CursorStart.Beginning());
  }
}
