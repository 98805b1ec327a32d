package io.leat.proxy.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TrafficSplitTest {
  private final long seed = Long.getLong("leat.seed", System.nanoTime());

  private static TrafficSplit split(int... weights) {
    List<WeightedTarget> targets = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      targets.add(WeightedTarget.of(new RevisionId("default", "r" + i), weights[i]));
    }
    return new TrafficSplit(targets);
  }

  private static void assertEveryPrefixFair(TrafficSplit split, String why) {
    int period = split.period();
    long[] counted = new long[split.targets().size()];
    long sum = split.targets().stream().mapToLong(WeightedTarget::weight).sum();
    for (int n = 1; n <= period; n++) {
      counted[split.targetAt(n - 1)]++;
      for (int i = 0; i < counted.length; i++) {
        double share = (double) n * split.targets().get(i).weight() / sum;
        assertThat(Math.abs(counted[i] - share)).as("%s target %d of %d", why, i, n).isLessThan(1);
      }
    }
  }

  @Test
  void everyPrefixIsLessThanOneRequestAwayFromTheShares() {
    System.out.println("TrafficSplitTest shares: -Dleat.seed=" + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      int[] weights = new int[1 + random.nextInt(round < 20 ? 200 : 12)];
      for (int i = 0; i < weights.length; i++) {
        weights[i] = random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(random.nextBoolean() ? 5 : 90);
      }
      weights[random.nextInt(weights.length)] = 1 + random.nextInt(500);
      try {
        assertEveryPrefixFair(split(weights), "seed " + seed + " round " + round);
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageContaining("reduced weights");
      }
    }
  }

  @Test
  void manySmallTargetsBesideALargeOneAreFair() {
    for (int small : new int[] {2, 10, 50, 99}) {
      int[] weights = new int[small + 1];
      Arrays.fill(weights, 1);
      weights[0] = 1000;
      assertEveryPrefixFair(split(weights), small + " small targets");
      for (int i = 1; i <= small; i++) {
        weights[i] = i;
      }
      assertEveryPrefixFair(split(weights), small + " growing targets");
    }
  }

  @Test
  void weightZeroOwnsNoSlot() {
    TrafficSplit split = split(0, 3, 0, 1, 0);
    for (int slot = 0; slot < split.period(); slot++) {
      assertThat(split.targetAt(slot)).isIn(1, 3);
    }
    assertThat(split.targets()).hasSize(5);
  }

  @Test
  void weightsAreReducedByTheirCommonDivisor() {
    assertThat(split(90, 10).period()).isEqualTo(10);
    assertThat(split(100).period()).isEqualTo(1);
    assertThat(split(Integer.MAX_VALUE, Integer.MAX_VALUE).period()).isEqualTo(2);
    assertThat(split(9_999, 1).period()).isEqualTo(TrafficSplit.MAX_SLOTS);
  }

  @Test
  void refusesASplitWithoutWeightOrWithTooManySlots() {
    assertThatIllegalArgumentException().isThrownBy(() -> split(0, 0)).withMessageContaining("no");
    assertThatIllegalArgumentException().isThrownBy(() -> split());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> split(10_000, 1))
        .withMessageContaining("10001");
  }

  @Test
  void splitsAreComparedByTheirTargets() {
    assertThat(split(90, 10)).isEqualTo(split(90, 10)).hasSameHashCodeAs(split(90, 10));
    assertThat(split(90, 10)).isNotEqualTo(split(9, 1));
    assertThat(split(9, 1).toString()).contains("r0").contains("weight=9");
  }
}
