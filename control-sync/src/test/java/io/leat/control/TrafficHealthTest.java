package io.leat.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.leat.control.reconcile.Observations.Health;
import io.leat.control.reconcile.RevisionTraffic.Counts;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.telemetry.LoopDurations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class TrafficHealthTest {
  private static final RevisionId REVISION = World.id("shop-00001");

  private final ManualTime time = new ManualTime();
  private Counts counts = Counts.NONE;
  private final TrafficHealth health = new TrafficHealth((route, revision) -> counts, time);

  @Test
  void aWindowBeginsWhenItIsFirstNamed() {
    counts = new Counts(100, 50, List.of());
    assertThat(look("a")).isEqualTo(new Health(Duration.ZERO, 0, 0, null));
    time.advance(Duration.ofSeconds(5));
    counts = new Counts(130, 51, List.of());
    assertThat(look("a")).isEqualTo(new Health(Duration.ofSeconds(5), 30, 1, null));
    assertThat(look("b")).isEqualTo(new Health(Duration.ZERO, 0, 0, null));
  }

  @Test
  void countsThatShrinkBeginAnew() {
    counts = new Counts(100, 50, List.of());
    look("a");
    time.advance(Duration.ofSeconds(5));
    counts = new Counts(3, 3, List.of());
    assertThat(look("a")).isEqualTo(new Health(Duration.ZERO, 0, 0, null));
  }

  @Test
  void theP99LiesWhereItsBucketSays() {
    counts = new Counts(1000, 0, durations(0.01, 1000));
    look("a");
    List<Long> now = durations(0.01, 1000);
    int fast = bucket(0.1);
    int slow = bucket(0.5);
    now.set(fast, now.get(fast) + 98);
    now.set(slow, now.get(slow) + 2);
    counts = new Counts(1100, 0, now);
    Duration p99 = Objects.requireNonNull(look("a").p99());
    // The 99th of 100 is the first of two in (250 ms, 500 ms].
    assertThat(p99.toMillis()).isCloseTo(375, within(1L));
    now.set(fast, now.get(fast) + 900);
    counts = new Counts(2000, 0, now);
    assertThat(Objects.requireNonNull(look("a").p99())).isLessThan(Duration.ofMillis(101));
  }

  private static List<Long> durations(double bound, long count) {
    List<Long> cells = new ArrayList<>(Collections.nCopies(LoopDurations.CELLS, 0L));
    cells.set(bucket(bound), count);
    cells.set(LoopDurations.BUCKETS, 123_456_789_000L);
    return cells;
  }

  private static int bucket(double bound) {
    double[] bounds = LoopDurations.bounds();
    for (int i = 0; i < bounds.length; i++) {
      if (bounds[i] == bound) {
        return i;
      }
    }
    throw new AssertionError("no bucket ends at " + bound);
  }

  private Health look(String window) {
    return health.of("default/shop", REVISION, window);
  }
}
