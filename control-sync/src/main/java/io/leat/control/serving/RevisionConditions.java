package io.leat.control.serving;

import io.leat.control.resource.Condition;
import io.leat.control.resource.Status;
import io.leat.control.runtime.RuntimeObservation;
import java.util.ArrayList;
import java.util.List;

/**
 * The conditions of a Revision: Ready = ResourcesAvailable and ContainerHealthy; Active informs.
 */
final class RevisionConditions {
  private static final String RESOURCES = "ResourcesAvailable";
  private static final String CONTAINER = "ContainerHealthy";
  private static final String ACTIVE = "Active";

  private static final int ATTEMPTS = 3;

  private RevisionConditions() {}

  /**
   * How many instances there are.
   *
   * @param everReady whether the revision has proved that it can serve
   */
  record Scale(int ready, int wanted, boolean everReady) {}

  /** Of a revision whose instances a runtime runs. */
  static List<Condition> of(Status before, RuntimeObservation observed, Scale scale) {
    if (scale.ready() > 0) {
      return both(Condition.isTrue(ACTIVE));
    }
    RuntimeObservation.Failure failure = observed.failure();
    if (failure != null && hasFailed(failure, scale)) {
      Condition active = Condition.isFalse(ACTIVE, failure.reason(), "No instance is ready.");
      return fold(
          Condition.isTrue(RESOURCES),
          Condition.isFalse(CONTAINER, failure.reason(), describe(failure)),
          active);
    }
    if (scale.everReady()) {
      return both(
          scale.wanted() == 0
              ? Condition.isFalse(ACTIVE, "NoTraffic", "The revision is not receiving traffic.")
              : Condition.unknown(ACTIVE, "Activating", "Instances are starting."));
    }
    if (scale.wanted() == 0) {
      return superseded(before);
    }
    return fold(
        Condition.unknown(RESOURCES, "Deploying", ""),
        Condition.unknown(CONTAINER, "Deploying", ""),
        Condition.unknown(ACTIVE, "Deploying", ""));
  }

  /**
   * A revision that has served before is given some attempts to start again, in which requests wait
   * for it instead of being turned away.
   */
  private static boolean hasFailed(RuntimeObservation.Failure failure, Scale scale) {
    return !scale.everReady() || (scale.wanted() > 0 && failure.attempts() >= ATTEMPTS);
  }

  /** Of a revision whose endpoints somebody else runs. */
  static List<Condition> external(int ready) {
    if (ready > 0) {
      return both(Condition.isTrue(ACTIVE));
    }
    Condition missing =
        Condition.isFalse(
            RESOURCES,
            "EndpointsMissing",
            "No EndpointSlice of the revision has a ready endpoint.");
    return fold(
        missing,
        Condition.unknown(CONTAINER, "EndpointsMissing", ""),
        Condition.isFalse(ACTIVE, "EndpointsMissing", ""));
  }

  /** Of a revision that cannot be run here. */
  static List<Condition> unsupported(String problem) {
    return fold(
        Condition.isFalse(RESOURCES, "NotSupported", problem),
        Condition.unknown(CONTAINER, "NotSupported", ""),
        Condition.isFalse(ACTIVE, "NotSupported", ""));
  }

  private static List<Condition> superseded(Status before) {
    if (before.condition(Conditions.READY).isPresent()
        && before
            .condition(CONTAINER)
            .filter(c -> c.state() == Condition.State.FALSE)
            .isPresent()) {
      return before.conditions();
    }
    Condition unknown =
        Condition.unknown(
            CONTAINER, "Superseded", "A newer revision came before this one was ready.");
    return fold(Condition.isTrue(RESOURCES), unknown, Condition.isFalse(ACTIVE, "NoTraffic", ""));
  }

  private static String describe(RuntimeObservation.Failure failure) {
    StringBuilder text = new StringBuilder(failure.message());
    if (failure.exitCode() != null && !failure.message().contains("exit code")) {
      text.append(" (exit code ").append(failure.exitCode()).append(')');
    }
    for (String line : failure.lastLines()) {
      text.append('\n').append(line);
    }
    return text.toString();
  }

  private static List<Condition> both(Condition active) {
    return fold(Condition.isTrue(RESOURCES), Condition.isTrue(CONTAINER), active);
  }

  private static List<Condition> fold(Condition resources, Condition container, Condition active) {
    List<Condition> all = new ArrayList<>(Conditions.withReady(List.of(resources, container)));
    all.add(active);
    return all;
  }
}
