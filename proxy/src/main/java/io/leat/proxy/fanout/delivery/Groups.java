package io.leat.proxy.fanout.delivery;

import io.leat.proxy.fanout.account.DeliveryOutcome;
import io.leat.proxy.fanout.event.CorruptEventException;
import io.leat.proxy.fanout.role.ClosedGroup;
import io.leat.proxy.fanout.role.GroupCaps;
import io.leat.proxy.fanout.role.GroupOffer;
import io.leat.proxy.fanout.role.GroupState;
import io.leat.proxy.fanout.role.RoleOutcome;
import io.leat.proxy.fanout.stored.StoredEvent;
import io.leat.proxy.log.LogEntry;
import io.leat.proxy.log.LogRecord;
import io.leat.proxy.table.AggregatePolicy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The groups of one aggregating subscription: members stay unfinished in the log until what came of
 * their group is durable, so a restart reads them again. Used by the subscription's event loop.
 *
 * <p>After a start nothing is called before the log was read up to where it ended then: a group
 * whose outcome is durable left a tombstone there, and is not called a second time.
 */
final class Groups {
  private static final Logger LOG = LoggerFactory.getLogger(Groups.class);
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration OVER_CAP_PAUSE = Duration.ofSeconds(1);

  /** A cursor has 65,536 unfinished records at most, and others wait as well. */
  private static final int MOST_MEMBERS = 40_000;

  private final Subscription owner;
  private final InstantSource clock;
  private final GroupCaps caps;
  private final GroupState state;
  private final long restoredAt;
  private final TreeMap<Long, Member> members = new TreeMap<>();
  private final Map<String, Item> waiting = new HashMap<>();
  private final ArrayDeque<Tombstone> tombstones = new ArrayDeque<>();

  /** How many tombstones there are; any thread. */
  private volatile int remembered;

  private int calls;
  private long lastOffset = -1;
  private long lookedAt = -1;
  private boolean restoring;
  private boolean armed;
  private boolean over;

  /** An absorbed event. */
  private record Member(StoredEvent stored, long timestamp) {}

  private record Tombstone(long offset, long closedAt) {}

  /**
   * A group that is closed, and what it takes to finish it.
   *
   * @param discarded whether its members are dead-lettered without a call
   * @param stored the members as they are stored, in the order of {@code members}
   */
  record Group(
      String key,
      List<GroupOffer.Member> members,
      List<StoredEvent> stored,
      boolean partial,
      boolean discarded,
      ClosedGroup tombstone) {

    StoredEvent first() {
      return stored.getFirst();
    }

    LogRecord record(String cursor) {
      return new LogRecord(StoredEvent.TOMBSTONE, cursor, tombstone.toBytes());
    }
  }

  /** No groups; the log is to be read up to {@code end} before anything is called. */
  Groups(Subscription owner, AggregatePolicy policy, long end, InstantSource clock) {
    this.owner = owner;
    this.clock = clock;
    this.caps = owner.limits().groups();
    this.state = new GroupState(policy, caps);
    this.restoredAt = end;
    this.restoring = end > 0;
    if (restoring) {
      look();
    }
  }

  /** Members and calls that keep memory are so many that nothing more is read. */
  boolean full() {
    return calls > owner.subscriber().delivery().parallelism();
  }

  /**
   * Records that only say that a group is closed; the log counts them as unfinished. Any thread.
   */
  int remembered() {
    return remembered;
  }

  /** Takes an item in flight as a member, or has it finished otherwise. */
  void offer(Item item, StoredEvent stored) {
    GroupOffer offer =
        members.size() >= MOST_MEMBERS
            ? new GroupOffer.OverCap("members")
            : state.offer(item.offset, stored.event(), item.timestamp);
    switch (offer) {
      case GroupOffer.Absorbed absorbed -> absorb(item, stored);
      case GroupOffer.Duplicate duplicate -> owner.done(item);
      case GroupOffer.Late late -> owner.deliverer().refused(item, stored, late.violation());
      case GroupOffer.Refused(RoleOutcome.Violation violation) ->
          owner.deliverer().refused(item, stored, violation);
      case GroupOffer.OverCap full -> {
        owner.count(DeliveryOutcome.HELD);
        owner.later(item, OVER_CAP_PAUSE);
      }
      case GroupOffer.Complete complete -> {
        absorb(item, stored);
        close(complete);
      }
      case GroupOffer.Discarded discarded -> close(discarded);
    }
    seen(item.offset);
    arm();
  }

  private void absorb(Item item, StoredEvent stored) {
    members.put(item.offset, new Member(stored, item.timestamp));
    owner.absorbed(item);
  }

