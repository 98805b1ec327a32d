package io.leat.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.table.RevisionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class MetricRowsTest {
  private static final int PAIRS = 12;
  private final long seed = Long.getLong("leat.seed", System.nanoTime());
  private final LoopCounters one = new LoopCounters();
  private final LoopCounters two = new LoopCounters();
  private final MetricRows rows = new MetricRows();

  private static RevisionId revision(int i) {
    return new RevisionId("default", "r" + i);
  }

  private Map<MetricRows.Pair, List<Long>> counts() {
    Map<MetricRows.Pair, List<Long>> counts = new HashMap<>();
    for (MetricRows.Counts each : rows.counts()) {
      counts.put(each.pair(), each.byColumn());
      assertThat(rows.counts(each.pair())).contains(each);
    }
    assertThat(rows.counts(new MetricRows.Pair("default/unknown", revision(0)))).isEmpty();
    return counts;
  }

  @Test
  void aPairThatReturnsGoesOnWhereItWas() {
    rows.countedBy(() -> List.of(one, two));
    int first = rows.acquire("default/a", revision(0));
    assertThat(rows.acquire("default/a", revision(0))).isEqualTo(first);
    one.request(first, 200);
    two.request(first, 503);
    two.request(first, 0);
    assertThat(counts().values()).containsExactly(List.of(0L, 1L, 0L, 0L, 1L, 1L));
    rows.release(first);
    assertThat(counts()).hasSize(1);
    rows.release(first);
    assertThat(counts()).isEmpty();
    two.request(first, 200);
    int second = rows.acquire("default/b", revision(1));
    assertThat(second).as("requests of the first may still run").isNotEqualTo(first);
    assertThat(counts().values()).containsExactly(List.of(0L, 0L, 0L, 0L, 0L, 0L));
    rows.release(second);
    assertThat(rows.acquire("default/a", revision(0))).isEqualTo(first);
    assertThat(counts().values()).containsExactly(List.of(0L, 2L, 0L, 0L, 1L, 1L));
  }

  @Test
  void aRowThatIsGivenAwayStartsAtZeroAndRowsStayFew() {
    rows.countedBy(() -> List.of(one, two));
    int most = 0;
    for (int i = 0; i < 5 * MetricRows.RETIRED; i++) {
      int row = rows.acquire("default/" + i, revision(0));
      most = Math.max(most, row);
      assertThat(counts().values()).containsExactly(List.of(0L, 0L, 0L, 0L, 0L, 0L));
      one.request(row, 200);
      assertThat(counts().values()).containsExactly(List.of(0L, 1L, 0L, 0L, 0L, 0L));
      rows.release(row);
    }
    assertThat(most).isEqualTo(MetricRows.RETIRED);
  }

  @Test
  void noSeriesGoesBackwardsWhileRowsComeAndGo() {
    System.out.println("MetricRowsTest: -Dleat.seed=" + seed);
    Random random = new Random(seed);
    rows.countedBy(() -> List.of(one, two));
    int[] users = new int[PAIRS];
    int[] ids = new int[PAIRS];
    long[] expected = new long[PAIRS];
    Map<MetricRows.Pair, List<Long>> before = Map.of();
    for (int step = 0; step < 5_000; step++) {
      int pair = random.nextInt(PAIRS);
      if (random.nextInt(3) == 0) {
        int id = rows.acquire("default/route", revision(pair));
        assertThat(users[pair] == 0 || ids[pair] == id).as("seed %d", seed).isTrue();
        users[pair]++;
        ids[pair] = id;
      } else if (users[pair] > 0 && random.nextBoolean()) {
        rows.release(ids[pair]);
        users[pair]--;
      } else if (users[pair] > 0) {
        (random.nextBoolean() ? one : two).request(ids[pair], 100 * (1 + random.nextInt(5)));
        expected[pair]++;
      }
      Map<MetricRows.Pair, List<Long>> now = counts();
      assertGrown(before, now, users);
      for (int i = 0; i < PAIRS; i++) {
        List<Long> columns = now.get(new MetricRows.Pair("default/route", revision(i)));
        assertThat(columns == null).as("seed %d", seed).isEqualTo(users[i] == 0);
        if (columns != null) {
          assertThat(columns.stream().mapToLong(Long::longValue).sum())
              .as("seed %d step %d", seed, step)
              .isEqualTo(expected[i]);
        }
      }
      before = now;
    }
  }

  private void assertGrown(
      Map<MetricRows.Pair, List<Long>> before, Map<MetricRows.Pair, List<Long>> now, int[] users) {
    assertThat(now.size()).as("seed %d users %s", seed, users).isLessThanOrEqualTo(PAIRS);
    now.forEach((pair, columns) -> {
      List<Long> earlier = before.getOrDefault(pair, new ArrayList<>());
      for (int i = 0; i < earlier.size(); i++) {
        assertThat(columns.get(i)).as("seed %d", seed).isGreaterThanOrEqualTo(earlier.get(i));
      }
    });
  }

  @Test
  void cellsGrowWithTheRows() {
    LoopCounters loop = new LoopCounters();
    loop.request(0, 200);
    loop.request(100_000, 404);
    assertThat(loop.requests(0, 1)).isEqualTo(1);
    assertThat(loop.requests(100_000, 3)).isEqualTo(1);
    assertThat(loop.requests(5_000_000, 3)).isZero();
    loop.request(1, 99);
    loop.request(1, 600);
    assertThat(loop.requests(1, LoopCounters.COLUMNS - 1)).isEqualTo(2);
  }
}
