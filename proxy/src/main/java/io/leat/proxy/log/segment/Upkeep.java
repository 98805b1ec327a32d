package io.leat.proxy.log.segment;

import io.leat.proxy.log.DedupWindow;
import java.io.IOException;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the thread of a log does between groups: it writes where cursors stand, syncs that now and
 * then, and has files deleted that nobody needs. Any thread says that cursors moved.
 */
final class Upkeep {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentedLog.class);
  private static final long CURSORS_EVERY_MILLIS = 20;
  private static final long SYNC_EVERY_MILLIS = 1_000;
  private static final long BUSY_MILLIS = 200;

  private final CursorRegistry registry;
  private final Retention retention;
  private final LogOptions options;
  private final Clock clock;
  private volatile boolean moved = true;

  /** Whether the thread looks again soon by itself, so that nobody has to wake it up. */
  private volatile boolean napping;

  // Of the thread of the log.
  private long writtenAt;
  private long syncedAt;
  private boolean unsynced;

  Upkeep(CursorRegistry registry, LogOptions options, Clock clock, @Nullable DedupWindow window) {
    this.registry = registry;
    this.retention = new Retention(registry, options, clock, window);
    this.options = options;
    this.clock = clock;
  }

  /** Some cursor moved; true for the first that says so, if the thread is to be woken up. */
  boolean cursorsMoved() {
    if (moved) {
      return false;
    }
    moved = true;
    return !napping;
  }

  /**
   * After how long it is to be run again, even if nothing happens: soon while cursors move, which
   * is cheaper than to be woken up by each group of deliveries.
   */
  long dueInMillis() {
    napping = clock.millis() - writtenAt < BUSY_MILLIS;
    return napping || moved ? CURSORS_EVERY_MILLIS : SYNC_EVERY_MILLIS;
  }

  /**
   * Does what is due.
   *
   * @param idle whether nothing waits to be written
   * @param last whether the log ends, so that everything is due
   */
  void run(boolean idle, boolean last) throws IOException {
    long now = clock.millis();
    try {
      if (moved && (last || idle || now - writtenAt >= CURSORS_EVERY_MILLIS)) {
        // Before the cursors are looked at, so that what moves meanwhile is seen next time.
        moved = false;
        writtenAt = now;
        unsynced = true;
        registry.persist();
        retention.run();
      }
      if (last || now - syncedAt >= SYNC_EVERY_MILLIS) {
        syncedAt = now;
        if (unsynced) {
          unsynced = false;
          registry.sync();
        }
        retention.run();
      }
    } catch (LogFiles.NoSpaceException e) {
      moved = true;
      LOG.debug("{}: no space for cursors", options.directory(), e);
    }
  }
}
