package io.leat.proxy.fanout;

import io.leat.proxy.fanout.account.Receipt;
import io.leat.proxy.fanout.delivery.ChannelPort;
import io.leat.proxy.fanout.delivery.DeliveryLimits;
import io.leat.proxy.fanout.delivery.DeliveryLoop;
import io.leat.proxy.fanout.delivery.Feeder;
import io.leat.proxy.fanout.delivery.Subscription;
import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.stored.StoredEvent;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.log.AppendOutcome;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.log.EventLog;
import io.leat.proxy.log.LogEntry;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.EventChannel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All Channels of a process: keeps what is sent to them and delivers it to their subscribers.
 *
 * <p>One control thread calls {@link #apply}, {@link #replay}, {@link #dropStrays} and {@link
 * #close}. Any thread ingests and reads what was counted and observed. Each subscription belongs to
 * one event loop, and one thread of the engine reads the logs.
 */
public final class ChannelEngine implements ChannelPort, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChannelEngine.class);
  private static final long FEEDER_SECONDS = 30;

  /** How long a subscription that was removed goes on with what it has. */
  private static final Duration DRAIN_LIMIT = Duration.ofMinutes(10);

  private static final long REDRIVE_BYTES = 4 << 20;
  private static final long LOOP_SECONDS = 2;
  private static final long RELIEF_NANOS = 1_000_000_000L;

  private final Ports ports;
  private final List<DeliveryLoop> loops;
  private final Feeder feeder;
  private final Subscription.Surroundings around;
  private volatile Map<ChannelId, LiveChannel> channels = Map.of();
  private volatile boolean draining;
  private final Looks looks = new Looks();
  private final Followers followers = new Followers(() -> channels.keySet(), this::log);
  private volatile boolean closed;
  private int nextLoop;

  /**
   * What an engine needs from outside.
   *
   * @param hosts the Channel of a host name in lower case, null for a host that is none; any thread
   * @param threads makes the thread that reads the logs
   * @param check judges events before a Channel keeps them
   */
  public record Ports(
      LogFactory logs,
      Function<String, @Nullable ChannelId> hosts,
      InstantSource clock,
      ThreadFactory threads,
      EventCheck check) {

    /** Ports of an engine that keeps every event. */
    public Ports(
        LogFactory logs,
        Function<String, @Nullable ChannelId> hosts,
        InstantSource clock,
        ThreadFactory threads) {
      this(logs, hosts, clock, threads, EventCheck.NONE);
    }
  }

  /** An engine without Channels on the event loops given. */
  public ChannelEngine(Ports ports, List<? extends DeliveryLoop> loops, DeliveryLimits limits) {
    this.ports = ports;
    this.loops = List.copyOf(loops);
    this.feeder = new Feeder(limits, ports.threads());
    this.around = new Subscription.Surroundings(limits, this, ports.clock(), feeder);
    DeliveryLoop first = this.loops.getFirst();
    first.execute(() -> relieveLater(first));
  }

  private void relieveLater(DeliveryLoop loop) {
    loop.after(
        RELIEF_NANOS,
        () -> {
          if (!closed) {
            feeder.run(() -> channels.values().forEach(LiveChannel::relieve));
            relieveLater(loop);
          }
        });
  }

  /** Makes the Channels and their subscribers what the table says. */
  public void apply(List<EventChannel> wanted) {
    Map<ChannelId, LiveChannel> before = channels;
    Map<ChannelId, LiveChannel> next = new HashMap<>();
    int subscriptions = 0;
    for (EventChannel channel : wanted) {
      LiveChannel live = before.get(channel.id());
      if (live == null) {
        live = new LiveChannel(channel);
      }
      next.put(channel.id(), live);
      subscriptions += channel.subscribers().size();
    }
    feeder.shared(subscriptions);
    before.forEach((id, live) -> {
      if (!next.containsKey(id)) {
        shut(live);
      }
    });
    for (EventChannel channel : wanted) {
      LiveChannel live = next.get(channel.id());
      if (live != null) {
        update(live, channel);
      }
    }
    channels = Map.copyOf(next);
  }

  private void update(LiveChannel live, EventChannel channel) {
    if (live.log() != null && !live.channel().storage().equals(channel.storage())) {
      shut(live);
    }
    live.channel(channel);
    EventLog log = live.log();
    if (log == null) {
      log = open(live, channel);
    }
    if (log == null) {
      return;
    }
    Map<String, ChannelSubscriber> wanted = new HashMap<>();
    channel.subscribers().forEach(each -> wanted.put(each.uid(), each));
    for (String uid : List.copyOf(live.subscriptions.keySet())) {
      if (!wanted.containsKey(uid)) {
        remove(live, log, uid);
      }
    }
    for (ChannelSubscriber each : wanted.values()) {
      Subscription subscription = live.subscriptions.get(each.uid());
      if (subscription == null) {
        CursorStart start = CursorStart.of(each.startAt()).orElseGet(CursorStart.End::new);
        Subscription.Place place =
            new Subscription.Place(channel.id(), log, log.cursor(each.uid(), start));
        DeliveryLoop loop = loops.get(nextLoop++ % loops.size());
        subscription = new Subscription(place, each, loop, around);
        live.subscriptions.put(each.uid(), subscription);
        subscription.update(each);
      } else if (subscription.isLeaving() || !subscription.subscriber().equals(each)) {
        subscription.update(each);
      }
    }
  }

  private @Nullable EventLog open(LiveChannel live, EventChannel channel) {
    try {
      EventLog opened = ports.logs().open(channel);
      live.opened(opened, "");
      return opened;
    } catch (RuntimeException e) {
      String why = "the log could not be opened: " + e.getMessage();
      if (!why.equals(live.problem())) {
        LOG.error("the log of {} could not be opened", channel.id(), e);
      }
      live.opened(null, why);
      return null;
    }
  }

  private void remove(LiveChannel live, EventLog log, String uid) {
    Subscription gone = live.subscriptions.get(uid);
    if (gone == null || gone.isLeaving()) {
      return;
    }
    if (gone.subscriber().drains()) {
      gone.leave(DRAIN_LIMIT, () -> forget(live, log, uid, gone));
    } else {
      forget(live, log, uid, gone);
    }
  }

  private void forget(LiveChannel live, EventLog log, String uid, Subscription gone) {
    gone.stop();
    feeder.run(() -> {
      if (live.subscriptions.remove(uid, gone)) {
        log.drop(uid);
      }
    });
  }

  /** Ends the deliveries of a Channel and closes its log, after the looks that run. */
  private void shut(LiveChannel live) {
    live.subscriptions.values().forEach(Subscription::stop);
    live.subscriptions.clear();
    EventLog log = live.log();
    live.opened(null, "the channel is being closed");
    if (log == null) {
      return;
    }
    CountDownLatch done = new CountDownLatch(1);
    feeder.run(() -> {
      try {
        log.close();
      } finally {
        done.countDown();
      }
    });
    await(done, FEEDER_SECONDS, "a log was not closed in time");
  }

  /** Keeps events that come from inside this process; all of them or none. Any thread. */
  public void ingest(ChannelId to, List<CloudEvent> events, IngestListener listener) {
    List<String> path = List.of(to.toString());
    List<StoredEvent> stored = new ArrayList<>(events.size());
    for (CloudEvent each : events) {
      stored.add(new StoredEvent(each, path, List.of()));
    }
    keep(to, stored, listener);
    begin(to);
  }

  /**
   * Keeps events whose path ends with this Channel; all of them or none. They may wait for {@link
   * #begin}, so that those of many requests become durable together. Any thread.
   */
  public void keep(ChannelId to, List<StoredEvent> events, IngestListener listener) {
    LiveChannel live = channels.get(to);
    if (live == null) {
      listener.ingested(Rejection.CHANNEL_NOT_FOUND);
    } else if (draining) {
      live.refused(Rejection.DRAINING);
      listener.ingested(Rejection.DRAINING);
    } else if (events.isEmpty()) {
      listener.ingested(null);
    } else if (ports.check().concerns(to)) {
      List<CloudEvent> judged = events.stream().map(StoredEvent::event).toList();
      ports.check().judge(to, judged, verdict -> judged(live, events, verdict, listener));
    } else {
      live.ingest(events, listener);
    }
  }

  /** Has a Channel write what it is to {@link #keep}. Any thread. */
  public void begin(ChannelId to) {
    LiveChannel live = channels.get(to);
    if (live != null) {
      live.begin();
    }
  }

  private static void judged(
      LiveChannel live,
      List<StoredEvent> events,
      EventCheck.Judged verdict,
      IngestListener listener) {
    switch (verdict) {
      case EventCheck.Judged.Fine(int warnings) -> {
        if (warnings > 0) {
          live.warned(warnings);
        }
        live.ingest(events, listener);
        live.begin();
      }
      case EventCheck.Judged.Broken(String problem) -> {
        live.refused(Rejection.EVENT_SCHEMA);
        listener.broken(problem);
      }
      case EventCheck.Judged.Busy _ -> {
        live.refused(Rejection.CHANNEL_UNAVAILABLE);
        listener.ingested(Rejection.CHANNEL_UNAVAILABLE);
      }
    }
  }

  /** Counts a request that a Channel refused before it came to its log. Any thread. */
  public void refused(ChannelId by, Rejection reason) {
    LiveChannel live = channels.get(by);
    if (live != null) {
      live.refused(reason);
    }
  }

  /** Whether a Channel waits for its log, which {@link #apply} tries to open again. Any thread. */
  public boolean isIncomplete() {
    return channels.values().stream().anyMatch(each -> each.log() == null);
  }

  /** Whether there is such a Channel. Any thread. */
  public boolean has(ChannelId id) {
    return channels.containsKey(id);
  }

  @Override
  public @Nullable ChannelId channel(String uri) {
    int from = uri.indexOf("://") + 3;
    int to = from;
    while (to < uri.length() && ":/?#".indexOf(uri.charAt(to)) < 0) {
      to++;
    }
    ChannelId id = ports.hosts().apply(uri.substring(from, to).toLowerCase(Locale.ROOT));
    if (id == null || !channels.containsKey(id)) {
      return null;
    }
    int slash = uri.indexOf('/', to);
    String path = slash < 0 ? "/" : uri.substring(slash);
    return path.equals("/") || path.equals("/" + id) ? id : null;
  }

  @Override
  public void append(ChannelId to, StoredEvent event, Taken taken) {
    LiveChannel live = channels.get(to);
    if (live == null) {
      taken.appended(AppendOutcome.FAILED, 0);
      return;
    }
    List<String> path = new ArrayList<>(event.path());
    path.add(to.toString());
    List<StoredEvent> stored = List.of(new StoredEvent(event.event(), path, event.fields()));
    if (ports.check().concerns(to)) {
      List<CloudEvent> judged = List.of(event.event());
      ports.check().judge(to, judged, verdict -> handedOn(live, stored, verdict, taken));
    } else {
      live.append(stored, taken);
    }
  }

  private static void handedOn(
      LiveChannel live, List<StoredEvent> events, EventCheck.Judged verdict, Taken taken) {
    switch (verdict) {
      case EventCheck.Judged.Fine(int warnings) -> {
        if (warnings > 0) {
          live.warned(warnings);
        }
        live.append(events, taken);
      }
      case EventCheck.Judged.Broken(String problem) -> {
        live.refused(Rejection.EVENT_SCHEMA);
        taken.broken(problem);
      }
      case EventCheck.Judged.Busy _ -> taken.appended(AppendOutcome.FULL, 0);
    }
  }

  /** What became of the Channels of the table. Any thread. */
  public List<ObservedChannel> observed() {
    return channels.values().stream().map(LiveChannel::observed).toList();
  }

  /** What the Channels counted. Any thread. */
  public List<ChannelCounts> counts() {
    return channels.values().stream().map(LiveChannel::counts).toList();
  }

  /** What became of an event, by the uid of the subscription, as far as it is known. Any thread. */
  public Map<String, Receipt> receipt(ChannelId id, String source, String eventId) {
    Map<String, Receipt> found = new TreeMap<>();
    LiveChannel live = channels.get(id);
    if (live != null) {
      live.subscriptions.forEach((uid, subscription) -> {
        Receipt receipt = subscription.receipt(source, eventId);
        if (receipt != null) {
          found.put(uid, receipt);
        }
      });
    }
    return found;
  }

  /** The failures that are known of each subscription of a Channel, by its uid. Any thread. */
  public Map<String, List<Receipt>> failed(ChannelId id, int limit) {
    Map<String, List<Receipt>> found = new TreeMap<>();
    LiveChannel live = channels.get(id);
    if (live != null) {
      live.subscriptions.forEach((uid, subscription) -> found.put(uid, subscription.failed(limit)));
    }
    return found;
  }

  /**
   * The events that a Channel's log holds from a place on, also those that everybody has finished.
   * May read a file: any thread but an event loop.
   */
  public List<KeptEvent> kept(ChannelId id, CursorStart from, int limit) {
    EventLog log = log(id);
    if (log == null) {
      return List.of();
    }
    List<KeptEvent> kept = new ArrayList<>();
    for (LogEntry each : looks.at(log, from, limit, Long.MAX_VALUE)) {
      CloudEvent event = StoredEvent.of(each.payload()).event();
      kept.add(new KeptEvent(each.offset(), each.timestamp(), event));
    }
    return kept;
  }

  /**
   * Delivers dead letters again, to the one Subscription that failed: what a dead letter Channel
   * holds from a place on becomes events of this Subscription's own, without {@code knativeerror*}
   * and with a count of how often this was done. The letters stay where they are. May read a file:
   * any thread but an event loop.
   *
   * @param to the Channel of the Subscription
   * @param uid of the Subscription
   * @param limit events that are looked at, at most
   * @return done when they are durable, with {@link Rejection#CHANNEL_NOT_FOUND} when the Channels
   *     or the Subscription are not there
   */
  public CompletableFuture<Redriven> redrive(
      ChannelId letters, CursorStart from, int limit, ChannelId to, String uid) {
    LiveChannel target = channels.get(to);
    EventLog source = log(letters);
    EventLog log = log(to);
    if (source == null || target == null || log == null || !target.subscriptions.containsKey(uid)) {
      return CompletableFuture.completedFuture(
          new Redriven(0, 0, 0, false, Rejection.CHANNEL_NOT_FOUND));
    }
    List<LogEntry> found = looks.at(source, from, limit, REDRIVE_BYTES);
    return new Redrive(target.channel(), uid).deliver(found, letters, log);
  }

  /** Who reads Channels at a pace of their own. */
  public Followers followers() {
    return followers;
  }

  private @Nullable EventLog log(ChannelId id) {
    LiveChannel live = channels.get(id);
    return live == null ? null : live.log();
  }

  /**
   * Has a subscription go on from another place of the log.
   *
   * @return false when there is no such subscription
   */
  public boolean replay(ChannelId id, String uid, CursorStart start) {
    LiveChannel live = channels.get(id);
    Subscription subscription = live == null ? null : live.subscriptions.get(uid);
    if (subscription == null) {
      return false;
    }
    subscription.seek(start);
    return true;
  }

  /**
   * Cursors that a Channel's log keeps and no subscriber of the table has; they hold events back
   * until {@link #dropStrays}. May ask a broker: any thread but an event loop.
   */
  public Set<String> strays(ChannelId id) {
    LiveChannel live = channels.get(id);
    return live == null ? Set.of() : live.strays();
  }

  /**
   * Forgets the cursors of a Channel's log that no subscriber of the table has.
   *
   * <p>Not done when a log is opened: the first table after a start may not have every subscriber.
   */
  public void dropStrays(ChannelId id) {
    EventLog log = log(id);
    if (log != null) {
      strays(id).forEach(cursor -> feeder.run(() -> log.drop(cursor)));
    }
  }

  /** From now on no events are taken from outside; deliveries go on. Any thread. */
  public void drain() {
    draining = true;
  }

  /**
   * Ends every delivery and closes the logs; what was not finished is delivered after a start.
   * Before the event loops end.
   */
  @Override
  public void close() {
    draining = true;
    closed = true;
    channels.values().forEach(this::shut);
    channels = Map.of();
    feeder.close();
    CountDownLatch stopped = new CountDownLatch(loops.size());
    for (DeliveryLoop loop : loops) {
      loop.execute(() -> {
        loop.courier().stop();
        stopped.countDown();
      });
    }
    await(stopped, LOOP_SECONDS, "an event loop did not end its deliveries in time");
  }

  private static void await(CountDownLatch latch, long seconds, String otherwise) {
    try {
      if (!latch.await(seconds, TimeUnit.SECONDS)) {
        LOG.error(otherwise);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
