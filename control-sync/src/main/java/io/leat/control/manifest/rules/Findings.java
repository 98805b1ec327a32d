package io.leat.control.manifest.rules;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Collects the findings of one resource; confined to the thread that validates. */
final class Findings {
  private static final int QUOTED_LENGTH = 80;

  private final List<Finding> list = new ArrayList<>();

  void add(String path, String message) {
    list.add(new Finding(path, message));
  }

  void required(String path) {
    add(path, "is required");
  }

  /** Checks a number against inclusive bounds; an absent one passes. */
  void range(String path, @Nullable Number value, long min, long max) {
    if (value == null) {
      return;
    }
    if (value.longValue() < min) {
      add(path, "must be at least " + min + " (got " + value + ")");
    } else if (value.longValue() > max) {
      add(path, "must be at most " + max + " (got " + value + ")");
    }
  }

  /** Checks a duration in whole seconds against inclusive bounds; returns it when it is right. */
  @Nullable Duration wholeSeconds(String path, String text, Duration min, Duration max) {
    Optional<Duration> parsed = Durations.parse(text);
    if (parsed.isEmpty()) {
      add(path, Durations.EXPECTED + got(text));
      return null;
    }
    Duration value = parsed.get();
    if (value.compareTo(min) < 0) {
      add(path, "must be at least " + Durations.format(min) + got(text));
    } else if (value.compareTo(max) > 0) {
      add(path, "must be at most " + Durations.format(max) + got(text));
    } else if (value.toNanosPart() != 0) {
      add(path, "must be whole seconds" + got(text));
    } else {
      return value;
    }
    return null;
  }

  /** Checks that a text is one of a few. */
  void oneOf(String path, @Nullable String value, List<String> allowed) {
    if (value != null && !allowed.contains(value)) {
      add(path, "must be " + alternatives(allowed) + got(value));
    }
  }

  List<Finding> list() {
    return List.copyOf(list);
  }

  /** {@code a}, {@code a or b}, {@code a, b or c}. */
  static String alternatives(List<String> words) {
    if (words.size() == 1) {
      return words.getFirst();
    }
    return String.join(", ", words.subList(0, words.size() - 1)) + " or " + words.getLast();
  }

  /** The value that broke a rule, as every message ends. */
  static String got(String text) {
    return " (got " + quote(text) + ")";
  }

  static String quote(String text) {
    String shown = text.length() > QUOTED_LENGTH ? text.substring(0, QUOTED_LENGTH) + "…" : text;
    return '"' + shown + '"';
  }
}
