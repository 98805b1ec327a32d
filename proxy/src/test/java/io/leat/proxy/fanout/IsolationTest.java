package io.leat.proxy.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.balance.Draw;
import io.leat.proxy.balance.HeldRequest;
import io.leat.proxy.balance.LiveEndpoint;
import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.balance.RequestHold;
import io.leat.proxy.fanout.TestSubscriber.Answer;
import io.leat.proxy.fanout.account.DeliveryOutcome;
import io.leat.proxy.fanout.delivery.DeliveryLimits;
import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.log.MemoryLog;
import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.DeliveryPolicy;
import io.leat.proxy.table.RevisionLimits;
import io.leat.proxy.testing.ProxyFixture;
import io.leat.proxy.testing.TestOrigin;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one bad subscriber does to the others, to the memory, and to its own events: nothing. */
final class IsolationTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final DeliveryPolicy ONCE = Subscribers.policy(0, Duration.ZERO, null);

  @TempDir Path folder;

  private static CloudEvent[] events(String prefix, int count) {
    CloudEvent[] events = new CloudEvent[count];
    for (int i = 0; i < count; i++) {
      events[i] = ChannelFixture.event(prefix + i);
    }
    return events;
  }

  private static Set<String> ids(String prefix, int count) {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < count; i++) {
      ids.add(prefix + i);
    }
    return ids;
  }

  @Test
  void oneOfTenHangsOneFailsAndOneResetsWhileTheOthersFinish() throws IOException {
    int count = 300;
    CountDownLatch goesOn = new CountDownLatch(1);
    AtomicBoolean well = new AtomicBoolean();
    List<TestSubscriber> good = new ArrayList<>();
    try (ChannelFixture channels = new ChannelFixture();
        TestSubscriber letters = TestSubscriber.accepting();
        TestSubscriber hanging =
            TestSubscriber.answering((got, number) -> {
              goesOn.await();
              return Answer.of(202);
            });
        TestSubscriber failing =
            TestSubscriber.answering((got, number) -> Answer.of(well.get() ? 202 : 500));
        TestOrigin resetting =
            TestOrigin.responding((head, wire) -> {
              wire.body(head);
              wire.reset();
            })) {
      DeliveryPolicy patient = Subscribers.policy(100_000, Duration.ofMillis(20), letters.uri());
      DeliveryPolicy twice = Subscribers.policy(1, Duration.ZERO, letters.uri());
      List<ChannelSubscriber> subscribers = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        TestSubscriber each = TestSubscriber.accepting();
        good.add(each);
        subscribers.add(Subscribers.calling("good" + i, each.uri(), null, ONCE));
      }
      subscribers.add(Subscribers.calling("hanging", hanging.uri(), null, patient));
      subscribers.add(Subscribers.calling("failing", failing.uri(), null, patient));
      String reset = "http://127.0.0.1:" + resetting.port() + "/";
      subscribers.add(Subscribers.calling("resetting", reset, null, twice));
      channels.channel("c", subscribers.toArray(new ChannelSubscriber[0]));
      channels.send("c", events("e", count));
      for (TestSubscriber each : good) {
        await().atMost(LONG).until(() -> each.got().size() == count);
      }
      assertThat(hanging.got().size()).isLessThanOrEqualTo(64);
      well.set(true);
      goesOn.countDown();
      await().atMost(LONG).untilAsserted(() -> assertThat(channels.backlog("c")).isZero());
      assertThat(new HashSet<>(hanging.ids())).isEqualTo(ids("e", count));
      assertThat(new HashSet<>(failing.ids())).isEqualTo(ids("e", count));
      assertThat(letters.got()).as("those of the one that resets").hasSize(count);
      assertThat(new HashSet<>(letters.ids())).isEqualTo(ids("e", count));
    } finally {
      good.forEach(TestSubscriber::close);
    }
  }

  @Test
  void whileTheDeadLetterSinkRefusesNothingIsLost() {
    AtomicBoolean well = new AtomicBoolean();
    try (ChannelFixture channels = new ChannelFixture();
        TestSubscriber letters =
            TestSubscriber.answering((got, number) -> Answer.of(well.get() ? 202 : 503));
        TestSubscriber some =
            TestSubscriber.answering(
                (got, number) -> Answer.of(got.header("ce-id").startsWith("bad") ? 422 : 202))) {
      channels.channel(
          "c",
          Subscribers.calling(
              "s", some.uri(), null, Subscribers.policy(1, Duration.ZERO, letters.uri())));
      channels.send("c", events("bad", 20));
      channels.send("c", events("good", 20));
      await().atMost(LONG).until(() -> letters.got().size() > 60);
      assertThat(channels.backlog("c")).isEqualTo(20);
      assertThat(channels.counted("c", "s", DeliveryOutcome.DEAD_LETTERED)).isZero();
      well.set(true);
      await().atMost(LONG).untilAsserted(() -> assertThat(channels.backlog("c")).isZero());
      assertThat(new HashSet<>(letters.ids())).isEqualTo(ids("bad", 20));
      assertThat(channels.counted("c", "s", DeliveryOutcome.DEAD_LETTERED)).isEqualTo(20);
      assertThat(channels.counted("c", "s", DeliveryOutcome.DROPPED)).isZero();
    }
  }

  @ParameterizedTest(name = "endless answer with {0}")
  @ValueSource(ints = {200, 202, 404, 500})
  void endlessAnswersAreCutOff(int status) throws IOException {
    AtomicLong sent = new AtomicLong();
    String chunk = "1000\r\n" + "x".repeat(4096) + "\r\n";
    try (ChannelFixture channels = new ChannelFixture();
        TestSubscriber letters = TestSubscriber.accepting();
        TestOrigin endless =
            TestOrigin.responding((head, wire) -> {
              wire.body(head);
              wire.send(
                  "HTTP/1.1 "
                      + status
                      + " Endless\r\nContent-Type: application/json\r\n"
                      + "Transfer-Encoding: chunked\r\n\r\n");
              while (sent.get() < 1L << 30) {
                wire.send(chunk);
                sent.addAndGet(chunk.length());
              }
            })) {
      String uri = "http://127.0.0.1:" + endless.port() + "/";
      DeliveryPolicy policy = Subscribers.policy(0, Duration.ZERO, letters.uri());
      channels.channel("c", Subscribers.calling("s", uri, "http://127.0.0.1:1/", policy));
      channels.send("c", ChannelFixture.event("e"));
      await().atMost(LONG).until(() -> letters.got().size() == 1);
      assertThat(sent.get()).as("cut off early").isLessThan(64L << 20);
      assertThat(letters.got().getFirst().header("ce-knativeerrorcode"))
          .isEqualTo(Integer.toString(status));
    }
  }

  @ParameterizedTest(name = "{0} bytes")
  @ValueSource(ints = {0, 769, 10 << 20})
  void errorBodiesOfEverySizeAreDeadLettered(int size) {
    String body = "<html>\r\n\u00ff".repeat(size / 9 + 1).substring(0, size);
    try (ChannelFixture channels = new ChannelFixture();
        TestSubscriber letters = TestSubscriber.accepting();
        TestSubscriber bad = TestSubscriber.answering(Answer.of(422, body))) {
      DeliveryPolicy policy = Subscribers.policy(0, Duration.ZERO, letters.uri());
      channels.channel("c", Subscribers.calling("s", bad.uri(), null, policy));
      channels.send("c", events("e", 3));
      await().atMost(LONG).until(() -> letters.got().size() == 3);
      String data = letters.got().getFirst().header("ce-knativeerrordata");
      assertThat(data.length()).isLessThanOrEqualTo(1368).isEqualTo(size == 0 ? 0 : data.length());
      assertThat(data.isEmpty()).isEqualTo(size == 0);
    }
  }

  @Test
  void aHungSubscriberIsLeftAfterItsTimeoutAndItsConnectionClosed() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    try (ChannelFixture channels = new ChannelFixture();
        TestSubscriber letters = TestSubscriber.accepting();
        TestOrigin hung =
            TestOrigin.responding((head, wire) -> {
              wire.body(head);
              if (wire.atEnd()) {
                closed.countDown();
              }
            })) {
      String uri = "http://127.0.0.1:" + hung.port() + "/";
      DeliveryPolicy policy =
          Subscribers.timeout(
              Subscribers.policy(0, Duration.ZERO, letters.uri()), Duration.ofSeconds(1));
      channels.channel("c", Subscribers.calling("s", uri, null, policy));
      long before = System.nanoTime();
      channels.send("c", ChannelFixture.event("e"));
      await().atMost(LONG).until(() -> letters.got().size() == 1);
      Duration took = Duration.ofNanos(System.nanoTime() - before);
      assertThat(took).isGreaterThan(Duration.ofSeconds(1)).isLessThan(Duration.ofSeconds(15));
      assertThat(closed.await(60, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
      assertThat(letters.got().getFirst().header("ce-knativeerrorcode")).isEqualTo("504");
    }
  }

  @Test
  void whatWasNotFinishedComesAgainAfterADeath() {
    CountDownLatch never = new CountDownLatch(1);
    AtomicBoolean well = new AtomicBoolean();
    try (ChannelFixture channels =
            new ChannelFixture(new FileLogs(folder), DeliveryLimits.DEFAULT);
        TestSubscriber some =
            TestSubscriber.answering((got, number) -> {
              if (!well.get() && number % 2 == 0) {
                never.await();
              }
              return Answer.of(202);
            })) {
      channels.channel("c", Subscribers.calling("s", some.uri(), null, ONCE));
      channels.send("c", events("e", 200));
      await().atMost(LONG).until(() -> some.got().size() >= 100);
      well.set(true);
      channels.restart(new FileLogs(folder));
      await().atMost(LONG).untilAsserted(() -> assertThat(channels.backlog("c")).isZero());
      assertThat(new HashSet<>(some.ids())).isEqualTo(ids("e", 200));
      never.countDown();
    }
  }

  @Test
  void replayDeliversAgainAndTellsWhatWasObserved() {
    try (ChannelFixture channels =
            new ChannelFixture(new FileLogs(folder), DeliveryLimits.DEFAULT);
        TestSubscriber one = TestSubscriber.accepting();
        TestSubscriber two = TestSubscriber.accepting()) {
      ChannelSubscriber first = Subscribers.calling("one", one.uri(), null, ONCE);
      channels.channel("c", first);
      await()
          .untilAsserted(() -> {
            ObservedChannel observed = channels.engine().observed().getFirst();
            assertThat(observed.ready()).isTrue();
            assertThat(observed.subscribers().getFirst().ready()).isTrue();
            assertThat(observed.subscribers().getFirst().generation()).isEqualTo(1);
          });
      channels.send("c", events("e", 5));
      await().atMost(LONG).until(() -> one.got().size() == 5);
      assertThat(
              channels.engine().replay(ChannelFixture.id("c"), "one", new CursorStart.Beginning()))
          .isTrue();
      await().atMost(LONG).until(() -> one.got().size() == 10);
      assertThat(channels.engine().replay(ChannelFixture.id("c"), "no", new CursorStart.End()))
          .isFalse();
      // A new subscription begins at the end, and the cursor of one that left is dropped.
      channels.channel("c", first, Subscribers.calling("two", two.uri(), null, ONCE));
      channels.send("c", ChannelFixture.event("last"));
      await().atMost(LONG).until(() -> one.got().size() == 11 && two.got().size() == 1);
      channels.channel("c", Subscribers.calling("two", two.uri(), null, ONCE));
      await()
          .untilAsserted(() -> {
            ObservedChannel observed = channels.engine().observed().getFirst();
            assertThat(channels.engine().strays(ChannelFixture.id("c"))).isEmpty();
            assertThat(observed.subscribers()).hasSize(1);
          });
      channels.send("c", ChannelFixture.event("more"));
      await().atMost(LONG).until(() -> two.got().size() == 2);
      assertThat(one.got()).hasSize(11);
    }
  }

  @Test
  void aSubscriberAtZeroIsWokenByItsBacklogAndNeverGetsMoreThanItsCapacity() {
    int count = 1000;
    int capacity = 4;
    LateCapacity hold = new LateCapacity();
    ProxyFixture proxy = ProxyFixture.start(settings -> settings.withHold(hold));
    RevisionLimits limits = RevisionLimits.DEFAULT.withContainerConcurrency(capacity);
    proxy.serve("sleeper.example.com", limits);
    try (ChannelFixture channels =
            new ChannelFixture(
                channel -> new MemoryLog(64L << 20, Clock.systemUTC()),
                DeliveryLimits.DEFAULT,
                proxy);
        TestSubscriber awake = TestSubscriber.accepting()) {
      DeliveryPolicy quick = Subscribers.timeout(ONCE, Duration.ofMillis(500));
      channels.channel("c", Subscribers.calling("s", "http://sleeper.example.com/", null, quick));
      channels.send("c", events("e", count));
      await().atMost(LONG).until(() -> hold.waiting() == 64);
      // Longer than the timeout of a try, which does not run meanwhile.
      await().pollDelay(Duration.ofMillis(700)).until(() -> hold.waiting() == 64);
      proxy.put(ProxyFixture.revision("sleeper.example.com"), limits, awake.port());
      hold.open(() -> proxy.live("sleeper.example.com"));
      await().atMost(LONG).until(() -> awake.got().size() == count);
      await().atMost(LONG).untilAsserted(() -> assertThat(channels.backlog("c")).isZero());
      assertThat(new HashSet<>(awake.ids())).hasSize(count);
      assertThat(awake.mostAtOnce()).isLessThanOrEqualTo(capacity);
      for (DeliveryOutcome each : DeliveryOutcome.values()) {
        long expected = each == DeliveryOutcome.DELIVERED ? count : 0;
        assertThat(channels.counted("c", "s", each)).as(each.label()).isEqualTo(expected);
      }
    }
  }

  /** Holds everything until a test has an endpoint, then grants what that has room for. */
  private static final class LateCapacity implements RequestHold {
    private final ArrayDeque<HeldRequest> line = new ArrayDeque<>();
    private final Draw draw = Draw.xorshift(7);
    private @Nullable Supplier<LiveRevision> open;

    @Override
    public synchronized void hold(LiveRevision revision, HeldRequest request) {
      revision.activity().waiting().incrementAndGet();
      line.add(request);
      grant();
    }

    @Override
    public synchronized void cancel(HeldRequest request) {
      line.remove(request);
    }

    @Override
    public synchronized void capacityFreed(LiveRevision revision) {
      grant();
    }

    synchronized int waiting() {
      return line.size();
    }

    synchronized void open(Supplier<LiveRevision> revision) {
      open = revision;
      grant();
    }

    private void grant() {
      Supplier<LiveRevision> from = open;
      while (from != null && !line.isEmpty()) {
        LiveRevision revision = from.get();
        LiveEndpoint slot = revision.acquire(draw);
        if (slot == null) {
          return;
        }
        revision.activity().waiting().decrementAndGet();
        line.removeFirst().granted(revision, slot);
      }
    }
  }
}
