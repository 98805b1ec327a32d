package io.leat.proxy.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.fanout.TestSubscriber.Answer;
import io.leat.proxy.fanout.delivery.DeliveryLimits;
import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.log.EventLog;
import io.leat.proxy.log.segment.LogOptions;
import io.leat.proxy.table.AggregatePolicy;
import io.leat.proxy.table.ChannelStorage;
import io.leat.proxy.table.EventChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The keys of closed groups do not fill the Channel. */
final class TombstonesTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final long MOST_BYTES = 768 << 10;
  private static final int GROUPS = 1_500;
  private static final int AT_ONCE = 50;

  @TempDir Path folder;

  private EventLog open(EventChannel channel) {
    ChannelStorage storage =
        new ChannelStorage(
            "log",
            ChannelStorage.Durability.OS,
            MOST_BYTES,
            Duration.ofDays(7),
            ChannelStorage.Breach.BLOCK,
            Map.of());
    LogOptions options =
        new LogOptions(
            folder,
            storage,
            new LogOptions.Sizes(64 << 10, 16 << 10, 64 << 10, 16 << 20, 1 << 16),
            LogOptions.Retain.NOTHING);
    return FileLogs.open(options);
  }

  private static CloudEvent member(int group, int number) {
    return ChannelFixture.event(group + "." + number, "group", "g" + group, "x", "x".repeat(600));
  }

  @Test
  void aBusyAggregatorDoesNotFillItsChannelAndRemembersKeysAfterARestart() {
    try (TestSubscriber sink = TestSubscriber.accepting();
        TestSubscriber letters = TestSubscriber.accepting();
        TestSubscriber aggregator = TestSubscriber.answering(Answer.event("all", "{}"));
        ChannelFixture channels = new ChannelFixture(this::open, DeliveryLimits.DEFAULT)) {
      AggregatePolicy two = new AggregatePolicy("group", 2, null, null, true);
      channels.channel(
          "c",
          Subscribers.aggregating(
              "a",
              aggregator.uri(),
              sink.uri(),
              two,
              Subscribers.policy(0, Duration.ZERO, letters.uri())));
      for (int from = 0; from < GROUPS; from += AT_ONCE) {
        CloudEvent[] events = new CloudEvent[2 * AT_ONCE];
        for (int i = 0; i < events.length; i++) {
          events[i] = member(from + i / 2, i % 2);
        }
        int until = from + AT_ONCE;
        channels.send("c", events);
        await().atMost(LONG).until(() -> sink.got().size() == until);
      }
      await().atMost(LONG).untilAsserted(() -> assertThat(channels.backlog("c")).isZero());
      long bytes = channels.engine().counts().getFirst().logBytes();
      assertThat(bytes).isLessThan(MOST_BYTES);
      channels.restart(this::open);
      channels.send("c", member(0, 2), member(GROUPS / 2, 2), member(GROUPS - 1, 2));
      channels.send("c", member(GROUPS, 0), member(GROUPS, 1));
      await().atMost(LONG).until(() -> letters.got().size() == 3);
      await().atMost(LONG).until(() -> sink.got().size() == GROUPS + 1);
      assertThat(letters.ids())
          .containsExactlyInAnyOrder("0.2", GROUPS / 2 + ".2", GROUPS - 1 + ".2");
      assertThat(aggregator.got()).hasSize(GROUPS + 1);
    }
  }
}
