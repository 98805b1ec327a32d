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
import io.leat.proxy.table.AggregatePolicy;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.ChannelSubscriber;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
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
 * is in memory is bounded: at most twice {@code parallelism} events, within the subscription's
 * share of bytes, and the places of those that wait.
 */
public final class Subscription {
  private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);
  private static final Duration UNREADABLE_PAUSE = Duration.ofSeconds(1);

  private final LogCursor cursor;
  private final EventLog log;
  private final DeliveryLoop loop;
  private final Surroundings around;
  private final Deliverer deliverer;
  private final DeliveryCounts counts = new DeliveryCounts();
  private final Receipts receipts;
  private final Lanes lanes = new Lanes();
  private final ArrayDeque<Item> ready = new ArrayDeque<>();

  private volatile ChannelSubscriber subscriber;
  private volatile long observedGeneration = -1;
  private volatile String problem = "";
  private volatile @Nullable LastCall lastCall;

  /** Which reading of the log is the valid one; the feeder's thread. */
  private volatile int readEpoch;

  private volatile @Nullable Groups groups;
  private int epoch;
  private int inFlight;
  private int waiting;
  private long bytes;
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
      ready.removeIf(each -> {
        boolean later = !ending.takes(each.offset, each.kind);
        if (later) {
          bytes -= each.cost;
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
              regroup(null);
              pump();
            });
          });
    });
  }

  /** Events before an offset are dead-lettered when it is their turn; any thread. */
  public void giveUp(long before) {
    givenUpBefore = Math.max(givenUpBefore, before);
  }

  long givenUpBefore() {
    return givenUpBefore;
  }

  private void forget() {
    epoch++;
    givenUpBefore = 0;
    for (Item each : ready) {
      bytes -= each.cost;
    }
    ready.clear();
    lanes.clear();
    waiting = 0;
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
          && inFlight < subscriber.delivery().parallelism()
          && (next = ready.poll()) != null) {
        inFlight++;
        deliverer.start(next);
      }
    } while (pumpAgain);
    pumping = false;
    Leaving ending = leaving;
    if (ending != null && !stopped && inFlight + waiting + ready.size() == 0) {
      ending.idle(cursor.backlog(), log.stats().nextOffset());
    }
    readMore();
  }

  /** A subscription that leaves delivers what it has, also when it was paused. */
  private boolean isPaused() {
    return subscriber.paused() && leaving == null;
  }

  private void readMore() {
    int parallelism = subscriber.delivery().parallelism();
    int wanted =
        Math.min(2 * parallelism - inFlight - ready.size(), around.limits().waiting() - waiting);
    Groups grouping = groups;
    boolean full = grouping != null && grouping.full();
    if (reading || stopped || isPaused() || full || wanted <= 0 || ready.size() > parallelism / 2) {
      return;
    }
    long room = around.feeder().share() - bytes;
    if (room <= 0 && inFlight + ready.size() > 0) {
      return;
    }
    reading = true;
    long most = Math.clamp(room, 1, around.limits().readBytes());
    around.feeder().look(new Feeder.Look(cursor, wanted, most, this::readDone, this::readFailed));
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
      Leaving ending = leaving;
      for (LogEntry each : entries) {
        if (ending == null || ending.takes(each.offset(), each.kind())) {
          Item item = new Item(each, epoch);
          bytes += item.cost;
          ready.add(item);
        } else {
          cursor.finish(each.offset());
        }
      }
    }
    pump();
  }

  /** A group is closed: that is remembered, and finished long after. */
  void tombstone(Item item, byte[] payload) {
    Groups grouping = groups;
    if (grouping == null) {
      done(item);
      return;
    }
    inFlight--;
    bytes -= item.cost;
    grouping.tombstone(item.offset, payload);
    pump();
  }

  /** Whether an item is still of interest; when not, it is gone. */
  boolean current(Item item) {
    if (item.epoch == epoch && !stopped) {
      return true;
    }
    inFlight--;
    bytes -= item.cost;
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
    park(item);
    return false;
  }

  private void park(Item item) {
    inFlight--;
    waiting++;
    bytes -= item.cost;
    item.payload = null;
    item.cost = 0;
  }

  /** The item is started once more after a time; until then only its place is kept. */
  void later(Item item, Duration pause) {
    park(item);
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
      waiting--;
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
    waiting--;
    item.load(entry);
    bytes += item.cost;
    // Those that waited are older than those that were read since.
    ready.addFirst(item);
    pump();
  }

  /** The log gave an event up that waited, by its limits or because it was moved. */
  private void vanished(Item item, RuntimeException gone) {
    if (item.epoch != epoch || stopped) {
      return;
    }
    LOG.warn("{} lost the record {}: {}", subscriber.name(), item.offset, gone.getMessage());
    counts.add(DeliveryOutcome.DROPPED);
    waiting--;
    nextOfLane(item);
    pump();
  }

  /** The item is finished, in the log as well. */
  void done(Item item) {
    inFlight--;
    bytes -= item.cost;
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
    inFlight--;
    bytes -= item.cost;
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
    inFlight++;
    return new Item(entry, epoch);
  }

  /** A member of groups that are no more is delivered alone. */
  void alone(Item member) {
    absorbed(member);
    waiting++;
    resume(member);
  }

  void enqueue(Item item) {
    ready.addLast(item);
    pump();
  }

  void finish(long offset) {
    cursor.finish(offset);
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
