package io.leat.proxy.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.fanout.TestSubscriber.Answer;
import io.leat.proxy.fanout.TestSubscriber.Got;
import io.leat.proxy.fanout.delivery.DeliveryLimits;
import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.table.ChannelStorage;
import io.leat.proxy.table.EventChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events beyond the limits of a Channel whose {@code breach} is {@code dead-letter}. */
final class BreachTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final long MOST_BYTES = 256 << 10;
  private static final int EVENTS = 1_000;
  private static final int BATCH = 50;
  private static final int PARALLELISM = 4;

  private final CountDownLatch open = new CountDownLatch(1);
  @TempDir Path folder;

  private void channel(
      ChannelFixture channels, TestSubscriber slow, TestSubscriber letters, boolean ordered) {
    ChannelStorage storage =
        new ChannelStorage(
            "log",
            ChannelStorage.Durability.OS,
            MOST_BYTES,
            Duration.ofDays(7),
            ChannelStorage.Breach.DEAD_LETTER,
            Map.of());
    channels
        .engine()
        .apply(
            List.of(
                new EventChannel(
                    ChannelFixture.id("c"),
                    storage,
                    List.of(
                        Subscribers.calling(
                            "s",
                            slow.uri(),
                            null,
                            Subscribers.parallel(
                                Subscribers.policy(0, Duration.ZERO, letters.uri()),
                                ordered,
                                PARALLELISM))))));
  }

  private TestSubscriber hanging() {
    return TestSubscriber.answering((got, number) -> {
      open.await();
      return Answer.of(202);
    });
  }

  private static void send(ChannelFixture channels, String... more) {
    String[] attributes = new String[more.length + 2];
    System.arraycopy(more, 0, attributes, 2, more.length);
    attributes[0] = "x";
    attributes[1] = "x".repeat(1_000);
    for (int from = 0; from < EVENTS; from += BATCH) {
      channels.send(
          "c",
          IntStream.range(from, from + BATCH)
              .mapToObj(i -> ChannelFixture.event("e" + i, attributes))
              .toArray(CloudEvent[]::new));
    }
  }

  /** Everything came to one of both, and what was given up was not sent. */
  private static void assertNothingIsLost(TestSubscriber slow, TestSubscriber letters) {
    Set<String> lettered = new HashSet<>(letters.ids());
    Set<String> delivered = new HashSet<>(slow.ids());
    Set<String> all = new HashSet<>(lettered);
    all.addAll(delivered);
    assertThat(all).hasSize(EVENTS);
    // What hung too long was sent, and failed as any other try.
    letters.got().stream()
        .filter(each -> each.header("ce-knativeerrorcode").equals("0"))
        .forEach(each -> assertThat(delivered).doesNotContain(each.header("ce-id")));
  }

  @Test
  void theOldestReachTheSinkAlthoughTheSubscriberHangs() {
    try (TestSubscriber letters = TestSubscriber.accepting();
        TestSubscriber slow = hanging();
        ChannelFixture channels =
            new ChannelFixture(new FileLogs(folder), DeliveryLimits.DEFAULT)) {
      channel(channels, slow, letters, false);
      send(channels);
      await().atMost(LONG).until(() -> letters.got().size() > EVENTS / 2);
      await().atMost(LONG).until(() -> channels.backlog("c") < MOST_BYTES / 1_000);
      assertThat(slow.got()).hasSize(PARALLELISM);
      open.countDown();
      await().atMost(LONG).untilAsserted(() -> assertThat(channels.backlog("c")).isZero());
      assertNothingIsLost(slow, letters);
      // How many of the newest stay depends on how long the oldest hang.
      channels.send("c", ChannelFixture.event("after", "x", "y"));
      await().atMost(LONG).until(() -> slow.ids().contains("after"));
      Got letter = letters.got().getFirst();
      assertThat(letter.header("ce-knativeerrorcode")).isEqualTo("0");
      assertThat(letter.header("ce-knativeerrordest")).isEqualTo(slow.uri());
      byte[] data = Base64.getDecoder().decode(letter.header("ce-knativeerrordata"));
      assertThat(new String(data, StandardCharsets.UTF_8)).startsWith("retention: ");
      assertThat(letter.header("ce-x")).hasSize(1_000);
    }
  }

  @Test
  void whatIsInOneLaneIsGivenUpToo() {
    try (TestSubscriber letters = TestSubscriber.accepting();
        TestSubscriber slow = hanging();
        ChannelFixture channels =
            new ChannelFixture(new FileLogs(folder), DeliveryLimits.DEFAULT)) {
      channel(channels, slow, letters, true);
      send(channels, "partitionkey", "k");
      await().atMost(LONG).until(() -> letters.ids().contains("e" + EVENTS / 2));
      open.countDown();
      await().atMost(LONG).untilAsserted(() -> assertThat(channels.backlog("c")).isZero());
      assertNothingIsLost(slow, letters);
    }
  }

  @Test
  void nothingIsLostWhileTheSinkIsAway() {
    CountDownLatch back = new CountDownLatch(1);
    try (TestSubscriber letters =
            TestSubscriber.answering(
                (got, number) -> back.getCount() > 0 ? Answer.of(503) : Answer.of(202));
        TestSubscriber slow = hanging();
        ChannelFixture channels =
            new ChannelFixture(new FileLogs(folder), DeliveryLimits.DEFAULT)) {
      channel(channels, slow, letters, false);
      send(channels);
      await().atMost(LONG).until(() -> new HashSet<>(letters.ids()).size() > EVENTS / 2);
      assertThat(channels.backlog("c")).isEqualTo(EVENTS);
      back.countDown();
      open.countDown();
      await().atMost(LONG).untilAsserted(() -> assertThat(channels.backlog("c")).isZero());
      assertNothingIsLost(slow, letters);
    }
  }
}
