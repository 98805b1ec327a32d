package io.leat.control.jobs;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** How attempts ended, by kind of job; counted by workers, read by any thread. */
public final class JobCounters {
  private final Map<String, Map<Outcome, LongAdder>> counts = new ConcurrentHashMap<>();

  /** How an attempt ended. */
  public enum Outcome {
    /** Its job is finished. */
    DONE,
    /** Its step is finished. */
    STEPPED,
    /** It could not begin. */
    WAITED,
    /** It failed, and is tried again. */
    RETRIED,
    /** It failed, and its job with it. */
    FAILED,
    /** Its worker lost the job meanwhile. */
    LOST,
    /** It was broken off by the end of the process. */
    STOPPED
  }

  JobCounters(Set<String> kinds) {
    for (String kind : kinds) {
      Map<Outcome, LongAdder> outcomes = new EnumMap<>(Outcome.class);
      for (Outcome outcome : Outcome.values()) {
        outcomes.put(outcome, new LongAdder());
      }
      counts.put(kind, outcomes);
    }
  }

  void count(String kind, Outcome outcome) {
    Map<Outcome, LongAdder> outcomes = counts.get(kind);
    LongAdder adder = outcomes == null ? null : outcomes.get(outcome);
    if (adder != null) {
      adder.increment();
    }
  }

  /** The kinds that are counted. */
  public Set<String> kinds() {
    return counts.keySet();
  }

  /** Attempts at jobs of a kind that ended so. */
  public long total(String kind, Outcome outcome) {
    Map<Outcome, LongAdder> outcomes = counts.get(kind);
    LongAdder adder = outcomes == null ? null : outcomes.get(outcome);
    return adder == null ? 0 : adder.sum();
  }
}
