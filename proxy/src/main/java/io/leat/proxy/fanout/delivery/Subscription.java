package io.leat.proxy.fanout.delivery;

import io.leat.proxy.fanout.account.DeliveryCounts;
import io.leat.proxy.fanout.account.DeliveryOutcome;
import io.leat.proxy.fanout.account.LastCall;
import io.leat.proxy.fanout.account.Receipt;
import io.leat.proxy.fanout.account.Receipts;
import io.leat.proxy.fanout.stored.StoredEvent;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.log.EventLog;
import io.leat.proxy.log.LogCursor;
import io.leat.proxy.log.LogEntry;
import io.leat.proxy.log.LogRecord;
import io.leat.proxy.table.AggregatePolicy;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.DeliveryPolicy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One subscription at work: its place in the log, the window of what is in flight, and what waits.
 *
 * <p>Its event loop owns everything; the feeder's thread reads for it. The control thread calls
 * {@link #update}, {@link #stop} and {@link #seek}, and any thread may read what it counted. What
 * is in memory is bounded: at most twice {@code parallelism} events and as many hops, within the
 * subscription's share of bytes, and the places of those that wait.
 */
public final class Subscription {
  private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);
  private static final Duration UNREADABLE_PAUSE = Duration.ofSeconds(1);

  /** Readings of memory in a row before others of the loop have their turn. */
  private static final int READINGS = 4;

  private final LogCursor cursor;
  private final EventLog log;
  private final DeliveryLoop loop;
  private final Surroundings around;
  private final Deliverer deliverer;
  private final DeliveryCounts counts = new DeliveryCounts();
  private final Receipts receipts;
  private final Lanes lanes = new Lanes();
  private final Window window = new Window();

  private volatile ChannelSubscriber subscriber;
  private volatile long observedGeneration = -1;
  private volatile String problem = "";
  private volatile @Nullable LastCall lastCall;

  /** Which reading of the log is the valid one; the feeder's thread. */
  private volatile int readEpoch;

  private volatile @Nullable Groups groups;
  private int epoch;
  private boolean reading;
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
    this.receipts = new Receipts(around.limits().receipts());
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
      observedGeneration = next.generation();
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
      int next = epoch;
      around
          .feeder()
          .run(() -> {
            cursor.seek(start);
            readEpoch = next;
            loop.execute(() -> {
              reading = false;
              window.leaveBehind(log.stats().nextOffset() - 1);
              regroup(null);
              pump();
            });
          });
    });
  }

  /** Events before an offset are dead-lettered when it is their turn; one thread. */
  public void giveUp(long before) {
    if (before > givenUpBefore) {
      givenUpBefore = before;
      loop.execute(() -> {
        lanes.release(before).forEach(window::place);
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
    lanes.clear();
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
    return observedGeneration;
  }

  /** Why it does not get on; empty when it does. */
  public String problem() {
    return problem;
  }

  /** How the latest try ended, or null before the first. */
  public @Nullable LastCall lastCall() {
    return lastCall;
  }

  /** What it counted so far. */
  public Map<DeliveryOutcome, Long> counted() {
    return counts.snapshot();
  }

  /** Events that are not finished. */
  public long backlog() {
    Groups grouping = groups;
    return Math.max(0, cursor.backlog() - (grouping == null ? 0 : grouping.remembered()));
  }

  /** The receipt of an event, if it was seen lately. */
  public @Nullable Receipt receipt(String source, String id) {
    return receipts.find(source, id);
  }

  /** The receipts of events that were given up or dead-lettered lately. */
  public List<Receipt> failed(int limit) {
    return receipts.failed(limit);
  }

  // From here on: the event loop, except where it says otherwise.

  /** Starts what may start, and asks for more. */
  private void pump() {
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
    } while (pumpAgain || (readings++ < READINGS && readInMemory()));
    pumping = false;
    load();
    Leaving ending = leaving;
    if (ending != null && !stopped && window.isIdle()) {
      ending.idle(backlog(), log.stats().nextOffset());
    }
    readMore();
  }

  /** A subscription that leaves delivers what it has, also when it was paused. */
  private boolean isPaused() {
    return subscriber.paused() && leaving == null;
  }

  /** How many records may be read now; 0 for none. */
  private int wanted() {
    Groups grouping = groups;
    boolean full = grouping != null && grouping.full();
    boolean fits = around.feeder().share() > window.bytes() || window.isEmpty();
    return reading || stopped || isPaused() || full || !fits
        ? 0
        : window.wanted(subscriber.delivery().parallelism(), around.limits().waiting());
  }

  private long wantedBytes() {
    return Math.clamp(around.feeder().share() - window.bytes(), 1, around.limits().readBytes());
  }

  /** Takes what the log has in memory, so that who keeps up needs no other thread. */
  private boolean readInMemory() {
    int wanted = wanted();
    if (wanted == 0 || readEpoch != epoch) {
      return false;
    }
    List<LogEntry> entries = cursor.readInMemory(wanted, wantedBytes());
    take(entries);
    return !entries.isEmpty();
  }

  private void readMore() {
    int wanted = wanted();
    if (wanted == 0) {
      return;
    }
    reading = true;
    if (readEpoch != epoch) {
      look(wanted);
      return;
    }
    int at = epoch;
    cursor.whenReadable(() -> loop.execute(() -> readable(at)));
  }

  private void readable(int at) {
    if (at != epoch || stopped) {
      return;
    }
    reading = false;
    pumpAgain = pumping;
    int wanted = pumping || readInMemory() ? 0 : wanted();
    if (wanted > 0) {
      reading = true;
      look(wanted);
    } else {
      pump();
    }
  }

  private void look(int wanted) {
    around
        .feeder()
        .look(new Feeder.Look(cursor, wanted, wantedBytes(), this::readDone, this::readFailed));
  }

  /** On the feeder's thread. */
  private void readDone(List<LogEntry> entries) {
    int at = readEpoch;
    loop.execute(() -> arrived(entries, at));
  }

  /** On the feeder's thread. */
  private void readFailed(RuntimeException failure) {
    LOG.error("the log of {} could not be read", subscriber.name(), failure);
    loop.execute(() -> {
      problem = "the log could not be read: " + failure.getMessage();
      loop.after(
          UNREADABLE_PAUSE.toNanos(),
          () -> {
            reading = false;
            pump();
          });
    });
  }

  private void arrived(List<LogEntry> entries, int at) {
    reading = false;
    problem = "";
    if (at == epoch && !stopped) {
      take(entries);
    }
    pump();
  }

  private void take(List<LogEntry> entries) {
    Leaving ending = leaving;
    for (LogEntry each : entries) {
      window.read(each);
      if (ending == null || ending.takes(each.offset(), each.kind())) {
        window.add(new Item(each, epoch));
      } else {
        cursor.finish(each.offset());
      }
    }
  }

  /**
   * Records of its own are durable: hops among them go ahead of events that were not read yet, in
   * their order and as far as there is room; the others are read when it is their turn.
   */
  void appended(long first, List<LogRecord> records) {
    boolean ahead = true;
    for (int i = 0; i < records.size(); i++) {
      LogRecord each = records.get(i);
      if (each.kind() == StoredEvent.FORWARD) {
        ahead = ahead && takeAhead(first + i, each);
        if (!ahead) {
          window.leaveBehind(first + i);
        }
      }
    }
  }

  private boolean takeAhead(long offset, LogRecord hop) {
    DeliveryPolicy policy = subscriber.delivery();
    if (!window.takesAhead(policy.ordered(), around.limits().waiting())
        || !cursor.take(offset, hop)) {
      return false;
    }
    Leaving ending = leaving;
    if (ending != null) {
      ending.tookAhead();
    }
    long now = around.clock().millis();
    Item item = new Item(new LogEntry(offset, now, hop.kind(), hop.payload()), epoch);
    window.addAhead(item, policy.parallelism(), around.feeder().share());
    return true;
  }

  /** Brings the bytes of hops of which only the places are kept. */
  private void load() {
    Item place;
    while ((place = window.nextPlace(subscriber.delivery().parallelism(), around.feeder().share()))
        != null) {
      Item hop = place;
      around
          .feeder()
          .again(
              cursor,
              hop.offset,
              entry -> loop.execute(() -> loaded(hop, entry)),
              gone ->
                  loop.execute(() -> {
                    if (hop.epoch == epoch && !stopped) {
                      window.loaded(hop, false);
                      vanished(hop, gone);
                    }
                  }));
    }
  }

  private void loaded(Item hop, LogEntry entry) {
    if (hop.epoch == epoch && !stopped) {
      hop.load(entry);
      window.loaded(hop, true);
      pump();
    }
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
    if (item.epoch == epoch && !stopped) {
      return true;
    }
    window.landed(item);
    pump();
    return false;
  }

  /** Whether an item may go now; otherwise it waits until its lane is free. */
  boolean entered(Item item, String key, int salt) {
    if (item.lane != Item.NO_LANE) {
      return true;
    }
    item.lane = Lanes.of(key, salt);
    if (lanes.enter(item)) {
      return true;
    }
    window.park(item);
    return false;
  }

  /** The item is started once more after a time; until then only its place is kept. */
  void later(Item item, Duration pause) {
    window.park(item);
    if (pause.isZero()) {
      resume(item);
    } else {
      loop.after(
          pause.toNanos(),
          () -> {
            if (item.epoch == epoch && !stopped) {
              resume(item);
            }
          });
    }
    pump();
  }

  private void resume(Item item) {
    if (item.group != null) {
      window.waitsNoMore();
      enqueue(item);
      return;
    }
    around
        .feeder()
        .again(
            cursor,
            item.offset,
            entry -> loop.execute(() -> resumed(item, entry)),
            gone -> loop.execute(() -> vanished(item, gone)));
  }

  private void resumed(Item item, LogEntry entry) {
    if (item.epoch != epoch || stopped) {
      return;
    }
    item.load(entry);
    window.resume(item);
    pump();
  }

  /** The log gave an event up that waited, by its limits or because it was moved. */
  private void vanished(Item item, RuntimeException gone) {
    if (item.epoch != epoch || stopped) {
      return;
    }
    LOG.warn("{} lost the record {}: {}", subscriber.name(), item.offset, gone.getMessage());
    counts.add(DeliveryOutcome.DROPPED);
    window.waitsNoMore();
    nextOfLane(item);
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
    nextOfLane(item);
    pump();
  }

  /** A member of a group is no longer in flight, and not finished either. */
  void absorbed(Item item) {
    window.landed(item);
    nextOfLane(item);
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
    resume(member);
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

  @Nullable Groups groups() {
    return groups;
  }

  Deliverer deliverer() {
    return deliverer;
  }

  private void nextOfLane(Item item) {
    if (item.lane != Item.NO_LANE) {
      Item next = lanes.leave(item);
      if (next != null) {
        resume(next);
      }
    }
  }

  void count(DeliveryOutcome outcome) {
    counts.add(outcome);
  }

  void note(Item item, Receipt.State state, int status, long nextMillis) {
    Receipt before = item.receipt;
    if (before != null) {
      Receipt now = before.now(state, item.tries, status, nextMillis);
      item.receipt = now;
      receipts.put(now);
    }
  }

  void called(LastCall call) {
    lastCall = call;
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
