package io.leat.proxy.log.segment;

import io.leat.proxy.log.AppendListener;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.log.DedupWindow;
import io.leat.proxy.log.EventLog;
import io.leat.proxy.log.LogCursor;
import io.leat.proxy.log.LogEntry;
import io.leat.proxy.log.LogRecord;
import io.leat.proxy.log.LogStats;
import io.leat.proxy.table.ChannelStorage;
import io.leat.proxy.table.ChannelStorage.Durability;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A log in the files of one directory, written by one thread of its own. Any thread may use it.
 *
 * <p>A file goes when every cursor has finished it; without a cursor, and without {@link
 * LogOptions.Retain}, a file goes as soon as the next one is begun. A sync that fails is never
 * repeated, because the system may have dropped the pages: the log refuses appends until what was
 * acknowledged was checked and another file is begun, and can be read meanwhile. When the device is
 * full appends are refused, and taken again when there is space.
 */
public final class SegmentedLog implements EventLog {
  private static final String LOCK = "lock";

  /** The cursor that reads the window of duplicates; it is gone when the log is open. */
  private static final String READER = "duplicates-";

  private static final int READ_RECORDS = 4096;
  private static final long READ_BYTES = 4 << 20;

  private final CursorRegistry registry;
  private final LogWriter writer;
  private final Closeable lock;

  private SegmentedLog(CursorRegistry registry, LogWriter writer, Closeable lock) {
    this.registry = registry;
    this.writer = writer;
    this.lock = lock;
  }

  /**
   * Opens the log of a directory, or begins one.
   *
   * @throws IOException with the directory in its message, when it cannot be read or written, or is
   *     in use
   */
  public static SegmentedLog open(LogOptions options, Surroundings surroundings)
      throws IOException {
    return open(options, surroundings, new NioFiles());
  }

  static SegmentedLog open(LogOptions options, Surroundings surroundings, LogFiles files)
      throws IOException {
    Path directory = options.directory();
    Closeable lock;
    try {
      files.createDirectories(directory);
      lock = files.lock(directory.resolve(LOCK));
    } catch (IOException e) {
      throw new IOException("the log directory " + directory + " cannot be used: " + e, e);
    }
    try {
      return opened(options, surroundings, files, lock);
    } catch (IOException e) {
      lock.close();
      throw new IOException("the log directory " + directory + " cannot be opened: " + e, e);
    }
  }

  private static SegmentedLog opened(
      LogOptions options, Surroundings surroundings, LogFiles files, Closeable lock)
      throws IOException {
    boolean synced = options.storage().durability() == Durability.FSYNC;
    CursorFile cursors = CursorFile.open(files, options.directory(), synced);
    try {
      Map<String, CursorState> states = cursors.states();
      long end = states.values().stream().mapToLong(CursorState::end).max().orElse(0);
      Recovery.Recovered recovered = Recovery.open(files, options.directory(), end);
      LogTail tail = new LogTail(options.sizes().tail(), recovered.next());
      CursorRegistry registry =
          new CursorRegistry(recovered, tail, cursors, options.sizes().unfinished());
      LogWriter.Start start =
          new LogWriter.Start(
              recovered.timestamp(), window(options, surroundings, registry, recovered));
      LogWriter writer = new LogWriter(options, files, registry, surroundings, start);
      writer.start();
      return new SegmentedLog(registry, writer, lock);
    } catch (IOException e) {
      cursors.close();
      throw e;
    }
  }

  /** What was taken lately, read from the end of the log. */
  private static @Nullable DedupWindow window(
      LogOptions options,
      Surroundings surroundings,
      CursorRegistry registry,
      Recovery.Recovered recovered)
      throws IOException {
    ChannelStorage.@Nullable Dedup limits = options.storage().dedup();
    if (limits == null) {
      return null;
    }
    DedupWindow window = new DedupWindow(limits, surroundings.rule());
    long now = Math.max(recovered.timestamp(), surroundings.clock().millis());
    CursorStart start = new CursorStart.Time(now - window.millis() + 1);
    try {
      // One that a life before this left behind stands elsewhere.
      registry.drop(READER);
      SegmentCursor reader = registry.cursor(READER, start);
      List<LogEntry> entries = reader.read(READ_RECORDS, READ_BYTES);
      while (!entries.isEmpty()) {
        for (LogEntry each : entries) {
          window.restore(each);
          reader.finish(each.offset());
        }
        entries = reader.read(READ_RECORDS, READ_BYTES);
      }
      registry.drop(READER);
    } catch (UncheckedIOException e) {
      throw new IOException("the window of duplicates cannot be read: " + e.getMessage(), e);
    }
    return window;
  }

  @Override
  public void append(List<LogRecord> records, AppendListener listener) {
    appendMore(records, listener);
    begin();
  }

  @Override
  public void appendMore(List<LogRecord> records, AppendListener listener) {
    writer.append(records, listener);
  }

  @Override
  public void begin() {
    writer.begin();
  }

  @Override
  public LogCursor cursor(String name, CursorStart start) {
    return registry.cursor(name, start);
  }

  @Override
  public void drop(String cursor) {
    registry.drop(cursor);
  }

  @Override
  public Set<String> cursors() {
    return registry.names();
  }

  @Override
  public LogStats stats() {
    long next = registry.published();
    Segments segments = registry.segments();
    return new LogStats(
        segments.first(next), next, segments.bytes(), writer.waiting(), writer.failure() != null);
  }

  /** Why it refuses appends, if it failed. */
  public Optional<String> failure() {
    return Optional.ofNullable(writer.failure());
  }

  /**
   * The slowest cursor and what it has not finished beyond the limits, for who is to dead-letter
   * it; the log itself never drops a record. With {@code BLOCK} appends are refused meanwhile.
   */
  public Optional<Breached> breached() {
    return writer.limits().breached();
  }

  /** Damaged places that were passed over since it was opened. */
  public long damaged() {
    return registry.segments().damaged();
  }

  @Override
  public void close() {
    try {
      writer.close();
      registry.close();
      lock.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
