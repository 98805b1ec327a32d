package io.leat.proxy.config;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads and writes durations as people type them: {@code 30s}, {@code 1m30s}, {@code 1.5s}, {@code
 * 500ms}, {@code 0}, and ISO 8601 ({@code PT30S}). Never negative.
 */
public final class Durations {
  private static final Pattern PART =
      Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,9})?)(ns|us|ms|s|m|h|d)");
  private static final long MAX_DAYS = 36_500;

  private Durations() {}

  /**
   * Reads a duration.
   *
   * @throws IllegalArgumentException when the text is none, is negative, or exceeds 100 years; the
   *     message completes a sentence that starts with the name of the setting
   */
  public static Duration parse(String text) {
    String trimmed = text.strip();
    if (trimmed.equals("0")) {
      return Duration.ZERO;
    }
    Duration value =
        trimmed.toUpperCase(Locale.ROOT).startsWith("P") ? iso(trimmed) : parts(trimmed);
    if (value.isNegative() || value.toDays() > MAX_DAYS) {
      throw refusal(text);
    }
    return value;
  }

  private static Duration iso(String text) {
    try {
      return Duration.parse(text);
    } catch (DateTimeException e) {
      throw refusal(text);
    }
  }

  private static Duration parts(String text) {
    Matcher part = PART.matcher(text);
    Duration sum = Duration.ZERO;
    int at = 0;
    while (at < text.length() && part.find(at) && part.start() == at) {
      sum = sum.plus(scaled(new BigDecimal(part.group(1)), part.group(2)));
      at = part.end();
    }
    if (at == 0 || at < text.length()) {
      throw refusal(text);
    }
    return sum;
  }

  private static Duration scaled(BigDecimal count, String unit) {
    BigDecimal nanos = count.multiply(BigDecimal.valueOf(nanosPer(unit)));
    BigDecimal[] parts = nanos.divideAndRemainder(BigDecimal.valueOf(1_000_000_000L));
    return Duration.ofSeconds(parts[0].longValue(), parts[1].longValue());
  }

  private static long nanosPer(String unit) {
    return switch (unit) {
      case "ns" -> 1L;
      case "us" -> 1_000L;
      case "ms" -> 1_000_000L;
      case "s" -> 1_000_000_000L;
      case "m" -> 60_000_000_000L;
      case "h" -> 3_600_000_000_000L;
      default -> 86_400_000_000_000L;
    };
  }

  private static IllegalArgumentException refusal(String text) {
    return new IllegalArgumentException(
        "must be a duration like 30s, 1m30s, 500ms or PT30S (got " + text + ")");
  }

  /** The shortest text that {@link #parse} reads as the same duration: {@code 1m30s}. */
  public static String format(Duration value) {
    if (value.isZero()) {
      return "0s";
    }
    StringBuilder out = new StringBuilder();
    append(out, value.toHours(), "h");
    append(out, value.toMinutesPart(), "m");
    append(out, value.toSecondsPart(), "s");
    append(out, value.toMillisPart(), "ms");
    append(out, value.toNanosPart() / 1_000 % 1_000, "us");
    append(out, value.toNanosPart() % 1_000, "ns");
    return out.toString();
  }

  private static void append(StringBuilder out, long count, String unit) {
    if (count != 0) {
      out.append(count).append(unit);
    }
  }
}
