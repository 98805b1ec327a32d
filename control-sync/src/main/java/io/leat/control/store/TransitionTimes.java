package io.leat.control.store;

import io.leat.control.resource.Condition;
import io.leat.control.resource.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides when a condition changed last. */
public final class TransitionTimes {
  private TransitionTimes() {}

  /**
   * {@code next} where each condition has the time of {@code previous} if its state is the same,
   * and {@code now} otherwise.
   */
  public static Status settle(Status previous, Status next, @Nullable Instant now) {
    List<Condition> settled = new ArrayList<>(next.conditions().size());
    for (Condition condition : next.conditions()) {
      Instant time =
          previous
              .condition(condition.type())
              .filter(before -> before.state() == condition.state())
              .map(Condition::lastTransitionTime)
              .orElse(now);
      settled.add(
          new Condition(
              condition.type(), condition.state(), condition.reason(), condition.message(), time));
    }
    return next.withConditions(settled);
  }

  /** Whether writing {@code next} over {@code previous} would change anything. */
  public static boolean changes(Status previous, Status next) {
    return !settle(previous, next, null).equals(previous);
  }
}
