package io.leat.proxy.routing;

import io.leat.proxy.table.TrafficSplit;
import org.jspecify.annotations.Nullable;

/**
 * The live form of a {@link TrafficSplit}: its targets resolved to revisions, and one cursor per
 * event loop.
 *
 * <p>Each cursor is written by its event loop only. A rebuilt split takes over the cursors of the
 * split that it replaces, so a table change does not restart the sequence: of the requests that one
 * loop picks in a row, each target gets its share to within two, and to within four when the
 * weights change meanwhile.
 */
public final class LiveSplit implements LiveAction {
  private final TrafficSplit split;
  private final LiveTarget[] targets;
  private final int period;
  private final Cursors.@Nullable Row cursors;

  /** The most event loops that have cursors of their own; those above share them. */
  public static int maxLoops() {
    return Cursors.MAX_LOOPS;
  }

  /** {@code cursors} may be null only when the split has one slot. */
  LiveSplit(TrafficSplit split, LiveTarget[] targets, Cursors.@Nullable Row cursors) {
    this.split = split;
    this.targets = targets;
    this.period = split.period();
    this.cursors = cursors;
  }

  /** What the table says. */
  public TrafficSplit split() {
    return split;
  }

  /**
   * The next target for a request of an event loop.
   *
   * @param loop index of the event loop, from 0
   */
  public LiveTarget pick(int loop) {
    Cursors.Row row = cursors;
    return targets[split.targetAt(row == null ? 0 : row.next(loop, period))];
  }

  /** The targets in the order of the table. */
  public LiveTarget target(int index) {
    return targets[index];
  }

  Cursors.@Nullable Row cursors() {
    return cursors;
  }
}
