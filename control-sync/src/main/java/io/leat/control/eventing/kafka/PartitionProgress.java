package io.leat.control.eventing.kafka;

import io.leat.proxy.log.LogEntry;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/**
 * What a cursor has taken from one partition and not finished.
 *
 * <p>Committed is the offset of the first unfinished record. The metadata of the commit says which
 * records behind it are finished, as far as its length allows: after a restart those are not read
 * again. Not shared: guarded by the lock of its cursor.
 */
final class PartitionProgress {
  private static final String VERSION = "1:";

  /** Brokers refuse more than 4,096 bytes unless told otherwise. */
  private static final int MOST_METADATA = 3_000;

  private static final int RADIX = 36;

  private final TreeMap<Long, Pending> unfinished = new TreeMap<>();
  private final TreeMap<Long, Long> finishedBefore = new TreeMap<>();
  private long next;
  private @Nullable OffsetAndMetadata committed;

  PartitionProgress(long next) {
    this.next = next;
  }

  /** Goes on from a commit. */
  static PartitionProgress from(OffsetAndMetadata committed) {
    PartitionProgress progress = new PartitionProgress(committed.offset());
    progress.restore(committed.offset(), committed.metadata());
    progress.committed = committed;
    return progress;
  }

  /** Whether a record was finished before the last restart. */
  boolean knows(long offset) {
    Map.Entry<Long, Long> range = finishedBefore.floorEntry(offset);
    return range != null && offset < range.getValue();
  }

  void add(long offset, Pending record) {
    unfinished.put(offset, record);
  }

  /** Everything before the offset was taken from the partition. */
  void reached(long offset) {
    next = Math.max(next, offset);
  }

  @Nullable Pending get(long offset) {
    return unfinished.get(offset);
  }

  @Nullable Pending finish(long offset) {
    return unfinished.remove(offset);
  }

  Iterable<Pending> pending() {
    return unfinished.values();
  }

  /** Records between what was taken and an end. */
  long behind(long end) {
    return Math.max(0, end - next);
  }

  int size() {
    return unfinished.size();
  }

  /** What has to be committed, or null when nothing changed since the last commit. */
  @Nullable OffsetAndMetadata commit() {
    long point = unfinished.isEmpty() ? next : unfinished.firstKey();
    OffsetAndMetadata now = new OffsetAndMetadata(point, metadata(point));
    return now.equals(committed) ? null : now;
  }

  void committed(OffsetAndMetadata now) {
    committed = now;
  }

  /** Runs of unfinished records: how far from the last run, how long; at last what is finished. */
  private String metadata(long point) {
    if (unfinished.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder(VERSION);
    long at = point;
    long from = point;
    long to = point;
    for (long offset : unfinished.keySet()) {
      if (offset != to) {
        at = run(text, at, from, to);
        from = offset;
        if (text.length() > MOST_METADATA) {
          return text.append('0').toString();
        }
      }
      to = offset + 1;
    }
    at = run(text, at, from, to);
    return text.append(Long.toString(next - at, RADIX)).toString();
  }

  private static long run(StringBuilder text, long at, long from, long to) {
    text.append(Long.toString(from - at, RADIX)).append(',');
    text.append(Long.toString(to - from, RADIX)).append(',');
    return to;
  }

  private void restore(long point, String metadata) {
    if (!metadata.startsWith(VERSION)) {
      return;
    }
    String[] numbers = metadata.substring(VERSION.length()).split(",", -1);
    TreeMap<Long, Long> ranges = new TreeMap<>();
    long at = point;
    try {
      for (int i = 0; i < numbers.length; i++) {
        long length = Long.parseLong(numbers[i], RADIX);
        if (length < 0) {
          return;
        }
        if (i % 2 == 0 && length > 0) {
          ranges.put(at, at + length);
        }
        at += length;
      }
    } catch (NumberFormatException foreign) {
      // Somebody else committed: without ranges more is read again, and nothing is missed.
      return;
    }
    finishedBefore.putAll(ranges);
  }

  /** A record that was taken from the partition and is not finished. */
  static final class Pending {
    final long offset;
    final int bytes;
    private final long timestamp;
    private final byte kind;
    private byte @Nullable [] payload;
    private boolean read;

    Pending(LogEntry entry) {
      offset = entry.offset();
      timestamp = entry.timestamp();
      kind = entry.kind();
      bytes = entry.payload().length;
      payload = entry.payload();
    }

    /** Hands the record out; keeps a copy of its payload when there is room for it. */
    LogEntry read(boolean keep) {
      byte[] whole = payload;
      if (whole == null) {
        throw new IllegalStateException("read twice: " + offset);
      }
      read = true;
      payload = keep ? whole.clone() : null;
      return new LogEntry(offset, timestamp, kind, whole);
    }

    /** The record once more, or null when its payload was not kept. */
    @Nullable LogEntry again() {
      byte[] kept = payload;
      return kept == null ? null : new LogEntry(offset, timestamp, kind, kept.clone());
    }

    boolean wasRead() {
      return read;
    }

    /** Bytes that are kept for {@link #again}. */
    int kept() {
      return read && payload != null ? bytes : 0;
    }
  }
}
