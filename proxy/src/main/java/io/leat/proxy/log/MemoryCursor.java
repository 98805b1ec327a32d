package io.leat.proxy.log;

import java.util.ArrayList;
import java.util.List;

/** The place of one subscription in a {@link MemoryLog}, whose monitor guards it. */
final class MemoryCursor implements LogCursor {
  private final MemoryLog log;
  private final String name;
  private final CursorWindow window;
  private final List<Runnable> waiting = new ArrayList<>();

  MemoryCursor(MemoryLog log, String name, int mostUnfinished) {
    this.log = log;
    this.name = name;
    this.window = new CursorWindow(mostUnfinished);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<LogEntry> read(int records, long bytes) {
    List<LogEntry> read = new ArrayList<>();
    synchronized (log) {
      long left = bytes;
      long position = window.position();
      int most = Math.min(records, window.room());
      for (MemoryLog.Held each : log.from(position)) {
        if (read.size() >= most) {
          break;
        }
        if (each.isFor(name) && !window.wasTaken(each.offset())) {
          if (!read.isEmpty() && each.bytes() > left) {
            break;
          }
          read.add(each.entry());
          window.take(each.offset(), each.bytes());
          left -= each.bytes();
        }
        position = each.offset() + 1;
      }
      window.movedTo(position);
    }
    return read;
  }

  @Override
  public boolean take(long offset, LogRecord record) {
    synchronized (log) {
      for (MemoryLog.Held each : log.from(offset)) {
        return each.offset() == offset
            && each.isFor(name)
            && window.takeAhead(offset, each.bytes());
      }
      return false;
    }
  }

  @Override
  public List<LogEntry> readInMemory(int records, long bytes) {
    return read(records, bytes);
  }

  @Override
  public LogEntry again(long offset) {
    synchronized (log) {
      for (MemoryLog.Held each : log.from(offset)) {
        if (each.offset() == offset && window.holds(offset)) {
          return each.entry();
        }
        break;
      }
    }
    throw new IllegalArgumentException("offset: " + offset + " (expected: read, not finished)");
  }

  @Override
  public void finish(long offset) {
    List<Runnable> awake = new ArrayList<>();
    synchronized (log) {
      if (window.finish(offset)) {
        log.letGo();
        wake(awake);
      }
    }
    awake.forEach(Runnable::run);
  }

  @Override
  public void whenReadable(Runnable task) {
    List<Runnable> awake = new ArrayList<>();
    synchronized (log) {
      waiting.add(task);
      wake(awake);
    }
    awake.forEach(Runnable::run);
  }

  @Override
  public void seek(CursorStart start) {
    List<Runnable> awake = new ArrayList<>();
    synchronized (log) {
      place(start);
      log.letGo();
      wake(awake);
    }
    awake.forEach(Runnable::run);
  }

  @Override
  public long backlog() {
    synchronized (log) {
      return window.backlog();
    }
  }

  @Override
  public long backlogBytes() {
    synchronized (log) {
      return window.backlogBytes();
    }
  }

  /** Sets the place; under the monitor of the log. */
  void place(CursorStart start) {
    window.set(log.offsetOf(start), OffsetRanges.NONE, log.next());
    count(window.position(), true);
  }

  /** Records came from an offset on; under the monitor of the log. */
  void arrived(long first, List<Runnable> awake) {
    count(first, false);
    wake(awake);
  }

  private void count(long from, boolean all) {
    long records = 0;
    long bytes = 0;
    for (MemoryLog.Held each : log.from(from)) {
      if (each.isFor(name)) {
        records++;
        bytes += each.bytes();
      }
    }
    if (all) {
      window.unread(records, bytes, true);
    } else {
      window.arrived(log.next(), records, bytes);
    }
  }

  long contiguous() {
    return window.contiguous();
  }

  private void wake(List<Runnable> awake) {
    if (!waiting.isEmpty() && window.readable()) {
      awake.addAll(waiting);
      waiting.clear();
    }
  }
}
