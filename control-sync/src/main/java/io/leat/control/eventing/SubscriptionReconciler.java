package io.leat.control.eventing;

import io.leat.control.reconcile.Change;
import io.leat.control.reconcile.ChannelsObserved;
import io.leat.control.reconcile.ChannelsObserved.Calls;
import io.leat.control.reconcile.Observations;
import io.leat.control.reconcile.Plan;
import io.leat.control.reconcile.Reconciler;
import io.leat.control.resource.Condition;
import io.leat.control.resource.Delivery.ResolvedSubscription;
import io.leat.control.resource.EventingStatus;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Status;
import io.leat.control.resource.eventing.ChannelModel;
import io.leat.control.resource.eventing.SubscriptionModel;
import io.leat.control.serving.Conditions;
import io.leat.control.serving.ServingConfig;
import io.leat.control.store.ResourceView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Resolves a Subscription of one face, and tells how far it is: resolved, taken up by its Channel,
 * delivering.
 *
 * <p>The entry itself is written by {@link SubscriptionSetReconciler}, for all Subscriptions of a
 * Channel at once. A finalizer keeps a deleted Subscription until the data plane is done with it.
 */
public final class SubscriptionReconciler implements Reconciler {
  /** Held until the data plane has no entry of the Subscription any more. */
  public static final String FINALIZER = "eventing.knative.dev/delivery";

  private static final String CALL_ACTIVE = "CallActive";

  /** Writes of {@value #CALL_ACTIVE} are at least this far apart. */
  private static final Duration CALM = Duration.ofSeconds(10);

  private final Kind kind;
  private final ServingConfig config;
  private final String resolvedType;
  private final String fromType;

  /** Reconciles Subscriptions of a kind. */
  public SubscriptionReconciler(Kind kind, ServingConfig config) {
    this.kind = kind;
    this.config = config;
    boolean messaging = kind == Kind.MESSAGING_SUBSCRIPTION;
    this.resolvedType = messaging ? "ReferencesResolved" : "Resolved";
    this.fromType = messaging ? "AddedToChannel" : "FromReady";
  }

  @Override
  public Kind kind() {
    return kind;
  }

  @Override
  public Plan plan(Resource subscription, ResourceView view, Observations observations) {
    Position position = Position.of(subscription, view, observations);
    if (subscription.metadata().isDeleting()) {
      return leaving(subscription, position, observations);
    }
    Plan.Builder plan = new Plan.Builder();
    Metadata held = withFinalizer(subscription.metadata());
    plan.replace(subscription, subscription.withMetadata(held));
    Resolution resolution = Resolution.of(subscription, config.clusterDomain(), view);
    List<Condition> parts = new ArrayList<>();
    parts.add(resolved(resolution));
    parts.add(taken(subscription, resolution, position, observations));
    if (kind == Kind.MESSAGING_SUBSCRIPTION) {
      parts.add(channelReady(position));
    }
    List<Condition> conditions = new ArrayList<>(Conditions.withReady(parts));
    CallState calls = calls(subscription, position, observations.now());
    conditions.add(calls.condition());
    Status status =
        Status.ofEventing(
            subscription.metadata().generation(),
            conditions,
            null,
            null,
            resolution instanceof Resolution.Done done
                ? EventingStatus.ofSubscription(done.physical())
                : EventingStatus.ofSubscription(
                    subscription.status().ofEventing().physicalSubscription()));
    plan.status(subscription, status);
    if (calls.next() != null) {
      plan.add(new Change.Requeue(calls.next()));
    }
    return plan.build();
  }

  /** Where a Subscription is in its Channel. */
  private record Position(
      @Nullable Resource channel,
      @Nullable ResolvedSubscription entry,
      ChannelsObserved.@Nullable Seen seen,
      ChannelsObserved.@Nullable Subscriber subscriber) {

    static Position of(Resource subscription, ResourceView view, Observations observations) {
      Optional<ResourceKey> key = SubscriptionModel.of(subscription).channelKey();
      Resource channel = key.flatMap(view::get).orElse(null);
      if (channel == null) {
        return new Position(null, null, null, null);
      }
      String uid = subscription.metadata().uid();
      ChannelModel model = ChannelModel.of(channel);
      ResolvedSubscription entry =
          EventChannels.entries(model, view).stream()
              .filter(each -> each.uid().equals(uid))
              .findFirst()
              .orElse(null);
      ChannelsObserved.Seen seen = observations.channels().channel(model.id()).orElse(null);
      return new Position(channel, entry, seen, seen == null ? null : seen.subscribers().get(uid));
    }
  }

