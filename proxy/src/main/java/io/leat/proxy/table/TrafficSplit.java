package io.leat.proxy.table;

import java.util.List;

/**
 * How the requests of one entry are shared over revisions, flattened so that a pick is one array
 * read.
 *
 * <p>The slots are one period of a fair schedule: every prefix of the sequence is less than one
 * request away from each target's exact share, hence every window of it less than two. Smooth
 * weighted round robin does not promise that for many targets; earliest deadline first over the
 * windows of proportionate fairness does (Baruah et al., "Proportionate Progress", 1996). Weights
 * are first divided by their greatest common divisor, so a 90/10 split has ten slots. Splits are
 * compared by their targets.
 */
public final class TrafficSplit {
  /** The sum of weights that one split may have, after division by their common divisor. */
  public static final int MAX_SLOTS = 10_000;

  private final List<WeightedTarget> targets;
  private final short[] slots;

  /**
   * Builds the slot sequence.
   *
   * @throws IllegalArgumentException when no target has weight, or the reduced weights add up to
   *     more than {@link #MAX_SLOTS}
   */
  public TrafficSplit(List<WeightedTarget> targets) {
    this.targets = List.copyOf(targets);
    this.slots = slots(this.targets);
  }

  /** The split that sends everything to one revision. */
  public static TrafficSplit to(RevisionId revision) {
    return new TrafficSplit(List.of(WeightedTarget.of(revision, 100)));
  }

  /** Every target in the order given, those of weight 0 included. */
  public List<WeightedTarget> targets() {
    return targets;
  }

  /** The length of the period. */
  public int period() {
    return slots.length;
  }

  /**
   * The index into {@link #targets()} that owns a slot.
   *
   * @param slot 0 to {@link #period()} - 1
   */
  public int targetAt(int slot) {
    return slots[slot];
  }

  private static short[] slots(List<WeightedTarget> targets) {
    int divisor = 0;
    long sum = 0;
    for (WeightedTarget target : targets) {
      divisor = gcd(divisor, target.weight());
      sum += target.weight();
    }
    if (divisor == 0) {
      throw new IllegalArgumentException("targets: no target has weight (expected: at least one)");
    }
    long period = sum / divisor;
    if (period > MAX_SLOTS) {
      throw new IllegalArgumentException(
          "targets: reduced weights add up to "
              + period
              + " (expected: at most "
              + MAX_SLOTS
              + ")");
    }
    return schedule(targets, divisor, (int) period);
  }

  /**
   * The turn {@code n} of a target may come once {@code n - 1} of its turns are less than its share
   * of the slots so far, and must come before its share reaches {@code n}.
   */
  private static short[] schedule(List<WeightedTarget> targets, int divisor, int period) {
    short[] slots = new short[period];
    int[] weights = new int[targets.size()];
    int[] turns = new int[weights.length];
    int[] due = new int[weights.length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = targets.get(i).weight() / divisor;
      due[i] = weights[i] == 0 ? Integer.MAX_VALUE : Math.ceilDiv(period, weights[i]);
    }
    for (int slot = 0; slot < period; slot++) {
      int next = -1;
      for (int i = 0; i < weights.length; i++) {
        boolean mayCome = turns[i] * period < (slot + 1) * weights[i];
        if (mayCome && (next < 0 || due[i] < due[next])) {
          next = i;
        }
      }
      slots[slot] = (short) next;
      turns[next]++;
      due[next] = Math.ceilDiv((turns[next] + 1) * period, weights[next]);
    }
    return slots;
  }

  private static int gcd(int a, int b) {
    while (b != 0) {
      int rest = a % b;
      a = b;
      b = rest;
    }
    return a;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TrafficSplit split && targets.equals(split.targets);
  }

  @Override
  public int hashCode() {
    return targets.hashCode();
  }

  @Override
  public String toString() {
    return "TrafficSplit" + targets;
  }
}
