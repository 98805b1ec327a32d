package io.leat.proxy.log.segment;

import io.leat.proxy.log.DedupWindow;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Deletes files that nobody needs: every cursor has finished them durably, they are beyond what is
 * kept for replay, and no record of the window of duplicates is in them, which a restart reads from
 * there. For that window at most as many bytes stay as a subscription may be behind. The newest
 * file stays, because offsets and totals go on from it. The thread of the log alone uses it.
 */
final class Retention {
  private final CursorRegistry registry;
  private final LogOptions options;
  private final Clock clock;
  private final @Nullable DedupWindow window;

  Retention(
      CursorRegistry registry, LogOptions options, Clock clock, @Nullable DedupWindow window) {
    this.registry = registry;
    this.options = options;
    this.clock = clock;
    this.window = window;
  }

  void run() throws IOException {
    long before = registry.finishedBefore();
    List<Segment> finished = new ArrayList<>();
    long bytes = 0;
    for (Segment each : registry.segments().inOrder()) {
      if (each.next() > before || each.endTotals() == null) {
        break;
      }
      finished.add(each);
      bytes += each.bytes();
    }
    long now = clock.millis();
    long needed = window == null ? Long.MAX_VALUE : window.neededSince(now);
    boolean synced = false;
    for (Segment each : finished) {
      if (bytes <= options.retain().bytes()
          || each.aboutLastTimestamp() > now - options.retain().age().toMillis()
          || (lastTimestamp(each) >= needed && bytes <= options.storage().maxBytes())
          || registry.segments().isLast(each)) {
        return;
      }
      if (!synced) {
        // After a loss of power the cursors must not stand where nothing is any more.
        registry.sync();
        synced = true;
      }
      bytes -= each.bytes();
      registry.segments().remove(each);
    }
  }

  /** When its last record was appended at the latest. */
  private long lastTimestamp(Segment segment) {
    @Nullable Segment behind = registry.segments().at(segment.next());
    return behind == null ? Long.MAX_VALUE : behind.firstTimestamp();
  }
}
