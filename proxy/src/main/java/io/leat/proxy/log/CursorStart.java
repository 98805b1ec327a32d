package io.leat.proxy.log;

/** Where a cursor begins that the log does not know yet, or where an existing one is set to. */
public sealed interface CursorStart {
  /** Behind the newest record: a new subscription gets what comes after it. */
  record End() implements CursorStart {}

  /** At the oldest record that is kept. */
  record Beginning() implements CursorStart {}

  /** At an offset, or at the next record that is kept after it. */
  record Offset(long offset) implements CursorStart {}

  /** At the first record that was appended at or after a time, in milliseconds since 1970. */
  record Time(long millis) implements CursorStart {}
}
