package io.leat.proxy.fanout.delivery;

import io.leat.proxy.fanout.account.Account;
import io.leat.proxy.fanout.account.DeliveryOutcome;
import io.leat.proxy.fanout.account.LastCall;
import io.leat.proxy.fanout.account.Receipt;
import io.leat.proxy.fanout.delivery.rule.Leaving;
import io.leat.proxy.fanout.stored.StoredEvent;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.log.EventLog;
import io.leat.proxy.log.LogCursor;
import io.leat.proxy.log.LogEntry;
import io.leat.proxy.log.LogRecord;
import io.leat.proxy.table.AggregatePolicy;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.ChannelSubscriber;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One subscription at work: its place in the log, the window of what is in flight, and what waits.
 *
 * <p>Its event loop owns everything; the feeder's thread reads for it. The control thread calls
 * {@link #update}, {@link #stop} and {@link #seek}, and any thread may read what it counted. What
 * is in memory is bounded: at most twice {@code parallelism} events and as many hops, within the
 * subscription's share of bytes, and the places of those that wait.
 */
public final class Subscription {
  /** Readings of memory in a row before others of the loop have their turn. */
  private static final int READINGS = 4;

  private final LogCursor cursor;
  private final EventLog log;
  private final DeliveryLoop loop;
  private final Surroundings around;
  private final Deliverer deliverer;
  private final Account account;
  private final Window window = new Window();
  private final Waiting waiting;
  private final Reading reading;

  private volatile ChannelSubscriber subscriber;
  private volatile @Nullable Groups groups;
  private int epoch;
  private boolean stopped;
  private boolean pumping;
  private boolean pumpAgain;
  private @Nullable Leaving leaving;

  /** What the control thread said last, which the event loop may not have heard yet. */
  private boolean departs;

  /** Events before it are beyond the limits of their Channel; any thread. */
  private volatile long givenUpBefore;

  /** What all subscriptions of an engine share. */
  public record Surroundings(
      DeliveryLimits limits, ChannelPort channels, InstantSource clock, Feeder feeder) {}

  /** Where the events of a subscription are. */
  public record Place(ChannelId channel, EventLog log, LogCursor cursor) {}

  /** A subscription that rests until {@link #update} starts it. */
  public Subscription(
      Place place, ChannelSubscriber subscriber, DeliveryLoop loop, Surroundings around) {
    this.cursor = place.cursor();
    this.log = place.log();
    this.subscriber = subscriber;
    this.loop = loop;
    this.around = around;
    this.account = new Account(around.limits().receipts());
    this.waiting = new Waiting(this, cursor, window, around.feeder());
    this.reading = new Reading(this, cursor, window, around);
    if (cursor.backlog() > 0) {
      window.leaveBehind(log.stats().nextOffset() - 1);
    }
    this.deliverer = new Deliverer(this, around, new Parcels(place.channel(), around.limits()));
  }

  /** Goes on with what the table says now; the first call starts the delivery. */
  public void update(ChannelSubscriber next) {
    departs = false;
    loop.execute(() -> {
      AggregatePolicy before = subscriber.aggregate();
      subscriber = next;
      leaving = null;
      account.observed(next.generation());
      Groups old = groups;
      if (old == null || !Objects.equals(before, next.aggregate())) {
        regroup(old);
      }
      pump();
    });
  }

  private void regroup(@Nullable Groups before) {
    AggregatePolicy policy = subscriber.aggregate();
    if (before != null) {
      before.end();
    }
    groups = null;
    if (policy != null) {
      long end = before == null ? log.stats().nextOffset() : 0;
      Groups made = new Groups(this, policy, end, around.clock());
      groups = made;
      if (before != null) {
        made.adopt(before);
      }
    } else if (before != null) {
      before.release();
    }
  }

  /**
   * Delivers what it still has, and takes no new events.
   *
   * @param limit how long at most
   * @param left told when that is done
   */
  public void leave(Duration limit, Runnable left) {
    departs = true;
    long from = log.stats().nextOffset();
    loop.execute(() -> {
      Leaving ending = new Leaving(from, left);
      leaving = ending;
      window.removeIf(each -> {
        boolean later = !ending.takes(each.offset, each.kind);
        if (later) {
          cursor.finish(each.offset);
        }
        return later;
      });
      loop.after(limit.toNanos(), ending::end);
      pump();
    });
  }

  /** Whether it only delivers what it still has; the control thread. */
  public boolean isLeaving() {
    return departs;
  }

  /** Ends; what is in flight ends without effect. */
  public void stop() {
    loop.execute(() -> {
      stopped = true;
      forget();
    });
  }

  /** Goes on from another place of the log; what is in flight ends without effect. */
  public void seek(CursorStart start) {
    loop.execute(() -> {
      forget();
      reading.seek(
          start,
          epoch,
          () -> {
            window.leaveBehind(log.stats().nextOffset() - 1);
            regroup(null);
            pump();
          });
    });
  }

  /** Events before an offset are dead-lettered when it is their turn; one thread. */
  public void giveUp(long before) {
    if (before > givenUpBefore) {
      givenUpBefore = before;
      loop.execute(() -> {
        waiting.release(before);
        pump();
      });
    }
  }

  long givenUpBefore() {
    return givenUpBefore;
  }

  private void forget() {
    epoch++;
    givenUpBefore = 0;
    window.clear();
    waiting.clear();
    Groups before = groups;
    if (before != null) {
      before.end();
    }
    groups = null;
  }

  /** What the table said last. */
  public ChannelSubscriber subscriber() {
    return subscriber;
  }

  /** The generation that the delivery goes by; -1 before the first. */
  public long observedGeneration() {
    return account.observedGeneration();
  }

  /** Why it does not get on; empty when it does. */
  public String problem() {
    return account.problem();
  }

  /** How the latest try ended, or null before the first. */
  public @Nullable LastCall lastCall() {
    return account.lastCall();
  }

  /** What it counted so far. */
  public Map<DeliveryOutcome, Long> counted() {
    return account.counted();
  }

  /** The receipt of an event, if it was seen lately. */
  public @Nullable Receipt receipt(String source, String id) {
    return account.receipt(source, id);
  }

  /** The receipts of events that were given up or dead-lettered lately. */
  public List<Receipt> failed(int limit) {
    return account.failed(limit);
  }

  /** Events that are not finished. */
  public long backlog() {
    Groups grouping = groups;
    return Math.max(0, cursor.backlog() - (grouping == null ? 0 : grouping.remembered()));
  }

  // From here on: the event loop, except where it says otherwise.

  /** Starts what may start, and asks for more. */
  void pump() {
    int readings = 0;
    if (pumping) {
      pumpAgain = true;
      return;
    }
    pumping = true;
    do {
      pumpAgain = false;
      Item next;
      while (!stopped
          && !isPaused()
          && (next = window.next(subscriber.delivery().parallelism(), givenUpBefore)) != null) {
        deliverer.start(next);
      }
    } while (pumpAgain || (readings++ < READINGS && reading.inMemory()));
    pumping = false;
    waiting.load();
    Leaving ending = leaving;
    if (ending != null && !stopped && window.isIdle()) {
      ending.idle(backlog(), log.stats().nextOffset());
    }
    reading.more();
  }

  /** A subscription that leaves delivers what it has, also when it was paused. */
  private boolean isPaused() {
    return subscriber.paused() && leaving == null;
  }

  /** Whether nothing may start or be read now. */
  boolean rests() {
    return stopped || isPaused();
  }

  /** Whether it is starting what may start, and looks again before it ends. */
  boolean pumps() {
    return pumping;
  }

  /** Records of its own are durable. */
  void appended(long first, List<LogRecord> records) {
    reading.appended(first, records);
  }

  /** A group is closed: that is remembered, and finished long after. */
  void tombstone(Item item, byte[] payload) {
    Groups grouping = groups;
    if (grouping == null) {
      done(item);
      return;
    }
    window.landed(item);
    grouping.tombstone(item, payload);
    pump();
  }

  /** Whether an item is still of interest; when not, it is gone. */
  boolean current(Item item) {
    if (isAt(item.epoch)) {
      return true;
    }
    window.landed(item);
    pump();
    return false;
  }

  /** Whether what belongs to an epoch is of interest: no seek, and no end, came since. */
  boolean isAt(int then) {
    return then == epoch && !stopped;
  }

  int epoch() {
    return epoch;
  }

  Account account() {
    return account;
  }

  /** Whether an item may go now; otherwise it waits until its lane is free. */
  boolean entered(Item item, String key, int salt) {
    return waiting.entered(item, key, salt);
  }

  /** The item is started once more after a time; until then only its place is kept. */
  void later(Item item, Duration pause) {
    waiting.later(item, pause);
    pump();
  }

  /** The item is finished, in the log as well. */
  void done(Item item) {
    window.landed(item);
    Groups.Group group = item.group;
    if (group == null) {
      cursor.finish(item.offset);
    } else {
      group.members().forEach(each -> cursor.finish(each.offset()));
      Groups grouping = groups;
      if (grouping != null) {
        grouping.finished();
      }
    }
    waiting.leaveLane(item);
    pump();
  }

  /** A member of a group is no longer in flight, and not finished either. */
  void absorbed(Item item) {
    window.landed(item);
    waiting.leaveLane(item);
    pump();
  }

  /** A group to be handed over, as an item that is not in the log. */
  Item groupItem(Groups.Group group) {
    LogEntry none = new LogEntry(-1, 0, StoredEvent.EVENT, new byte[0]);
    Item item = new Item(none, epoch);
    item.group = group;
    return item;
  }

  /** A record that is a member already, as if it were in flight. */
  Item member(LogEntry entry) {
    window.started();
    return new Item(entry, epoch);
  }

  /** A member of groups that are no more is delivered alone. */
  void alone(Item member) {
    absorbed(member);
    window.waits();
    waiting.resume(member);
  }

  void enqueue(Item item) {
    window.enqueue(item);
    pump();
  }

  void finish(long offset) {
    cursor.finish(offset);
  }

  /** Has a record that it appended as if it had read it; false if it reads it later. */
  boolean take(long offset, LogRecord record) {
    return cursor.take(offset, record);
  }

  @Nullable Leaving leaving() {
    return leaving;
  }

  long nowMillis() {
    return around.clock().millis();
  }

  @Nullable Groups groups() {
    return groups;
  }

  Deliverer deliverer() {
    return deliverer;
  }

  void count(DeliveryOutcome outcome) {
    account.count(outcome);
  }

  void note(Item item, Receipt.State state, int status, long nextMillis) {
    Receipt before = item.receipt;
    if (before != null) {
      Receipt now = before.now(state, item.tries, status, nextMillis);
      item.receipt = now;
      account.note(now);
    }
  }

  void called(LastCall call) {
    account.called(call);
  }

  DeliveryLimits limits() {
    return around.limits();
  }

  EventLog log() {
    return log;
  }

  String cursorName() {
    return cursor.name();
  }

  DeliveryLoop loop() {
    return loop;
  }
}
