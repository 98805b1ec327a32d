package io.leat.proxy.fanout.delivery;

import io.leat.proxy.fanout.event.CorruptEventException;
import io.leat.proxy.fanout.role.ClosedGroup;
import io.leat.proxy.fanout.role.GroupCaps;
import io.leat.proxy.fanout.stored.StoredEvent;
import io.leat.proxy.log.AppendOutcome;
import io.leat.proxy.log.LogRecord;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of closed groups, in the log. Used by the subscription's event loop.
 *
 * <p>Each group leaves a record that is not finished while its key is remembered, and so keeps what
 * lies behind it. Before that is much, all keys are written again as one record at the end of the
 * log, and those before it are finished. Bounded by the count and the age of the keys.
 */
final class Tombstones {
  private static final Logger LOG = LoggerFactory.getLogger(Tombstones.class);

  /** What may lie behind the oldest record, besides four times the size of all keys. */
  private static final long SLACK_BYTES = 64 << 10;

  private static final int SLACK_FACTOR = 4;
  private static final int KEY_OVERHEAD = 16;
  private static final Duration LOOK = Duration.ofSeconds(5);

  /** The log may refuse new events when its oldest unfinished record is old. */
  private static final Duration OLDEST = Duration.ofMinutes(1);

  private final Subscription owner;
  private final GroupCaps caps;
  private final InstantSource clock;
  private final SequencedMap<String, ClosedGroup> closed = new LinkedHashMap<>();

  /** The offsets of the records that keep the keys. */
  private final ArrayDeque<Long> records = new ArrayDeque<>();

  /** How many they are; any thread. */
  private volatile int count;

  private long keyBytes;
  private long behind;
  private long writtenAt;
  private boolean writing;
  private boolean armed;
  private boolean over;

  Tombstones(Subscription owner, GroupCaps caps, InstantSource clock) {
    this.owner = owner;
    this.caps = caps;
    this.clock = clock;
    this.writtenAt = clock.millis();
  }

  /** How many records of the log only keep keys; any thread. */
  int count() {
    return count;
  }

  /** A record was read that keeps keys; gives them. */
  List<ClosedGroup> read(long offset, byte kind, byte[] payload) {
    List<ClosedGroup> groups;
    try {
      groups =
          kind == StoredEvent.TOMBSTONES
              ? ClosedGroup.readAll(payload)
              : List.of(ClosedGroup.read(payload));
    } catch (CorruptEventException corrupt) {
      LOG.error("{}: record {}: {}", owner.subscriber().name(), offset, corrupt.getMessage());
      owner.finish(offset);
      return List.of();
    }
    for (ClosedGroup each : groups) {
      if (closed.putIfAbsent(each.key(), each) == null) {
        keyBytes += size(each);
      }
    }
    records.add(offset);
    behind += payload.length;
    forget();
    counted();
    arm();
    return groups;
  }

  private static long size(ClosedGroup group) {
    return (long) group.key().length() + KEY_OVERHEAD;
  }

  private void counted() {
    count = records.size();
  }

  /** An event was read, behind whatever keeps keys. */
  void passed(int bytes) {
    behind += bytes;
    if (behind >= SLACK_BYTES + SLACK_FACTOR * keyBytes) {
      rewrite();
    }
  }

  private void forget() {
    long before = clock.millis() - caps.closedFor().toMillis();
    while (!closed.isEmpty()
        && (closed.firstEntry().getValue().closedAt() < before || closed.size() > caps.closed())) {
      keyBytes -= size(closed.pollFirstEntry().getValue());
    }
    if (closed.isEmpty()) {
      records.forEach(owner::finish);
      records.clear();
    }
  }

  private void rewrite() {
    forget();
    counted();
    if (writing || records.isEmpty()) {
      return;
    }
    writing = true;
    behind = 0;
    writtenAt = clock.millis();
    int replaced = records.size();
    LogRecord all =
        new LogRecord(
            StoredEvent.TOMBSTONES, owner.cursorName(), ClosedGroup.toBytes(closed.values()));
    owner
        .log()
        .append(
            List.of(all),
            (outcome, offset) ->
                owner.loop().execute(() -> rewritten(all, replaced, outcome, offset)));
  }

  private void rewritten(LogRecord all, int replaced, AppendOutcome outcome, long offset) {
    writing = false;
    if (over || outcome != AppendOutcome.DURABLE) {
      return;
    }
    for (int i = 0; i < replaced && !records.isEmpty(); i++) {
      owner.finish(records.removeFirst());
    }
    if (owner.take(offset, all)) {
      records.add(offset);
    }
    counted();
  }

  private void arm() {
    if (armed || over || records.isEmpty()) {
      return;
    }
    armed = true;
    owner.loop().after(LOOK.toNanos(), this::look);
  }

  private void look() {
    armed = false;
    if (over) {
      return;
    }
    forget();
    counted();
    boolean old = clock.millis() - writtenAt >= OLDEST.toMillis();
    if (records.size() > 1 || behind > 0 || old) {
      rewrite();
    }
    arm();
  }

  /** Nothing is written any more. */
  void end() {
    over = true;
  }

  /** The keys are of no interest any more. */
  void release() {
    records.forEach(owner::finish);
    records.clear();
    counted();
  }

  /** Keeps the keys of others, which end. */
  void adopt(Tombstones before) {
    closed.putAll(before.closed);
    keyBytes += before.keyBytes;
    records.addAll(before.records);
    counted();
    arm();
  }
}
