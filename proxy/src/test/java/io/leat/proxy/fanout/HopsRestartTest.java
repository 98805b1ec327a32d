package io.leat.proxy.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.fanout.TestSubscriber.Answer;
import io.leat.proxy.fanout.delivery.DeliveryLimits;
import io.leat.proxy.fanout.event.CloudEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replies that went ahead of a backlog are not sent again by the next life of the process. */
final class HopsRestartTest {
  private static final int EVENTS = 400;
  private static final int ANSWERED = 40;

  @TempDir Path folder;

  @Test
  void eachReplyComesOnceAndNoneWaitsForTheBacklog() {
    CountDownLatch open = new CountDownLatch(1);
    try (TestSubscriber sink = TestSubscriber.accepting();
        TestSubscriber slow =
            TestSubscriber.answering((got, number) -> {
              if (number > ANSWERED) {
                open.await();
              }
              return Answer.event("r-" + got.header("ce-id"), "{}");
            });
        ChannelFixture channels =
            new ChannelFixture(new FileLogs(folder), DeliveryLimits.DEFAULT)) {
      channels.channel(
          "c",
          Subscribers.calling(
              "s",
              slow.uri(),
              sink.uri(),
              Subscribers.parallel(Subscribers.policy(0, Duration.ZERO, null), false, 4)));
      CloudEvent[] events =
          IntStream.range(0, EVENTS)
              .mapToObj(i -> ChannelFixture.event("e" + i))
              .toArray(CloudEvent[]::new);
      channels.send("c", events);
      await()
          .untilAsserted(() -> {
            assertThat(sink.ids()).hasSize(ANSWERED);
            assertThat(channels.backlog("c")).isEqualTo(EVENTS - ANSWERED);
          });
      channels.restart(new FileLogs(folder));
      assertThat(channels.backlog("c")).isEqualTo(EVENTS - ANSWERED);
      open.countDown();
      await().untilAsserted(() -> assertThat(channels.backlog("c")).isZero());
      assertThat(sink.ids()).doesNotHaveDuplicates().hasSize(EVENTS);
    }
  }
}
