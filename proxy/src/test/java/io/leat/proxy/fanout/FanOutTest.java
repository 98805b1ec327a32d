package io.leat.proxy.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.fanout.TestSubscriber.Answer;
import io.leat.proxy.fanout.account.DeliveryOutcome;
import io.leat.proxy.fanout.delivery.DeliveryLimits;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.log.AppendListener;
import io.leat.proxy.log.AppendOutcome;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.log.EventLog;
import io.leat.proxy.log.LogCursor;
import io.leat.proxy.log.LogRecord;
import io.leat.proxy.log.LogStats;
import io.leat.proxy.log.MemoryLog;
import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.DeliveryPolicy;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The cases of Knative's {@code TestFanoutEventHandler_ServeHTTP}, by their names, with the status
 * of its asynchronous handler: 202 as soon as the event is kept; and the matrix of four
 * subscriptions of its conformance tests.
 */
final class FanOutTest {
  private static final DeliveryPolicy ONCE = Subscribers.policy(0, Duration.ZERO, null);

  private final ChannelFixture channels = new ChannelFixture();
  private final TestSubscriber subscriber =
      TestSubscriber.answering(Answer.event("B234-1234-1234", "{}"));

  @AfterEach
  void close() {
    subscriber.close();
    channels.close();
  }

  private static ChannelSubscriber to(String uid, TestSubscriber call, TestSubscriber reply) {
    return Subscribers.calling(uid, call.uri(), reply.uri(), ONCE);
  }

  private void accepted() {
    assertThat(channels.post("c", ChannelFixture.event("A234-1234-1234")).status()).isEqualTo(202);
  }

  private void finished() {
    await().untilAsserted(() -> assertThat(channels.backlog("c")).isZero());
  }

  @Test
  @DisplayName("rejected by receiver")
  void rejectedByReceiver() {
    try (ChannelFixture failing =
        new ChannelFixture(
            channel -> new FailingLog(new MemoryLog(1 << 20, Clock.systemUTC())),
            DeliveryLimits.DEFAULT)) {
      failing.channel("c", Subscribers.calling("s", subscriber.uri(), null, ONCE));
      ChannelFixture.Answered answered = failing.post("c", ChannelFixture.event("e"));
      assertThat(answered.status()).isEqualTo(503);
      assertThat(answered.text()).contains("error=leat_channel_unavailable", "Retry-After: 1");
      assertThat(failing.trySend("c", ChannelFixture.event("e")))
          .isEqualTo(Rejection.CHANNEL_UNAVAILABLE);
      assertThat(subscriber.got()).isEmpty();
    }
  }

  /** A log that can be read and refuses to keep anything. */
  private record FailingLog(EventLog log) implements EventLog {
    @Override
    public void append(List<LogRecord> records, AppendListener listener) {
      listener.appended(AppendOutcome.FAILED, 0);
    }

    @Override
    public LogCursor cursor(String name, CursorStart start) {
      return log.cursor(name, start);
    }

    @Override
    public void drop(String cursor) {
      log.drop(cursor);
    }

    @Override
    public Set<String> cursors() {
      return log.cursors();
    }

    @Override
    public LogStats stats() {
      return log.stats();
    }

    @Override
    public void close() {
      log.close();
    }
  }

  @Test
  @DisplayName("receiver has span")
  void receiverHasSpan() {
    String parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    try (TestSubscriber last = TestSubscriber.accepting()) {
      channels
          .channel("a", Subscribers.calling("s", null, ChannelFixture.uri("c"), ONCE))
          .channel("c", to("s", subscriber, last));
      assertThat(channels.post("a", ChannelFixture.event("e"), "traceparent", parent).status())
          .isEqualTo(202);
      await().until(() -> last.got().size() == 1);
      assertThat(subscriber.got().getFirst().header("traceparent")).isEqualTo(parent);
      assertThat(last.got().getFirst().header("traceparent")).isEqualTo(parent);
      assertThat(last.got().getFirst().header("knative-hops")).isEqualTo("default/a, default/c");
    }
  }

  @Test
  @DisplayName("fanout times out")
  void fanOutTimesOut() throws InterruptedException {
    CountDownLatch over = new CountDownLatch(1);
    try (TestSubscriber slow =
        TestSubscriber.answering((got, number) -> {
          over.await();
          return Answer.of(202);
        })) {
      DeliveryPolicy policy = Subscribers.timeout(ONCE, Duration.ofMillis(1));
      channels.channel("c", Subscribers.calling("s", slow.uri(), null, policy));
      accepted();
      finished();
      over.countDown();
      assertThat(slow.got()).hasSize(1);
      assertThat(channels.counted("c", "s", DeliveryOutcome.DROPPED)).isEqualTo(1);
    }
  }

  @Test
  @DisplayName("zero subs succeed")
  void zeroSubsSucceed() {
    channels.channel("c");
    accepted();
  }

