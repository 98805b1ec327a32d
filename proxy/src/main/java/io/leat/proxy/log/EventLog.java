package io.leat.proxy.log;

import java.util.List;
import java.util.Set;

/**
 * A durable sequence of records that several cursors read, each at its own pace.
 *
 * <p>A record leaves the log only when every cursor that it is for has finished it durably. Memory
 * is bounded, whatever the backlog. Any thread may append.
 */
public interface EventLog extends AutoCloseable {

  /**
   * Appends the records as one: after a crash all are there or none. They are read in this order.
   * The listener may be called before the method returns.
   */
  void append(List<LogRecord> records, AppendListener listener);

  /**
   * As {@link #append}, by a caller that appends more and then calls {@link #begin}: until then the
   * log may wait, so that what comes together becomes durable together.
   */
  default void appendMore(List<LogRecord> records, AppendListener listener) {
    append(records, listener);
  }

  /** Begins to write what {@link #appendMore} brought. Any thread. */
  default void begin() {}

  /** The cursor of that name: where it stood, or at {@code start} if it is new. */
  LogCursor cursor(String name, CursorStart start);

  /** Forgets a cursor and what it has not finished. */
  void drop(String cursor);

  /** The names of the cursors that the log keeps. */
  Set<String> cursors();

  /** What it holds now. */
  LogStats stats();

  /** Makes everything durable and lets go of the files. Appends after it fail. */
  @Override
  void close();
}
