package io.leat.proxy.config;

import java.time.Duration;

/**
 * What Channels may take, keep and try; see {@link ConfigKey} for each setting.
 *
 * @param intake of what is sent to them
 * @param delivery of what they send
 * @param groups of one aggregating subscription
 * @param receipts that each subscription keeps
 */
public record ChannelBounds(Intake intake, Delivery delivery, Groups groups, int receipts) {

  /** One request to a Channel. */
  public record Intake(long requestBytes, int batchEvents) {}

  /** Deliveries; {@code inFlightBytes} of the process, the rest of one subscription or event. */
  public record Delivery(
      long inFlightBytes,
      int inFlightEvents,
      int waitingEvents,
      int replyBytes,
      int maxRetries,
      Duration maxBackoff,
      Duration deadLetterBackoff,
      int maxHops) {}

  /** Groups of one subscription: how many, of how many events, in how much memory. */
  public record Groups(int open, int events, long bytes) {}
}
