package io.leat.control.manifest;

import io.leat.control.resource.Condition;
import io.leat.control.resource.Rollout;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Status;
import java.util.List;
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
    @Nullable Rollout rollout) {

  /** A condition as a server's document has it. */
  record WrittenCondition(
      @Nullable String type,
      @Nullable String status,
      @Nullable String reason,
      @Nullable String message,
      @Nullable String lastTransitionTime) {

    Condition condition() {
      Condition.State state = Condition.State.UNKNOWN;
      for (Condition.State candidate : Condition.State.values()) {
        if (candidate.text().equals(status)) {
          state = candidate;
        }
      }
      return new Condition(
          orEmpty(type),
          state,
          orEmpty(reason),
          orEmpty(message),
          WrittenMetadata.instant(lastTransitionTime));
    }

    private static String orEmpty(@Nullable String text) {
      return text == null ? "" : text;
    }
  }

  Status status() {
    List<WrittenCondition> written = conditions == null ? List.of() : conditions;
    return new Status(
        observedGeneration == null ? 0 : observedGeneration,
        written.stream().map(WrittenCondition::condition).toList(),
        url,
        address,
        latestCreatedRevisionName,
        latestReadyRevisionName,
        traffic,
        actualReplicas,
        desiredReplicas,
        logUrl,
        rollout);
  }
}
