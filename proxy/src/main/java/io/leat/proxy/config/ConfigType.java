package io.leat.proxy.config;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the value of a {@link ConfigKey} may be, and how it is read and written. */
public sealed interface ConfigType {

  /**
   * Reads a value.
   *
   * @return Integer, Long, Double, Duration, Boolean or String
   * @throws IllegalArgumentException with a message that completes a sentence that starts with the
   *     key: {@code must be …}
   */
  Object parse(String text);

  /** What is allowed, in a few words for documents. */
  String label();

  /** The text that {@link #parse} reads as this value. */
  default String render(Object value) {
    return value.toString();
  }

  /** A whole number within bounds. */
  record Int(int min, int max) implements ConfigType {
    @Override
    public Object parse(String text) {
      Integer value = integer(text.strip());
      if (value == null || value < min || value > max) {
        throw new IllegalArgumentException(
            "must be an integer from " + min + " to " + max + " (got " + text + ")");
      }
      return value;
    }

    private static @Nullable Integer integer(String text) {
      try {
        return Integer.valueOf(text);
      } catch (NumberFormatException e) {
        return null;
      }
    }

    @Override
    public String label() {
      return "integer from " + min + " to " + max;
    }
  }

  /** An amount of bytes within bounds; see {@link ByteSizes}. */
  record Bytes(long min, long max) implements ConfigType {
    @Override
    public Object parse(String text) {
      long value = ByteSizes.parse(text);
      if (value < min || value > max) {
        throw new IllegalArgumentException(
            "must be from "
                + ByteSizes.format(min)
                + " to "
                + ByteSizes.format(max)
                + " (got "
                + text
                + ")");
      }
      return value;
    }

    @Override
    public String label() {
      return "bytes, like 64KiB";
    }

    @Override
    public String render(Object value) {
      return ByteSizes.format((Long) value);
    }
  }

  /** A duration of at least {@code min}; see {@link Durations}. */
  record Time(Duration min) implements ConfigType {
    @Override
    public Object parse(String text) {
      Duration value = Durations.parse(text);
      if (value.compareTo(min) < 0) {
        throw new IllegalArgumentException(
            "must be at least " + Durations.format(min) + " (got " + text + ")");
      }
      return value;
    }

    @Override
    public String label() {
      return "duration, like 30s or 1m30s";
    }

    @Override
    public String render(Object value) {
      return Durations.format((Duration) value);
    }
  }

  /** Yes or no. */
  record Switch() implements ConfigType {
    @Override
    public Object parse(String text) {
      return switch (text.strip()) {
        case "true" -> true;
        case "false" -> false;
        default -> throw new IllegalArgumentException("must be true or false (got " + text + ")");
      };
    }

    @Override
    public String label() {
      return "true or false";
    }
  }

  /** Any text but the empty one. */
  record Text() implements ConfigType {
    @Override
    public Object parse(String text) {
      if (text.isBlank()) {
        throw new IllegalArgumentException("must not be empty");
      }
      return text.strip();
    }

    @Override
    public String label() {
      return "text";
    }
  }

  /** Any text; the empty one, also written as two quotes, switches something off. */
  record OptionalText() implements ConfigType {
    private static final String QUOTES = "\"\"";

    @Override
    public Object parse(String text) {
      String stripped = text.strip();
      return stripped.equals(QUOTES) ? "" : stripped;
    }

    @Override
    public String label() {
      return "text or empty";
    }

    @Override
    public String render(Object value) {
      return value.equals("") ? QUOTES : value.toString();
    }
  }

  /** One of a few words. */
  record Choice(List<String> words) implements ConfigType {
    /** Copies the list. */
    public Choice {
      words = List.copyOf(words);
    }

    @Override
    public Object parse(String text) {
      String word = text.strip();
      if (!words.contains(word)) {
        throw new IllegalArgumentException("must be " + label() + " (got " + text + ")");
      }
      return word;
    }

    @Override
    public String label() {
      return String.join(" or ", words);
    }
  }

  /** A share of a whole, 0 to 1. */
  record Share() implements ConfigType {
    private static final Pattern NUMBER = Pattern.compile("[01]|[01]?\\.[0-9]{1,9}");

    @Override
    public Object parse(String text) {
      String number = text.strip();
      double share = NUMBER.matcher(number).matches() ? Double.parseDouble(number) : -1;
      if (share < 0 || share > 1) {
        throw new IllegalArgumentException("must be a number from 0 to 1 (got " + text + ")");
      }
      return share;
    }

    @Override
    public String label() {
      return "number from 0 to 1";
    }
  }

  /** A host that only this machine reaches; see {@link LoopbackAddress}. */
  record Loopback() implements ConfigType {
    /** Why other addresses are refused. */
    public static final String RULE =
        "must be a loopback address (127.0.0.1, ::1 or localhost): anything else needs TLS and a"
            + " token, which this version does not have yet";

    @Override
    public Object parse(String text) {
      String host = text.strip();
      if (!LoopbackAddress.matches(host)) {
        throw new IllegalArgumentException(RULE + " (got " + text + ")");
      }
      return host;
    }

    @Override
    public String label() {
      return "loopback address";
    }
  }
}
