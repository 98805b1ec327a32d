package io.leat.control.standalone;

import io.leat.control.reconcile.ChannelsObserved;
import io.leat.proxy.Proxy;
import io.leat.proxy.config.ChannelBounds;
import io.leat.proxy.fanout.ChannelCounts;
import io.leat.proxy.fanout.ChannelCounts.SubscriptionCounts;
import io.leat.proxy.fanout.ChannelEngine;
import io.leat.proxy.fanout.EventCheck;
import io.leat.proxy.fanout.ObservedChannel;
import io.leat.proxy.fanout.ObservedChannel.ObservedSubscriber;
import io.leat.proxy.fanout.account.DeliveryOutcome;
import io.leat.proxy.fanout.account.LastCall;
import io.leat.proxy.fanout.client.LoopDelivery;
import io.leat.proxy.fanout.delivery.DeliveryLimits;
import io.leat.proxy.fanout.event.EventLimits;
import io.leat.proxy.fanout.event.EventReader;
import io.leat.proxy.fanout.ingress.ChannelIngress;
import io.leat.proxy.fanout.ingress.IngressAnswer;
import io.leat.proxy.fanout.role.GroupCaps;
import io.leat.proxy.http.OwnAnswer;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.http1.RequestHead;
import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.server.EventIngress;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.EventChannel;
import io.leat.proxy.upstream.LoopContext;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Channels of this process: follows the live table, takes events in, and says how far the
 * delivery is. Without a Channel in the table it has neither threads nor files.
 *
 * <p>One thread of its own applies tables and looks at the engine; event loops hand events in; any
 * thread asks.
 */
