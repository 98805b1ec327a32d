package io.leat.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class DrawTest {
  private final long seed = Long.getLong("leat.seed", System.nanoTime());

  @Test
  void indexesAreUniform() {
    Draw draw = Draw.xorshift(seed);
    int[] counted = new int[7];
    for (int i = 0; i < 70_000; i++) {
      counted[draw.below(7)]++;
    }
    for (int each : counted) {
      assertThat(each).as("seed %d", seed).isBetween(9_400, 10_600);
    }
  }

  @Test
  void theWholeRangeOfBitsBecomesAnIndex() {
    assertThat(((Draw) () -> -1).below(3)).isEqualTo(2);
    assertThat(((Draw) () -> 0).below(3)).isZero();
    assertThat(((Draw) () -> -1).below(Integer.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE - 1);
  }

  @Test
  void aSeedRepeatsItsSequenceAndZeroIsNoDeadEnd() {
    Draw one = Draw.xorshift(5);
    Draw same = Draw.xorshift(5);
    Draw zero = Draw.xorshift(0);
    int different = 0;
    for (int i = 0; i < 100; i++) {
      assertThat(one.next()).isEqualTo(same.next());
      different |= zero.next();
    }
    assertThat(different).isNotZero();
  }
}
