package io.leat.proxy.fanout.delivery;

import io.leat.proxy.fanout.delivery.Courier.Attempt;
import io.leat.proxy.fanout.delivery.Courier.Parcel;
import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.stored.StoredEvent;
import io.leat.proxy.log.AppendOutcome;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.log.EventLog;
import io.leat.proxy.log.LogRecord;
import io.leat.proxy.log.MemoryLog;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.DeliveryPolicy;
import io.leat.proxy.table.SubscriptionRole;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One subscription on an event loop whose time stands still until a test moves it. Every try is
 * kept with its time and answered by the test at once, or when it likes.
 */
final class ManualLoop implements DeliveryLoop, Courier, ChannelPort, AutoCloseable {
  static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  private static final ChannelId CHANNEL = new ChannelId("default", "c");

  private long now;
  private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private final List<Try> tries = new ArrayList<>();
  private final EventLog log;
  private final Feeder feeder;
  private final InstantSource clock = () -> START.plusNanos(now);
  private final BiFunction<Try, Integer, @Nullable Attempt> answers;
  final Subscription subscription;
  private long order;

  /** A transformer that is called at {@code http://call/}. */
  static ChannelSubscriber subscriber(@Nullable String reply, DeliveryPolicy policy) {
    return new ChannelSubscriber(
        "u",
        "default/u",
        1,
        SubscriptionRole.TRANSFORMER,
        "http://call/",
        reply,
        Map.of(),
        policy,
        null,
        false,
        null);
  }

  /** One try. */
  record Try(Duration at, Parcel parcel, Consumer<Attempt> ended) {
    String id() {
      return field("ce-id");
    }

    String field(String name) {
      for (int i = 0; i < parcel.fields().size(); i += 2) {
        if (parcel.fields().get(i).equals(name)) {
          return parcel.fields().get(i + 1);
        }
      }
      return "";
    }
  }

  private record Timer(long due, long order, Runnable task) implements Comparable<Timer> {
    @Override
    public int compareTo(Timer other) {
      int byTime = Long.compare(due, other.due);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  /**
   * A subscription that is started.
   *
   * @param answers to a try and its number from 1; null when the test answers later
   */
  ManualLoop(ChannelSubscriber subscriber, BiFunction<Try, Integer, @Nullable Attempt> answers) {
    this.answers = answers;
    this.log = new MemoryLog(64L << 20, Clock.systemUTC());
    DeliveryLimits limits = DeliveryLimits.DEFAULT;
    this.feeder = new Feeder(limits, Thread.ofPlatform().daemon().factory());
    Subscription.Place place =
        new Subscription.Place(CHANNEL, log, log.cursor(subscriber.uid(), new CursorStart.End()));
    this.subscription =
        new Subscription(
            place, subscriber, this, new Subscription.Surroundings(limits, this, clock, feeder));
    subscription.update(subscriber);
    settle();
  }

  static Attempt status(int status) {
    return new Attempt.Answered(status, Map.of(), new byte[0]);
  }

  static Attempt status(int status, String retryAfter) {
    return new Attempt.Answered(status, Map.of("retry-after", List.of(retryAfter)), new byte[0]);
  }

  static CloudEvent event(String id, String... more) {
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("specversion", "1.0");
    attributes.put("id", id);
    attributes.put("source", "s");
    attributes.put("type", "t");
    for (int i = 0; i < more.length; i += 2) {
      attributes.put(more[i], more[i + 1]);
    }
    return new CloudEvent(attributes, null);
  }

  void send(CloudEvent... events) {
    List<LogRecord> records = new ArrayList<>();
    for (CloudEvent each : events) {
      records.add(new StoredEvent(each, List.of("default/c"), List.of()).record());
    }
    log.append(
        records,
        (outcome, offset) -> {
          if (outcome != AppendOutcome.DURABLE) {
            throw new IllegalStateException(outcome.name());
          }
        });
    settle();
  }

  /** Moves the time, through every timer that is due. */
  void pass(Duration time) {
    long target = now + time.toNanos();
    while (!timers.isEmpty() && timers.peek().due() <= target) {
      Timer due = timers.poll();
      now = due.due();
      due.task().run();
      settle();
    }
    now = target;
  }

  /** Runs until the loop and the feeder have nothing to do. */
  void settle() {
    boolean busy = true;
    while (busy) {
      busy = false;
      Runnable task;
      while ((task = tasks.poll()) != null) {
        busy = true;
        task.run();
      }
      CountDownLatch fed = new CountDownLatch(1);
      feeder.run(fed::countDown);
      try {
        if (!fed.await(60, TimeUnit.SECONDS)) {
          throw new IllegalStateException("the feeder stands");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
      busy |= !tasks.isEmpty();
    }
  }

  List<Try> tries() {
    return List.copyOf(tries);
  }

  List<Duration> times() {
    return tries.stream().map(Try::at).toList();
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public void after(long nanos, Runnable task) {
    timers.add(new Timer(now + nanos, order++, task));
  }

  @Override
  public Courier courier() {
    return this;
  }

  @Override
  public void send(Parcel parcel, Consumer<Attempt> ended) {
    Try next = new Try(Duration.ofNanos(now), parcel, ended);
    tries.add(next);
    Attempt answer = answers.apply(next, tries.size());
    if (answer != null) {
      ended.accept(answer);
    }
  }

  @Override
  public void stop() {}

  @Override
  public @Nullable ChannelId channel(String uri) {
    return null;
  }

  @Override
  public void append(ChannelId to, StoredEvent event, Taken taken) {
    throw new UnsupportedOperationException("no other Channel");
  }

  @Override
  public void close() {
    feeder.close();
    log.close();
  }
}
