package io.leat.proxy.table;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where and how long a Channel keeps events.
 *
 * @param provisioner {@code log}, {@code memory} or {@code kafka}
 * @param durability what an acknowledged event survives
 * @param maxBytes of events that a subscription has not finished
 * @param maxAge of such an event
 * @param breach what happens when a subscription falls behind those limits
 * @param arguments of the provisioner, as validated by its schema; values as text
 * @param dedup within which events that are the same are kept once; null to keep all of them
 */
public record ChannelStorage(
    String provisioner,
    Durability durability,
    long maxBytes,
    Duration maxAge,
    Breach breach,
    Map<String, String> arguments,
    @Nullable Dedup dedup) {

  /**
   * The window of duplicates: events are the same when their sources and their ids are.
   *
   * @param window after the first of them
   * @param events that are remembered at most, the newest
   */
  public record Dedup(Duration window, int events) {
    /** The most events that may be remembered. */
    public static final int MOST_EVENTS = 1_000_000;

    /** Rejects what bounds nothing. */
    public Dedup {
      if (window.toMillis() < 1) {
        throw new IllegalArgumentException("window: " + window + " (expected: >= PT0.001S)");
      }
      if (events < 1 || events > MOST_EVENTS) {
        throw new IllegalArgumentException("events: " + events + " (expected: 1 to 1000000)");
      }
    }
  }

  /** What an acknowledged event survives. */
  public enum Durability {
    /** Loss of power: the file is synced before the acknowledgement. */
    FSYNC,
    /** Death of the process: the operating system has the bytes. */
    OS,
    /** Nothing. */
    MEMORY
  }

  /** What happens when a subscription falls behind the limits of its Channel. */
  public enum Breach {
    /** New events are refused with 429. */
    BLOCK,
    /** The oldest events of the slowest subscription are dead-lettered. */
    DEAD_LETTER
  }

  /** The embedded log, synced, 10 GiB or 7 days, new events refused beyond. */
  public static final ChannelStorage DEFAULT =
      new ChannelStorage(
          "log", Durability.FSYNC, 10L << 30, Duration.ofDays(7), Breach.BLOCK, Map.of());

  /** A storage that keeps duplicates. */
  public ChannelStorage(
      String provisioner,
      Durability durability,
      long maxBytes,
      Duration maxAge,
      Breach breach,
      Map<String, String> arguments) {
    this(provisioner, durability, maxBytes, maxAge, breach, arguments, null);
  }

  /** The same with a window of duplicates, or without. */
  public ChannelStorage with(@Nullable Dedup other) {
    return new ChannelStorage(provisioner, durability, maxBytes, maxAge, breach, arguments, other);
  }

  /** Copies the arguments, sorted. */
  public ChannelStorage {
    arguments = Collections.unmodifiableMap(new TreeMap<>(arguments));
    if (maxBytes < 1) {
      throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: >= 1)");
    }
    if (maxAge.isNegative() || maxAge.isZero()) {
      throw new IllegalArgumentException("maxAge: " + maxAge + " (expected: > PT0S)");
    }
  }
}
