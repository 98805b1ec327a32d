package io.leat.control.manifest.rules;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as manifests write them: Go style ({@code 30s}, {@code 1h2m}, {@code 1.5s}) or ISO-8601
 * ({@code PT30S}).
 */
public final class Durations {
  /** How a message about a text that is no duration begins. */
  public static final String EXPECTED = "must be a duration such as 30s, 1h2m or PT30S";

  private static final int LONGEST_TEXT = 64;
  private static final Pattern PART =
      Pattern.compile("([0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)");
  private static final Map<String, Long> UNIT_NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "μs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);
  private static final BigDecimal LARGEST = BigDecimal.valueOf(Long.MAX_VALUE);

  private Durations() {}

  /** The duration that a text means; empty when it is none or beyond 292 years. */
  public static Optional<Duration> parse(String text) {
    if (text.isEmpty() || text.length() > LONGEST_TEXT) {
      return Optional.empty();
    }
    boolean negative = text.charAt(0) == '-';
    String body = negative || text.charAt(0) == '+' ? text.substring(1) : text;
    Optional<Duration> size =
        body.startsWith("P") || body.startsWith("p") ? parseIso(body) : parseGo(body);
    return negative ? size.map(Duration::negated) : size;
  }

  /** Go style without empty units: {@code 1h0m30s} is written {@code 1h30s}. */
  public static String format(Duration duration) {
    if (duration.isNegative()) {
      return "-" + format(duration.negated());
    }
    var text = new StringBuilder();
    append(text, duration.toHours(), "h");
    append(text, duration.toMinutesPart(), "m");
    append(text, duration.toSecondsPart(), "s");
    append(text, duration.toMillisPart(), "ms");
    append(text, duration.toNanosPart() % 1_000_000, "ns");
    return text.isEmpty() ? "0s" : text.toString();
  }

  private static void append(StringBuilder text, long amount, String unit) {
    if (amount != 0) {
      text.append(amount).append(unit);
    }
  }

  private static Optional<Duration> parseIso(String text) {
    try {
      return Optional.of(Duration.parse(text));
    } catch (DateTimeParseException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static Optional<Duration> parseGo(String text) {
    if (text.equals("0")) {
      return Optional.of(Duration.ZERO);
    }
    Matcher part = PART.matcher(text);
    BigDecimal nanos = BigDecimal.ZERO;
    int end = 0;
    while (end < text.length()) {
      part.region(end, text.length());
      if (!part.lookingAt()) {
        return Optional.empty();
      }
      nanos = nanos.add(amount(part.group(1), part.group(2)));
      end = part.end();
    }
    return end == 0 || nanos.compareTo(LARGEST) > 0
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(nanos.setScale(0, RoundingMode.DOWN).longValueExact()));
  }

  private static BigDecimal amount(String number, String unit) {
    Long nanos = UNIT_NANOS.get(unit);
    return nanos == null
        ? BigDecimal.ZERO
        : new BigDecimal(number).multiply(BigDecimal.valueOf(nanos));
  }
}
