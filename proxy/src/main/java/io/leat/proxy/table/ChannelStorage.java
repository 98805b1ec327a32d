package io.leat.proxy.table;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where and how long a Channel keeps events.
 *
 * @param provisioner {@code log}, {@code memory} or {@code kafka}
 * @param durability what an acknowledged event survives
 * @param maxBytes of events that a subscription has not finished
 * @param maxAge of such an event
 * @param breach what happens when a subscription falls behind those limits
 * @param arguments of the provisioner, as validated by its schema; values as text
 */
public record ChannelStorage(
    String provisioner,
    Durability durability,
    long maxBytes,
    Duration maxAge,
    Breach breach,
    Map<String, String> arguments) {

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
