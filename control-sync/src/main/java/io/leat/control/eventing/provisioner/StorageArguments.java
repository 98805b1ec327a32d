package io.leat.control.eventing.provisioner;

import io.leat.control.manifest.rules.Durations;
import io.leat.proxy.table.ChannelStorage;
import io.leat.proxy.table.ChannelStorage.Breach;
import io.leat.proxy.table.ChannelStorage.Dedup;
import io.leat.proxy.table.ChannelStorage.Durability;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads how a Channel keeps events from the arguments of its provisioner. */
public final class StorageArguments {
  private static final Pattern BYTES = Pattern.compile("([0-9]{1,15})(Ki|Mi|Gi|Ti|k|M|G|T)?");
  private static final Map<String, Long> UNITS =
      Map.of(
          "Ki",
          1L << 10,
          "Mi",
          1L << 20,
          "Gi",
          1L << 30,
          "Ti",
          1L << 40,
          "k",
          1_000L,
          "M",
          1_000_000L,
          "G",
          1_000_000_000L,
          "T",
          1_000_000_000_000L);

  /** Of a Channel in memory, where nothing else bounds it. */
  private static final long IN_MEMORY_BYTES = 64L << 20;

  private static final Pattern EVENTS = Pattern.compile("[1-9][0-9]{0,6}");
  private static final int USUAL_EVENTS = 100_000;

  private StorageArguments() {}

  /**
   * The storage of a Channel.
   *
   * @throws IllegalArgumentException when an argument means nothing, with its place and the rule
   */
  public static ChannelStorage of(Provisioning.Made made) {
    Map<String, String> texts = new TreeMap<>(made.texts());
    ChannelStorage fallback = ChannelStorage.DEFAULT;
    String durability = texts.remove("durability");
    String maxBytes = texts.remove("maxBytes");
    String maxAge = texts.remove("maxAge");
    String breach = texts.remove("breach");
    Dedup dedup = dedup(made.backEnd(), texts.remove("dedupWindow"), texts.remove("dedupEvents"));
    Durability kept = durability(made.backEnd(), durability == null ? "fsync" : durability);
    if ("dead-letter".equals(breach)
        && (made.backEnd() != BackEnd.LOG || kept == Durability.MEMORY)) {
      throw new IllegalArgumentException(
          "spec.arguments.breach: dead-letter needs the provisioner log with durability fsync or"
              + " os; others refuse new events at their limits (block)");
    }
    return new ChannelStorage(
        made.backEnd().word(),
        kept,
        maxBytes == null ? usualBytes(made.backEnd()) : bytes(maxBytes),
        maxAge == null ? fallback.maxAge() : duration("maxAge", maxAge),
        "dead-letter".equals(breach) ? Breach.DEAD_LETTER : Breach.BLOCK,
        texts,
        dedup);
  }

  private static @Nullable Dedup dedup(
      BackEnd backEnd, @Nullable String window, @Nullable String events) {
    if (backEnd == BackEnd.KAFKA && (window != null || events != null)) {
      throw new IllegalArgumentException(
          "spec.arguments."
              + (window == null ? "dedupEvents" : "dedupWindow")
              + ": needs the provisioner log or memory; processes that share a topic do not know"
              + " what the others took");
    }
    if (window == null) {
      if (events != null) {
        throw new IllegalArgumentException("spec.arguments.dedupEvents: needs dedupWindow");
      }
      return null;
    }
    return new Dedup(
        duration("dedupWindow", window), events == null ? USUAL_EVENTS : count(events));
  }

  private static int count(String text) {
    if (EVENTS.matcher(text).matches() && Integer.parseInt(text) <= Dedup.MOST_EVENTS) {
      return Integer.parseInt(text);
    }
    throw new IllegalArgumentException(
        "spec.arguments.dedupEvents: must be 1 to "
            + Dedup.MOST_EVENTS
            + " (got \""
            + text
            + "\")");
  }

  private static long usualBytes(BackEnd backEnd) {
    return backEnd == BackEnd.MEMORY ? IN_MEMORY_BYTES : ChannelStorage.DEFAULT.maxBytes();
  }

  private static Durability durability(BackEnd backEnd, String word) {
    return backEnd == BackEnd.MEMORY
        ? Durability.MEMORY
        : Durability.valueOf(word.toUpperCase(Locale.ROOT));
  }

  private static long bytes(String text) {
    Matcher matcher = BYTES.matcher(text);
    if (matcher.matches()) {
      long number = Long.parseLong(matcher.group(1));
      long unit = matcher.group(2) == null ? 1 : UNITS.getOrDefault(matcher.group(2), 1L);
      if (number > 0 && Math.multiplyHigh(number, unit) == 0 && number * unit > 0) {
        return number * unit;
      }
    }
    throw new IllegalArgumentException(
        "spec.arguments.maxBytes: must be a number of bytes from 1, such as 10Gi (got \""
            + text
            + "\")");
  }

  private static Duration duration(String name, String text) {
    return Durations.parse(text)
        .filter(each -> !each.isNegative() && each.toMillis() > 0)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "spec.arguments." + name + ": " + Durations.EXPECTED + " (got \"" + text + "\")"));
  }
}
