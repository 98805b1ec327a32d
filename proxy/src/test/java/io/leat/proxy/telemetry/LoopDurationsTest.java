package io.leat.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.table.RevisionId;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Durations in buckets, row by row. */
final class LoopDurationsTest {
  private final long seed = Long.getLong("leat.seed", System.nanoTime());
  private final LoopDurations durations = new LoopDurations();

  @Test
  void aBoundBelongsToItsBucket() {
    durations.add(0, 100_000);
    durations.add(0, 101_000);
    durations.add(0, 1_000_000_000_000L);
    assertThat(durations.cell(0, 0)).isEqualTo(1);
    assertThat(durations.cell(0, 1)).isEqualTo(1);
    assertThat(durations.cell(0, LoopDurations.BUCKETS - 1)).isEqualTo(1);
    assertThat(durations.cell(0, LoopDurations.BUCKETS)).isEqualTo(1_000_000_201_000L);
  }

  @Test
  void rowsAreApartAndUnknownOnesAreZero() {
    System.out.println("LoopDurationsTest: -Dleat.seed=" + seed);
    Random random = new Random(seed);
    double[] bounds = LoopDurations.bounds();
    long[][] expected = new long[300][LoopDurations.CELLS];
    for (int i = 0; i < 10_000; i++) {
      int row = random.nextInt(300);
      long nanos = (long) Math.exp(random.nextDouble() * 28);
      durations.add(row, nanos);
      long micros = nanos / 1_000;
      int bucket = 0;
      while (micros > Math.round(bounds[bucket] * 1e6)) {
        bucket++;
      }
      expected[row][bucket]++;
      expected[row][LoopDurations.BUCKETS] += nanos;
    }
    for (int row = 0; row < 300; row++) {
      for (int cell = 0; cell < LoopDurations.CELLS; cell++) {
        assertThat(durations.cell(row, cell)).as("seed %d", seed).isEqualTo(expected[row][cell]);
      }
    }
    assertThat(durations.cell(100_000, 0)).isZero();
  }

  @Test
  void aRowThatChangesHandsStartsAtZero() {
    MetricRows rows = new MetricRows();
    LoopCounters loop = new LoopCounters();
    rows.countedBy(() -> List.of(loop));
    for (int i = 0; i < MetricRows.RETIRED + 10; i++) {
      int id = rows.acquire("default/r" + i, new RevisionId("default", "r"));
      loop.durations().add(id, 1_000_000);
      assertThat(rows.counts()).hasSize(1);
      List<Long> counted = rows.counts().getFirst().durations();
      assertThat(counted.stream().mapToLong(Long::longValue).sum()).isEqualTo(1_000_001);
      rows.release(id);
    }
  }
}
