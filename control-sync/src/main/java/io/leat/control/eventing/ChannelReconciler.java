package io.leat.control.eventing;

import io.leat.control.eventing.Addresses.Found;
import io.leat.control.eventing.provisioner.Provisioning;
import io.leat.control.eventing.provisioner.StorageArguments;
import io.leat.control.reconcile.ChannelsObserved;
import io.leat.control.reconcile.Observations;
import io.leat.control.reconcile.Observations.LostHost;
import io.leat.control.reconcile.Observations.Publication;
import io.leat.control.reconcile.Plan;
import io.leat.control.reconcile.Reconciler;
import io.leat.control.resource.Condition;
import io.leat.control.resource.Delivery.Destination;
import io.leat.control.resource.Delivery.ResolvedSubscription;
import io.leat.control.resource.EventingSpec.SubscriptionSetSpec;
import io.leat.control.resource.EventingStatus;
import io.leat.control.resource.EventingStatus.SubscriberStatus;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Metadata.OwnerReference;
import io.leat.control.resource.ObjectRef;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Status;
import io.leat.control.resource.eventing.ChannelModel;
import io.leat.control.serving.Conditions;
import io.leat.control.serving.ServingConfig;
import io.leat.control.store.References;
import io.leat.control.store.ResourceView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Provisions a Channel of one face: its set of resolved subscriptions, its owner, and what its
 * clients read of its subscribers; and tells when it takes events.
 */
public final class ChannelReconciler implements Reconciler {
  private static final String PROVISIONED = "Provisioned";
  private static final String ADDRESSABLE = "Addressable";

  private final ServingConfig config;
  private final ChannelHosts hosts;

  /** Reconciles Channels of a kind under the domains of a configuration. */
  public ChannelReconciler(Kind kind, ServingConfig config) {
    this.config = config;
    this.hosts = new ChannelHosts(kind, config);
  }

  @Override
  public Kind kind() {
    return hosts.kind();
  }

  @Override
  public Plan plan(Resource channel, ResourceView view, Observations observations) {
    if (channel.metadata().isDeleting()) {
      return Plan.EMPTY;
    }
    ChannelModel model = ChannelModel.of(channel);
    Provisioning provisioning = EventChannels.provisioning(model, view);
    Plan.Builder plan = new Plan.Builder();
    ResourceKey setKey = ChannelModel.subscriptionSet(channel.key());
    Optional<Resource> set = view.get(setKey);
    if (set.isEmpty()) {
      plan.create(emptySet(channel, setKey));
    }
    boolean own = set.map(found -> References.controls(channel, found)).orElse(true);
    List<ResolvedSubscription> entries = own ? EventChannels.entries(model, view) : List.of();
    Spec spec = ChannelModel.mirrored(channel.spec(), entries);
    Metadata owned = channel.metadata().withOwners(owners(channel, provisioning));
    plan.replace(channel, new Resource(channel.kind(), owned, spec, channel.status()));
    Addresses addresses =
        new Addresses(channel.metadata().namespace(), config.clusterDomain(), view);
    Destination sink = model.delivery() == null ? null : model.delivery().deadLetterSink();
    Found deadLetters = sink == null ? null : addresses.of(sink);
    List<Condition> parts = new ArrayList<>();
    parts.add(provisioned(model, provisioning, own, observations));
    parts.add(addressable(channel, view, observations.publication(channel.key())));
    if (!model.eventTypes().isEmpty()) {
      parts.add(eventTypes(model, view));
    }
    if (deadLetters != null) {
      parts.add(resolved(deadLetters));
    }
    String domain = hosts.domain(model);
    Status status =
        Status.ofEventing(
            channel.metadata().generation(),
            Conditions.withReady(parts),
            hosts.url(model),
            new Status.Address("http://" + domain),
            EventingStatus.ofChannel(
                domain,
                ObjectRef.to(Kind.SUBSCRIPTION_SET, setKey.name()),
                subscribers(entries, model, observations),
                deadLetterUrl(channel, deadLetters)));
    return plan.status(channel, status).build();
  }

  private static Resource emptySet(Resource channel, ResourceKey key) {
    Metadata metadata =
        Metadata.of(key.namespace(), key.name()).withOwners(References.controlledBy(channel));
    return Resource.of(Kind.SUBSCRIPTION_SET, metadata, new SubscriptionSetSpec(List.of()));
  }

