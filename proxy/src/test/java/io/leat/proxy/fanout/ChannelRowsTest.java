package io.leat.proxy.fanout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.fanout.ChannelFixture.Answered;
import io.leat.proxy.fanout.TestSubscriber.Answer;
import io.leat.proxy.fanout.TestSubscriber.Got;
import io.leat.proxy.fanout.account.DeliveryOutcome;
import io.leat.proxy.fanout.delivery.DeliveryLimits;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.DeliveryPolicy;
import io.leat.proxy.table.SubscriptionRole;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Promises of Channels that no other test shows as a whole; {@code docs/internals/channel-rows.md}
 * says which is which.
 */
final class ChannelRowsTest {
  private static final DeliveryPolicy ONCE = Subscribers.policy(0, Duration.ZERO, null);
  private static final Duration LONG = Duration.ofSeconds(60);
  @TempDir Path folder;
  private final ChannelFixture channels = new ChannelFixture();
  private final TestSubscriber sink = TestSubscriber.accepting();
  private final TestSubscriber letters = TestSubscriber.accepting();

  @AfterEach
  void close() {
    channels.close();
    sink.close();
    letters.close();
  }

  private static String binary(String id) {
    return "ce-specversion: 1.0\r\nce-id: "
        + id
        + "\r\nce-source: /s\r\nce-type: t\r\nce-note: gr%C3%BCn\r\n"
        + "content-type: application/octet-stream\r\n";
  }

  private static String structured(String id, String data) {
    return """
    {"specversion":"1.0","id":"%s","source":"/s","type":"t","note":"gr\u00fcn",\
    "datacontenttype":"application/octet-stream","data_base64":"%s"}\
    """
        .formatted(id, data);
  }

  private Answered post(String type, byte[] body) {
    return post("content-type: " + type + "\r\n", body, body.length);
  }

  private Answered post(String fields, byte[] body, int length) {
    String head = "POST / HTTP/1.1\r\nHost: c.default.example\r\n" + fields;
    return channels.request("c", head + "Content-Length: " + length + "\r\n\r\n", body);
  }

  private void finished(ChannelFixture of, String channel) {
    await().atMost(LONG).untilAsserted(() -> assertThat(of.backlog(channel)).isZero());
  }

  @Test
  void eachOfTheThreeModesIsDeliveredIdentical() {
    channels.channel("c", Subscribers.calling("s", sink.uri(), null, ONCE));
    byte[] data = new byte[4096];
    new Random(7).nextBytes(data);
    String coded = Base64.getEncoder().encodeToString(data);
    assertThat(post(binary("binary"), data, data.length).status()).isEqualTo(202);
    String structured = structured("structured", coded);
    assertThat(post("application/cloudevents+json", structured.getBytes(UTF_8)).status())
        .isEqualTo(202);
    String batch = "[" + structured("batched1", coded) + "," + structured("batched2", coded) + "]";
    assertThat(post("application/cloudevents-batch+json", batch.getBytes(UTF_8)).status())
        .isEqualTo(202);
    await().atMost(LONG).until(() -> sink.got().size() == 4);
    assertThat(sink.ids())
        .containsExactlyInAnyOrder("binary", "structured", "batched1", "batched2");
    for (Got got : sink.got()) {
      assertThat(got.body()).as(got.header("ce-id")).isEqualTo(data);
      assertThat(got.header("content-type")).isEqualTo("application/octet-stream");
      assertThat(got.header("ce-note")).isEqualTo("gr%C3%BCn");
      assertThat(got.header("ce-source")).isEqualTo("/s");
      assertThat(got.header("ce-type")).isEqualTo("t");
    }
  }

