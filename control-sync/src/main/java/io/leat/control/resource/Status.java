package io.leat.control.resource;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What Leat observed about a resource; a component that a kind does not have is null.
 *
 * @param observedGeneration the generation that the conditions speak of
 * @param traffic a Route's shares, flattened to revision names
 * @param rollout changes of them that are under way
 * @param eventing what kinds of eventing have
 */
public record Status(
    long observedGeneration,
    List<Condition> conditions,
    @Nullable String url,
    @Nullable Address address,
    @Nullable String latestCreatedRevisionName,
    @Nullable String latestReadyRevisionName,
    @Nullable List<Spec.TrafficTarget> traffic,
    @Nullable Integer actualReplicas,
    @Nullable Integer desiredReplicas,
    @Nullable String logUrl,
    @Nullable Rollout rollout,
    @Nullable EventingStatus eventing) {

  /** A status of a kind of eventing. */
  public static Status ofEventing(
      long observedGeneration,
      List<Condition> conditions,
      @Nullable String url,
      @Nullable Address address,
      EventingStatus eventing) {
    return new Status(
        observedGeneration,
        conditions,
        url,
        address,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        eventing.equals(EventingStatus.NONE) ? null : eventing);
  }

  /** A status of a kind of Serving, without a rollout. */
  public Status(
      long observedGeneration,
      List<Condition> conditions,
      @Nullable String url,
      @Nullable Address address,
      @Nullable String latestCreatedRevisionName,
      @Nullable String latestReadyRevisionName,
      @Nullable List<Spec.TrafficTarget> traffic,
      @Nullable Integer actualReplicas,
      @Nullable Integer desiredReplicas,
      @Nullable String logUrl) {
    this(
        observedGeneration,
        conditions,
        url,
        address,
        latestCreatedRevisionName,
        latestReadyRevisionName,
        traffic,
        actualReplicas,
        desiredReplicas,
        logUrl,
        null,
        null);
  }

  /** Where a resource is reached from within. */
  public record Address(String url) {}

  /** Nothing observed yet. */
  public static final Status EMPTY =
      new Status(0, List.of(), null, null, null, null, null, null, null, null);

  /** Copies the lists. */
  public Status {
    conditions = List.copyOf(conditions);
    traffic = traffic == null ? null : List.copyOf(traffic);
  }

  /** The condition of a type. */
  public Optional<Condition> condition(String type) {
    for (Condition condition : conditions) {
      if (condition.type().equals(type)) {
        return Optional.of(condition);
      }
    }
    return Optional.empty();
  }

  /** The same with one more condition. */
  public Status withCondition(Condition condition) {
    List<Condition> more = new ArrayList<>(conditions);
    more.add(condition);
    return withConditions(more);
  }

  /** The same with other conditions. */
  public Status withConditions(List<Condition> others) {
    return with(others, rollout);
  }

  /** The same with a rollout. */
  public Status withRollout(@Nullable Rollout newRollout) {
    return with(conditions, newRollout);
  }

  private Status with(List<Condition> newConditions, @Nullable Rollout newRollout) {
    return new Status(
        observedGeneration,
        newConditions,
        url,
        address,
        latestCreatedRevisionName,
        latestReadyRevisionName,
        traffic,
        actualReplicas,
        desiredReplicas,
        logUrl,
        newRollout,
        eventing);
  }

  /** What kinds of eventing have; nothing for others. */
  public EventingStatus ofEventing() {
    return eventing == null ? EventingStatus.NONE : eventing;
  }

  /** Whether the condition of a type holds. */
  public boolean isTrue(String type) {
    return condition(type).map(c -> c.state() == Condition.State.TRUE).orElse(false);
  }
}