  /** Of all Provisioners only the one that provisions it owns a Channel. */
  private static List<OwnerReference> owners(Resource channel, Provisioning provisioning) {
    List<OwnerReference> owners = new ArrayList<>();
    for (OwnerReference owner : channel.metadata().ownerReferences()) {
      if (owner.controller() || !owner.kind().equals(Kind.PROVISIONER.kind())) {
        owners.add(owner);
      }
    }
    if (provisioning instanceof Provisioning.Made made && made.provisioner() != null) {
      owners.add(EventTypeReconciler.owner(made.provisioner()));
    }
    return owners;
  }

  private static Condition provisioned(
      ChannelModel model, Provisioning provisioning, boolean own, Observations observations) {
    if (!own) {
      return Condition.isFalse(
          PROVISIONED,
          "SubscriptionSetTaken",
          ChannelModel.subscriptionSet(model.key()) + " belongs to somebody else.");
    }
    switch (provisioning) {
      case Provisioning.Refused refused -> {
        return Condition.isFalse(PROVISIONED, refused.reason(), refused.message());
      }
      case Provisioning.Made made -> {
        try {
          var _ = StorageArguments.of(made);
        } catch (IllegalArgumentException invalid) {
          return Condition.isFalse(
              PROVISIONED, "ArgumentsInvalid", String.valueOf(invalid.getMessage()));
        }
      }
    }
    String problem =
        observations.channels().channel(model.id()).map(ChannelsObserved.Seen::problem).orElse("");
    return problem.isEmpty()
        ? Condition.isTrue(PROVISIONED)
        : Condition.isFalse(PROVISIONED, "StorageFailed", problem);
  }

  private Condition addressable(Resource channel, ResourceView view, Publication publication) {
    if (!publication.lost().isEmpty()) {
      LostHost lost = publication.lost().getFirst();
      return Condition.isFalse(
          ADDRESSABLE,
          "HostConflict",
          lost.host() + " belongs to the older " + lost.winner() + ".");
    }
    if (!publication.refusal().isEmpty() && !publication.acknowledged()) {
      return Condition.isFalse(ADDRESSABLE, "TableRefused", publication.refusal());
    }
    return publication.acknowledged() && publication.hosts().equals(hosts.hosts(channel, view))
        ? Condition.isTrue(ADDRESSABLE)
        : Condition.unknown(
            ADDRESSABLE, "RolloutInProgress", "Not every proxy serves the Channel yet.");
  }

  private static Condition eventTypes(ChannelModel model, ResourceView view) {
    String type = "EventTypesResolved";
    for (String name : model.eventTypes()) {
      ResourceKey key = new ResourceKey(Kind.EVENT_TYPE, model.key().namespace(), name);
      if (view.get(key).isEmpty()) {
        return Condition.isFalse(
            type, "EventTypeNotFound", "spec.eventTypes: there is no " + key + ".");
      }
    }
    return Condition.isTrue(type);
  }

  private static Condition resolved(Found deadLetters) {
    String type = "DeadLetterSinkResolved";
    return switch (deadLetters) {
      case Found.At _ -> Condition.isTrue(type);
      case Found.Nowhere(String reason, String message) ->
          Condition.isFalse(
              type, "DeadLetterSink" + reason, "spec.delivery.deadLetterSink: " + message);
    };
  }

  /** A sink that is not found any more is taken as it was: what it gets must not be dropped. */
  private static @Nullable String deadLetterUrl(Resource channel, @Nullable Found found) {
    if (found == null) {
      return null;
    }
    return found instanceof Found.At(String url)
        ? url
        : channel.status().ofEventing().deadLetterSinkUri();
  }

  private static List<SubscriberStatus> subscribers(
      List<ResolvedSubscription> entries, ChannelModel model, Observations observations) {
    ChannelsObserved.Seen seen = observations.channels().channel(model.id()).orElse(null);
    List<SubscriberStatus> all = new ArrayList<>();
    for (ResolvedSubscription entry : entries) {
      ChannelsObserved.Subscriber subscriber =
          seen == null ? null : seen.subscribers().get(entry.uid());
      if (subscriber == null) {
        all.add(new SubscriberStatus(entry.uid(), null, "Unknown", null));
      } else {
        String problem = subscriber.problem();
        all.add(
            new SubscriberStatus(
                entry.uid(),
                subscriber.generation(),
                problem.isEmpty() ? "True" : "False",
                problem.isEmpty() ? null : problem));
      }
    }
    return all;
  }
}
