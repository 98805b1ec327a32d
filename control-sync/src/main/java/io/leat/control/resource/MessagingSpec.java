package io.leat.control.resource;

import io.leat.control.resource.Delivery.DeliverySpec;
import io.leat.control.resource.Delivery.Destination;
import io.leat.control.resource.Delivery.MessagingSubscriber;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a user wants of the kinds of {@code messaging.knative.dev/v1}, a second face of Channels and
 * Subscriptions.
 */
public sealed interface MessagingSpec extends Spec {

  /** {@code Channel}: of whatever kind its template names. */
  record MessagingChannelSpec(
      @Nullable ChannelTemplate channelTemplate,
      @Nullable List<MessagingSubscriber> subscribers,
      @Nullable DeliverySpec delivery)
      implements MessagingSpec {
    /** Copies the list. */
    public MessagingChannelSpec {
      subscribers = Delivery.copy(subscribers);
    }

    /** The same with other subscribers, or none. */
    public MessagingChannelSpec withSubscribers(@Nullable List<MessagingSubscriber> others) {
      return new MessagingChannelSpec(channelTemplate, others, delivery);
    }
  }

  /** {@code InMemoryChannel}: keeps nothing beyond the process. */
  record InMemoryChannelSpec(
      @Nullable List<MessagingSubscriber> subscribers, @Nullable DeliverySpec delivery)
      implements MessagingSpec {
    /** Copies the list. */
    public InMemoryChannelSpec {
      subscribers = Delivery.copy(subscribers);
    }

    /** The same with other subscribers, or none. */
    public InMemoryChannelSpec withSubscribers(@Nullable List<MessagingSubscriber> others) {
      return new InMemoryChannelSpec(others, delivery);
    }
  }

  /** {@code Subscription}: from a Channel to a subscriber, whose answers go to {@code reply}. */
  record MessagingSubscriptionSpec(
      ObjectRef channel,
      @Nullable Destination subscriber,
      @Nullable Destination reply,
      @Nullable DeliverySpec delivery)
      implements MessagingSpec {}

  /** The kind of the channel behind a Channel. */
  record ChannelTemplate(
      @Nullable String apiVersion, @Nullable String kind, @Nullable RawJson spec) {}
}
