package io.leat.control.serving;

import io.leat.control.resource.Condition;
import io.leat.control.resource.Rollout;
import io.leat.control.resource.Spec.TrafficTarget;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The traffic of a Route in terms of revisions, and whether that is what it asks for.
 *
 * @param rollout how far changes in steps have come
 * @param next how long until a step may be due; null for never
 */
record TrafficAssignment(
    List<TrafficTarget> traffic,
    Condition condition,
    @Nullable Rollout rollout,
    @Nullable Duration next) {
  static final String TYPE = "AllTrafficAssigned";

  /** Copies the list. */
  TrafficAssignment {
    traffic = List.copyOf(traffic);
  }

  /** Whether traffic is still to be moved. */
  boolean isMoving() {
    return rollout != null && rollout.isMoving();
  }
}