  @Test
  void aBatchOfThreeWithOneBadIsRefusedAndNothingOfItIsStored() {
    channels.channel("c", Subscribers.calling("s", sink.uri(), null, ONCE));
    for (int bad = 0; bad < 3; bad++) {
      List<String> three = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        three.add(i == bad ? "{\"specversion\":\"1.0\",\"id\":\"x\"}" : structured("e" + i, ""));
      }
      byte[] batch = three.toString().getBytes(UTF_8);
      Answered answered = post("application/cloudevents-batch+json", batch);
      assertThat(answered.status()).isEqualTo(400);
      assertThat(answered.text()).contains("leat_event_unreadable");
    }
    assertThat(channels.engine().kept(ChannelFixture.id("c"), new CursorStart.Beginning(), 10))
        .isEmpty();
    ChannelCounts counts = channels.engine().counts().getFirst();
    assertThat(counts.accepted()).isZero();
    assertThat(sink.got()).isEmpty();
  }

  @Test
  void theSameIdOfTwoSourcesIsTwoEvents() {
    channels.channel("c", Subscribers.calling("s", sink.uri(), null, ONCE));
    String fields = binary("same");
    assertThat(post(fields, new byte[0], 0).status()).isEqualTo(202);
    assertThat(post(fields.replace("/s", "/other"), new byte[0], 0).status()).isEqualTo(202);
    await().atMost(LONG).until(() -> sink.got().size() == 2);
    assertThat(sink.got().stream().map(got -> got.header("ce-source")).toList())
        .containsExactlyInAnyOrder("/s", "/other");
  }

  @Test
  void anUnreachableSubscriberIsNamedInTheDeadLetter() {
    int closed;
    try (TestSubscriber gone = TestSubscriber.accepting()) {
      closed = gone.port();
    }
    String uri = "http://127.0.0.1:" + closed + "/";
    Got letter = deadLetter(uri);
    assertThat(letter.header("ce-knativeerrordest")).isEqualTo(uri);
    assertThat(letter.header("ce-knativeerrorcode")).isEqualTo("502");
    assertThat(data(letter)).isEqualTo("the endpoint refused the connection");
  }

  @ParameterizedTest(name = "422 with \"{0}\"")
  @ValueSource(strings = {"", "not \u00fcnderstood\r\n"})
  void anAnswerOf422IsInTheDeadLetterWithItsData(String body) {
    try (TestSubscriber picky = TestSubscriber.answering(Answer.of(422, body))) {
      Got letter = deadLetter(picky.uri());
      assertThat(letter.header("ce-knativeerrordest")).isEqualTo(picky.uri());
      assertThat(letter.header("ce-knativeerrorcode")).isEqualTo("422");
      assertThat(data(letter)).isEqualTo(body);
    }
  }

  private Got deadLetter(String call) {
    DeliveryPolicy lettered = Subscribers.policy(0, Duration.ZERO, letters.uri());
    channels.channel("c", Subscribers.calling("s", call, null, lettered));
    channels.send("c", ChannelFixture.event("e"));
    await().atMost(LONG).until(() -> letters.got().size() == 1);
    Got letter = letters.got().getFirst();
    assertThat(letter.header("ce-id")).isEqualTo("e");
    assertThat(letter.text()).isEqualTo("\"e\"");
    return letter;
  }

  private static String data(Got letter) {
    return new String(Base64.getDecoder().decode(letter.header("ce-knativeerrordata")), UTF_8);
  }

  @Test
  void fieldsOfTheActivatorAndOfRoutersCrossNoHop() {
    Answer leaky =
        Answer.event(
            "answer",
            "{}",
            "Knative-Serving-Revision",
            "r-1",
            "Knative-Serving-Namespace",
            "ns",
            "Knative-Route",
            "a",
            "K-Network-Hash",
            "h",
            "X-Forwarded-For",
            "10.0.0.1",
            "Set-Cookie",
            "secret",
            "Server-Timing",
            "upstream;dur=1",
            "x-request-id",
            "passes");
    try (TestSubscriber function = TestSubscriber.answering(leaky)) {
      channels
          .channel("c", Subscribers.calling("s", function.uri(), ChannelFixture.uri("d"), ONCE))
          .channel("d", Subscribers.calling("t", sink.uri(), null, ONCE));
      assertThat(channels.post("c", ChannelFixture.event("e")).status()).isEqualTo(202);
      await().atMost(LONG).until(() -> sink.got().size() == 1);
    }
    Got got = sink.got().getFirst();
    assertThat(got.header("x-request-id")).isEqualTo("passes");
    Set<String> names = new TreeSet<>(got.headers().keySet());
    names.removeIf(name -> name.startsWith("ce-"));
    assertThat(
            Set.of(
                "host",
                "content-type",
                "content-length",
                "prefer",
                "kn-namespace",
                "knative-hops",
                "x-request-id"))
        .containsAll(names);
  }

  @Test
  void aTraceGoesThroughAChainOfThree() {
    String parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    List<TestSubscriber> functions = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        functions.add(TestSubscriber.answering(Answer.event("answer" + i, "{}")));
        String next = i == 2 ? sink.uri() : ChannelFixture.uri("c" + (i + 1));
        channels.channel("c" + i, Subscribers.calling("s", functions.get(i).uri(), next, ONCE));
      }
      assertThat(
              channels
                  .post(
                      "c0",
                      ChannelFixture.event("e"),
                      "traceparent",
                      parent,
                      "tracestate",
                      "vendor=1")
                  .status())
          .isEqualTo(202);
      await().atMost(LONG).until(() -> sink.got().size() == 1);
      for (TestSubscriber each : functions) {
        assertThat(each.got()).hasSize(1);
        assertThat(each.got().getFirst().header("traceparent")).isEqualTo(parent);
        assertThat(each.got().getFirst().header("tracestate")).isEqualTo("vendor=1");
      }
      assertThat(sink.got().getFirst().header("traceparent")).isEqualTo(parent);
      assertThat(sink.got().getFirst().header("knative-hops"))
          .isEqualTo("default/c0, default/c1, default/c2");
    } finally {
      functions.forEach(TestSubscriber::close);
    }
  }

  @Test
  void anAnswerThatSaysItsSpanIsTheParentOfTheNextHop() {
    String parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    String child = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01";
    try (TestSubscriber function =
        TestSubscriber.answering(Answer.event("answer", "{}", "traceparent", child))) {
      channels
          .channel("c", Subscribers.calling("s", function.uri(), ChannelFixture.uri("d"), ONCE))
          .channel("d", Subscribers.calling("t", sink.uri(), null, ONCE));
      channels.post("c", ChannelFixture.event("e"), "traceparent", parent);
      await().atMost(LONG).until(() -> sink.got().size() == 1);
      assertThat(function.got().getFirst().header("traceparent")).isEqualTo(parent);
      assertThat(sink.got().getFirst().header("traceparent")).isEqualTo(child);
    }
  }

  @Test
  void aThousandPartsComeInOrderAndADeathInBetweenCallsTheSplitterNotAgain() {
    int size = 1000;
    CountDownLatch never = new CountDownLatch(1);
    AtomicInteger life = new AtomicInteger();
    StringBuilder parts = new StringBuilder();
    for (int i = 0; i < size; i++) {
      parts.append(i == 0 ? "[" : ",").append("{\"specversion\":\"1.0\",\"type\":\"part\"}");
    }
    Answer batch =
        new Answer(200, Map.of("content-type", "application/cloudevents-batch+json"), parts + "]");
    try (TestSubscriber splitter = TestSubscriber.answering(batch);
        TestSubscriber slow =
            TestSubscriber.answering((got, number) -> {
              if (number == 300 && life.get() == 0) {
                never.await();
              }
              return Answer.of(202);
            });
        ChannelFixture own = new ChannelFixture(new FileLogs(folder), DeliveryLimits.DEFAULT)) {
      DeliveryPolicy single = Subscribers.parallel(ONCE, false, 1);
      own.channel(
          "c",
          Subscribers.playing("s", SubscriptionRole.SPLITTER, splitter.uri(), slow.uri(), single));
      own.send("c", ChannelFixture.event("whole"));
      await().atMost(LONG).until(() -> slow.got().size() == 300);
      life.set(1);
      own.restart(new FileLogs(folder));
      finished(own, "c");
      assertThat(splitter.got()).hasSize(1);
      List<Integer> expected = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        expected.add(i);
      }
      Set<Integer> first = new LinkedHashSet<>();
      slow.got().forEach(got -> first.add(Integer.parseInt(got.header("ce-knativesplitindex"))));
      assertThat(List.copyOf(first)).as("first arrivals").isEqualTo(expected);
      assertThat(slow.got())
          .allSatisfy(got -> assertThat(got.header("ce-knativesplitsize")).isEqualTo("1000"));
      never.countDown();
    }
  }

  @Test
  void aPausedSubscriptionKeepsItsPlace() {
    try (ChannelFixture own = new ChannelFixture(new FileLogs(folder), DeliveryLimits.DEFAULT);
        TestSubscriber other = TestSubscriber.accepting()) {
      ChannelSubscriber active = Subscribers.calling("s", sink.uri(), null, ONCE);
      ChannelSubscriber beside = Subscribers.calling("t", other.uri(), null, ONCE);
      own.channel("c", active, beside);
      own.send("c", ChannelFixture.event("before"));
      await().atMost(LONG).until(() -> sink.got().size() == 1);
      own.channel("c", paused(active), beside);
      for (int i = 0; i < 5; i++) {
        own.send("c", ChannelFixture.event("e" + i));
      }
      await().atMost(LONG).until(() -> other.got().size() == 6);
      own.restart(new FileLogs(folder));
      own.send("c", ChannelFixture.event("e5"));
      await().atMost(LONG).until(() -> other.got().size() == 7);
      assertThat(sink.ids()).containsExactly("before");
      assertThat(own.backlog("c")).isEqualTo(6);
      own.channel("c", active, beside);
      finished(own, "c");
      assertThat(new HashSet<>(sink.ids()))
          .isEqualTo(Set.of("before", "e0", "e1", "e2", "e3", "e4", "e5"));
      assertThat(sink.got()).hasSize(7);
    }
  }

  @Test
  void aPausedSubscriptionThatIsDeletedDeliversWhatItHas() {
    ChannelSubscriber active = Subscribers.calling("s", sink.uri(), null, ONCE);
    channels.channel("c", paused(active));
    channels.send("c", ChannelFixture.event("e"));
    channels.channel("c");
    await().atMost(LONG).until(() -> sink.ids().equals(List.of("e")));
    await()
        .atMost(LONG)
        .until(() -> channels.engine().counts().getFirst().subscriptions().isEmpty());
  }

  private static ChannelSubscriber paused(ChannelSubscriber one) {
    return new ChannelSubscriber(
        one.uid(),
        one.name(),
        one.generation(),
        one.role(),
        one.call(),
        one.reply(),
        one.routes(),
        one.delivery(),
        one.aggregate(),
        one.attributesOnly(),
        one.splitPath(),
        one.drains(),
        true);
  }

  @Test
  void replayBeginsAtAnOffsetOrATime() {
    channels.channel("c", Subscribers.calling("s", sink.uri(), null, ONCE));
    // Somebody else who is behind keeps the events.
    channels.engine().followers().follow(ChannelFixture.id("c"), "keeper").read(1);
    for (int i = 0; i < 3; i++) {
      channels.send("c", ChannelFixture.event("a" + i));
    }
    finished(channels, "c");
    List<KeptEvent> kept =
        channels.engine().kept(ChannelFixture.id("c"), new CursorStart.Beginning(), 10);
    assertThat(kept).hasSize(3);
    channels
        .engine()
        .replay(ChannelFixture.id("c"), "s", new CursorStart.Offset(kept.get(1).offset()));
    await().atMost(LONG).until(() -> sink.got().size() == 5);
    assertThat(sink.ids().subList(3, 5)).containsExactlyInAnyOrder("a1", "a2");
    long last = kept.get(2).timestamp();
    await().until(() -> System.currentTimeMillis() > last);
    channels.send("c", ChannelFixture.event("late"));
    await().atMost(LONG).until(() -> sink.ids().contains("late"));
    channels.engine().replay(ChannelFixture.id("c"), "s", new CursorStart.Time(last + 1));
    await().atMost(LONG).until(() -> sink.got().size() == 7);
    assertThat(sink.ids().subList(5, 7)).containsExactly("late", "late");
  }

  @Test
  void randomFailuresLoseNothingForAnySubscriber() {
    long seed = Long.getLong("leat.seed", System.nanoTime());
    System.out.println("ChannelRowsTest: -Dleat.seed=" + seed);
    Random random = new Random(seed);
    int count = 300;
    List<TestSubscriber> flaky = new ArrayList<>();
    try (ChannelFixture own = new ChannelFixture(new FileLogs(folder), DeliveryLimits.DEFAULT)) {
      List<ChannelSubscriber> subscribers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        flaky.add(
            TestSubscriber.answering((got, number) -> {
              synchronized (random) {
                return Answer.of(random.nextInt(3) == 0 ? 500 + random.nextInt(5) : 202);
              }
            }));
        DeliveryPolicy stubborn = Subscribers.policy(1_000_000, Duration.ofMillis(1), null);
        subscribers.add(Subscribers.calling("s" + i, flaky.get(i).uri(), null, stubborn));
      }
      own.channel("c", subscribers.toArray(ChannelSubscriber[]::new));
      Set<String> sent = new HashSet<>();
      for (int i = 0; i < count; i++) {
        own.send("c", ChannelFixture.event("e" + i));
        sent.add("e" + i);
        if (i % 100 == 50) {
          own.restart(new FileLogs(folder));
        }
      }
      finished(own, "c");
      for (TestSubscriber each : flaky) {
        assertThat(new HashSet<>(each.ids())).as("seed %d", seed).isEqualTo(sent);
      }
      for (int i = 0; i < 4; i++) {
        assertThat(own.counted("c", "s" + i, DeliveryOutcome.DROPPED)).isZero();
      }
    } finally {
      flaky.forEach(TestSubscriber::close);
    }
  }

  @Test
  void boundsOfTheProcessAreStrongerThanThoseOfASubscription() {
    DeliveryPolicy wide =
        Subscribers.parallel(Subscribers.policy(9, Duration.ZERO, null), true, 50);
    ChannelSubscriber asks = Subscribers.calling("s", "http://a/", null, wide);
    var channel =
        new io.leat.proxy.table.EventChannel(
            ChannelFixture.id("c"),
            io.leat.proxy.table.ChannelStorage.DEFAULT,
            Arrays.asList(asks, Subscribers.calling("t", "http://b/", null, ONCE)));
    DeliveryPolicy got = channel.atMost(2, 7).subscribers().getFirst().delivery();
    assertThat(got.retries()).isEqualTo(2);
    assertThat(got.parallelism()).isEqualTo(7);
    assertThat(got.ordered()).isTrue();
    assertThat(channel.atMost(9, 64)).isSameAs(channel);
  }
}
