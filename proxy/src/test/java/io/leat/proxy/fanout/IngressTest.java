package io.leat.proxy.fanout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.fanout.ChannelFixture.Answered;
import io.leat.proxy.fanout.delivery.DeliveryLimits;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.log.MemoryLog;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The cases of Knative's {@code TestEventReceiver_ServeHTTP}, by their names, and our own codes.
 */
final class IngressTest {
  private static final String EVENT =
      "ce-specversion: 1.0\r\nce-id: 1\r\nce-source: s\r\nce-type: t\r\n";

  private final ChannelFixture channels = new ChannelFixture();
  private final TestSubscriber subscriber = TestSubscriber.accepting();

  @BeforeEach
  void channel() {
    channels.channel(
        "c",
        Subscribers.calling(
            "s", subscriber.uri(), null, Subscribers.policy(0, Duration.ZERO, null)));
  }

  @AfterEach
  void close() {
    subscriber.close();
    channels.close();
  }

  private Answered ask(String method, String path, String fields, String body) {
    return ask("c", method, path, fields, body);
  }

  private Answered ask(String channel, String method, String path, String fields, String body) {
    byte[] bytes = body.getBytes(UTF_8);
    String head =
        method
            + " "
            + path
            + " HTTP/1.1\r\nHost: c.default.example\r\n"
            + fields
            + "Content-Length: "
            + bytes.length
            + "\r\n\r\n";
    return channels.request(channel, head, bytes);
  }

  private void nothingArrives() {
    assertThat(ask("POST", "/", EVENT.replace("id: 1", "id: last"), "").status()).isEqualTo(202);
    await().until(() -> !subscriber.got().isEmpty());
    assertThat(subscriber.ids()).containsExactly("last");
  }

  @Test
  @DisplayName("host based channel reference with non '/' path")
  void hostBasedWithOtherPath() {
    Answered answered = ask("POST", "/something", EVENT, "");
    assertThat(answered.status()).isEqualTo(404);
    assertThat(answered.text()).contains("error=leat_channel_not_found");
    nothingArrives();
  }

  @Test
  @DisplayName("path based channel reference with malformed path")
  void malformedPath() {
    assertThat(ask("POST", "/default/c/more", EVENT, "").status()).isEqualTo(404);
    assertThat(ask("POST", "/default/other", EVENT, "").status()).isEqualTo(404);
  }

  @Test
  @DisplayName("not a POST")
  void notPost() {
    for (String method : new String[] {"GET", "PUT", "DELETE", "PATCH", "HEAD"}) {
      Answered answered = ask(method, "/", EVENT, "");
      assertThat(answered.status()).as(method).isEqualTo(405);
      assertThat(answered.text()).contains("Allow: POST, OPTIONS\r\n", "error=leat_event_method");
    }
  }

  @Test
  @DisplayName("invalid host name, unknown channel error")
  void unknownChannel() {
    Answered answered = ask("unknown", "POST", "/", EVENT, "");
    assertThat(answered.status()).isEqualTo(404);
  }

  @Test
  @DisplayName("other receiver function error")
  void receiverError() {
    channels.engine().drain();
    Answered answered = ask("POST", "/", EVENT, "");
    assertThat(answered.status()).isEqualTo(503);
  }

  @Test
  @DisplayName("path based channel reference")
  void pathBased() {
    assertThat(ask("POST", "/default/c", EVENT, "").status()).isEqualTo(202);
    assertThat(ask("POST", "/?query=1", EVENT, "").status()).isEqualTo(202);
  }

  @Test
  @DisplayName("headers and body pass through")
  void headersAndBodyPassThrough() {
    String fields =
        EVENT
            + "Content-Type: text/plain\r\nnot: passed\r\nnot: through\r\nnor: this-one\r\n"
            + "x-requEst-id: 1234\r\nknatIve-will-pass-through: true\r\n"
            + "knatIve-will-pass-through: always\r\n";
    assertThat(ask("POST", "/", fields, "event-body").status()).isEqualTo(202);
    await().until(() -> subscriber.got().size() == 1);
    TestSubscriber.Got got = subscriber.got().getFirst();
    assertThat(got.text()).isEqualTo("event-body");
    assertThat(got.header("x-request-id")).isEqualTo("1234");
    assertThat(got.headers().get("knative-will-pass-through")).containsExactly("true", "always");
    assertThat(got.headers()).doesNotContainKeys("not", "nor");
    assertThat(got.header("kn-namespace")).isEqualTo("default");
  }

  @Test
  @DisplayName("OPTIONS okay")
  void optionsOkay() {
    Answered answered = ask("OPTIONS", "/", "", "");
    assertThat(answered.status()).isEqualTo(200);
    assertThat(answered.text())
        .contains(
            "Allow: POST, OPTIONS\r\n",
            "WebHook-Allowed-Origin: *\r\n",
            "WebHook-Allowed-Rate: *\r\n");
  }

  @Test
  @DisplayName("TestEventReceiver_WrongRequest")
  void wrongRequest() {
    Answered answered = ask("POST", "/", "content-type: application/json\r\n", "{}");
    assertThat(answered.status()).isEqualTo(400);
    assertThat(answered.text()).contains("error=leat_event_unreadable");
  }

  @Test
  void everyModeIsTakenAndOneBadElementRefusesTheWholeBatch() {
    String element = "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"s\",\"type\":\"t\"}";
    String structured = "content-type: application/cloudevents+json\r\n";
    assertThat(ask("POST", "/", structured, element.replace("%s", "a")).status()).isEqualTo(202);
    String batch = "content-type: application/cloudevents-batch+json\r\n";
    String good = "[" + element.replace("%s", "b") + "," + element.replace("%s", "c") + "]";
    assertThat(ask("POST", "/", batch, good).status()).isEqualTo(202);
    String bad = "[" + element.replace("%s", "d") + ",{\"id\":\"e\"}]";
    assertThat(ask("POST", "/", batch, bad).status()).isEqualTo(400);
    await().until(() -> subscriber.got().size() == 3);
    assertThat(subscriber.ids()).containsExactlyInAnyOrder("a", "b", "c");
  }

  @Test
  void otherRefusalsHaveTheirOwnTokens() {
    Answered format = ask("POST", "/", "content-type: application/cloudevents+avro\r\n", "x");
    assertThat(format.status()).isEqualTo(415);
    assertThat(format.text()).contains("error=leat_event_format");
    Answered large = ask("POST", "/", EVENT, "x".repeat((1 << 20) + 1));
    assertThat(large.status()).isEqualTo(413);
    ChannelCounts counts = channels.engine().counts().getFirst();
    assertThat(counts.refused())
        .containsEntry(Rejection.EVENT_FORMAT, 1L)
        .containsEntry(Rejection.BODY_TOO_LARGE, 1L);
  }

  @Test
  void aFullLogIsAnsweredWith429() {
    try (TestSubscriber refusing = TestSubscriber.accepting();
        ChannelFixture small =
            new ChannelFixture(
                channel -> new MemoryLog(64, Clock.systemUTC()), DeliveryLimits.DEFAULT)) {
      small.channel(
          "c",
          Subscribers.calling(
              "s", refusing.uri(), null, Subscribers.policy(0, Duration.ZERO, null)));
      Answered full = small.post("c", ChannelFixture.event("e"));
      assertThat(full.status()).isEqualTo(429);
      assertThat(full.text()).contains("error=leat_channel_full", "Retry-After: 1\r\n");
      assertThat(refusing.got()).isEmpty();
    }
  }
}
