package io.leat.control.api.logs;

import io.leat.proxy.table.RevisionId;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * A line that an instance printed.
 *
 * @param instance empty for what Leat itself says in the log
 */
public record LogLine(Instant time, RevisionId revision, String instance, String text) {
  /** Length of {@code 2026-01-30T10:15:00.120Z}. */
  private static final int TIME = 24;

  /**
   * A line of a log: a time, an instance and what it printed, with a space between.
   *
   * @param before the time of the line before, for one that has none
   */
  static LogLine parse(RevisionId revision, byte[] bytes, int start, int end, Instant before) {
    String line = new String(bytes, start, end - start, StandardCharsets.UTF_8);
    int space = line.indexOf(' ', TIME + 1);
    if (space > 0 && line.charAt(TIME) == ' ' && line.charAt(TIME - 1) == 'Z') {
      try {
        Instant time = Instant.parse(line.substring(0, TIME));
        return new LogLine(
            time, revision, line.substring(TIME + 1, space), line.substring(space + 1));
      } catch (DateTimeException e) {
        return new LogLine(before, revision, "", line);
      }
    }
    return new LogLine(before, revision, "", line);
  }
}
