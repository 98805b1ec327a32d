package io.leat.proxy.fanout.delivery;

import io.leat.proxy.fanout.account.DeliveryOutcome;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The groups of one aggregating subscription: members stay unfinished in the log until what came of
 * their group is durable, so a restart reads them again. Used by the subscription's event loop.
 *
 * <p>After a start nothing is called before the log was read up to where it ended then: a group
 * whose outcome is durable left a tombstone there, and is not called a second time.
 */
final class Groups {
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
  private final Tombstones tombstones;
  private int calls;
  private long lastOffset = -1;
  private long lookedAt = -1;
  private boolean restoring;
  private boolean armed;
  private boolean over;

  /** An absorbed event. */
  private record Member(StoredEvent stored, long timestamp) {}

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
    this.tombstones = new Tombstones(owner, caps, clock);
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
    return tombstones.count();
  }

  /** Takes an item in flight as a member, or has it finished otherwise. */
  void offer(Item item, StoredEvent stored) {
    int bytes = item.cost;
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
    tombstones.passed(bytes);
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

  /** A record with tombstones was read: of this run or of one before. */
  void tombstone(Item item, byte[] payload) {
    List<ClosedGroup> closed = tombstones.read(item.offset, item.kind, payload);
    if (restoring) {
      closed.forEach(this::restore);
    }
    seen(item.offset);
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

  /** Has the time looked at when the next group is over. */
  private void arm() {
    if (armed || over || state.groups() == 0) {
      return;
    }
    armed = true;
    // A group that opens later is never due earlier, as all have one timeout.
    long pause = Math.clamp(state.nextDeadline() - clock.millis(), 1, caps.closedFor().toMillis());
    owner.loop().after(Duration.ofMillis(pause).toNanos(), this::expire);
  }

  private void expire() {
    armed = false;
    if (over) {
      return;
    }
    state.expire(clock.millis()).forEach(this::close);
    arm();
  }

  /** The groups are of no interest any more. */
  void end() {
    over = true;
    tombstones.end();
  }

  /** Gives the members up to be delivered one by one. */
  void release() {
    members.forEach((offset, member) ->
        owner.alone(
            owner.member(
                new LogEntry(offset, member.timestamp(), StoredEvent.EVENT, new byte[0]))));
    tombstones.release();
  }

  /** Offers the members of another policy's groups to these. */
  void adopt(Groups before) {
    before.members.forEach((offset, member) -> {
      Item again =
          owner.member(new LogEntry(offset, member.timestamp(), StoredEvent.EVENT, new byte[0]));
      offer(again, member.stored());
    });
    tombstones.adopt(before.tombstones);
  }
}
