package io.leat.proxy.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Four event loops whose connections come and go around the limit: the gate never stays shut. */
class AcceptGateStressTest {
  private static final int LOOPS = 4;
  private static final int LIMIT = 8;
  private static final int ROUNDS = 200;
  private static final int STEPS = 2_000;

  private final long seed = Long.getLong("leat.seed", System.nanoTime());
  private final AcceptGate gate = new AcceptGate(LIMIT);

  private int comeAndGo(SplittableRandom random) {
    int accepted = 0;
    int mine = 0;
    for (int i = 0; i < STEPS; i++) {
      if (mine > 0 && random.nextBoolean()) {
        gate.closed();
        mine--;
      } else if (!gate.paused()) {
        gate.opened();
        mine++;
        accepted++;
      }
    }
    for (; mine > 0; mine--) {
      gate.closed();
    }
    return accepted;
  }

  @Test
  void itIsOpenWheneverAllConnectionsHaveGone() throws Exception {
    System.out.println("AcceptGateStressTest: -Dleat.seed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    try (ExecutorService loops = Executors.newFixedThreadPool(LOOPS)) {
      for (int round = 0; round < ROUNDS; round++) {
        List<Future<Integer>> running = new ArrayList<>();
        for (int i = 0; i < LOOPS; i++) {
          SplittableRandom own = random.split();
          running.add(loops.submit(() -> comeAndGo(own)));
        }
        int accepted = 0;
        for (Future<Integer> each : running) {
          accepted += each.get(60, TimeUnit.SECONDS);
        }
        // One loop may find the gate shut all the time, all of them may not.
        assertThat(accepted).as("seed %d", seed).isGreaterThan(LIMIT);
        assertThat(gate.connections()).as("seed %d", seed).isZero();
        assertThat(gate.paused()).as("seed %d", seed).isFalse();
      }
    }
    assertThat(gate.pauses(AcceptGate.Reason.CONNECTIONS)).isPositive();
  }
}
