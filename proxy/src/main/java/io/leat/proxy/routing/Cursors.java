package io.leat.proxy.routing;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Gives each split with several slots its cursors, one per event loop.
 *
 * <p>The cursors of {@value #SPLITS} splits share one array, laid out by loop, so that loops never
 * write to the same cache line and a split costs half a kilobyte at 64 loops. Confined to the
 * control thread; the cells themselves are written by their event loops. A row that is given back
 * may still be moved by a loop that answers from an older router: its next owner starts at a slot
 * that is off, never at one that is out of bounds.
 */
final class Cursors {
  private static final int SPLITS = 16;
  private static final int STRIDE = 2 * SPLITS;

  /** How many event loops have cursors of their own. */
  static final int MAX_LOOPS = 64;

  private final int loops;
  private final Deque<Row> free = new ArrayDeque<>();

  /** For this many event loops; those above {@value #MAX_LOOPS} share cursors. */
  Cursors(int loops) {
    if (loops < 1) {
      throw new IllegalArgumentException("loops: " + loops + " (expected: 1 or more)");
    }
    int most = Math.min(loops, MAX_LOOPS);
    this.loops = Integer.highestOneBit(2 * most - 1);
  }

  /** The cursors of one split. */
  static final class Row {
    private final int[] cells;
    private final int offset;
    private final int mask;

    private Row(int[] cells, int offset, int mask) {
      this.cells = cells;
      this.offset = offset;
      this.mask = mask;
    }

    /** The slot of this event loop, 0 to {@code period} - 1, and moves on. */
    int next(int loop, int period) {
      int at = (loop & mask) * STRIDE + offset;
      int slot = cells[at];
      // A split with other weights took the row over, or the period is over.
      slot = slot < period ? slot : slot % period;
      cells[at] = slot + 1;
      return slot;
    }
  }

  /** A row whose loops are spread over the period, however many of them there are. */
  Row take(int period) {
    if (free.isEmpty()) {
      int[] cells = new int[loops * STRIDE];
      for (int offset = 0; offset < SPLITS; offset++) {
        free.add(new Row(cells, offset, loops - 1));
      }
    }
    Row row = free.remove();
    for (int loop = 0; loop < loops; loop++) {
      long place = Integer.toUnsignedLong(Integer.reverse(loop));
      row.cells[loop * STRIDE + row.offset] = (int) ((place * period) >>> 32);
    }
    return row;
  }

  /** Takes a row back. */
  void giveBack(Row row) {
    free.add(row);
  }
}
