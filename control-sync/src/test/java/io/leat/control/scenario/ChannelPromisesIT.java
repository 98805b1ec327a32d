package io.leat.control.scenario;

import static io.leat.control.scenario.ChannelManifests.subscription;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Names of Channels that scripts rely on, and bounds of Channels that a configuration file sets, in
 * one running Leat.
 */
class ChannelPromisesIT {
  private static final String CONFIG =
      """
      channels:
        request-bytes: 4KiB
        batch-events: 3
        max-retries: 1
        receipts: 2
      access-log:
        taps: 0
      """;

  @TempDir static Path dir;
  private static final EventReceiver receiver = new EventReceiver();
  private static @Nullable LeatProcess running;

  @BeforeAll
  static void start() throws IOException {
    Path manifests = Files.writeString(dir.resolve("channels.yaml"), manifests());
    Path config = Files.writeString(dir.resolve("leat.yaml"), CONFIG);
    receiver.on("bad", _ -> EventReceiver.Reply.of(500));
    running =
        LeatProcess.run(
            dir.resolve("state"), "-f", manifests.toString(), "--config", config.toString());
    soon().until(() -> receiver.got("ticks").size() >= 2);
  }

  private static String manifests() {
    String type =
        """
        apiVersion: eventing.knative.dev/v1alpha1
        kind: EventType
        metadata: {name: order}
        spec: {jsonSchema: '{"type": "object", "required": ["sum"]}'}
        ---
        """;
    String strict =
        ChannelManifests.channel("strict")
            .replace(
                "metadata: {name: strict}",
                "metadata: {name: strict, annotations: {eventing.knative.dev/schema-policy:"
                    + " reject}}")
            .replace("spec:\n", "spec:\n  eventTypes: [order]\n");
    String ticks =
        ChannelManifests.interval("clock", "strict", "PT0.1S", "no object")
            .replace("period:", "type: order, period:");
    return type
        + strict
        + ChannelManifests.channel("orders")
        + ChannelManifests.channel("times")
        + ChannelManifests.channel("failures")
        + subscription("strictly", "orders").result("strict").deadLetters(5, "failures")
        + subscription("failing", "orders").call(receiver.url("bad")).deadLetters(5, "failures")
        + subscription("reader", "strict").call(receiver.url("strict"))
        + subscription("ticker", "times").call(receiver.url("ticks"))
        + subscription("clerk", "failures").call(receiver.url("clerk"))
        + ticks
        + ChannelManifests.interval("watch", "times", "PT0.1S", "tick");
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

  private static ConditionFactory soon() {
    return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20));
  }

  private static String order(String id, String data) {
    return """
    {"specversion":"1.0","id":"%s","source":"/test","type":"order","data":%s}\
    """
        .formatted(id, data);
  }

  private static KeepAliveClient.Answer post(String host, String type, String body)
      throws IOException {
    try (KeepAliveClient client = new KeepAliveClient(leat().httpPort())) {
      return client.request("POST", host, body.getBytes(UTF_8), "content-type", type);
    }
  }

  private static KeepAliveClient.Answer send(String host, String body) throws IOException {
    return post(host, "application/cloudevents+json", body);
  }

  @Test
  void everyMetricOfChannelsIsShownUnderItsName() {
    String shown = leat().admin("/metrics").body();
    assertThat(shown)
        .contains("# TYPE leat_channel_events_total counter")
        .contains("leat_channel_events_total{channel=\"default/times\",outcome=\"accepted\"}")
        .contains("# TYPE leat_deliveries_total counter")
        .contains(
            "leat_deliveries_total{channel=\"default/times\",outcome=\"delivered\","
                + "subscription=\"default/ticker\"}")
        .contains("# TYPE leat_channel_backlog_events gauge")
        .contains(
            "leat_channel_backlog_events{channel=\"default/times\","
                + "subscription=\"default/ticker\"}")
        .contains("# TYPE leat_log_fsync_seconds histogram")
        .contains("leat_log_fsync_seconds_bucket{le=\"1.0E-4\"}")
        .contains("# TYPE leat_reconciles_total counter");
    assertThat(leat().metric("leat_log_fsync_seconds_count")).isGreaterThanOrEqualTo(2);
    assertThat(leat().metric("leat_log_fsync_seconds_sum")).isPositive();
  }

  @Test
  void channelsListenOnBothOfTheirHosts() throws IOException {
    List<String> hosts =
        List.of("times.default.channels.localhost", "times-channel.default.svc.cluster.local");
    for (String host : hosts) {
      assertThat(send(host, order("of-" + host, "1")).status()).as(host).isEqualTo(202);
    }
    KeepAliveClient.Answer nobody = send("nobody.default.channels.localhost", order("x", "1"));
    assertThat(nobody.status()).isEqualTo(404);
    assertThat(nobody.header("proxy-status")).contains("leat; error=destination_not_found");
  }

  @Test
  void theAdminPortShowsChannelsAndServesTheirGroups() {
    assertThat(leat().admin("/debug/table").body())
        .contains("\"channels\":[")
        .contains("times.default.channels.localhost");
    String method = "/debug/explain?method=POST&url=http://times.default.channels.localhost/";
    HttpResponse<String> explained = leat().admin(method);
    assertThat(explained.statusCode()).isEqualTo(200);
    assertThat(explained.body()).contains("default/times");
    assertThat(leat().admin("/apis").body())
        .contains("eventing.knative.dev", "eventing.internal.knative.dev", "messaging.knative.dev");
    List<String> kinds = List.of("sources", "channels", "subscriptions", "provisioners");
    for (String kind : kinds) {
      String path = "/apis/eventing.knative.dev/v1alpha1/namespaces/default/" + kind;
      assertThat(leat().admin(path).statusCode()).as(kind).isEqualTo(200);
    }
    assertThat(leat().admin("/apis/eventing.knative.dev/v1alpha1").body()).contains("eventtypes");
    assertThat(
            leat()
                .admin(
                    "/apis/eventing.internal.knative.dev/v1alpha1/namespaces/default/"
                        + "resolvedsubscriptionsets")
                .body())
        .contains("ResolvedSubscriptionSet", "strictly");
    assertThat(leat().admin("/apis/messaging.knative.dev/v1").body())
        .contains("channels", "inmemorychannels", "subscriptions");
  }

  @Test
  void boundsOfTheConfigurationHold() throws IOException {
    String times = "times.default.channels.localhost";
    assertThat(send(times, order("large", "\"" + "x".repeat(5_000) + "\"")).status())
        .isEqualTo(413);
    String batch = "application/cloudevents-batch+json";
    String three = order("1", "1") + "," + order("2", "2") + "," + order("3", "3");
    assertThat(post(times, batch, "[" + three + "]").status()).isEqualTo(202);
    assertThat(post(times, batch, "[" + three + "," + order("4", "4") + "]").status())
        .isEqualTo(413);
    assertThat(leat().admin("/debug/tap").statusCode()).isEqualTo(429);
  }

  @Test
  void whatASubscriptionPutsIntoAChannelKeepsToItsSchemas() throws IOException {
    String orders = "orders.default.channels.localhost";
    assertThat(send(orders, order("whole", "{\"sum\": 1}")).status()).isEqualTo(202);
    assertThat(send(orders, order("broken", "{}")).status()).isEqualTo(202);
    String strict = "http://strict-channel.default.svc.cluster.local/";
    soon()
        .untilAsserted(() -> {
          assertThat(receiver.ids("strict")).containsExactly("whole");
          assertThat(receiver.got("clerk"))
              .filteredOn(
                  got -> strict.equals(got.headers().getOrDefault("ce-knativeerrordest", "")))
              .singleElement()
              .satisfies(got -> {
                assertThat(got.id()).isEqualTo("broken");
                assertThat(got.headers()).containsEntry("ce-knativeerrorcode", "400");
              });
        });
    // The subscription asks for five retries, the process allows one.
    soon()
        .untilAsserted(() ->
            assertThat(receiver.ids("bad"))
                .containsExactlyInAnyOrder("whole", "whole", "broken", "broken"));
  }

  @Test
  void whatASourcePutsIntoAChannelKeepsToItsSchemas() {
    String refused = "outcome=\"event_schema\"";
    soon()
        .until(() ->
            leat().metric("leat_channel_events_total", "channel=\"default/strict\"", refused) > 1);
    assertThat(receiver.got("strict"))
        .as("nothing of the clock")
        .allSatisfy(got -> assertThat(got.headers()).containsEntry("ce-source", "/test"));
  }
}
