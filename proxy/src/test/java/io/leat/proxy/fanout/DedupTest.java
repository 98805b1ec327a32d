package io.leat.proxy.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.fanout.TestSubscriber.Answer;
import io.leat.proxy.fanout.delivery.DeliveryLimits;
import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.stored.StoredEvent;
import io.leat.proxy.log.DedupWindow;
import io.leat.proxy.log.EventLog;
import io.leat.proxy.log.MemoryLog;
import io.leat.proxy.table.ChannelStorage.Dedup;
import io.leat.proxy.table.DeliveryPolicy;
import io.leat.proxy.table.EventChannel;
import io.leat.proxy.telemetry.Telemetry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Channel with a window delivers each event once, and answers every try with 202. */
final class DedupTest {
  private static final DeliveryPolicy ONCE = Subscribers.policy(0, Duration.ZERO, null);
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Dedup HOUR = new Dedup(Duration.ofHours(1), 1_000);

  @TempDir Path folder;
  private final TestSubscriber sink = TestSubscriber.accepting();

  @AfterEach
  void close() {
    sink.close();
  }

  private static EventLog inMemory(EventChannel channel) {
    return new MemoryLog(1 << 20, Clock.systemUTC(), new DedupWindow(HOUR, StoredEvent::identity));
  }

  private EventLog inFiles(EventChannel channel) {
    return new FileLogs(folder)
        .open(new EventChannel(channel.id(), channel.storage().with(HOUR), channel.subscribers()));
  }

  private static void send(ChannelFixture channels, String id, String... more) {
    CloudEvent event = ChannelFixture.event(id, more);
    assertThat(channels.post("c", event).status()).isEqualTo(202);
  }

  private void settled(ChannelFixture channels, String channel, int got) {
    await()
        .atMost(LONG)
        .untilAsserted(() -> {
          assertThat(sink.got()).hasSize(got);
          assertThat(channels.backlog(channel)).isZero();
        });
  }

  @Test
  void aDuplicateIsAnswered202AndDeliveredOnceAndCounted() throws Exception {
    try (ChannelFixture channels = new ChannelFixture(DedupTest::inMemory, DeliveryLimits.DEFAULT);
        Telemetry telemetry = new Telemetry(false)) {
      new ChannelMetrics(() -> channels.engine().counts()).register(telemetry);
      channels.channel("c", Subscribers.calling("s", sink.uri(), null, ONCE));
      for (int i = 0; i < 3; i++) {
        send(channels, "same", "n", Integer.toString(i));
      }
      channels.send("c", ChannelFixture.event("same"), ChannelFixture.event("other"));
      settled(channels, "c", 2);
      assertThat(sink.ids()).containsExactlyInAnyOrder("same", "other");
      ByteArrayOutputStream scraped = new ByteArrayOutputStream();
      telemetry.scrape(scraped);
      assertThat(scraped.toString(StandardCharsets.UTF_8))
          .contains("{channel=\"default/c\",outcome=\"accepted\"} 2.0")
          .contains("{channel=\"default/c\",outcome=\"duplicate\"} 3.0");
    }
  }

  @Test
  void oneIdOfTwoSourcesIsTwoEvents() {
    try (ChannelFixture channels =
        new ChannelFixture(DedupTest::inMemory, DeliveryLimits.DEFAULT)) {
      channels.channel("c", Subscribers.calling("s", sink.uri(), null, ONCE));
      for (int i = 0; i < 2; i++) {
        send(channels, "same", "source", "/one");
        send(channels, "same", "source", "/two");
        // What of the text belongs to which of both makes a difference.
        send(channels, "esame", "source", "/on");
      }
      settled(channels, "c", 3);
      assertThat(sink.got().stream().map(got -> got.header("ce-source")).toList())
          .containsExactlyInAnyOrder("/one", "/two", "/on");
    }
  }

  @Test
  void withoutAWindowEverythingIsDelivered() {
    try (ChannelFixture channels =
        new ChannelFixture(new FileLogs(folder), DeliveryLimits.DEFAULT)) {
      channels.channel("c", Subscribers.calling("s", sink.uri(), null, ONCE));
      send(channels, "same");
      send(channels, "same");
      settled(channels, "c", 2);
    }
  }

  @Test
  void theWindowSurvivesARestart() {
    try (ChannelFixture channels = new ChannelFixture(this::inFiles, DeliveryLimits.DEFAULT)) {
      channels.channel("c", Subscribers.calling("s", sink.uri(), null, ONCE));
      send(channels, "one");
      settled(channels, "c", 1);
      channels.restart(this::inFiles);
      send(channels, "one");
      send(channels, "two");
      settled(channels, "c", 2);
      assertThat(sink.ids()).containsExactly("one", "two");
      assertThat(channels.engine().strays(ChannelFixture.id("c"))).isEmpty();
    }
  }

  @Test
  void whatComesTwiceFromAnotherChannelOfThisProcessIsDeliveredOnce() {
    try (TestSubscriber same = TestSubscriber.answering(Answer.event("same", "{}"));
        ChannelFixture channels =
            new ChannelFixture(
                channel ->
                    channel.id().name().equals("c")
                        ? new MemoryLog(1 << 20, Clock.systemUTC())
                        : inMemory(channel),
                DeliveryLimits.DEFAULT)) {
      channels.channel("d", Subscribers.calling("t", sink.uri(), null, ONCE));
      channels.channel("c", Subscribers.calling("s", same.uri(), ChannelFixture.uri("d"), ONCE));
      for (int i = 0; i < 5; i++) {
        send(channels, "e" + i);
      }
      await().atMost(LONG).until(() -> channels.backlog("c") == 0);
      settled(channels, "d", 1);
      assertThat(same.got()).hasSize(5);
      ChannelCounts counts =
          channels.engine().counts().stream()
              .filter(each -> each.id().equals(ChannelFixture.id("d")))
              .findFirst()
              .orElseThrow();
      assertThat(counts.kept()).isEqualTo(new ChannelCounts.Kept(1, 4, 0));
    }
  }

  @Test
  void deadLettersOfOneEventAreDifferent() {
    DeliveryPolicy letters = Subscribers.policy(0, Duration.ZERO, ChannelFixture.uri("d"));
    try (TestSubscriber broken = TestSubscriber.answering(Answer.of(500));
        TestSubscriber other = TestSubscriber.answering(Answer.of(500));
        ChannelFixture channels = new ChannelFixture(DedupTest::inMemory, DeliveryLimits.DEFAULT)) {
      channels.channel("d", Subscribers.calling("t", sink.uri(), null, ONCE));
      channels.channel(
          "c",
          Subscribers.calling("s", broken.uri(), null, letters),
          Subscribers.calling("u", other.uri(), null, letters));
      send(channels, "one");
      settled(channels, "d", 2);
      assertThat(sink.ids()).containsExactly("one", "one");
    }
  }
}
