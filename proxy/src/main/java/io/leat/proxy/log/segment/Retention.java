package io.leat.proxy.log.segment;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * Deletes files that nobody needs: every cursor has finished them durably, and they are beyond what
 * is kept for replay. The newest file stays, because offsets and totals go on from it. The thread
 * of the log alone uses it.
 */
final class Retention {
  private final CursorRegistry registry;
  private final LogOptions.Retain retain;
  private final Clock clock;

  Retention(CursorRegistry registry, LogOptions.Retain retain, Clock clock) {
    this.registry = registry;
    this.retain = retain;
    this.clock = clock;
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
    boolean synced = false;
    for (Segment each : finished) {
      if (bytes <= retain.bytes() || isYoung(each) || registry.segments().isLast(each)) {
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

  private boolean isYoung(Segment segment) {
    return segment.aboutLastTimestamp() > clock.millis() - retain.age().toMillis();
  }
}
