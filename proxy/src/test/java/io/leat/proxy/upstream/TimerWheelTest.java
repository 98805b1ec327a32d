package io.leat.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimerWheelTest {
  private static final long TICK = 50;
  private static final long START = -123_456;

  private final TimerWheel wheel = new TimerWheel(TICK, START);
  private final List<Long> fired = new ArrayList<>();
  private final Deadline deadline = new Deadline(fired::add);

  @Test
  void firesNeverEarlyAndAtMostATickLate() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      TimerWheel fresh = new TimerWheel(TICK, START);
      List<Long> times = new ArrayList<>();
      Deadline one = new Deadline(times::add);
      long due = START + 1 + random.nextInt(100_000);
      fresh.arm(one, due);
      for (long now = START; now < due + 2 * TICK; now += 10) {
        fresh.advance(now);
      }
      assertThat(times).as("seed %d due %d", seed, due).hasSize(1);
      assertThat(times.getFirst()).as("seed %d", seed).isBetween(due, due + TICK);
      assertThat(one.armed()).isFalse();
    }
  }

  @Test
  void followsADeadlineThatMoves() {
    wheel.arm(deadline, START + 1_000);
    wheel.arm(deadline, START + 5_000);
    wheel.advance(START + 4_900);
    assertThat(fired).isEmpty();
    wheel.arm(deadline, START + 4_950);
    wheel.advance(START + 5_000);
    assertThat(fired).containsExactly(START + 5_000);
  }

  @Test
  void forgetsWhatIsDisarmedOrRemoved() {
    Deadline other = new Deadline(fired::add);
    wheel.arm(deadline, START + 100);
    wheel.arm(other, START + 100);
    wheel.disarm(deadline);
    wheel.remove(other);
    assertThat(other.slot).isNegative();
    wheel.advance(START + 10_000);
    assertThat(fired).isEmpty();
    wheel.arm(deadline, START + 10_100);
    wheel.advance(START + 10_200);
    assertThat(fired).hasSize(1);
  }

  @Test
  void survivesAnOwnerThatRemovesANeighbour() {
    Deadline victim = new Deadline(fired::add);
    Deadline killer = new Deadline(now -> wheel.remove(victim));
    wheel.arm(victim, START + 100);
    wheel.arm(deadline, START + 100);
    wheel.arm(killer, START + 100);
    wheel.advance(START + 200);
    assertThat(fired).hasSize(1);
  }

  @Test
  void catchesUpAfterALongPause() {
    wheel.arm(deadline, START + 1_000);
    wheel.advance(START + 1_000_000);
    assertThat(fired).containsExactly(START + 1_000_000);
  }
}
