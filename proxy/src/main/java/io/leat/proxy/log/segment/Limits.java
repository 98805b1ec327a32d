package io.leat.proxy.log.segment;

import io.leat.proxy.log.LogEntry;
import io.leat.proxy.table.ChannelStorage;
import io.leat.proxy.table.ChannelStorage.Breach;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far the slowest cursor may fall behind: bytes from its oldest unfinished record to the end,
 * and the age of that record. The thread of the log asks before appends, any thread asks who is
 * beyond.
 */
final class Limits {
  private static final long AGE_EVERY_MILLIS = 1_000;

  private final CursorRegistry registry;
  private final ChannelStorage storage;
  private final Clock clock;
  // Of the thread of the log.
  private long held;
  private boolean tooOld;
  private boolean isBounded;
  private long agedAt;

  Limits(CursorRegistry registry, ChannelStorage storage, Clock clock) {
    this.registry = registry;
    this.storage = storage;
    this.clock = clock;
  }

  /** Looks at the cursors before some appends. */
  void look() {
    if (storage.breach() != Breach.BLOCK) {
      return;
    }
    @Nullable SegmentCursor slowest = registry.slowest();
    isBounded = slowest != null;
    if (slowest == null || slowest.contiguous() >= registry.published()) {
      held = 0;
      tooOld = false;
      return;
    }
    held = registry.segments().bytesFrom(slowest.contiguous());
    long now = clock.millis();
    if (tooOld || now - agedAt >= AGE_EVERY_MILLIS || now < agedAt) {
      agedAt = now;
      tooOld = timestampAt(slowest.contiguous(), now) < now - storage.maxAge().toMillis();
    }
  }

  private long timestampAt(long offset, long otherwise) {
    long known = registry.tail().timestamp(offset);
    if (known >= 0) {
      return known;
    }
    @Nullable LogEntry entry = registry.segments().entryFrom(offset);
    return entry == null ? otherwise : entry.timestamp();
  }

  /**
   * Whether an append of so many bytes is refused; if not, they count from now on.
   *
   * @param pending bytes that were taken and are not written yet
   */
  boolean refuses(long bytes, long pending) {
    if (isBeyond(bytes)) {
      // Cursors may have finished records since they were looked at.
      look();
      held += pending;
    }
    if (isBeyond(bytes)) {
      return true;
    }
    held += bytes;
    return false;
  }

  private boolean isBeyond(long bytes) {
    return isBounded && (tooOld || held + bytes > storage.maxBytes());
  }

  /** The slowest cursor, if it is beyond the limits. */
  Optional<Breached> breached() {
    @Nullable SegmentCursor slowest = registry.slowest();
    long next = registry.published();
    if (slowest == null || slowest.contiguous() >= next) {
      return Optional.empty();
    }
    long from = slowest.contiguous();
    long to = from;
    Segments segments = registry.segments();
    // Dead letters lie in the log as well: what is little itself may be spread over more of it.
    long most =
        slowest.backlogBytes() > storage.maxBytes()
            ? storage.maxBytes()
            : Math.min(storage.maxBytes(), Long.MAX_VALUE / 2) * 2;
    if (segments.bytesFrom(from) > most) {
      to = segments.offsetWithin(most, next);
    }
    long oldest = clock.millis() - storage.maxAge().toMillis();
    if (timestampAt(from, oldest) < oldest) {
      to = Math.max(to, segments.offsetAt(oldest, next));
    }
    return to > from ? Optional.of(new Breached(slowest.name(), from, to)) : Optional.empty();
  }
}
