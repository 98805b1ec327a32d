package io.leat.proxy.log;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

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

  /** How messages say what {@link #of} reads. */
  String EXPECTED = "beginning, end, an offset or a time such as 2026-01-31T12:00:00Z";

  /** Reads a place as people write it; empty when it is none. */
  static Optional<CursorStart> of(String text) {
    if (text.equals("beginning")) {
      return Optional.of(new Beginning());
    }
    if (text.equals("end")) {
      return Optional.of(new End());
    }
    if (text.matches("[0-9]{1,18}")) {
      return Optional.of(new Offset(Long.parseLong(text)));
    }
    try {
      return Optional.of(new Time(Instant.parse(text).toEpochMilli()));
    } catch (DateTimeException | ArithmeticException notATime) {
      return Optional.empty();
    }
  }
}
