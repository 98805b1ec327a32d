package io.leat.proxy.fanout;

import io.leat.proxy.fanout.account.DeliveryOutcome;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.table.ChannelId;
import java.util.List;
import java.util.Map;

/**
 * What one Channel has counted so far.
 *
 * @param kept events that were acknowledged
 * @param refused requests to keep events, by why they were refused
 * @param logBytes that its log occupies
 */
public record ChannelCounts(
    ChannelId id,
    Kept kept,
    Map<Rejection, Long> refused,
    long logBytes,
    List<SubscriptionCounts> subscriptions) {

  /**
   * Events that were acknowledged so far.
   *
   * @param accepted that it keeps or kept
   * @param duplicates that it did not keep, because it had the same within its window
   * @param warned that it kept although their data breaks the schema of their type
   */
  public record Kept(long accepted, long duplicates, long warned) {}

  /** Events that it keeps or kept. */
  public long accepted() {
    return kept.accepted();
  }

  /** Events that it kept although their data breaks the schema of their type. */
  public long warned() {
    return kept.warned();
  }

  /**
   * What one subscription has counted so far.
   *
   * @param name {@code namespace/name}
   * @param backlog events that are not finished now
   */
  public record SubscriptionCounts(
      String uid, String name, Map<DeliveryOutcome, Long> outcomes, long backlog) {}
}
