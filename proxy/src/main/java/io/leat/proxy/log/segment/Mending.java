package io.leat.proxy.log.segment;

import io.leat.proxy.log.segment.LogFiles.LogFile;
import io.leat.proxy.table.ChannelStorage.Durability;
import java.io.IOException;
import java.time.Clock;

/**
 * Makes a log usable again after a write or a sync failed. The thread of the log alone uses it.
 *
 * <p>The system may have dropped the pages that it could not write, so nothing of a file that was
 * being written is believed: it is opened anew, its records are read and checked, and it is cut
 * behind the last one that was acknowledged. What follows goes to another file. The file of cursors
 * is written whole to another one. Whatever fails again is tried again, after longer pauses.
 */
final class Mending {
  private static final long FIRST_MILLIS = 100;
  private static final long MOST_MILLIS = 10_000;

  private final LogFiles files;
  private final LogOptions options;
  private final CursorRegistry registry;
  private final Clock clock;
  private long pause;
  private long dueAt;

  Mending(LogFiles files, LogOptions options, CursorRegistry registry, Clock clock) {
    this.files = files;
    this.options = options;
    this.registry = registry;
    this.clock = clock;
  }

  /** Something failed: to be mended after a pause. */
  void failed() {
    pause = pause == 0 ? FIRST_MILLIS : Math.min(2 * pause, MOST_MILLIS);
    dueAt = clock.millis() + pause;
  }

  /** A group is durable: the next failure is a new one. */
  void worked() {
    pause = 0;
  }

  boolean isDue() {
    return clock.millis() >= dueAt;
  }

  /**
   * Completes every file that may be written, at its last acknowledged record.
   *
   * @throws IOException when it failed again
   */
  void run() throws IOException {
    registry.sync();
    for (Segment each : registry.segments().inOrder()) {
      if (each.endTotals() == null) {
        complete(each);
      }
    }
  }

  private void complete(Segment segment) throws IOException {
    if (segment.isEmpty()) {
      registry.segments().remove(segment);
      files.syncDirectory(options.directory());
      return;
    }
    try (LogFile file = files.open(segment.path())) {
      check(segment, file);
      file.truncate(segment.end());
      if (options.storage().durability() == Durability.FSYNC) {
        file.force(true);
      }
    }
    // Nothing was acknowledged since, or there would be a later file.
    segment.seal(files, registry.totals());
  }

  private void check(Segment segment, LogFile file) throws IOException {
    // Closed with the file.
    SegmentReader reader = new SegmentReader(file, segment.header().salt());
    reader.seek(segment.header().dataStart(), segment.base() - 1);
    boolean more = true;
    while (more) {
      more = registry.segments().next(segment, reader);
    }
  }
}
