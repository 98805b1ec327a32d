package io.leat.proxy.fanout;

import io.leat.proxy.fanout.account.DeliveryOutcome;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.table.ChannelId;
import java.util.List;
import java.util.Map;

/**
 * What one Channel has counted so far.
 *
 * @param accepted events that it keeps or kept
 * @param refused requests to keep events, by why they were refused
 * @param warned events that it kept although their data breaks the schema of their type
 * @param logBytes that its log occupies
 */
public record ChannelCounts(
    ChannelId id,
    long accepted,
    Map<Rejection, Long> refused,
    long warned,
    long logBytes,
    List<SubscriptionCounts> subscriptions) {

  /**
   * What one subscription has counted so far.
   *
   * @param name {@code namespace/name}
   * @param backlog events that are not finished now
   */
  public record SubscriptionCounts(
      String uid, String name, Map<DeliveryOutcome, Long> outcomes, long backlog) {}
}
