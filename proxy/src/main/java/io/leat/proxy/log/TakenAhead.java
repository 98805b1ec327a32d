package io.leat.proxy.log;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Offsets of one cursor that are finished although its reader has yet to pass them, as ranges. Not
 * safe for threads: guarded like its {@link CursorWindow}.
 */
final class TakenAhead {
  /** What is durable of a cursor is written whole, every few milliseconds. */
  private static final int MOST_RANGES = 8_192;

  // First and, exclusive, last offset of each; they do not touch.
  private final TreeMap<Long, Long> ranges = new TreeMap<>();

  boolean isFull() {
    return ranges.size() >= MOST_RANGES;
  }

  void add(long offset) {
    Map.@Nullable Entry<Long, Long> before = ranges.floorEntry(offset);
    long from = before != null && before.getValue() == offset ? before.getKey() : offset;
    Long joined = ranges.remove(offset + 1);
    ranges.put(from, joined == null ? offset + 1 : joined);
  }

  boolean contains(long offset) {
    Map.@Nullable Entry<Long, Long> floor = ranges.floorEntry(offset);
    return floor != null && offset < floor.getValue();
  }

  /** The reader passed everything before the position. */
  void passed(long position) {
    while (!ranges.isEmpty() && ranges.firstEntry().getValue() <= position) {
      ranges.pollFirstEntry();
    }
  }

  void clear() {
    ranges.clear();
  }

  /** Adds these and others, none of which is here as well, as far as they are not passed. */
  void addTo(OffsetRanges.Builder done, OffsetRanges others, long position) {
    int next = 0;
    for (Map.Entry<Long, Long> each : ranges.entrySet()) {
      while (next < others.count() && others.from(next) < each.getKey()) {
        done.add(Math.max(position, others.from(next)), others.to(next));
        next++;
      }
      done.add(Math.max(position, each.getKey()), each.getValue());
    }
    for (; next < others.count(); next++) {
      done.add(Math.max(position, others.from(next)), others.to(next));
    }
  }
}
