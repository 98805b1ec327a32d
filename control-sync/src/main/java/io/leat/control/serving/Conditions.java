package io.leat.control.serving;

import io.leat.control.resource.Condition;
import io.leat.control.resource.Condition.State;
import io.leat.control.resource.Resource;
import java.util.ArrayList;
import java.util.List;

/** Folds conditions into {@code Ready}: False if any is, else Unknown if any is, else True. */
public final class Conditions {
  /** The condition that sums up the others. */
  public static final String READY = "Ready";

  private Conditions() {}

  /** The parts, and the Ready that they add up to, in front. */
  public static List<Condition> withReady(List<Condition> parts) {
    Condition decisive = null;
    for (Condition part : parts) {
      boolean worse =
          part.state() == State.FALSE
              ? decisive == null || decisive.state() != State.FALSE
              : part.state() == State.UNKNOWN && decisive == null;
      if (worse) {
        decisive = part;
      }
    }
    List<Condition> all = new ArrayList<>();
    all.add(decisive == null ? Condition.isTrue(READY) : as(READY, decisive));
    all.addAll(parts);
    return all;
  }

  /** Another resource's Ready as a condition of this one. */
  public static Condition mirror(String type, Resource of) {
    if (of.status().observedGeneration() < of.metadata().generation()) {
      return Condition.unknown(type, "OutOfDate", of.key() + " was not looked at yet.");
    }
    return of.status()
        .condition(READY)
        .map(ready -> as(type, ready))
        .orElseGet(() -> Condition.unknown(type, "Deploying", ""));
  }

  private static Condition as(String type, Condition other) {
    return new Condition(type, other.state(), other.reason(), other.message(), null);
  }
}
