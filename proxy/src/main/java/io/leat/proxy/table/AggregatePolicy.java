package io.leat.proxy.table;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When a Channel takes the events of a group for whole and calls the aggregator with all of them.
 *
 * @param by the attribute whose value names the group, null for {@code knativesplitid} and after it
 *     {@code correlationid}
 * @param size members of a whole group, 0 when the size says nothing, {@link #AS_SPLIT} when {@code
 *     knativesplitsize} says it
 * @param timeout from the first member, null for none
 * @param until {@code attribute=value} of the last member, null for none
 * @param partial whether a group that timed out is handed over as it is; otherwise its members are
 *     dead-lettered
 */
public record AggregatePolicy(
    @Nullable String by,
    int size,
    @Nullable Duration timeout,
    @Nullable String until,
    boolean partial) {

  /** The size that {@code knativesplitsize} of the members gives. */
  public static final int AS_SPLIT = -1;

  /** Rejects a policy by which no group would ever be whole. */
  public AggregatePolicy {
    if (size < AS_SPLIT) {
      throw new IllegalArgumentException("size: " + size + " (expected: >= 0, or -1 as split)");
    }
    if (size == 0 && timeout == null && until == null) {
      throw new IllegalArgumentException("aggregate: no size, timeout or until (expected: one)");
    }
  }
}
