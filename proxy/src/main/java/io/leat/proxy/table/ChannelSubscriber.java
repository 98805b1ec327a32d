package io.leat.proxy.table;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One resolved subscription of a Channel: whom it calls, and where the outcome goes.
 *
 * @param uid of the Subscription; names its place in the Channel's log
 * @param name {@code namespace/name} of the Subscription
 * @param generation of the Subscription that this entry was resolved from
 * @param call absolute http URI of the subscriber, null for none: the event goes on as it is
 * @param reply absolute http URI that takes what goes on, null when nothing does
 * @param routes absolute http URI by route name; empty unless the role is router
 * @param aggregate how the Channel forms groups, null when it forms none; only of aggregators
 * @param attributesOnly whether a router gets the event without its data
 * @param splitPath where a JSON body holds the array that the Channel splits itself ({@code
 *     $.items}), null when the subscriber splits
 * @param drains whether what is not delivered yet still is, within the Channel's limits, once the
 *     subscription is deleted; otherwise it is dropped
 * @param paused whether nothing is delivered for now; its place in the log stays
 * @param startAt where its place begins when the log makes it, and never after: {@code beginning},
 *     {@code end}, an offset or a time as in RFC 3339
 */
public record ChannelSubscriber(
    String uid,
    String name,
    long generation,
    SubscriptionRole role,
    @Nullable String call,
    @Nullable String reply,
    Map<String, String> routes,
    DeliveryPolicy delivery,
    @Nullable AggregatePolicy aggregate,
    boolean attributesOnly,
    @Nullable String splitPath,
    boolean drains,
    boolean paused,
    String startAt) {
  private static final String END = "end";

  /** A subscription that gets what comes after it was made. */
  public ChannelSubscriber(
      String uid,
      String name,
      long generation,
      SubscriptionRole role,
      @Nullable String call,
      @Nullable String reply,
      Map<String, String> routes,
      DeliveryPolicy delivery,
      @Nullable AggregatePolicy aggregate,
      boolean attributesOnly,
      @Nullable String splitPath,
      boolean drains,
      boolean paused) {
    this(
        uid,
        name,
        generation,
        role,
        call,
        reply,
        routes,
        delivery,
        aggregate,
        attributesOnly,
        splitPath,
        drains,
        paused,
        END);
  }

  /** A subscription that drains, is not paused, and gets what comes after it was made. */
  public ChannelSubscriber(
      String uid,
      String name,
      long generation,
      SubscriptionRole role,
      @Nullable String call,
      @Nullable String reply,
      Map<String, String> routes,
      DeliveryPolicy delivery,
      @Nullable AggregatePolicy aggregate,
      boolean attributesOnly,
      @Nullable String splitPath) {
    this(
        uid,
        name,
        generation,
        role,
        call,
        reply,
        routes,
        delivery,
        aggregate,
        attributesOnly,
        splitPath,
        true,
        false);
  }

  /** Copies the routes, sorted; rejects what no role allows. */
  public ChannelSubscriber {
    // Sorted, so that equal subscribers are equal texts in every process.
    routes = Collections.unmodifiableMap(new TreeMap<>(routes));
    if (role != SubscriptionRole.ROUTER && !routes.isEmpty()) {
      throw new IllegalArgumentException("routes: " + routes + " (expected: none unless a router)");
    }
    if (role == SubscriptionRole.ROUTER && call == null) {
      throw new IllegalArgumentException("call: none (expected: one for a router)");
    }
    if (call == null && reply == null) {
      throw new IllegalArgumentException("call and reply: none (expected: one at least)");
    }
  }

  /** The same with another delivery. */
  public ChannelSubscriber with(DeliveryPolicy other) {
    return new ChannelSubscriber(
        uid,
        name,
        generation,
        role,
        call,
        reply,
        routes,
        other,
        aggregate,
        attributesOnly,
        splitPath,
        drains,
        paused,
        startAt);
  }
}
