package io.leat.control.resource;

import io.leat.control.resource.Delivery.DeliverySpec;
import io.leat.control.resource.Delivery.ResolvedSubscription;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a user wants of the kinds of {@code eventing.knative.dev/v1alpha1}, the first object model
 * of Knative Eventing (October 2018).
 *
 * <p>Fields that other drafts of the model called otherwise are read under each name and kept as
 * they were written; accessors say what they mean.
 */
public sealed interface EventingSpec extends Spec {

  /**
   * {@code Source}: what supplies events to one Channel.
   *
   * @param target what the code of 2018 called {@code channel}
   */
  record SourceSpec(
      ProvisionerReference provisioner,
      @Nullable RawJson arguments,
      @Nullable ObjectRef channel,
      @Nullable ObjectRef target)
      implements EventingSpec {
    /** The Channel by either name. */
    public @Nullable ObjectRef channelRef() {
      return channel == null ? target : channel;
    }
  }

  /** {@code Channel}: takes events and forwards them to its subscribers. */
  record ChannelSpec(
      ProvisionerReference provisioner,
      @Nullable RawJson arguments,
      @Nullable Channelable channelable,
      @Nullable List<String> eventTypes,
      @Nullable DeliverySpec delivery)
      implements EventingSpec {
    /** Copies the list. */
    public ChannelSpec {
      eventTypes = Delivery.copy(eventTypes);
    }

    /** The same with other subscribers, or none. */
    public ChannelSpec withChannelable(@Nullable Channelable other) {
      return new ChannelSpec(provisioner, arguments, other, eventTypes, delivery);
    }
  }

  /** {@code Subscription}: links a Channel to what is called and to where the result goes. */
  record SubscriptionSpec(
      ObjectRef from,
      @Nullable EndpointSpec call,
      @Nullable ResultStrategy result,
      @Nullable DeliverySpec delivery)
      implements EventingSpec {}

  /** {@code ResolvedSubscriptionSet}: the resolved subscriptions of one Channel. */
  record SubscriptionSetSpec(List<ResolvedSubscription> subscribers) implements EventingSpec {
    /** Copies the list. */
    public SubscriptionSetSpec {
      subscribers = List.copyOf(subscribers);
    }
  }

  /**
   * {@code Provisioner}: describes what Sources or Channels are made of.
   *
   * @param parameters JSON Schema of the arguments
   */
  record ProvisionerSpec(GroupKind type, @Nullable RawJson parameters) implements EventingSpec {}

  /** {@code EventType}: the schema of events. */
  record EventTypeSpec(@Nullable String jsonSchema) implements EventingSpec {}

  /** One of a name and a selector. */
  record ProvisionerReference(@Nullable ObjectRef ref, @Nullable LabelSelector selector) {}

  /** Chooses by labels, as in Kubernetes. */
  record LabelSelector(
      @Nullable Map<String, String> matchLabels,
      @Nullable List<LabelRequirement> matchExpressions) {
    /** Copies the collections. */
    public LabelSelector {
      matchLabels =
          matchLabels == null ? null : Collections.unmodifiableMap(new TreeMap<>(matchLabels));
      matchExpressions = Delivery.copy(matchExpressions);
    }
  }

  /** One of several conditions on labels. */
  record LabelRequirement(String key, String operator, @Nullable List<String> values) {
    /** Copies the list. */
    public LabelRequirement {
      values = Delivery.copy(values);
    }
  }

  /** The subscribers of a Channel, filled out from its ResolvedSubscriptionSet. */
  record Channelable(@Nullable List<ResolvedSubscription> subscribers) {
    /** Copies the list. */
    public Channelable {
      subscribers = Delivery.copy(subscribers);
    }
  }

  /** A kind without its version. */
  record GroupKind(@Nullable String group, String kind) {}

  /**
   * What is called: an object or a domain; both under the names that several drafts gave them.
   *
   * @param target as {@code targetRef}
   * @param ref as {@code targetRef}
   * @param targetURI as {@code dnsName}
   * @param uri as {@code dnsName}
   */
  record EndpointSpec(
      @Nullable ObjectRef targetRef,
      @Nullable String dnsName,
      @Nullable ObjectRef target,
      @Nullable ObjectRef ref,
      @Nullable String targetURI,
      @Nullable String uri) {
    /** The object by any name. */
    public @Nullable ObjectRef object() {
      if (targetRef != null) {
        return targetRef;
      }
      return target == null ? ref : target;
    }

    /** The domain or URL by any name. */
    public @Nullable String domain() {
      if (dnsName != null) {
        return dnsName;
      }
      return targetURI == null ? uri : targetURI;
    }
  }

  /**
   * Where results go. The fields of a reference stand for a {@code target} of that content.
   *
   * @param routeMapping named routes of a router
   */
  record ResultStrategy(
      @Nullable String apiVersion,
      @Nullable String kind,
      @Nullable String name,
      @Nullable String namespace,
      @Nullable ObjectRef target,
      @Nullable List<ResultRoute> routeMapping) {
    /** Copies the list. */
    public ResultStrategy {
      routeMapping = Delivery.copy(routeMapping);
    }

    /** Whether the short form is used. */
    public boolean isShort() {
      return apiVersion != null || kind != null || name != null || namespace != null;
    }

    /** The Channel of results in either form. */
    public @Nullable ObjectRef targetRef() {
      return isShort() ? new ObjectRef(apiVersion, kind, name, namespace) : target;
    }

    /** The routes, empty when there are none. */
    public List<ResultRoute> routes() {
      return routeMapping == null ? List.of() : routeMapping;
    }
  }

  /** A route that a router may name. */
  record ResultRoute(String name, ObjectRef target) {}
}