  private void close(GroupOffer offer) {
    Group group =
        switch (offer) {
          case GroupOffer.Complete c ->
              new Group(c.key(), c.members(), take(c.members()), c.partial(), false, c.tombstone());
          case GroupOffer.Discarded d ->
              new Group(d.key(), d.members(), take(d.members()), true, true, d.tombstone());
          default -> throw new IllegalArgumentException(offer + " (expected: a closed group)");
        };
    calls++;
    Item call = owner.groupItem(group);
    if (restoring) {
      waiting.put(group.key(), call);
    } else {
      owner.enqueue(call);
    }
  }

  private List<StoredEvent> take(List<GroupOffer.Member> of) {
    List<StoredEvent> stored = new ArrayList<>(of.size());
    for (GroupOffer.Member each : of) {
      Member member = members.remove(each.offset());
      stored.add(
          member == null ? new StoredEvent(each.event(), List.of(), List.of()) : member.stored());
    }
    return stored;
  }

  /** What came of a group is durable. */
  void finished() {
    calls--;
  }

  /** A tombstone was read: of this run or of one before. */
  void tombstone(long offset, byte[] payload) {
    ClosedGroup closed;
    try {
      closed = ClosedGroup.read(payload);
    } catch (CorruptEventException corrupt) {
      LOG.error("{}: record {}: {}", owner.subscriber().name(), offset, corrupt.getMessage());
      owner.finish(offset);
      return;
    }
    if (restoring) {
      restore(closed);
    }
    tombstones.add(new Tombstone(offset, closed.closedAt()));
    remembered = tombstones.size();
    seen(offset);
    forget();
    arm();
  }

  /** The outcome of a group is durable, but not that its members are finished. */
  private void restore(ClosedGroup closed) {
    for (GroupOffer.Member member : state.remember(closed)) {
      members.remove(member.offset());
      owner.finish(member.offset());
    }
    Item called = waiting.remove(closed.key());
    Group done = called == null ? null : called.group;
    if (done != null) {
      calls--;
      done.members().forEach(member -> owner.finish(member.offset()));
    }
  }

  private void forget() {
    long before = clock.millis() - caps.closedFor().toMillis();
    while (!tombstones.isEmpty()
        && (tombstones.getFirst().closedAt() < before || tombstones.size() > caps.closed())) {
      owner.finish(tombstones.removeFirst().offset());
    }
    remembered = tombstones.size();
  }

  private void seen(long offset) {
    lastOffset = Math.max(lastOffset, offset);
    if (restoring && lastOffset >= restoredAt - 1) {
      restored();
    }
  }

  /** The end of the log may hold nothing for this cursor: then nothing comes any more. */
  private void look() {
    owner
        .loop()
        .after(
            LOOK.toNanos(),
            () -> {
              if (over || !restoring) {
                return;
              }
              if (lastOffset == lookedAt) {
                restored();
              } else {
                lookedAt = lastOffset;
                look();
              }
            });
  }

  private void restored() {
    restoring = false;
    List<Item> calling = List.copyOf(waiting.values());
    waiting.clear();
    calling.forEach(owner::enqueue);
  }

  /** Has the time looked at when the next group or tombstone is over. */
  private void arm() {
    if (armed || over || (state.groups() == 0 && tombstones.isEmpty())) {
      return;
    }
    armed = true;
    long now = clock.millis();
    long next = state.nextDeadline();
    if (!tombstones.isEmpty()) {
      next = Math.min(next, tombstones.getFirst().closedAt() + caps.closedFor().toMillis() + 1);
    }
    // A group that opens later is never due earlier, as all have one timeout.
    long pause = Math.clamp(next - now, 1, caps.closedFor().toMillis());
    owner.loop().after(Duration.ofMillis(pause).toNanos(), this::expire);
  }

  private void expire() {
    armed = false;
    if (over) {
      return;
    }
    state.expire(clock.millis()).forEach(this::close);
    forget();
    arm();
  }

  /** The groups are of no interest any more. */
  void end() {
    over = true;
  }

  /** Gives the members up to be delivered one by one. */
  void release() {
    members.forEach((offset, member) ->
        owner.alone(
            owner.member(
                new LogEntry(offset, member.timestamp(), StoredEvent.EVENT, new byte[0]))));
    tombstones.forEach(each -> owner.finish(each.offset()));
  }

  /** Offers the members of another policy's groups to these. */
  void adopt(Groups before) {
    before.members.forEach((offset, member) -> {
      Item again =
          owner.member(new LogEntry(offset, member.timestamp(), StoredEvent.EVENT, new byte[0]));
      offer(again, member.stored());
    });
    tombstones.addAll(before.tombstones);
    remembered = tombstones.size();
  }
}
