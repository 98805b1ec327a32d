package io.leat.control.resource;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The part of a status that only kinds of eventing and messaging have; its fields stand beside the
 * others of the status.
 *
 * @param sinkable where events are taken from within
 * @param targetable where calls are taken from within
 * @param subscriptions a Channel's ResolvedSubscriptionSet
 * @param subscribers how far the data plane is with each subscription of a Channel
 * @param physicalSubscription what a Subscription was resolved to
 * @param provisioned one row per object that was made or adopted
 * @param referenceCount owners of an EventType
 */
public record EventingStatus(
    @Nullable InternalDomain sinkable,
    @Nullable InternalDomain targetable,
    @Nullable ObjectRef subscriptions,
    @Nullable List<SubscriberStatus> subscribers,
    @Nullable PhysicalSubscription physicalSubscription,
    @Nullable String deadLetterSinkUri,
    @Nullable List<ProvisionedObject> provisioned,
    @Nullable Integer referenceCount) {

  /** Nothing observed. */
  public static final EventingStatus NONE =
      new EventingStatus(null, null, null, null, null, null, null, null);

  /** A domain that is reached from within. */
  public record InternalDomain(@Nullable String domainInternal) {}

  /** How far the data plane is with one subscription. */
  public record SubscriberStatus(
      @Nullable String uid,
      @Nullable Long observedGeneration,
      @Nullable String ready,
      @Nullable String message) {}

  /** The URLs that a Subscription was resolved to. */
  public record PhysicalSubscription(
      @Nullable String role,
      @Nullable String subscriberUri,
      @Nullable String replyUri,
      @Nullable String deadLetterSinkUri,
      @Nullable Map<String, String> routeMapping) {
    /** Copies the map. */
    public PhysicalSubscription {
      routeMapping =
          routeMapping == null ? null : Collections.unmodifiableMap(new TreeMap<>(routeMapping));
    }
  }

  /** One object that was made, adopted or is used: name, fully qualified type, and relationship. */
  public record ProvisionedObject(
      @Nullable String name,
      @Nullable String type,
      @Nullable String status,
      @Nullable String reason) {}

  /** Copies the lists. */
  public EventingStatus {
    subscribers = Delivery.copy(subscribers);
    provisioned = Delivery.copy(provisioned);
  }

  /** Of a Channel. */
  public static EventingStatus ofChannel(
      String domain,
      ObjectRef subscriptions,
      List<SubscriberStatus> subscribers,
      @Nullable String deadLetterSinkUri) {
    return new EventingStatus(
        new InternalDomain(domain),
        null,
        subscriptions,
        subscribers.isEmpty() ? null : subscribers,
        null,
        deadLetterSinkUri,
        null,
        null);
  }

  /** Of a Subscription. */
  public static EventingStatus ofSubscription(@Nullable PhysicalSubscription physical) {
    return physical == null
        ? NONE
        : new EventingStatus(null, null, null, null, physical, null, null, null);
  }

  /** Of what lists objects. */
  public static EventingStatus ofProvisioned(List<ProvisionedObject> provisioned) {
    return new EventingStatus(
        null, null, null, null, null, null, provisioned.isEmpty() ? null : provisioned, null);
  }

  /** Of an EventType. */
  public static EventingStatus ofReferences(int count) {
    return new EventingStatus(null, null, null, null, null, null, null, count);
  }
}
