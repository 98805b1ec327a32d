package io.leat.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CursorsTest {

  @Test
  void loopsOpenAtDifferentSlotsHoweverManyThereAre() {
    for (int loops : new int[] {1, 2, 3, 4, 8, 64}) {
      Cursors.Row row = new Cursors(loops).take(1_000);
      Set<Integer> slots = new HashSet<>();
      for (int loop = 0; loop < loops; loop++) {
        slots.add(row.next(loop, 1_000));
      }
      assertThat(slots).as("%d loops", loops).hasSize(loops);
    }
  }

  @Test
  void rowsAndLoopsDoNotDisturbEachOther() {
    Cursors cursors = new Cursors(4);
    List<Cursors.Row> rows = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      rows.add(cursors.take(7));
    }
    int[][] expected = new int[rows.size()][4];
    for (int i = 0; i < rows.size(); i++) {
      for (int loop = 0; loop < 4; loop++) {
        expected[i][loop] = rows.get(i).next(loop, 7);
      }
    }
    for (int step = 0; step < 100; step++) {
      for (int i = 0; i < rows.size(); i++) {
        int loop = (step + i) % 4;
        expected[i][loop] = (expected[i][loop] + 1) % 7;
        assertThat(rows.get(i).next(loop, 7)).isEqualTo(expected[i][loop]);
      }
    }
  }

  @Test
  void everySlotComesOnceInAPeriodAndBoundsHoldAfterAChange() {
    Cursors.Row row = new Cursors(2).take(10);
    for (int period : new int[] {10, 3, 9_999, 2, 1, 5}) {
      row.next(1, period);
      Set<Integer> slots = new HashSet<>();
      for (int i = 0; i < period; i++) {
        slots.add(row.next(1, period));
      }
      assertThat(slots).hasSize(period).allMatch(slot -> slot >= 0 && slot < period);
    }
  }

  @Test
  void aRowThatIsTakenAgainIsSpreadAgain() {
    Cursors cursors = new Cursors(2);
    for (int i = 0; i < 100; i++) {
      Cursors.Row row = cursors.take(10);
      assertThat(row.next(0, 10)).isZero();
      assertThat(row.next(1, 10)).isEqualTo(5);
      row.next(i % 2, 10);
      cursors.giveBack(row);
    }
  }

  @Test
  void loopsAboveTheMostShareCursors() {
    Cursors.Row row = new Cursors(1_000).take(2);
    int first = row.next(Cursors.MAX_LOOPS, 2);
    assertThat(row.next(0, 2)).isEqualTo(1 - first);
    assertThatThrownBy(() -> new Cursors(0)).hasMessageStartingWith("loops: 0");
  }
}
