package io.leat.proxy.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Ranges hold what was added, and a window's ranges are what it has finished. */
final class OffsetRangesTest {
  @Test
  void rangesThatTouchAreOne() {
    OffsetRanges ranges =
        new OffsetRanges.Builder().add(3, 5).add(5, 7).add(7, 7).add(9, 10).build();
    assertThat(ranges.count()).isEqualTo(2);
    assertThat(ranges.from(0)).isEqualTo(3);
    assertThat(ranges.to(0)).isEqualTo(7);
    assertThat(ranges.end()).isEqualTo(10);
    for (long offset = 0; offset < 12; offset++) {
      assertThat(ranges.contains(offset))
          .as("%s", offset)
          .isEqualTo((offset >= 3 && offset < 7) || offset == 9);
    }
    assertThat(OffsetRanges.NONE.contains(0)).isFalse();
    assertThatThrownBy(() -> new OffsetRanges.Builder().add(3, 5).add(4, 6))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aWindowKnowsWhatIsFinished() {
    long seed = Long.getLong("leat.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      CursorWindow window = new CursorWindow(1_000);
      window.set(10, OffsetRanges.NONE, 10);
      window.arrived(110, 100, 100);
      BitSet open = new BitSet();
      for (int offset = 10; offset < 60; offset++) {
        if (random.nextInt(5) > 0) {
          window.take(offset, 1);
          open.set(offset);
        }
      }
      window.movedTo(60);
      for (int i = 0; i < 100; i++) {
        int offset = 10 + random.nextInt(60);
        assertThat(window.finish(offset)).as("seed " + seed).isEqualTo(open.get(offset));
        open.clear(offset);
      }
      long contiguous = open.isEmpty() ? 60 : open.nextSetBit(0);
      assertThat(window.contiguous()).as("seed " + seed).isEqualTo(contiguous);
      OffsetRanges done = window.done();
      for (int offset = (int) contiguous; offset < 60; offset++) {
        assertThat(done.contains(offset)).as("seed " + seed).isEqualTo(!open.get(offset));
      }
      assertThat(done.contains(60)).isFalse();
    }
  }
}
