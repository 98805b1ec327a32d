package io.leat.proxy.log;

import java.util.List;

/**
 * The place of one subscription in a log: what it has read, and what it has finished.
 *
 * <p>Offsets are finished in any order. What is finished is made durable soon after, not at once:
 * after a crash some records are read again, and none is missed. One thread reads; any thread may
 * finish.
 */
public interface LogCursor {
  /** The name under which it is kept. */
  String name();

  /**
   * The next records for this cursor, in order, at most {@code records} of them and about {@code
   * bytes} bytes (but one if there is one); empty when there is none, or while too many that were
   * read are not finished. May read a file: never called on an event loop.
   *
   * @throws java.io.UncheckedIOException when the file cannot be read
   */
  List<LogEntry> read(int records, long bytes);

  /**
   * Takes a record of this cursor's own ahead of those before it, as if it had been read: it is not
   * read any more, and is there until it is finished. May be called on an event loop.
   *
   * @param offset that it got when it was appended
   * @return false when it was read already or is to be read in order: because too much was taken
   *     ahead, or the log can do nothing else
   */
  default boolean take(long offset, LogRecord record) {
    return false;
  }

  /**
   * As {@link #read}, of what is in memory alone: it never waits for a file, so that an event loop
   * may call it while nobody else reads. Empty says nothing of what {@link #read} would find.
   */
  default List<LogEntry> readInMemory(int records, long bytes) {
    return List.of();
  }

  /**
   * A record that was read and is not finished, once more.
   *
   * @throws IllegalArgumentException when the record is finished or unknown
   * @throws java.io.UncheckedIOException when the file cannot be read, or was damaged since
   */
  LogEntry again(long offset);

  /** What became of a record is durable, or of no interest: it is not read again. */
  void finish(long offset);

  /**
   * Runs the task once when {@link #read} would return a record, at once if it does already. On the
   * thread of the log or of the caller: it must not block. After a restart it may run in vain.
   */
  void whenReadable(Runnable task);

  /**
   * Goes on reading from another place; what was read and not finished before counts as finished.
   */
  void seek(CursorStart start);

  /** Records for this cursor that are not finished. */
  long backlog();

  /** Bytes of the records that are not finished, about. */
  long backlogBytes();
}
