package io.leat.proxy.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.fanout.TestSubscriber.Answer;
import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.DeliveryPolicy;
import io.leat.proxy.table.SubscriptionRole;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Subscriptions that are removed while they still have events. */
class LeavingTest {
  private static final int EVENTS = 20;
  private static final DeliveryPolicy ONE_AT_A_TIME =
      Subscribers.parallel(Subscribers.policy(0, Duration.ZERO, null), false, 1);

  private final CountDownLatch open = new CountDownLatch(1);

  private static ChannelSubscriber subscriber(TestSubscriber to, String reply, boolean drains) {
    return new ChannelSubscriber(
        "s",
        "default/s",
        1,
        SubscriptionRole.TRANSFORMER,
        to.uri(),
        reply.isEmpty() ? null : reply,
        Map.of(),
        ONE_AT_A_TIME,
        null,
        false,
        null,
        drains,
        false);
  }

  private void post(ChannelFixture channels, int from, int to) {
    IntStream.range(from, to)
        .forEach(i ->
            assertThat(channels.post("c", ChannelFixture.event("e" + i)).status()).isEqualTo(202));
  }

  private static List<String> ids(TestSubscriber of) {
    return of.got().stream().map(each -> each.header("ce-id")).toList();
  }

  @Test
  void whatCameBeforeIsDeliveredWithItsAnswersAndNothingAfter() {
    try (TestSubscriber answers = TestSubscriber.accepting();
        TestSubscriber slow =
            TestSubscriber.answering((got, number) -> {
              open.await();
              return Answer.event("r" + number, "{}");
            });
        ChannelFixture channels = new ChannelFixture()) {
      channels.channel("c", subscriber(slow, answers.uri(), true));
      post(channels, 0, EVENTS);
      channels.channel("c");
      post(channels, EVENTS, EVENTS + 5);
      assertThat(channels.engine().observed().getFirst().subscribers()).hasSize(1);
      open.countDown();
      await().until(() -> channels.engine().observed().getFirst().subscribers().isEmpty());
      assertThat(ids(slow))
          .containsExactlyElementsOf(IntStream.range(0, EVENTS).mapToObj(i -> "e" + i).toList());
      assertThat(answers.got()).hasSize(EVENTS);
      assertThat(channels.engine().counts().getFirst().subscriptions()).isEmpty();
    }
  }

  @Test
  void oneThatComesBackGetsEverything() {
    try (TestSubscriber slow =
            TestSubscriber.answering((got, number) -> {
              open.await();
              return Answer.of(202);
            });
        ChannelFixture channels = new ChannelFixture()) {
      channels.channel("c", subscriber(slow, "", true));
      post(channels, 0, EVENTS);
      channels.channel("c");
      channels.channel("c", subscriber(slow, "", true));
      post(channels, EVENTS, EVENTS + 5);
      open.countDown();
      await().until(() -> channels.backlog("c") == 0);
      assertThat(ids(slow)).hasSize(EVENTS + 5);
    }
  }

  @Test
  void oneThatDropsIsGoneAtOnce() {
    try (TestSubscriber slow =
            TestSubscriber.answering((got, number) -> {
              open.await();
              return Answer.of(202);
            });
        ChannelFixture channels = new ChannelFixture()) {
      channels.channel("c", subscriber(slow, "", false));
      post(channels, 0, EVENTS);
      await().until(() -> slow.got().size() == 1);
      channels.channel("c");
      await().until(() -> channels.engine().observed().getFirst().subscribers().isEmpty());
      open.countDown();
      assertThat(slow.got()).hasSize(1);
    }
  }
}
