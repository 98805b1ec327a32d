package io.leat.proxy.fanout.delivery;

import java.time.Duration;

/**
 * What delivery may cost the process.
 *
 * @param inFlightBytes of events that are in memory at once, all subscriptions together; each
 *     subscription may have one event however large it is
 * @param readBytes that one look into a log brings at most
 * @param waiting events of one subscription that wait for a retry or for others of their lane; only
 *     their places are kept
 * @param replyBytes of a subscriber's answer that are read; more is a violation
 * @param maxBackoff the longest pause between two tries
 * @param deadLetterBackoff the longest pause between two tries to reach a dead letter sink
 * @param hops Channels that one event may pass
 */
public record DeliveryLimits(
    long inFlightBytes,
    int readBytes,
    int waiting,
    int replyBytes,
    Duration maxBackoff,
    Duration deadLetterBackoff,
    int hops) {

  /** 32 MiB in flight, 10,000 waiting, 1 MiB of reply, pauses of 1 h and 30 s, 32 hops. */
  public static final DeliveryLimits DEFAULT =
      new DeliveryLimits(
          32L << 20, 1 << 20, 10_000, 1 << 20, Duration.ofHours(1), Duration.ofSeconds(30), 32);

  /** Rejects limits under which nothing moves. */
  public DeliveryLimits {
    if (inFlightBytes < 1 || readBytes < 1 || waiting < 1 || replyBytes < 0 || hops < 1) {
      throw new IllegalArgumentException(
          "limits: "
              + inFlightBytes
              + ", "
              + readBytes
              + ", "
              + waiting
              + ", "
              + replyBytes
              + ", "
              + hops
              + " (expected: >= 1 each)");
    }
  }
}
