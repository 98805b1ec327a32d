package io.leat.proxy.config;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and writes amounts of bytes: {@code 64KiB}, {@code 10MiB}, {@code 1GiB}, {@code 4096}. */
public final class ByteSizes {
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,15})(|B|KiB|MiB|GiB)");
  private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB");

  private ByteSizes() {}

  /**
   * Reads an amount.
   *
   * @throws IllegalArgumentException when the text is none; the message completes a sentence that
   *     starts with the name of the setting
   */
  public static long parse(String text) {
    Matcher size = SIZE.matcher(text.strip());
    if (!size.matches()) {
      throw refusal(text);
    }
    long count = Long.parseLong(size.group(1));
    int shift = 10 * Math.max(0, UNITS.indexOf(size.group(2)));
    if (count > Long.MAX_VALUE >> shift) {
      throw refusal(text);
    }
    return count << shift;
  }

  private static IllegalArgumentException refusal(String text) {
    return new IllegalArgumentException(
        "must be an amount of bytes like 4096, 64KiB, 10MiB or 1GiB (got " + text + ")");
  }

  /** The shortest exact text: the largest unit that divides the amount. */
  public static String format(long bytes) {
    int unit = 0;
    long count = bytes;
    while (count != 0 && count % 1024 == 0 && unit < UNITS.size() - 1) {
      count /= 1024;
      unit++;
    }
    return unit == 0 ? Long.toString(bytes) : count + UNITS.get(unit);
  }
}