  @Test
  @DisplayName("reply fails")
  void replyFails() {
    try (TestSubscriber replier = TestSubscriber.answering(Answer.of(404))) {
      channels.channel("c", to("s", subscriber, replier));
      accepted();
      finished();
      assertThat(subscriber.got()).hasSize(1);
      assertThat(replier.got()).hasSize(1);
    }
  }

  @Test
  @DisplayName("subscriber fails")
  void subscriberFails() {
    try (TestSubscriber failing = TestSubscriber.answering(Answer.of(404))) {
      channels.channel("c", Subscribers.calling("s", failing.uri(), null, ONCE));
      accepted();
      finished();
      assertThat(failing.got()).hasSize(1);
    }
  }

  @Test
  @DisplayName("subscriber succeeds, result fails")
  void subscriberSucceedsResultFails() {
    try (TestSubscriber replier = TestSubscriber.answering(Answer.of(403))) {
      channels.channel("c", to("s", subscriber, replier));
      accepted();
      finished();
      assertThat(subscriber.got()).hasSize(1);
      assertThat(replier.got()).hasSize(1);
      assertThat(channels.counted("c", "s", DeliveryOutcome.DROPPED)).isEqualTo(1);
    }
  }

  @Test
  @DisplayName("one sub succeeds")
  void oneSubSucceeds() {
    try (TestSubscriber replier = TestSubscriber.accepting()) {
      channels.channel("c", to("s", subscriber, replier));
      accepted();
      finished();
      assertThat(subscriber.got()).hasSize(1);
      assertThat(replier.ids()).isEqualTo(List.of("B234-1234-1234"));
      assertThat(channels.counted("c", "s", DeliveryOutcome.FORWARDED)).isEqualTo(1);
    }
  }

  @Test
  @DisplayName("one sub succeeds, one sub fails")
  void oneSubSucceedsOneSubFails() {
    try (TestSubscriber replier =
        TestSubscriber.answering((got, number) -> Answer.of(number == 1 ? 202 : 403))) {
      channels.channel("c", to("s1", subscriber, replier), to("s2", subscriber, replier));
      accepted();
      finished();
      assertThat(subscriber.got()).hasSize(2);
      assertThat(replier.got()).hasSize(2);
      long forwarded =
          channels.counted("c", "s1", DeliveryOutcome.FORWARDED)
              + channels.counted("c", "s2", DeliveryOutcome.FORWARDED);
      assertThat(forwarded).isEqualTo(1);
    }
  }

  @Test
  @DisplayName("all subs succeed")
  void allSubsSucceed() {
    try (TestSubscriber replier = TestSubscriber.accepting()) {
      channels.channel(
          "c",
          to("s1", subscriber, replier),
          to("s2", subscriber, replier),
          to("s3", subscriber, replier));
      accepted();
      finished();
      assertThat(subscriber.got()).hasSize(3);
      assertThat(replier.got()).hasSize(3);
    }
  }

  /** Fails the first so many requests. */
  private static TestSubscriber failing(int first, Answer then) {
    return TestSubscriber.answering((got, number) -> number <= first ? Answer.of(503) : then);
  }

  @Test
  @DisplayName(
      "Channels SHOULD support various retry configuration parameters: "
          + "[the maximum number of retries]")
  void fourSubscriptions() {
    Answer answer = Answer.event("answer", "{}");
    try (TestSubscriber letters1 = TestSubscriber.accepting();
        TestSubscriber letters2 = TestSubscriber.accepting();
        TestSubscriber letters3 = TestSubscriber.accepting();
        TestSubscriber letters4 = TestSubscriber.accepting();
        TestSubscriber sub1 = failing(1, Answer.of(202));
        TestSubscriber sub2 = failing(1, answer);
        TestSubscriber sub3 = failing(1, answer);
        TestSubscriber sub4 = failing(1, answer);
        TestSubscriber reply2 = TestSubscriber.accepting();
        TestSubscriber reply3 = failing(1, Answer.of(202));
        TestSubscriber reply4 = failing(2, Answer.of(202))) {
      channels.channel(
          "c",
          retried("s1", sub1, null, letters1),
          retried("s2", sub2, reply2, letters2),
          retried("s3", sub3, reply3, letters3),
          retried("s4", sub4, reply4, letters4));
      accepted();
      finished();
      for (TestSubscriber each : List.of(sub1, sub2, sub3, sub4)) {
        assertThat(each.got()).as("a failure and a success").hasSize(2);
      }
      assertThat(reply2.got()).hasSize(1);
      assertThat(reply3.got()).hasSize(2);
      assertThat(reply4.got()).as("attempts = retry + 1").hasSize(2);
      for (TestSubscriber each : List.of(letters1, letters2, letters3)) {
        assertThat(each.got()).isEmpty();
      }
      assertThat(letters4.ids()).isEqualTo(List.of("A234-1234-1234"));
    }
  }

  private static ChannelSubscriber retried(
      String uid, TestSubscriber call, @Nullable TestSubscriber reply, TestSubscriber letters) {
    return Subscribers.calling(
        uid,
        call.uri(),
        reply == null ? null : reply.uri(),
        Subscribers.policy(1, Duration.ZERO, letters.uri()));
  }
}
