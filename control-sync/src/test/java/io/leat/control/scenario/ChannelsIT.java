package io.leat.control.scenario;

import static io.leat.control.scenario.ChannelManifests.subscription;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.cli.Leat;
import io.leat.proxy.telemetry.Promtool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first five minutes with Channels. */
class ChannelsIT {
  private static final byte[] NOTHING = new byte[0];

  @TempDir static Path dir;
  private static final EventReceiver receiver = new EventReceiver();
  private static @Nullable LeatProcess running;

  /** Every test has Channels of its own, which begin with its name. */
  private String name = "";

  @BeforeAll
  static void start() throws IOException {
    Path folder = Files.createDirectories(dir.resolve("manifests"));
    running = LeatProcess.run(dir.resolve("state"), "-f", folder.toString());
  }

  @AfterAll
  static void stop() {
    leat().kill();
    leat().close();
    receiver.close();
  }

  private static LeatProcess leat() {
    return Objects.requireNonNull(running);
  }

  private static Path manifest(String name) {
    return dir.resolve("manifests").resolve(name + ".yaml");
  }

  /** Orders that are billed and archived; bills are paid, and failures of the archive looked at. */
  private void write(String test) throws IOException {
    name = test;
    Files.writeString(manifest(name), orders());
    soon()
        .until(() ->
            leat()
                    .admin("/metrics")
                    .body()
                    .lines()
                    .filter(line ->
                        line.startsWith("leat_channel_backlog_events{channel=\"default/" + name))
                    .count()
                == 4);
    receiver.on(
        path("bill"), event -> new EventReceiver.Reply(200, bill(event), "paid".getBytes(UTF_8)));
  }

  private String orders() {
    String orders = name + "-orders";
    String bills = name + "-bills";
    String failures = name + "-failures";
    return ChannelManifests.channel(orders)
        + ChannelManifests.channel(bills)
        + ChannelManifests.channel(failures)
        + subscription(name + "-billing", orders).call(receiver.url(path("bill"))).result(bills)
        + subscription(name + "-archive", orders)
            .call(receiver.url(path("archive")))
            .deadLetters(2, failures)
        + subscription(name + "-payer", bills).call(receiver.url(path("pay")))
        + subscription(name + "-clerk", failures).call(receiver.url(path("clerk")));
  }

  private String path(String of) {
    return name + "/" + of;
  }

  /** What came to the archive under an id; events of different ids come in any order. */
  private EventReceiver.Got archived(String id) {
    return receiver.got(path("archive")).stream()
        .filter(got -> got.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private String host() {
    return ChannelManifests.host(name + "-orders");
  }

  private static Map<String, String> bill(EventReceiver.Got order) {
    return Map.of(
        "ce-specversion", "1.0",
        "ce-id", "bill-" + order.id(),
        "ce-source", "/bills",
        "ce-type", "bill",
        "content-type", "text/plain");
  }

  private static ConditionFactory soon() {
    return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20));
  }

  private static String run(int code, String... words) {
    List<String> all = new ArrayList<>(Arrays.asList(words));
    all.addAll(List.of("--server", leat().admin()));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int said = Leat.execute(out, err, all.toArray(String[]::new));
    assertThat(said).as(err.toString(UTF_8)).isEqualTo(code);
    return out.toString(UTF_8);
  }

  private static String batch(String... ids) {
    List<String> events = new ArrayList<>();
    for (String id : ids) {
      events.add(json(id));
    }
    return "[" + String.join(",", events) + "]";
  }

  private static String json(String id) {
    return """
    {"specversion":"1.0","id":"%s","source":"/test","type":"order","data":{"sum":7}}\
    """
        .formatted(id);
  }

  private KeepAliveClient.Answer send(KeepAliveClient client, String type, String body)
      throws IOException {
    return client.request("POST", host(), body.getBytes(UTF_8), "content-type", type);
  }

