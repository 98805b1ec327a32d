package io.leat.proxy.fanout;

import io.leat.proxy.table.AggregatePolicy;
import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.DeliveryPolicy;
import io.leat.proxy.table.SubscriptionRole;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds subscribers and their policies step by step. */
final class Subscribers {
  private Subscribers() {}

  static DeliveryPolicy policy(int retries, Duration delay, @Nullable String deadLetter) {
    return new DeliveryPolicy(
        retries,
        DeliveryPolicy.Backoff.LINEAR,
        delay,
        Duration.ofSeconds(20),
        Duration.ofMinutes(5),
        deadLetter,
        null,
        false,
        64);
  }

  static DeliveryPolicy parallel(DeliveryPolicy policy, boolean ordered, int parallelism) {
    return new DeliveryPolicy(
        policy.retries(),
        policy.backoff(),
        policy.delay(),
        policy.timeout(),
        policy.retryAfterMax(),
        policy.deadLetter(),
        policy.format(),
        ordered,
        parallelism);
  }

  static DeliveryPolicy timeout(DeliveryPolicy policy, Duration timeout) {
    return new DeliveryPolicy(
        policy.retries(),
        policy.backoff(),
        policy.delay(),
        timeout,
        policy.retryAfterMax(),
        policy.deadLetter(),
        policy.format(),
        policy.ordered(),
        policy.parallelism());
  }

  static ChannelSubscriber calling(
      String uid, @Nullable String call, @Nullable String reply, DeliveryPolicy policy) {
    return playing(uid, SubscriptionRole.TRANSFORMER, call, reply, policy);
  }

  static ChannelSubscriber playing(
      String uid,
      SubscriptionRole role,
      @Nullable String call,
      @Nullable String reply,
      DeliveryPolicy policy) {
    return new ChannelSubscriber(
        uid, "default/" + uid, 1, role, call, reply, Map.of(), policy, null, false, null);
  }

  static ChannelSubscriber routing(
      String uid,
      String call,
      Map<String, String> routes,
      @Nullable String reply,
      DeliveryPolicy policy) {
    return new ChannelSubscriber(
        uid,
        "default/" + uid,
        1,
        SubscriptionRole.ROUTER,
        call,
        reply,
        routes,
        policy,
        null,
        false,
        null);
  }

  static ChannelSubscriber aggregating(
      String uid, String call, String reply, AggregatePolicy policy, DeliveryPolicy delivery) {
    return new ChannelSubscriber(
        uid,
        "default/" + uid,
        1,
        SubscriptionRole.AGGREGATOR,
        call,
        reply,
        Map.of(),
        delivery,
        policy,
        false,
        null);
  }
}