  /** First the entry goes, then the data plane says so, then the finalizer goes. */
  private static Plan leaving(Resource subscription, Position position, Observations observations) {
    List<String> finalizers = new ArrayList<>(subscription.metadata().finalizers());
    boolean gone =
        position.entry() == null
            && (position.subscriber() == null || !observations.channels().isAttached());
    if (!gone || !finalizers.remove(FINALIZER)) {
      return Plan.EMPTY;
    }
    Metadata released = subscription.metadata().withFinalizers(finalizers);
    return new Plan.Builder().replace(subscription, subscription.withMetadata(released)).build();
  }

  private static Metadata withFinalizer(Metadata metadata) {
    if (metadata.finalizers().contains(FINALIZER)) {
      return metadata;
    }
    List<String> finalizers = new ArrayList<>(metadata.finalizers());
    finalizers.add(FINALIZER);
    return metadata.withFinalizers(finalizers);
  }

  private Condition resolved(Resolution resolution) {
    return switch (resolution) {
      case Resolution.Done _ -> Condition.isTrue(resolvedType);
      case Resolution.Failed(String reason, String message) ->
          Condition.isFalse(resolvedType, reason, message);
    };
  }

  private Condition taken(
      Resource subscription, Resolution resolution, Position position, Observations observations) {
    ResolvedSubscription entry = position.entry();
    if (position.channel() == null) {
      return Condition.unknown(fromType, "FromNotFound", "There is no Channel to deliver from.");
    }
    boolean current =
        entry != null
            && (resolution instanceof Resolution.Done done ? entry.equals(done.entry()) : false);
    if (!current) {
      return Condition.unknown(
          fromType, "EntryNotWritten", "The Channel does not have what the Subscription says.");
    }
    if (!observations.channels().isAttached()) {
      return Condition.unknown(
          fromType, "DataPlaneUnknown", "No data plane tells what it delivers by.");
    }
    ChannelsObserved.Subscriber subscriber = position.subscriber();
    if (subscriber == null || subscriber.generation() < subscription.metadata().generation()) {
      return Condition.unknown(
          fromType, "NotAcknowledged", "The data plane does not deliver by it yet.");
    }
    return subscriber.problem().isEmpty()
        ? Condition.isTrue(fromType)
        : Condition.isFalse(fromType, "NotDelivered", subscriber.problem());
  }

  private static Condition channelReady(Position position) {
    return position.channel() == null
        ? Condition.unknown("ChannelReady", "FromNotFound", "")
        : Conditions.mirror("ChannelReady", position.channel());
  }

  /**
   * What is said of calls.
   *
   * @param next when a change that is held back is due; null when none is
   */
  private record CallState(Condition condition, @Nullable Duration next) {}

  private static CallState calls(Resource subscription, Position position, Instant now) {
    Calls calls = position.subscriber() == null ? Calls.NONE : position.subscriber().calls();
    Condition wanted =
        switch (calls.state()) {
          case NONE ->
              Condition.unknown(CALL_ACTIVE, "NothingDelivered", "Nothing was delivered yet.");
          case ACTIVE -> Condition.isTrue(CALL_ACTIVE);
          case FAILING -> Condition.isFalse(CALL_ACTIVE, reason(calls), calls.message());
        };
    Condition before = subscription.status().condition(CALL_ACTIVE).orElse(null);
    if (before == null) {
      return new CallState(wanted, null);
    }
    // One failure follows another; the first of a row is told, so that writes stay few. After a
    // restart nothing was delivered yet, which says less than what is known from before.
    if (before.state() == wanted.state() || calls.state() == Calls.State.NONE) {
      return new CallState(before, null);
    }
    Instant since = before.lastTransitionTime();
    Duration rest =
        since == null || before.state() == Condition.State.UNKNOWN
            ? Duration.ZERO
            : CALM.minus(Duration.between(since, now));
    return rest.isNegative() || rest.isZero()
        ? new CallState(wanted, null)
        : new CallState(before, rest);
  }

  private static String reason(Calls calls) {
    return calls.reason().isEmpty() ? "DeliveryFailed" : calls.reason();
  }
}
