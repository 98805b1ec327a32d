package io.leat.control.reconcile;

import io.leat.control.resource.Kind;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts plans by kind and outcome; the control thread writes, any thread reads. */
public final class ReconcileCounters {
  private final Map<Kind, Map<Outcome, LongAdder>> counts = new EnumMap<>(Kind.class);

  /** What became of one plan. */
  public enum Outcome {
    /** Nothing had to be done. */
    SETTLED,
    /** Steps were taken. */
    CHANGED,
    /** A write came too late; the plan is made again. */
    STALE,
    /** The reconciler or a step threw; the plan is made again after a pause. */
    FAILED
  }

  /** All zero. */
  public ReconcileCounters() {
    for (Kind kind : Kind.values()) {
      Map<Outcome, LongAdder> byOutcome = new EnumMap<>(Outcome.class);
      for (Outcome outcome : Outcome.values()) {
        byOutcome.put(outcome, new LongAdder());
      }
      counts.put(kind, byOutcome);
    }
  }

  /** Counts one. */
  public void count(Kind kind, Outcome outcome) {
    adder(kind, outcome).increment();
  }

  /** How many so far. */
  public long total(Kind kind, Outcome outcome) {
    return adder(kind, outcome).sum();
  }

  private LongAdder adder(Kind kind, Outcome outcome) {
    Map<Outcome, LongAdder> byOutcome = counts.getOrDefault(kind, Map.of());
    LongAdder adder = byOutcome.get(outcome);
    if (adder == null) {
      throw new IllegalStateException("every kind and outcome has a counter");
    }
    return adder;
  }
}
