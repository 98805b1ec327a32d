package io.leat.control.api.logs;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * The last lines of many, of at most {@value #MAX_CHARACTERS} characters together. Used by one
 * thread.
 */
final class LogTail {
  static final int MAX_CHARACTERS = 8 * 1024 * 1024;

  private final int most;
  private final Deque<LogLine> lines = new ArrayDeque<>();
  private long characters;

  LogTail(int most) {
    this.most = most;
  }

  void add(LogLine line) {
    lines.addLast(line);
    characters += line.text().length();
    while (lines.size() > most || (characters > MAX_CHARACTERS && lines.size() > 1)) {
      characters -= lines.removeFirst().text().length();
    }
  }

  /** How many instances the lines are from: 0, 1, or 2 for more than one. */
  int instances() {
    Set<String> seen = new HashSet<>();
    lines.forEach(line -> seen.add(line.instance()));
    seen.remove("");
    return Math.min(2, seen.size());
  }

  void lines(InstanceLogs.Sink sink) throws IOException {
    for (LogLine line : lines) {
      sink.line(line);
    }
  }
}