final class ChannelPlane implements EventIngress, ChannelsObserved, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChannelPlane.class);

  /** A table that was applied is with its subscriptions after a turn of their loops. */
  private static final long SOON_MILLIS = 5;

  private static final long LOOK_MILLIS = 100;
  private static final long REOPEN_MILLIS = 2_000;
  private static final long STOP_SECONDS = 40;

  private final LiveTable table;
  private final ChannelLogs logs;
  private final EventCheck check;
  private final ChannelBounds bounds;
  private final List<Consumer<ChannelId>> listeners = new CopyOnWriteArrayList<>();
  private volatile Map<ChannelId, Seen> seen = Map.of();
  private volatile @Nullable Running running;
  private volatile Set<ChannelId> shared = Set.of();
  private volatile BooleanSupplier taking = () -> true;
  private @Nullable Proxy proxy;
  private @Nullable ScheduledExecutorService thread;

  /** On the thread of the channels. */
  private Map<String, Long> lostBefore = Map.of();

  private volatile boolean settled;
  private boolean closed;

  /** The engine and its ingress on every event loop. */
  private record Running(ChannelEngine engine, List<ChannelIngress> ingresses) {}

  /**
   * Channels of a table.
   *
   * @param check judges events
   */
  ChannelPlane(LiveTable table, ChannelLogs logs, EventCheck check, ChannelBounds bounds) {
    this.table = table;
    this.logs = logs;
    this.check = check;
    this.bounds = bounds;
  }

  /**
   * Takes events from outside only while this is true, unless all processes share the log of their
   * Channel. What a log holds is delivered anyway: no other process has it. Before any event.
   */
  void takeWhile(BooleanSupplier condition) {
    taking = condition;
  }

  /** Follows the table; the event loops of the proxy deliver. Before it starts. */
  synchronized void attach(Proxy loops) {
    proxy = loops;
    table.onSwap(swap -> {
      if (!swap.changedChannels().isEmpty()) {
        later(this::follow);
      }
    });
    // A table that came before is in no swap.
    later(this::follow);
  }

  /** Whether every Channel of the live table takes events, or says why it can't. Any thread. */
  boolean isCaughtUp() {
    Running now = running;
    List<EventChannel> live = table.current().channels();
    return live.isEmpty()
        || (now != null && live.stream().allMatch(each -> now.engine().has(each.id())));
  }

  /** The first table is whole: what only an earlier life knew is let go. */
  void settled() {
    settled = true;
    later(this::dropStrays);
  }

  private synchronized void later(Runnable task) {
    if (closed) {
      return;
    }
    ScheduledExecutorService own = thread;
    if (own == null) {
      if (table.current().channels().isEmpty()) {
        return;
      }
      own =
          Executors.newSingleThreadScheduledExecutor(
              Thread.ofPlatform().daemon().name("leat-channels").factory());
      thread = own;
      var _ = own.scheduleWithFixedDelay(this::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
      var _ =
          own.scheduleWithFixedDelay(
              () -> guarded(this::reopen), REOPEN_MILLIS, REOPEN_MILLIS, TimeUnit.MILLISECONDS);
    }
    own.execute(() -> guarded(task));
  }

  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("a task of the channels failed", e);
    }
  }

  /** On the thread of the channels. */
  private void follow() {
    Running now = running;
    if (now == null) {
      now = start();
      running = now;
    }
    List<EventChannel> wanted = wanted();
    shared =
        wanted.stream()
            .filter(each -> ChannelLogs.isShared(each.storage()))
            .map(EventChannel::id)
            .collect(Collectors.toUnmodifiableSet());
    now.engine().apply(wanted);
    if (settled) {
      dropStrays();
    }
    ScheduledExecutorService own = thread();
    if (own != null) {
      var _ = own.schedule(this::look, SOON_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** What kept a log from being opened may be over. */
  private void reopen() {
    Running now = running;
    if (now != null && now.engine().isIncomplete()) {
      now.engine().apply(wanted());
    }
  }

  private List<EventChannel> wanted() {
    ChannelBounds.Delivery most = bounds.delivery();
    return table.current().channels().stream()
        .map(each -> each.atMost(most.maxRetries(), most.inFlightEvents()))
        .toList();
  }

  private DeliveryLimits limits() {
    DeliveryLimits usual = DeliveryLimits.DEFAULT;
    ChannelBounds.Delivery delivery = bounds.delivery();
    ChannelBounds.Groups groups = bounds.groups();
    return new DeliveryLimits(
        delivery.inFlightBytes(),
        usual.readBytes(),
        delivery.waitingEvents(),
        delivery.replyBytes(),
        delivery.maxBackoff(),
        delivery.deadLetterBackoff(),
        delivery.maxHops(),
        bounds.receipts(),
        new GroupCaps(
            groups.events(),
            groups.open(),
            groups.bytes(),
            usual.groups().closed(),
            usual.groups().closedFor()));
  }

  /** Limits of what is read of one request; events of this process keep to them as well. */
  EventLimits eventLimits() {
    EventLimits usual = EventLimits.DEFAULT;
    return new EventLimits(
        bounds.intake().batchEvents(), usual.attributes(), usual.attributeBytes(), usual.depth());
  }

  private synchronized @Nullable ScheduledExecutorService thread() {
    return closed ? null : thread;
  }

  private synchronized Running start() {
    Proxy loops = proxy;
    if (loops == null) {
      throw new IllegalStateException("not attached to a proxy");
    }
    List<LoopContext> contexts = loops.contexts();
    ChannelEngine engine =
        new ChannelEngine(
            new ChannelEngine.Ports(
                logs,
                host -> table.current().channelAt(host),
                InstantSource.system(),
                Thread.ofPlatform().daemon().name("leat-feeder").factory(),
                check),
            contexts.stream().map(each -> new LoopDelivery(each, table)).toList(),
            limits());
    EventReader reader = new EventReader(eventLimits());
    ChannelIngress.Limits intake =
        new ChannelIngress.Limits(maxBytes(), ChannelIngress.Limits.DEFAULT.hops());
    List<ChannelIngress> ingresses =
        contexts.stream()
            .map(each -> new ChannelIngress(engine, reader, each.eventLoop(), intake))
            .toList();
    return new Running(engine, ingresses);
  }

  private void dropStrays() {
    Running now = running;
    if (now != null) {
      table.current().channels().forEach(each -> now.engine().dropStrays(each.id()));
    }
  }

  /** On the thread of the channels: tells what has become another one. */
  private void look() {
    guarded(() -> {
      Running now = running;
      if (now == null) {
        return;
      }
      Map<ChannelId, Seen> before = seen;
      Map<ChannelId, Seen> next = new HashMap<>();
      Map<String, Long> lost = lost(now.engine().counts());
      now.engine().observed().forEach(each -> next.put(each.id(), seen(each, lost)));
      lostBefore = lost;
      seen = Map.copyOf(next);
      Set<ChannelId> changed = new HashSet<>(before.keySet());
      changed.addAll(next.keySet());
      changed.removeIf(id -> Optional.ofNullable(before.get(id)).equals(channel(id)));
      changed.forEach(id -> listeners.forEach(listener -> listener.accept(id)));
    });
  }

  /** Events that each subscription gave up after its last try, by its uid. */
  private static Map<String, Long> lost(List<ChannelCounts> counts) {
    Map<String, Long> lost = new HashMap<>();
    for (ChannelCounts channel : counts) {
      for (SubscriptionCounts each : channel.subscriptions()) {
        lost.put(
            each.uid(),
            each.outcomes().getOrDefault(DeliveryOutcome.DROPPED, 0L)
                + each.outcomes().getOrDefault(DeliveryOutcome.DEAD_LETTERED, 0L));
      }
    }
    return lost;
  }

  private Seen seen(ObservedChannel channel, Map<String, Long> lost) {
    Map<String, Subscriber> subscribers = new HashMap<>();
    for (ObservedSubscriber each : channel.subscribers()) {
      Calls calls = calls(channel.id(), each, lost.getOrDefault(each.uid(), 0L));
      String problem = each.ready() ? "" : each.message();
      subscribers.put(each.uid(), new Subscriber(each.generation(), problem, calls));
    }
    return new Seen(channel.ready() ? "" : channel.message(), subscribers);
  }

  /** A try that failed and is repeated says nothing yet; an event that was given up does. */
  private Calls calls(ChannelId channel, ObservedSubscriber subscriber, long lost) {
    LastCall last = subscriber.lastCall();
    if (last == null) {
      return Calls.NONE;
    }
    // Without what differs from call to call, else every event would be a change of status.
    if (last.succeeded()) {
      return new Calls(Calls.State.ACTIVE, "", "");
    }
    Seen before = seen.get(channel);
    Subscriber known = before == null ? null : before.subscribers().get(subscriber.uid());
    boolean givenUp = lost > lostBefore.getOrDefault(subscriber.uid(), 0L);
    if (!givenUp && known != null) {
      return known.calls();
    }
    return givenUp
        ? new Calls(
            Calls.State.FAILING,
            last.status() == 0 ? "Unreachable" : "Status" + last.status(),
            last.message())
        : Calls.NONE;
  }

  @Override
  public boolean isAttached() {
    return true;
  }

  @Override
  public Optional<Seen> channel(ChannelId id) {
    return Optional.ofNullable(seen.get(id));
  }

  @Override
  public void onChange(Consumer<ChannelId> listener) {
    listeners.add(listener);
  }

  @Override
  public long maxBytes() {
    return bounds.intake().requestBytes();
  }

  @Override
  public void accept(
      LoopContext loop, ChannelId channel, RequestHead head, byte[] body, IngressAnswer answer) {
    Running now = running;
    boolean elsewhere = !taking.getAsBoolean() && !shared.contains(channel);
    // The table has the Channel and the engine follows: 404 would make the sender give it up.
    if (now == null || elsewhere || !now.engine().has(channel)) {
      answer.refuse(Rejection.CHANNEL_UNAVAILABLE, OwnAnswer.of(Rejection.CHANNEL_UNAVAILABLE));
    } else {
      now.ingresses().get(loop.index()).accept(channel, head, body, answer);
    }
  }

  /** The engine while there is one. */
  Optional<ChannelEngine> engine() {
    return Optional.ofNullable(running).map(Running::engine);
  }

  /** What the Channels counted. */
  List<ChannelCounts> counts() {
    Running now = running;
    return now == null ? List.of() : now.engine().counts();
  }

  /** Ends the deliveries and closes the logs, while the event loops still run. */
  @Override
  public void close() {
    ScheduledExecutorService own;
    synchronized (this) {
      closed = true;
      own = thread;
    }
    if (own == null) {
      return;
    }
    own.execute(() -> guarded(() -> engine().ifPresent(ChannelEngine::close)));
    own.shutdown();
    try {
      if (!own.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        LOG.error("the channels did not end within {} s", STOP_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