  @Test
  void eventsOfEveryModeReachBothSubscribersAndWhatFollowsFromThem() throws Exception {
    write("modes");
    receiver.on(
        path("archive"), event -> EventReceiver.Reply.of(event.id().equals("bad") ? 500 : 202));
    try (KeepAliveClient client = new KeepAliveClient(leat().httpPort())) {
      assertThat(client.event(host(), "binary", "data".getBytes(UTF_8)).status()).isEqualTo(202);
      assertThat(send(client, "application/cloudevents+json", json("structured")).status())
          .isEqualTo(202);
      assertThat(
              send(client, "application/cloudevents-batch+json; charset=utf-8", batch("b1", "b2"))
                  .status())
          .isEqualTo(202);
      assertThat(client.event(host(), "bad", NOTHING).status()).isEqualTo(202);
      List<String> all = List.of("binary", "structured", "b1", "b2", "bad");
      soon()
          .untilAsserted(() -> {
            assertThat(receiver.ids(path("bill"))).containsExactlyInAnyOrderElementsOf(all);
            assertThat(receiver.ids(path("archive")))
                .containsExactlyInAnyOrder("binary", "structured", "b1", "b2", "bad", "bad", "bad");
            assertThat(receiver.ids(path("pay")))
                .containsExactlyInAnyOrderElementsOf(all.stream().map(id -> "bill-" + id).toList());
            assertThat(receiver.ids(path("clerk"))).containsExactly("bad");
          });
      EventReceiver.Got binary = archived("binary");
      assertThat(binary.body()).asString().isEqualTo("data");
      assertThat(binary.headers())
          .containsEntry("ce-type", "test.event")
          .containsEntry("content-type", "application/octet-stream")
          .containsEntry("kn-namespace", "default");
      assertThat(receiver.got(path("clerk")).element().headers())
          .containsEntry("ce-knativeerrorcode", "500")
          .containsEntry("ce-knativeerrordest", receiver.url(path("archive")));
      soon().untilAsserted(() -> metricsOfFiveEvents());
    }
  }

  private void metricsOfFiveEvents() {
    String deliveries = "leat_deliveries_total";
    String orders = "channel=\"default/" + name + "-orders\"";
    String archive = "subscription=\"default/" + name + "-archive\"";
    assertThat(leat().metric("leat_channel_events_total", orders, "outcome=\"accepted\""))
        .isEqualTo(5);
    assertThat(leat().metric(deliveries, orders, archive, "\"delivered\"")).isEqualTo(4);
    assertThat(leat().metric(deliveries, orders, archive, "\"retried\"")).isEqualTo(2);
    assertThat(leat().metric(deliveries, orders, archive, "\"dead_lettered\"")).isEqualTo(1);
    assertThat(leat().metric(deliveries, orders, name + "-billing", "\"forwarded\"")).isEqualTo(5);
    assertThat(leat().metric("leat_channel_backlog_events", orders)).isZero();
    assertThat(leat().metric("leat_channel_log_bytes", orders)).isPositive();
  }

  @Test
  void everyAnswerOfTheTable() throws Exception {
    write("answers");
    try (KeepAliveClient client = new KeepAliveClient(leat().httpPort())) {
      refused(send(client, "application/json", "{}"), 400, "leat_event_unreadable");
      refused(
          send(client, "application/cloudevents-batch+json", "[" + json("x") + ",{\"id\":1}]"),
          400,
          "leat_event_unreadable");
      refused(client.request("POST", ChannelManifests.host("nobody"), NOTHING), 404, "");
      refused(client.request("GET", host(), NOTHING), 405, "leat_event_method");
      assertThat(client.request("DELETE", host(), NOTHING).header("allow")).contains("POST");
      refused(send(client, "application/cloudevents+xml", "<x/>"), 415, "leat_event_format");
      KeepAliveClient.Answer options =
          client.request("OPTIONS", host(), NOTHING, "webhook-request-origin", "shop.example");
      assertThat(options.status()).isEqualTo(200);
      assertThat(options.header("allow")).contains("POST", "OPTIONS");
      assertThat(options.header("webhook-allowed-origin")).isNotEmpty();
      assertThat(options.header("webhook-allowed-rate")).isNotEmpty();
      assertThat(client.event(host(), "good", NOTHING).status()).isEqualTo(202);
      soon().until(() -> receiver.ids(path("archive")).size() == 1);
      assertThat(receiver.ids(path("archive")))
          .as("nothing of a bad batch")
          .containsExactly("good");
      try (KeepAliveClient large = new KeepAliveClient(leat().httpPort())) {
        refused(large.event(host(), "large", new byte[(1 << 20) + 1]), 413, "http_request_error");
      }
    }
  }

