package io.leat.control.store;

import io.leat.control.resource.Delivery.DeliverySpec;
import io.leat.control.resource.Delivery.Destination;
import io.leat.control.resource.EventingSpec.ProvisionerReference;
import io.leat.control.resource.EventingSpec.SourceSpec;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.eventing.ChannelModel;
import io.leat.control.resource.eventing.SubscriptionModel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which resources those of eventing name. */
public final class EventingReferences {
  private EventingReferences() {}

  /**
   * A Subscription its Channel, what it calls and where results go; a Channel its set of
   * subscriptions, Provisioner, EventTypes and dead letter sink; a Source its Channel and
   * Provisioner; an EventType its Provisioners; a Provisioner its EventTypes.
   */
  static List<ResourceKey> of(Resource resource) {
    Kind kind = resource.kind();
    if (kind.isSubscription()) {
      return SubscriptionModel.of(resource).named();
    }
    if (kind.isChannel()) {
      return ofChannel(ChannelModel.of(resource));
    }
    String namespace = resource.metadata().namespace();
    List<ResourceKey> keys = new ArrayList<>();
    if (resource.spec() instanceof SourceSpec source) {
      addProvisioner(source.provisioner(), namespace, keys);
      if (source.channelRef() != null) {
        SubscriptionModel.keyOf(source.channelRef(), namespace).ifPresent(keys::add);
      }
    } else if (kind == Kind.EVENT_TYPE) {
      for (Metadata.OwnerReference owner : resource.metadata().ownerReferences()) {
        if (owner.kind().equals(Kind.PROVISIONER.kind())) {
          keys.add(new ResourceKey(Kind.PROVISIONER, namespace, owner.name()));
        }
      }
    } else if (kind == Kind.PROVISIONER) {
      eventTypes(resource)
          .forEach(name -> keys.add(new ResourceKey(Kind.EVENT_TYPE, namespace, name)));
    }
    return keys;
  }

  /** The EventTypes that an annotation of a Provisioner lists. */
  public static List<String> eventTypes(Resource provisioner) {
    String listed = provisioner.metadata().annotations().getOrDefault(Labels.EVENT_TYPES, "");
    List<String> names = new ArrayList<>();
    for (String name : listed.split(",", -1)) {
      if (!name.isBlank() && !names.contains(name.strip())) {
        names.add(name.strip());
      }
    }
    return names;
  }

  private static List<ResourceKey> ofChannel(ChannelModel channel) {
    String namespace = channel.key().namespace();
    List<ResourceKey> keys = new ArrayList<>();
    keys.add(ChannelModel.subscriptionSet(channel.key()));
    addProvisioner(channel.provisioner(), namespace, keys);
    channel
        .eventTypes()
        .forEach(name -> keys.add(new ResourceKey(Kind.EVENT_TYPE, namespace, name)));
    addSink(channel.delivery(), namespace, keys);
    return keys;
  }

  private static void addProvisioner(
      ProvisionerReference reference, String namespace, List<ResourceKey> keys) {
    if (reference.ref() != null && reference.ref().name() != null) {
      keys.add(new ResourceKey(Kind.PROVISIONER, namespace, reference.ref().name()));
    }
  }

  private static void addSink(
      @Nullable DeliverySpec delivery, String namespace, List<ResourceKey> keys) {
    Destination sink = delivery == null ? null : delivery.deadLetterSink();
    if (sink != null && sink.ref() != null) {
      SubscriptionModel.keyOf(sink.ref(), namespace).ifPresent(keys::add);
    }
  }
}
