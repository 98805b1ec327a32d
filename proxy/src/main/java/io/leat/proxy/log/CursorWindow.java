package io.leat.proxy.log;

import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one cursor has read and not finished, and how much it has before it.
 *
 * <p>Everything before {@link #position} was read, or is for others; all of it is finished but what
 * the window holds. So its size is that of what is unfinished, however far ahead the reader is.
 * Behind the position single records may be taken ahead. Not safe for threads: its owner guards it.
 */
public final class CursorWindow {
  private final int most;
  private final TreeMap<Long, Integer> unfinished = new TreeMap<>();
  private final TakenAhead finishedAhead = new TakenAhead();
  private OffsetRanges restored = OffsetRanges.NONE;
  private long position;
  private long limit;
  private long certainFrom;
  private long late;
  private long lateBytes;
  private long unread;
  private long unreadBytes;
  private long unfinishedBytes;

  /**
   * Makes an empty window at offset 0.
   *
   * @param most records that may be unfinished before nothing more is read
   */
  public CursorWindow(int most) {
    this.most = most;
  }

  /**
   * Sets the place, with nothing unfinished before it.
   *
   * @param done offsets behind the place that are finished already
   * @param limit behind the newest record
   */
  public void set(long position, OffsetRanges done, long limit) {
    unfinished.clear();
    finishedAhead.clear();
    unfinishedBytes = 0;
    this.position = position;
    this.restored = done;
    this.limit = limit;
  }

  /**
   * Sets how much is unread.
   *
   * @param certain whether the counts are exact, so that zero means there is nothing to look for
   */
  public void unread(long records, long bytes, boolean certain) {
    boolean none = position >= limit;
    unread = none ? 0 : Math.max(0, records);
    unreadBytes = none ? 0 : Math.max(0, bytes);
    certainFrom = certain ? position : limit;
    late = 0;
    lateBytes = 0;
    settle();
  }

  /** Records came, as many of them for this cursor. */
  public void arrived(long newLimit, long records, long bytes) {
    limit = newLimit;
    unread += records;
    unreadBytes += bytes;
    late += records;
    lateBytes += bytes;
    settle();
  }

  /** What is for others only need not be read. */
  private void settle() {
    if (unread == 0 && position >= certainFrom) {
      position = limit;
      finishedAhead.passed(position);
    }
  }

  /** Whether there is a record to read, and room for it. */
  public boolean readable() {
    return unfinished.size() < most && position < limit && (unread > 0 || position < certainFrom);
  }

  /** How many more may be read now. */
  public int room() {
    return most - unfinished.size();
  }

  /**
   * Takes a record that the reader has yet to pass, as if it had been read; false if there is no
   * such record, or no room for it.
   */
  public boolean takeAhead(long offset, int bytes) {
    if (offset < position
        || offset >= limit
        || room() <= 0
        || finishedAhead.isFull()
        || restored.contains(offset)
        || wasTaken(offset)) {
      return false;
    }
    take(offset, bytes);
    if (position < certainFrom && offset >= certainFrom) {
      late = Math.max(0, late - 1);
      lateBytes = Math.max(0, lateBytes - bytes);
    }
    settle();
    return true;
  }

  /** Whether a record that the reader comes upon was taken ahead of it. */
  public boolean wasTaken(long offset) {
    return offset < position || unfinished.containsKey(offset) || finishedAhead.contains(offset);
  }

  /** A record was read. */
  public void take(long offset, int bytes) {
    unfinished.put(offset, bytes);
    unfinishedBytes += bytes;
    unread = Math.max(0, unread - 1);
    unreadBytes = Math.max(0, unreadBytes - bytes);
  }

  /** Everything before the position was looked at. */
  public void movedTo(long newPosition) {
    boolean wasUncertain = position < certainFrom;
    position = Math.max(position, newPosition);
    if (wasUncertain && position >= certainFrom) {
      unread = late;
      unreadBytes = lateBytes;
    }
    if (position >= limit) {
      // Damaged records were counted and never come.
      unread = 0;
      unreadBytes = 0;
    }
    finishedAhead.passed(position);
    if (position >= restored.end()) {
      restored = OffsetRanges.NONE;
    }
    settle();
  }

  /** How far may be read at once: not beyond the place from which on the counts are exact. */
  public long readTo() {
    return position < certainFrom ? Math.min(limit, certainFrom) : limit;
  }

  /** Finishes a record; false if it is none that was read and is unfinished. */
  public boolean finish(long offset) {
    @Nullable Integer bytes = unfinished.remove(offset);
    if (bytes == null) {
      return false;
    }
    unfinishedBytes -= bytes;
    if (offset >= position) {
      finishedAhead.add(offset);
    }
    return true;
  }

  /** Whether a record was read and is not finished. */
  public boolean holds(long offset) {
    return unfinished.containsKey(offset);
  }

  /** The offset before which everything was looked at. */
  public long position() {
    return position;
  }

  /** Behind the newest record. */
  public long limit() {
    return limit;
  }

  /** The offset before which everything is finished. */
  public long contiguous() {
    return unfinished.isEmpty() ? position : Math.min(position, unfinished.firstKey());
  }

  /** Finished offsets that the reader has yet to pass. */
  public OffsetRanges restored() {
    return restored;
  }

  /** What is finished behind {@link #contiguous}. */
  public OffsetRanges done() {
    OffsetRanges.Builder done = new OffsetRanges.Builder();
    long from = contiguous();
    for (long each : unfinished.headMap(position).keySet()) {
      done.add(from, each);
      from = each + 1;
    }
    done.add(from, position);
    finishedAhead.addTo(done, restored, position);
    return done.build();
  }

  /** Records that are unread or unfinished. */
  public long backlog() {
    return unread + unfinished.size();
  }

  /** Bytes of these records, about. */
  public long backlogBytes() {
    return unreadBytes + unfinishedBytes;
  }
}
