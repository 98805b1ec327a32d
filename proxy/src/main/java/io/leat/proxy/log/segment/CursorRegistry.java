package io.leat.proxy.log.segment;

import io.leat.proxy.log.CursorStart;
import io.leat.proxy.log.LogRecord;
import io.leat.proxy.log.OffsetRanges;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The cursors of one log, and how much was published to them. Its monitor guards both, so that a
 * cursor gets each record that comes after it was made, and no record twice.
 */
final class CursorRegistry {
  private final Segments segments;
  private final LogTail tail;
  private final CursorFile file;
  private final int mostUnfinished;
  private final Map<String, SegmentCursor> cursors = new LinkedHashMap<>();
  private Totals.Count common;
  private volatile long published;
  private volatile Runnable onChange = () -> {};

  CursorRegistry(Recovery.Recovered recovered, LogTail tail, CursorFile file, int mostUnfinished) {
    this.segments = recovered.segments();
    this.tail = tail;
    this.file = file;
    this.mostUnfinished = mostUnfinished;
    this.common = recovered.totals().common();
    this.published = recovered.next();
    file.states().values().forEach(state -> restore(state, recovered.totals()));
  }

  private void restore(CursorState state, Totals totals) {
    Totals.Count directed = totals.directed().getOrDefault(state.name(), Totals.Count.ZERO);
    SegmentCursor cursor = new SegmentCursor(this, state.name(), state.born(), directed);
    cursor.place(state, published, totals.of(state.name()), state.contiguous() == published);
    cursor.written(state.contiguous());
    cursors.put(state.name(), cursor);
  }

  /** Has the task run, on any thread, when something is to be written. */
  void onChange(Runnable task) {
    onChange = task;
  }

  void changed() {
    onChange.run();
  }

  Segments segments() {
    return segments;
  }

  LogTail tail() {
    return tail;
  }

  int mostUnfinished() {
    return mostUnfinished;
  }

  /** Behind the newest record that may be read. */
  long published() {
    return published;
  }

  synchronized Set<String> names() {
    return new TreeSet<>(cursors.keySet());
  }

  private synchronized List<SegmentCursor> all() {
    return new ArrayList<>(cursors.values());
  }

