package io.leat.proxy.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.fanout.TestSubscriber.Answer;
import io.leat.proxy.fanout.TestSubscriber.Got;
import io.leat.proxy.fanout.account.DeliveryOutcome;
import io.leat.proxy.fanout.delivery.DeliveryLimits;
import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.table.AggregatePolicy;
import io.leat.proxy.table.DeliveryPolicy;
import io.leat.proxy.table.SubscriptionRole;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The five roles over real sockets, and the chains that they form. */
final class RolesTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final TestSubscriber sink = TestSubscriber.accepting();
  private final TestSubscriber letters = TestSubscriber.accepting();
  private final DeliveryPolicy lettered = Subscribers.policy(0, Duration.ZERO, letters.uri());
  private final ChannelFixture channels = new ChannelFixture();

  @TempDir Path folder;

  @AfterEach
  void close() {
    channels.close();
    sink.close();
    letters.close();
  }

  private void finished(String channel) {
    await().atMost(LONG).untilAsserted(() -> assertThat(channels.backlog(channel)).isZero());
  }

  private static String data(Got letter) {
    return new String(
        Base64.getDecoder().decode(letter.header("ce-knativeerrordata")),
        java.nio.charset.StandardCharsets.UTF_8);
  }

  @Test
  void aFilterPassesTheOriginalByteForByte() {
    Answer passes = new Answer(200, Map.of("content-type", "application/json"), "true");
    Answer tampers = Answer.event("tampered", "{\"other\":1}");
    Answer drops = new Answer(200, Map.of("content-type", "application/json"), "false");
    Answer garbage = new Answer(200, Map.of("content-type", "text/html"), "<html>");
    try (TestSubscriber filter =
        TestSubscriber.answering((got, number) ->
            switch (got.header("ce-id")) {
              case "passed" -> passes;
              case "tampered" -> tampers;
              case "dropped" -> drops;
              case "empty" -> Answer.of(204);
              default -> garbage;
            })) {
      channels.channel(
          "c",
          Subscribers.playing("s", SubscriptionRole.FILTER, filter.uri(), sink.uri(), lettered));
      channels.send(
          "c",
          ChannelFixture.event("passed", "extra", "1"),
          ChannelFixture.event("tampered", "extra", "2"),
          ChannelFixture.event("dropped"),
          ChannelFixture.event("empty"),
          ChannelFixture.event("garbage"));
      finished("c");
      assertThat(sink.ids()).containsExactlyInAnyOrder("passed", "tampered");
      for (Got got : sink.got()) {
        assertThat(got.text()).isEqualTo("\"" + got.header("ce-id") + "\"");
        assertThat(got.header("ce-source")).isEqualTo("testsource");
        assertThat(got.header("ce-extra")).isNotEmpty();
      }
      assertThat(letters.ids()).containsExactly("garbage");
      assertThat(data(letters.got().getFirst())).startsWith("no_verdict");
      assertThat(channels.counted("c", "s", DeliveryOutcome.VIOLATION)).isEqualTo(1);
    }
  }

  @ParameterizedTest(name = "routes \"{0}\", default {1}: a {2}, b {3}, default {4}, letters {5}")
  @CsvSource({
    "a, false, 1, 0, 0, 0",
    "'a, b', false, 1, 1, 0, 0",
    "'a, b, a', true, 1, 1, 0, 0",
    "'', true, 0, 0, 1, 0",
    "'', false, 0, 0, 0, 0",
    "unknown, true, 0, 0, 1, 0",
    "unknown, false, 0, 0, 0, 1"
  })
  void aRouterNamesItsRoutes(String names, boolean byDefault, int a, int b, int other, int lost) {
    Answer answer =
        names.isEmpty() ? Answer.of(200) : new Answer(200, Map.of("Knative-Route", names), "");
    try (TestSubscriber router = TestSubscriber.answering(answer);
        TestSubscriber toA = TestSubscriber.accepting();
        TestSubscriber toB = TestSubscriber.accepting()) {
      channels.channel(
          "c",
          Subscribers.routing(
              "s",
              router.uri(),
              Map.of("a", toA.uri(), "b", toB.uri()),
              byDefault ? sink.uri() : null,
              lettered));
      channels.send("c", ChannelFixture.event("e"));
      finished("c");
      assertThat(toA.got()).hasSize(a);
      assertThat(toB.got()).hasSize(b);
      assertThat(sink.got()).hasSize(other);
      assertThat(letters.got()).hasSize(lost);
      for (TestSubscriber each : List.of(toA, toB, sink)) {
        each.got().forEach(got -> assertThat(got.headers()).doesNotContainKey("knative-route"));
      }
    }
  }

  @Test
  void theRouterIsCalledOnceAlthoughOneRouteFailsThreeTimes() {
    Answer both = new Answer(200, Map.of("Knative-Route", "a,b"), "");
    try (TestSubscriber router = TestSubscriber.answering(both);
        TestSubscriber toA = TestSubscriber.accepting();
        TestSubscriber toB =
            TestSubscriber.answering((got, number) -> Answer.of(number <= 3 ? 503 : 202))) {
      channels.channel(
          "c",
          Subscribers.routing(
              "s",
              router.uri(),
              Map.of("a", toA.uri(), "b", toB.uri()),
              null,
              Subscribers.policy(5, Duration.ofMillis(1), letters.uri())));
      channels.send("c", ChannelFixture.event("e"));
      finished("c");
      assertThat(router.got()).hasSize(1);
      assertThat(toA.got()).hasSize(1);
      assertThat(toB.got()).hasSize(4);
      assertThat(letters.got()).isEmpty();
    }
  }

  private static Answer batch(int size) {
    List<String> elements = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      elements.add(
          "{\"specversion\":\"1.0\",\"id\":\"part-"
              + i
              + "\",\"source\":\"splitter\",\"type\":\"part\",\"data\":"
              + i
              + "}");
    }
    return new Answer(
        200,
        Map.of("content-type", "application/cloudevents-batch+json"),
        "[" + String.join(",", elements) + "]");
  }

  @Test
  void aSplitterIsCalledOnceAndItsPartsAreInOrderAlsoWhenSomeFail() {
    try (TestSubscriber splitter = TestSubscriber.answering(batch(40));
        TestSubscriber parts =
            TestSubscriber.answering((got, number) -> Answer.of(number <= 2 ? 503 : 202))) {
      DeliveryPolicy policy =
          Subscribers.parallel(Subscribers.policy(3, Duration.ZERO, letters.uri()), false, 1);
      channels.channel(
          "c",
          Subscribers.playing("s", SubscriptionRole.SPLITTER, splitter.uri(), parts.uri(), policy));
      channels.send("c", ChannelFixture.event("whole"));
      finished("c");
      assertThat(splitter.got()).hasSize(1);
      Got asked = splitter.got().getFirst();
      assertThat(asked.header("prefer")).isEqualTo("reply, max-events=1000");
      assertThat(asked.header("accept")).contains("application/cloudevents-batch+json");
      // A part that failed is tried again alone: the others do not wait for it.
      List<String> indexes =
          parts.got().stream().map(got -> got.header("ce-knativesplitindex")).distinct().toList();
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        expected.add(Integer.toString(i));
      }
      assertThat(indexes).isEqualTo(expected);
      assertThat(parts.got()).hasSize(42);
      Got part = parts.got().getLast();
      assertThat(part.header("ce-knativesplitsize")).isEqualTo("40");
      assertThat(part.header("ce-causationid")).isEqualTo("whole");
    }
  }

  @Test
  void aSplitIsAggregatedToOneAlsoWhenTheProcessDiesInBetween() throws Exception {
    int size = 100;
    CountDownLatch restarted = new CountDownLatch(1);
    try (TestSubscriber splitter = TestSubscriber.answering(batch(size));
        TestSubscriber aggregator = TestSubscriber.answering(Answer.event("aggregate", "\"all\""));
        ChannelFixture own = new ChannelFixture(new FileLogs(folder), DeliveryLimits.DEFAULT);
        TestSubscriber gate =
            TestSubscriber.answering((got, number) -> {
              if (number > size / 2) {
                restarted.await();
              }
              return Answer.event(
                  got.header("ce-id"),
                  got.text(),
                  "ce-knativesplitid",
                  got.header("ce-knativesplitid"),
                  "ce-knativesplitindex",
                  got.header("ce-knativesplitindex"),
                  "ce-knativesplitsize",
                  got.header("ce-knativesplitsize"));
            })) {
      DeliveryPolicy policy = Subscribers.policy(3, Duration.ZERO, letters.uri());
      AggregatePolicy whole = new AggregatePolicy(null, AggregatePolicy.AS_SPLIT, null, null, true);
      own.channel(
              "split",
              Subscribers.playing(
                  "s",
                  SubscriptionRole.SPLITTER,
                  splitter.uri(),
                  ChannelFixture.uri("gate"),
                  policy))
          .channel("gate", Subscribers.calling("g", gate.uri(), ChannelFixture.uri("join"), policy))
          .channel(
              "join", Subscribers.aggregating("a", aggregator.uri(), sink.uri(), whole, policy));
      own.send("split", ChannelFixture.event("whole"));
      await().atMost(LONG).until(() -> gate.got().size() >= size / 2);
      assertThat(aggregator.got()).isEmpty();
      own.restart(new FileLogs(folder));
      restarted.countDown();
      await().atMost(LONG).until(() -> !sink.got().isEmpty());
      await()
          .atMost(LONG)
          .untilAsserted(() -> {
            assertThat(own.backlog("split")).isZero();
            assertThat(own.backlog("gate")).isZero();
          });
      assertThat(splitter.got()).hasSize(1);
      assertThat(aggregator.got()).hasSize(1);
      String members = aggregator.got().getFirst().text();
      for (int i = 0; i < size; i++) {
        assertThat(members).contains("\"part-" + i + "\"");
      }
      assertThat(sink.ids()).containsExactly("aggregate");
      assertThat(letters.got()).isEmpty();
    }
  }

  @Test
  void aGroupWhoseOutcomeIsDurableIsNotHandedOverAgainAfterARestart() {
    try (TestSubscriber aggregator =
            TestSubscriber.answering(Answer.event("aggregate", "\"all\""));
        ChannelFixture own = new ChannelFixture(new FileLogs(folder), DeliveryLimits.DEFAULT)) {
      AggregatePolicy two = new AggregatePolicy("group", 2, null, null, true);
      own.channel("c", Subscribers.aggregating("a", aggregator.uri(), sink.uri(), two, lettered));
      own.send("c", ChannelFixture.event("1", "group", "g"));
      own.send("c", ChannelFixture.event("2", "group", "g"));
      own.send("c", ChannelFixture.event("3", "group", "open"));
      await().atMost(LONG).until(() -> sink.got().size() == 1);
      own.restart(new FileLogs(folder));
      own.send("c", ChannelFixture.event("4", "group", "open"));
      own.send("c", ChannelFixture.event("5", "group", "g"));
      await().atMost(LONG).until(() -> sink.got().size() == 2 && letters.got().size() == 1);
      assertThat(aggregator.got()).hasSize(2);
      assertThat(aggregator.got().get(0).text()).contains("\"1\"", "\"2\"");
      assertThat(aggregator.got().get(1).text()).contains("\"3\"", "\"4\"");
      assertThat(data(letters.got().getFirst())).startsWith("late");
      assertThat(letters.ids()).containsExactly("5");
    }
  }

  @Test
  void aGroupThatTimesOutIsHandedOverInPart() {
    try (TestSubscriber aggregator =
        TestSubscriber.answering(Answer.event("aggregate", "\"some\""))) {
      AggregatePolicy soon = new AggregatePolicy("group", 5, Duration.ofMillis(200), null, true);
      channels.channel(
          "c", Subscribers.aggregating("a", aggregator.uri(), sink.uri(), soon, lettered));
      channels.send(
          "c",
          ChannelFixture.event("1", "group", "g"),
          ChannelFixture.event("1", "group", "g"),
          ChannelFixture.event("2", "group", "g"),
          ChannelFixture.event("without"));
      await().atMost(LONG).until(() -> sink.got().size() == 1);
      String members = aggregator.got().getFirst().text();
      assertThat(members).contains("\"knativeaggregatepartial\":\"true\"");
      assertThat(members.split("testsource", -1)).hasSize(3);
      assertThat(letters.ids()).containsExactly("without");
      assertThat(data(letters.got().getFirst())).startsWith("no_group");
    }
  }

  @Test
  void anEventThatGoesInCirclesEndsInTheDeadLettersWithItsPath() {
    channels
        .channel("a", Subscribers.calling("s", null, ChannelFixture.uri("b"), lettered))
        .channel("b", Subscribers.calling("s", null, ChannelFixture.uri("a"), lettered));
    channels.send("a", ChannelFixture.event("e"));
    await().atMost(LONG).until(() -> letters.got().size() == 1);
    Got letter = letters.got().getFirst();
    assertThat(letter.header("ce-knativeerrorcode")).isEqualTo("508");
    assertThat(data(letter)).startsWith("hops: default/a > default/b > default/a > default/b");
    assertThat(channels.counted("a", "s", DeliveryOutcome.DELIVERED)).isEqualTo(17);
    assertThat(channels.backlog("a") + channels.backlog("b")).isZero();
  }

  @Test
  void aChainOfFiveChannelsInOneProcessHasNoDuplicates() {
    for (int i = 0; i < 5; i++) {
      String to = i == 4 ? sink.uri() : ChannelFixture.uri("c" + (i + 1));
      channels.channel("c" + i, Subscribers.calling("s", null, to, lettered));
    }
    List<CloudEvent> events = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      events.add(ChannelFixture.event("e" + i));
    }
    channels.send("c0", events.toArray(new CloudEvent[0]));
    await().atMost(LONG).until(() -> sink.got().size() == 200);
    for (int i = 0; i < 5; i++) {
      finished("c" + i);
    }
    assertThat(new HashSet<>(sink.ids())).hasSize(200);
    assertThat(sink.got()).hasSize(200);
    assertThat(sink.got().getFirst().header("knative-hops"))
        .isEqualTo("default/c0, default/c1, default/c2, default/c3, default/c4");
  }
}
