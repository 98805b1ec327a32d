package io.leat.proxy.fanout.delivery;

import io.leat.proxy.fanout.role.GroupCaps;
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
 * @param receipts events of one subscription of which it is remembered what became of them
 * @param groups what the groups of one subscription may hold
 */
public record DeliveryLimits(
    long inFlightBytes,
    int readBytes,
    int waiting,
    int replyBytes,
    Duration maxBackoff,
    Duration deadLetterBackoff,
    int hops,
    int receipts,
    GroupCaps groups) {

  /** Closed groups that one subscription remembers: its cursor counts them as unfinished. */
  public static final int MOST_CLOSED = 10_000;

  /**
   * 32 MiB in flight, 10,000 waiting, 1 MiB of reply, pauses of 1 h and 30 s, 32 hops, 4,096
   * receipts, 10,000 groups of 1,000 in 64 MiB.
   */
  public static final DeliveryLimits DEFAULT =
      new DeliveryLimits(
          32L << 20,
          1 << 20,
          10_000,
          1 << 20,
          Duration.ofHours(1),
          Duration.ofSeconds(30),
          32,
          4096,
          new GroupCaps(1000, 10_000, 64L << 20, MOST_CLOSED, Duration.ofHours(1)));

  /** Rejects limits under which nothing moves. */
  public DeliveryLimits {
    if (inFlightBytes < 1
        || readBytes < 1
        || waiting < 1
        || replyBytes < 0
        || hops < 1
        || receipts < 1
        || groups.closed() > MOST_CLOSED) {
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
              + ", "
              + receipts
              + ", "
              + groups
              + " (expected: >= 1 each, closed groups <= "
              + MOST_CLOSED
              + ")");
    }
  }
}
