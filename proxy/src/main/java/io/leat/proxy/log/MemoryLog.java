package io.leat.proxy.log;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A log that keeps records in memory, at most so many bytes of them, and nothing after it is
 * closed. Any thread; a monitor guards everything.
 *
 * <p>Records that every cursor has finished are let go at once; without a cursor nothing is kept.
 */
public final class MemoryLog implements EventLog {
  private static final int OVERHEAD = 64;
  private static final int MOST_UNFINISHED = 1 << 16;

  /** A record that is kept. */
  record Held(LogRecord record, long offset, long timestamp) {
    boolean isFor(String cursor) {
      return record.cursor().isEmpty() || record.cursor().equals(cursor);
    }

    int bytes() {
      return record.payload().length + OVERHEAD;
    }

    LogEntry entry() {
      return new LogEntry(offset, timestamp, record.kind(), record.payload());
    }
  }

  private final long maxBytes;
  private final Clock clock;
  private final @Nullable DedupWindow window;
  private final TreeMap<Long, Held> held = new TreeMap<>();
  private final Map<String, MemoryCursor> cursors = new LinkedHashMap<>();
  private long next;
  private long bytes;
  private long lastTimestamp;
  private boolean closed;

  /** Makes an empty log that holds at most so many bytes. */
  public MemoryLog(long maxBytes, Clock clock) {
    this(maxBytes, clock, null);
  }

  /**
   * Makes an empty log that holds at most so many bytes.
   *
   * @param window for this log alone; null to take duplicates
   */
  public MemoryLog(long maxBytes, Clock clock, @Nullable DedupWindow window) {
    this.maxBytes = maxBytes;
    this.clock = clock;
    this.window = window;
  }

  @Override
  public void append(List<LogRecord> records, AppendListener listener) {
    List<Runnable> awake = new ArrayList<>();
    long first;
    int duplicates;
    AppendOutcome outcome;
    synchronized (this) {
      first = next;
      List<LogRecord> fresh = fresh(records);
      duplicates = records.size() - fresh.size();
      outcome = admit(fresh);
      if (window != null) {
        window.settle(outcome == AppendOutcome.DURABLE, now());
      }
      if (outcome == AppendOutcome.DURABLE) {
        fresh.forEach(this::add);
        cursors.values().forEach(cursor -> cursor.arrived(first, awake));
        letGo();
      }
    }
    if (duplicates > 0 && outcome == AppendOutcome.DURABLE) {
      listener.duplicates(duplicates);
    }
    listener.appended(outcome, first);
    awake.forEach(Runnable::run);
  }

  /** Those that are not the same as one that was taken, nor as one before them. */
  private List<LogRecord> fresh(List<LogRecord> records) {
    if (window == null) {
      return records;
    }
    List<LogRecord> fresh = new ArrayList<>(records.size());
    for (LogRecord each : records) {
      RecordIdentity identity = window.identity(each);
      if (identity == null) {
        fresh.add(each);
      } else if (!window.has(identity, now()) && !window.isStaged(identity)) {
        window.stage(identity);
        fresh.add(each);
      }
    }
    return fresh;
  }

  private long now() {
    return Math.max(lastTimestamp, clock.millis());
  }

  private AppendOutcome admit(List<LogRecord> records) {
    if (closed) {
      return AppendOutcome.FAILED;
    }
    long added = 0;
    for (LogRecord each : records) {
      added += each.payload().length + OVERHEAD;
    }
    // What is for one cursor follows from what it is about to finish: refused, nothing would move.
    boolean forAll = records.stream().anyMatch(each -> each.cursor().isEmpty());
    return forAll && !cursors.isEmpty() && bytes + added > maxBytes
        ? AppendOutcome.FULL
        : AppendOutcome.DURABLE;
  }

  private void add(LogRecord record) {
    lastTimestamp = now();
    Held added = new Held(record, next++, lastTimestamp);
    held.put(added.offset(), added);
    bytes += added.bytes();
  }

  @Override
  public synchronized LogCursor cursor(String name, CursorStart start) {
    return cursors.computeIfAbsent(
        name,
        _ -> {
          MemoryCursor cursor = new MemoryCursor(this, name, MOST_UNFINISHED);
          cursor.place(start);
          return cursor;
        });
  }

  @Override
  public synchronized void drop(String cursor) {
    if (cursors.remove(cursor) != null) {
      letGo();
    }
  }

  @Override
  public synchronized Set<String> cursors() {
    return new TreeSet<>(cursors.keySet());
  }

  @Override
  public synchronized LogStats stats() {
    return new LogStats(held.isEmpty() ? next : held.firstKey(), next, bytes, 0, closed);
  }

  @Override
  public synchronized void close() {
    closed = true;
    held.clear();
    cursors.clear();
    bytes = 0;
  }

  /** Where a cursor begins that is placed so; under the monitor. */
  long offsetOf(CursorStart start) {
    long first = held.isEmpty() ? next : held.firstKey();
    return switch (start) {
      case CursorStart.End _ -> next;
      case CursorStart.Beginning _ -> first;
      case CursorStart.Offset at -> Math.clamp(at.offset(), first, next);
      case CursorStart.Time at -> {
        for (Held each : held.values()) {
          if (each.timestamp() >= at.millis()) {
            yield each.offset();
          }
        }
        yield next;
      }
    };
  }

  /** Everything that is kept from an offset on, in order; under the monitor. */
  Iterable<Held> from(long offset) {
    return held.tailMap(offset, true).values();
  }

  /** The offset that the next record gets; under the monitor. */
  long next() {
    return next;
  }

  /** Forgets what every cursor has finished; under the monitor. */
  void letGo() {
    long keep = next;
    for (MemoryCursor each : cursors.values()) {
      keep = Math.min(keep, each.contiguous());
    }
    while (!held.isEmpty() && held.firstKey() < keep) {
      bytes -= held.pollFirstEntry().getValue().bytes();
    }
  }
}