  /** The cursor of that name; a new one is durable when it is returned. */
  SegmentCursor cursor(String name, CursorStart start) {
    synchronized (this) {
      @Nullable SegmentCursor known = cursors.get(name);
      if (known != null) {
        return known;
      }
    }
    long at = offsetOf(start);
    @Nullable Totals before = before(at);
    SegmentCursor made;
    synchronized (this) {
      @Nullable SegmentCursor known = cursors.get(name);
      if (known != null) {
        return known;
      }
      made = new SegmentCursor(this, name, published, Totals.Count.ZERO);
      place(made, at, before);
      cursors.put(name, made);
    }
    try {
      persist(made);
      file.sync();
    } catch (IOException e) {
      synchronized (this) {
        cursors.remove(name);
      }
      try {
        file.remove(name);
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw new UncheckedIOException("cursor " + name + " cannot be kept", e);
    }
    return made;
  }

  void seek(SegmentCursor cursor, CursorStart start) {
    long at = offsetOf(start);
    @Nullable Totals before = before(at);
    List<Runnable> awake;
    synchronized (this) {
      awake = place(cursor, at, before);
    }
    try {
      persist(cursor);
      file.sync();
    } catch (IOException e) {
      throw new UncheckedIOException("cursor " + cursor.name() + " cannot be kept", e);
    }
    awake.forEach(Runnable::run);
  }

  private long offsetOf(CursorStart start) {
    long next = published;
    return switch (start) {
      case CursorStart.End _ -> Long.MAX_VALUE;
      case CursorStart.Beginning _ -> segments.first(next);
      case CursorStart.Offset at ->
          Math.clamp(at.offset(), Math.min(segments.first(next), next), next);
      case CursorStart.Time at -> segments.offsetAt(at.millis(), next);
    };
  }

  private @Nullable Totals before(long offset) {
    return offset >= published ? null : segments.totalsAt(offset);
  }

  /** Places a cursor; null for what was appended before it means behind everything. */
  private List<Runnable> place(SegmentCursor cursor, long at, @Nullable Totals before) {
    Totals.Count own = cursor.directed();
    Totals.Count all = common.plus(own.records(), own.bytes());
    Totals.Count finished = all;
    if (before != null) {
      finished = at < cursor.born() ? before.common() : before.of(cursor.name());
    }
    CursorState state =
        new CursorState(
            cursor.name(),
            cursor.born(),
            before == null ? published : at,
            OffsetRanges.NONE,
            finished);
    return cursor.place(state, published, all, before == null);
  }

  void drop(String name) {
    try {
      synchronized (this) {
        if (cursors.remove(name) == null) {
          return;
        }
        file.remove(name);
      }
      file.sync();
    } catch (IOException e) {
      throw new UncheckedIOException("cursor " + name + " cannot be dropped", e);
    }
    changed();
  }

  /** Lets every cursor know of records; returns what waited for them. Called by the writer. */
  List<Runnable> publish(List<Append> group, long next) {
    long records = 0;
    long bytes = 0;
    Map<String, Totals.Count> directed = Map.of();
    for (Append append : group) {
      for (LogRecord each : append.records()) {
        int length = Frame.about(each);
        if (each.cursor().isEmpty()) {
          records++;
          bytes += length;
        } else {
          directed = directed.isEmpty() ? new HashMap<>() : directed;
          directed.merge(
              each.cursor(), new Totals.Count(1, length), (a, b) -> a.plus(b.records(), b.bytes()));
        }
      }
    }
    Totals.Count more = new Totals.Count(records, bytes);
    List<Runnable> awake = new ArrayList<>();
    synchronized (this) {
      common = common.plus(records, bytes);
      published = next;
      for (SegmentCursor each : cursors.values()) {
        awake.addAll(
            each.arrived(next, more, directed.getOrDefault(each.name(), Totals.Count.ZERO)));
      }
    }
    return awake;
  }

  /** Runs what waited for a record; a task that throws does not stop the log. */
  static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      Append.LOG.error("what waited for a record threw", e);
    }
  }

  /** Writes where the cursors stand that moved. Called by the writer. */
  void persist() throws IOException {
    for (SegmentCursor each : all()) {
      persist(each);
    }
  }

  // Under the monitor, so that nothing is written of a cursor after it was dropped.
  private synchronized void persist(SegmentCursor cursor) throws IOException {
    @Nullable CursorState state = cursor.unwritten(common);
    if (state == null || cursors.get(cursor.name()) != cursor) {
      return;
    }
    try {
      file.put(state);
      cursor.written(state.contiguous());
    } catch (IOException e) {
      cursor.notWritten();
      throw e;
    }
  }

  void sync() throws IOException {
    file.sync();
  }

  /** What was appended until now, for the cursors that there are. */
  synchronized Totals totals() {
    Map<String, Totals.Count> directed = new HashMap<>();
    cursors.forEach((name, cursor) -> directed.put(name, cursor.directed()));
    return new Totals(common, directed);
  }

  /** The cursor with the oldest record that is not finished; null without a cursor. */
  @Nullable SegmentCursor slowest() {
    @Nullable SegmentCursor slowest = null;
    for (SegmentCursor each : all()) {
      if (slowest == null || each.contiguous() < slowest.contiguous()) {
        slowest = each;
      }
    }
    return slowest;
  }

  /** The offset before which every cursor has finished everything. */
  synchronized long finished() {
    long before = published;
    for (SegmentCursor each : cursors.values()) {
      before = Math.min(before, each.contiguous());
    }
    return before;
  }

  /** The offset before which the file says that everything is finished. */
  long finishedBefore() {
    long before = published;
    for (SegmentCursor each : all()) {
      before = Math.min(before, each.written());
    }
    return before;
  }

  void close() throws IOException {
    file.close();
  }
}
