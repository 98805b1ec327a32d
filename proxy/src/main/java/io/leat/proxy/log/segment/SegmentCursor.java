package io.leat.proxy.log.segment;

import io.leat.proxy.log.CursorStart;
import io.leat.proxy.log.CursorWindow;
import io.leat.proxy.log.LogCursor;
import io.leat.proxy.log.LogEntry;
import io.leat.proxy.log.LogRecord;
import io.leat.proxy.log.OffsetRanges;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The place of one subscription in a {@link SegmentedLog}. The window is its own monitor; the
 * reader belongs to the one thread that reads.
 */
final class SegmentCursor implements LogCursor {
  private final CursorRegistry registry;
  private final String name;
  private final long born;
  private final CursorWindow window;
  private final List<Runnable> waiting = new ArrayList<>();
  // Guarded by the window.
  private long epoch;
  private boolean dirty;
  // Guarded by the registry.
  private Totals.Count directed;
  private volatile long contiguous;
  private volatile long written;
  private final CursorReader reader;

  SegmentCursor(CursorRegistry registry, String name, long born, Totals.Count directed) {
    this.registry = registry;
    this.name = name;
    this.born = born;
    this.directed = directed;
    this.window = new CursorWindow(registry.mostUnfinished());
    this.reader = new CursorReader(registry.segments(), registry.tail());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<LogEntry> read(int records, long bytes) {
    return read(records, bytes, false);
  }

  @Override
  public List<LogEntry> readInMemory(int records, long bytes) {
    return reader.isOpen() ? List.of() : read(records, bytes, true);
  }

  private List<LogEntry> read(int records, long bytes, boolean inMemory) {
    Taking taking;
    long from;
    long to;
    long before;
    synchronized (window) {
      int room = Math.min(records, window.room());
      if (room <= 0 || !window.readable()) {
        return List.of();
      }
      from = window.position();
      to = window.readTo();
      before = epoch;
      taking = new Taking(name, born, window.restored(), room, bytes);
    }
    long position =
        inMemory ? registry.tail().copy(from, to, taking) : reader.collect(from, to, taking);
    List<LogEntry> entries;
    boolean moved;
    synchronized (window) {
      if (epoch != before) {
        // It was placed elsewhere meanwhile.
        return List.of();
      }
      entries = new ArrayList<>(taking.entries().size());
      for (int i = 0; i < taking.entries().size(); i++) {
        LogEntry each = taking.entries().get(i);
        // Ahead of this, or meanwhile.
        if (!window.wasTaken(each.offset())) {
          window.take(each.offset(), taking.length(i));
          entries.add(each);
        }
      }
      window.movedTo(position);
      moved = changed();
    }
    if (moved) {
      registry.changed();
    }
    return entries;
  }

  @Override
  public boolean take(long offset, LogRecord record) {
    boolean taken;
    boolean moved;
    synchronized (window) {
      taken = record.cursor().equals(name) && window.takeAhead(offset, Frame.about(record));
      moved = changed();
    }
    if (moved) {
      registry.changed();
    }
    return taken;
  }

  @Override
  public LogEntry again(long offset) {
    synchronized (window) {
      if (!window.holds(offset)) {
        throw new IllegalArgumentException("offset: " + offset + " (expected: read, not finished)");
      }
    }
    Taking taking = new Taking(name, born, OffsetRanges.NONE, 1, Long.MAX_VALUE);
    registry.tail().copy(offset, offset + 1, taking);
    if (!taking.entries().isEmpty()) {
      return taking.entries().getFirst();
    }
    @Nullable LogEntry entry = registry.segments().entryFrom(offset);
    if (entry == null || entry.offset() != offset) {
      throw new UncheckedIOException(new IOException("record " + offset + " was damaged"));
    }
    return entry;
  }

  @Override
  public void finish(long offset) {
    List<Runnable> awake;
    boolean tell;
    synchronized (window) {
      if (!window.finish(offset)) {
        return;
      }
      tell = !dirty;
      dirty = true;
      contiguous = window.contiguous();
      awake = awake();
    }
    if (tell) {
      registry.changed();
    }
    awake.forEach(Runnable::run);
  }

  @Override
  public void whenReadable(Runnable task) {
    List<Runnable> awake;
    synchronized (window) {
      waiting.add(task);
      awake = awake();
    }
    awake.forEach(Runnable::run);
  }

  @Override
  public void seek(CursorStart start) {
    registry.seek(this, start);
  }

  @Override
  public long backlog() {
    synchronized (window) {
      return window.backlog();
    }
  }

  @Override
  public long backlogBytes() {
    synchronized (window) {
      return window.backlogBytes();
    }
  }

  private List<Runnable> awake() {
    if (waiting.isEmpty() || !window.readable()) {
      return List.of();
    }
    List<Runnable> awake = List.copyOf(waiting);
    waiting.clear();
    return awake;
  }

  /** Whether what is finished grew without {@link #finish}; then it is to be written. */
  private boolean changed() {
    long now = window.contiguous();
    if (now == contiguous) {
      return false;
    }
    contiguous = now;
    boolean tell = !dirty;
    dirty = true;
    return tell;
  }

  /** Goes to a place; the registry holds its monitor. */
  List<Runnable> place(CursorState at, long limit, Totals.Count all, boolean certain) {
    synchronized (window) {
      epoch++;
      window.set(at.contiguous(), at.done(), limit);
      window.unread(
          all.records() - at.finished().records(), all.bytes() - at.finished().bytes(), certain);
      contiguous = window.contiguous();
      dirty = true;
      return awake();
    }
  }

  /** Records came; the registry holds its monitor. */
  List<Runnable> arrived(long limit, Totals.Count common, Totals.Count own) {
    directed = directed.plus(own.records(), own.bytes());
    synchronized (window) {
      window.arrived(limit, common.records() + own.records(), common.bytes() + own.bytes());
      changed();
      return awake();
    }
  }

  /** Where it stands, if that is not written yet; the registry holds its monitor. */
  @Nullable CursorState unwritten(Totals.Count common) {
    synchronized (window) {
      if (!dirty) {
        return null;
      }
      dirty = false;
      Totals.Count finished =
          common
              .plus(directed.records(), directed.bytes())
              .plus(-window.backlog(), -window.backlogBytes());
      return new CursorState(name, born, window.contiguous(), window.done(), finished);
    }
  }

  void written(long offset) {
    written = offset;
  }

  void notWritten() {
    synchronized (window) {
      dirty = true;
    }
  }

  Totals.Count directed() {
    return directed;
  }

  long born() {
    return born;
  }

  /** The offset before which everything is finished. */
  long contiguous() {
    return contiguous;
  }

  /** The same as it is in the file of cursors. */
  long written() {
    return written;
  }
}