  private static void refused(KeepAliveClient.Answer answer, int status, String token) {
    assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
    assertThat(answer.header("proxy-status")).contains(token);
  }

  @Test
  void theCommandsSendShowAndReplay() throws Exception {
    write("commands");
    receiver.on(
        path("archive"), event -> EventReceiver.Reply.of(event.id().equals("bad") ? 400 : 202));
    String sent =
        run(0, "send", name + "-orders", "--type", "order", "--data", "{\"sum\": 7}", "--id", "c1");
    assertThat(sent.strip()).isEqualTo("c1");
    run(0, "send", name + "-orders", "--type", "order", "--id", "bad");
    soon()
        .untilAsserted(() ->
            assertThat(run(0, "events", name + "-orders"))
                .contains("c1", "bad", name + "-archive=delivered", name + "-billing=delivered"));
    assertThat(archived("c1").body()).asString().isEqualTo("{\"sum\":7}");
    soon()
        .untilAsserted(() ->
            assertThat(run(0, "events", name + "-orders", "--failed"))
                .contains(name + "-archive", "bad", "400")
                .doesNotContain("c1"));
    run(0, "replay", name + "-orders", "--subscription", name + "-archive", "--from", "beginning");
    soon()
        .untilAsserted(() ->
            assertThat(receiver.ids(path("archive")))
                .containsExactlyInAnyOrder("c1", "bad", "c1", "bad"));
    assertThat(receiver.ids(path("bill"))).as("the other one goes on").hasSize(2);
    run(3, "events", "nobody");
  }

  @Test
  void aSubscriptionAndASourceComeAndGoAndTheMetricsAreWellFormed() throws Exception {
    write("live");
    Path live = manifest("live-more");
    try (KeepAliveClient client = new KeepAliveClient(leat().httpPort())) {
      assertThat(client.event(host(), "before", NOTHING).status()).isEqualTo(202);
      Files.writeString(
          live,
          subscription("live-late", "live-orders").call(receiver.url(path("late"))).toString()
              + ChannelManifests.interval("clock", "live-orders", "PT0.1S", "tick"));
      soon().until(() -> receiver.got(path("late")).size() >= 3);
      assertThat(receiver.ids(path("late"))).doesNotContain("before").doesNotHaveDuplicates();
      assertThat(receiver.got(path("late")).element().body()).asString().isEqualTo("\"tick\"");
      assertThat(receiver.got(path("archive"))).hasSizeGreaterThanOrEqualTo(3);
      String exposition = leat().admin("/metrics").body();
      Files.delete(live);
      String late = "subscription=\"default/live-late\"";
      soon().until(() -> !leat().admin("/metrics").body().contains(late));
      assertThat(client.event(host(), "after", NOTHING).status()).isEqualTo(202);
      soon().until(() -> receiver.ids(path("archive")).contains("after"));
      assertThat(receiver.ids(path("late"))).doesNotContain("after");
      Promtool.assertAccepts(exposition, dir);
    }
  }

  @Test
  void aStopLetsDeliveriesEndAndAStartDeliversWhatWasLeft() throws Exception {
    name = "stop";
    CountDownLatch open = new CountDownLatch(1);
    receiver.on(
        path("archive"),
        _ -> {
          open.await();
          return EventReceiver.Reply.of(202);
        });
    Path file = Files.writeString(dir.resolve("stop.yaml"), orders());
    Path state = dir.resolve("stopped");
    List<String> sent = new ArrayList<>();
    try (LeatProcess leat = LeatProcess.run(state, "-f", file.toString());
        KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
      for (int i = 0; i < 200; i++) {
        assertThat(client.event(host(), "e" + i, NOTHING).status()).isEqualTo(202);
        sent.add("e" + i);
      }
      soon().until(() -> receiver.got(path("bill")).size() == 200);
      assertThat(leat.stop()).isZero();
      assertThat(leat.stderrText()).doesNotContain("ERROR");
    }
    open.countDown();
    receiver.got(path("archive")).clear();
    try (LeatProcess leat = LeatProcess.run(state, "-f", file.toString())) {
      soon().until(() -> receiver.ids(path("archive")).containsAll(sent));
      soon().until(() -> leat.metric("leat_channel_backlog_events") == 0);
      assertThat(receiver.got(path("bill"))).as("finished before the stop").hasSize(200);
      leat.kill();
    }
  }
}
