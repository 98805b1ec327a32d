package io.leat.control.resource;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The parts of a Subscription that both faces of Channels share, as documents write them. */
public final class Delivery {
  private Delivery() {}

  /**
   * How often and how fast is tried, as Knative's {@code DeliverySpec} (duck v1).
   *
   * @param timeout of one try, ISO 8601
   * @param backoffDelay ISO 8601
   * @param retryAfterMax ISO 8601; {@code PT0S} ignores the header
   * @param format {@code binary} or {@code json}
   */
  public record DeliverySpec(
      @Nullable Destination deadLetterSink,
      @Nullable String timeout,
      @Nullable Integer retry,
      @Nullable String backoffPolicy,
      @Nullable String backoffDelay,
      @Nullable String retryAfterMax,
      @Nullable String format) {

    /** The same with another dead letter sink. */
    public DeliverySpec withDeadLetterSink(@Nullable Destination sink) {
      return new DeliverySpec(
          sink, timeout, retry, backoffPolicy, backoffDelay, retryAfterMax, format);
    }
  }

  /** An object that is asked for its address, or an address; with both, a path below it. */
  public record Destination(@Nullable ObjectRef ref, @Nullable String uri) {}

  /** Which Subscription an entry belongs to. */
  public record SubscriptionRef(
      @Nullable String name, @Nullable String namespace, @Nullable String uid) {}

  /**
   * A Subscription whose names are resolved: {@code ChannelSubscriberSpec} of the 2018 model, with
   * an identity.
   *
   * @param callableDomain a domain, or an absolute URL where a domain does not say it all
   * @param sinkableDomain likewise
   * @param routeMapping likewise, by route name
   * @param delivery with the dead letter sink resolved; absent: as the Channel's
   * @param options annotations of the Subscription that decide about delivery, without prefix
   */
  public record ResolvedSubscription(
      @Nullable SubscriptionRef ref,
      @Nullable Long generation,
      @Nullable String role,
      @Nullable String callableDomain,
      @Nullable String sinkableDomain,
      @Nullable Map<String, String> routeMapping,
      @Nullable DeliverySpec delivery,
      @Nullable Map<String, String> options) {
    /** Copies the maps. */
    public ResolvedSubscription {
      routeMapping = sorted(routeMapping);
      options = sorted(options);
    }

    /** The uid of the Subscription; empty when nobody says. */
    public String uid() {
      return ref == null || ref.uid() == null ? "" : ref.uid();
    }
  }

  /** Entries of a Channel of {@code messaging.knative.dev/v1}. */
  public record MessagingSubscriber(
      @Nullable String name,
      @Nullable String uid,
      @Nullable Long generation,
      @Nullable String subscriberUri,
      @Nullable String replyUri,
      @Nullable DeliverySpec delivery) {}

  private static @Nullable Map<String, String> sorted(@Nullable Map<String, String> map) {
    return map == null ? null : Collections.unmodifiableMap(new TreeMap<>(map));
  }

  static <T> @Nullable List<T> copy(@Nullable List<T> list) {
    return list == null ? null : List.copyOf(list);
  }
}
