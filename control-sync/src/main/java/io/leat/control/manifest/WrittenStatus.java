package io.leat.control.manifest;

import io.leat.control.resource.Condition;
import io.leat.control.resource.EventingStatus;
import io.leat.control.resource.ObjectRef;
import io.leat.control.resource.Rollout;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Status;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A status as a server's document has it. */
record WrittenStatus(
    @Nullable Long observedGeneration,
    @Nullable List<WrittenCondition> conditions,
    @Nullable String url,
    Status.@Nullable Address address,
    @Nullable String latestCreatedRevisionName,
    @Nullable String latestReadyRevisionName,
    @Nullable List<Spec.TrafficTarget> traffic,
    @Nullable Integer actualReplicas,
    @Nullable Integer desiredReplicas,
    @Nullable String logUrl,
    @Nullable Rollout rollout,
    EventingStatus.@Nullable InternalDomain sinkable,
    EventingStatus.@Nullable InternalDomain targetable,
    @Nullable ObjectRef subscriptions,
    @Nullable List<EventingStatus.SubscriberStatus> subscribers,
    EventingStatus.@Nullable PhysicalSubscription physicalSubscription,
    @Nullable String deadLetterSinkUri,
    @Nullable List<EventingStatus.ProvisionedObject> provisioned,
    @Nullable Integer referenceCount) {

  /** A condition as a server's document has it. */
  record WrittenCondition(
      @Nullable String type,
      @Nullable String status,
      @Nullable String reason,
      @Nullable String message,
      @Nullable String lastTransitionTime) {

    Condition condition(Function<@Nullable String, @Nullable Instant> times) {
      Condition.State state = Condition.State.UNKNOWN;
      for (Condition.State candidate : Condition.State.values()) {
        if (candidate.text().equals(status)) {
          state = candidate;
        }
      }
      return new Condition(
          orEmpty(type), state, orEmpty(reason), orEmpty(message), times.apply(lastTransitionTime));
    }

    private static String orEmpty(@Nullable String text) {
      return text == null ? "" : text;
    }
  }

  Status status() {
    return status(WrittenMetadata::instant);
  }

  /**
   * The status.
   *
   * @param times reads the time of a condition
   */
  Status status(Function<@Nullable String, @Nullable Instant> times) {
    List<WrittenCondition> written = conditions == null ? List.of() : conditions;
    return new Status(
        observedGeneration == null ? 0 : observedGeneration,
        written.stream().map(condition -> condition.condition(times)).toList(),
        url,
        address,
        latestCreatedRevisionName,
        latestReadyRevisionName,
        traffic,
        actualReplicas,
        desiredReplicas,
        logUrl,
        rollout,
        eventing());
  }

  private @Nullable EventingStatus eventing() {
    EventingStatus eventing =
        new EventingStatus(
            sinkable,
            targetable,
            subscriptions,
            subscribers,
            physicalSubscription,
            deadLetterSinkUri,
            provisioned,
            referenceCount);
    return eventing.equals(EventingStatus.NONE) ? null : eventing;
  }
}
