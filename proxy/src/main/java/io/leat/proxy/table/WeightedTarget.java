package io.leat.proxy.table;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * One share of a {@link TrafficSplit}.
 *
 * @param weight 0 or more, relative to the sum of the split; 0 gets exactly no request
 * @param setHeaders request headers that replace the client's for this target, names in lower case
 */
public record WeightedTarget(RevisionId revision, int weight, Map<String, String> setHeaders) {

  /** Rejects a negative weight and copies the headers. */
  public WeightedTarget {
    if (weight < 0) {
      throw new IllegalArgumentException("weight: " + weight + " (expected: 0 or more)");
    }
    setHeaders =
        setHeaders.isEmpty() ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(setHeaders));
  }

  /** A target that sets no header. */
  public static WeightedTarget of(RevisionId revision, int weight) {
    return new WeightedTarget(revision, weight, Map.of());
  }
}
