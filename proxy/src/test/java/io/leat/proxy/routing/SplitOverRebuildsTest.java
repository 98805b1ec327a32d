package io.leat.proxy.routing;

import static io.leat.proxy.routing.TableFixture.change;
import static io.leat.proxy.routing.TableFixture.host;
import static io.leat.proxy.routing.TableFixture.id;
import static io.leat.proxy.routing.TableFixture.revision;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class SplitOverRebuildsTest {
  private static final int WINDOW = 1_000;
  private final long seed = Long.getLong("leat.seed", System.nanoTime());

  /** Every window of a sequence of picks, against the shares. */
  private static void assertWindows(int[] picks, int[] weights, String why) {
    long sum = 0;
    for (int weight : weights) {
      sum += weight;
    }
    int[] counted = new int[weights.length];
    for (int n = 0; n < picks.length; n++) {
      counted[picks[n]]++;
      if (n >= WINDOW) {
        counted[picks[n - WINDOW]]--;
      }
      if (n >= WINDOW - 1) {
        for (int i = 0; i < weights.length; i++) {
          double share = (double) WINDOW * weights[i] / sum;
          assertThat((double) counted[i])
              .as("%s target %d at %d", why, i, n)
              .isBetween(weights[i] == 0 ? 0 : share - 3, weights[i] == 0 ? 0 : share + 3);
        }
      }
    }
  }

  @Test
  void anyThousandPicksOfALoopAreFairAlsoAcrossRebuilds() {
    System.out.println("SplitOverRebuildsTest: -Dleat.seed=" + seed);
    Random random = new Random(seed);
    int[][] splits = {
      {90, 10, 0}, {1, 1, 1}, {0, 99, 1}, {33, 33, 34}, {9_000, 999, 1}, {7, 0, 11}
    };
    for (int[] weights : splits) {
      var table = new TableFixture();
      table.apply(
          change()
              .put(host("a.test", "r0", weights[0], "r1", weights[1], "r2", weights[2]))
              .put(revision("r0", 80), revision("r1", 81), revision("r2", 82)));
      int loop = random.nextInt(LiveSplit.maxLoops());
      int[] picks = new int[5_000];
      for (int n = 0; n < picks.length; n++) {
        if (random.nextInt(20) == 0) {
          rebuild(table, random, weights);
        }
        picks[n] = table.splitOf("a.test").pick(loop).index();
        for (int other = random.nextInt(3); other > 0; other--) {
          table.splitOf("a.test").pick((loop + 1) % LiveSplit.maxLoops());
        }
      }
      assertWindows(picks, weights, "seed " + seed);
    }
  }

  private static void rebuild(TableFixture table, Random random, int[] weights) {
    switch (random.nextInt(3)) {
      case 0 -> table.apply(change().put(revision("r1", 81, 1000 + random.nextInt(1000))));
      case 1 ->
          table.apply(
              change().put(host("a.test", "r0", weights[0], "r1", weights[1], "r2", weights[2])));
      default -> table.apply(change().put(host("b.test", "r2", 1)));
    }
  }

  @Test
  void loopsStartAtDifferentPlaces() {
    var table = new TableFixture();
    table.apply(
        change().put(host("a.test", "r0", 1, "r1", 1)).put(revision("r0", 80), revision("r1", 81)));
    int first = 0;
    for (int loop = 0; loop < LiveSplit.maxLoops(); loop++) {
      first += table.pick("a.test", loop).equals(id("r0")) ? 1 : 0;
    }
    assertThat(first).isEqualTo(LiveSplit.maxLoops() / 2);
  }

  @Test
  void aChangeOfWeightsIsFollowedAtOnce() {
    var table = new TableFixture();
    table.apply(
        change()
            .put(host("a.test", "r0", 99, "r1", 1))
            .put(revision("r0", 80), revision("r1", 81)));
    for (int i = 0; i < 57; i++) {
      table.pick("a.test", 0);
    }
    table.apply(change().put(host("a.test", "r0", 0, "r1", 1)));
    for (int i = 0; i < 10; i++) {
      assertThat(table.pick("a.test", 0)).isEqualTo(id("r1"));
    }
    table.apply(change().put(host("a.test", "r0", 1, "r1", 3)));
    int[] picks = new int[1_100];
    for (int i = 0; i < picks.length; i++) {
      picks[i] = table.splitOf("a.test").pick(0).index();
    }
    assertWindows(picks, new int[] {1, 3}, "after the change");
  }
}
