package io.leat.proxy.fanout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.fanout.TestSubscriber.Answer;
import io.leat.proxy.fanout.TestSubscriber.Got;
import io.leat.proxy.fanout.account.DeliveryOutcome;
import io.leat.proxy.table.DeliveryPolicy;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The cases of Knative's {@code TestSendEvent}, by their names. Two differ on purpose: a
 * subscription without a subscriber hands the event on as it is, and an answer with 202 never
 * carries an event, so those that carry one answer 200 here.
 */
final class SendEventTest {
  private static final String[] FIELDS = {
    "do-not-forward", "header", "x-request-id", "id123", "knative-1", "knative-1-value",
    "knative-2", "knative-2-value", "Knative-Route", "b", "K-Network-Probe", "probe",
    "Knative-Serving-Revision", "r-1", "X-Forwarded-For", "10.0.0.1", "Cookie", "secret"
  };
  private static final Set<String> ALLOWED =
      Set.of(
          "host",
          "content-length",
          "content-type",
          "prefer",
          "accept",
          "kn-namespace",
          "knative-hops",
          "knative-1",
          "knative-2",
          "x-request-id",
          "traceparent",
          "tracestate");
  private static final Answer NEW_EVENT =
      Answer.event(
          "new",
          "destination-response",
          "ce-abc",
          "new-ce-abc-value",
          "x-request-id",
          "altered-id",
          "knative-1",
          "new-knative-1-value",
          "do-not-passthrough",
          "no");

  private final TestSubscriber reply = TestSubscriber.accepting();
  private final TestSubscriber deadLetters = TestSubscriber.accepting();

  @AfterEach
  void close() {
    reply.close();
    deadLetters.close();
  }

  private void run(
      @Nullable TestSubscriber to, @Nullable TestSubscriber answers, boolean letters, Case shown) {
    DeliveryPolicy policy =
        Subscribers.policy(0, Duration.ZERO, letters ? deadLetters.uri() : null);
    try (ChannelFixture channels = new ChannelFixture()) {
      channels.channel(
          "c",
          Subscribers.calling(
              "s", to == null ? null : to.uri(), answers == null ? null : answers.uri(), policy));
      String[] fields = shown.bare() ? new String[0] : FIELDS;
      assertThat(
              channels
                  .post("c", ChannelFixture.event("destination", "abc", "ce-abc-value"), fields)
                  .status())
          .isEqualTo(202);
      await().untilAsserted(() -> assertThat(channels.backlog("c")).isZero());
      shown.check(channels);
    }
  }

  /** What a case shows when everything is finished. */
  private interface Case {
    void check(ChannelFixture channels);

    default boolean bare() {
      return false;
    }
  }

  private static void assertEvent(Got got, String abc, String body) {
    assertThat(got.header("ce-abc")).isEqualTo(abc);
    assertThat(got.header("ce-specversion")).isEqualTo("1.0");
    assertThat(got.text()).isEqualTo(body);
    Set<String> names = new TreeSet<>(got.headers().keySet());
    names.removeIf(name -> name.startsWith("ce-"));
    assertThat(ALLOWED).containsAll(names);
  }

  private static void assertDestination(TestSubscriber destination, boolean fields) {
    assertThat(destination.got()).hasSize(1);
    Got got = destination.got().getFirst();
    assertEvent(got, "ce-abc-value", "\"destination\"");
    assertThat(got.header("prefer")).isEqualTo("reply");
    assertThat(got.header("x-request-id")).isEqualTo(fields ? "id123" : "");
    assertThat(got.header("knative-1")).isEqualTo(fields ? "knative-1-value" : "");
    assertThat(got.header("knative-2")).isEqualTo(fields ? "knative-2-value" : "");
    assertThat(got.header("ce-source")).isEqualTo("testsource");
    assertThat(got.header("ce-type")).isEqualTo("testtype");
  }

  private void assertReply(String body) {
    assertThat(reply.got()).hasSize(1);
    Got got = reply.got().getFirst();
    assertEvent(got, "new-ce-abc-value", body);
    assertThat(got.header("x-request-id")).isEqualTo("altered-id");
    assertThat(got.header("knative-1")).isEqualTo("new-knative-1-value");
    assertThat(got.header("knative-2")).isEmpty();
    assertThat(got.header("prefer")).isEmpty();
  }

  private void assertDeadLetter(String data, String destination) {
    assertThat(deadLetters.got()).hasSize(1);
    Got got = deadLetters.got().getFirst();
    assertEvent(got, "ce-abc-value", "\"destination\"");
    assertThat(got.header("ce-knativeerrorcode")).isEqualTo("400");
    assertThat(got.header("ce-knativeerrordest")).isEqualTo(destination);
    assertThat(got.header("ce-knativeerrordata"))
        .isEqualTo(Base64.getEncoder().encodeToString(data.getBytes(UTF_8)));
  }

  @Test
  @DisplayName("destination - only")
  void destinationOnly() {
    try (TestSubscriber to = TestSubscriber.accepting()) {
      run(to, null, false, channels -> assertDestination(to, true));
    }
  }

  @Test
  @DisplayName("destination - nil additional headers")
  void destinationNilAdditionalHeaders() {
    try (TestSubscriber to = TestSubscriber.accepting()) {
      run(
          to,
          null,
          false,
          new Case() {
            @Override
            public void check(ChannelFixture channels) {
              assertDestination(to, false);
            }

            @Override
            public boolean bare() {
              return true;
            }
          });
    }
  }

  @Test
  @DisplayName("destination - only -- error")
  void destinationOnlyError() {
    try (TestSubscriber to = TestSubscriber.answering(Answer.of(404, "destination-response"))) {
      run(
          to,
          null,
          false,
          channels -> {
            assertDestination(to, true);
            assertThat(channels.counted("c", "s", DeliveryOutcome.DROPPED)).isEqualTo(1);
          });
    }
  }

  @Test
  @DisplayName("reply - only")
  void replyOnly() {
    run(
        null,
        reply,
        false,
        channels -> {
          assertThat(reply.got()).hasSize(1);
          assertEvent(reply.got().getFirst(), "ce-abc-value", "\"destination\"");
        });
  }

  @Test
  @DisplayName("destination and reply - dest returns bad status code")
  void destinationReturnsBadStatusCode() {
    try (TestSubscriber to = TestSubscriber.answering(Answer.of(500, "destination-response"))) {
      run(
          to,
          reply,
          false,
          channels -> {
            assertDestination(to, true);
            assertThat(reply.got()).isEmpty();
          });
    }
  }

  @Test
  @DisplayName("destination and reply - dest returns empty body")
  void destinationReturnsEmptyBody() {
    try (TestSubscriber to = TestSubscriber.accepting()) {
      run(
          to,
          reply,
          false,
          channels -> {
            assertDestination(to, true);
            assertThat(reply.got()).isEmpty();
            assertThat(channels.counted("c", "s", DeliveryOutcome.DELIVERED)).isEqualTo(1);
          });
    }
  }

  @Test
  @DisplayName("destination and reply")
  void destinationAndReply() {
    try (TestSubscriber to = TestSubscriber.answering(NEW_EVENT)) {
      run(
          to,
          reply,
          false,
          channels -> {
            assertDestination(to, true);
            assertReply("destination-response");
          });
    }
  }

  @Test
  @DisplayName("invalid destination and delivery option")
  void invalidDestinationAndDeliveryOption() {
    try (TestSubscriber to = TestSubscriber.answering(Answer.of(400, "destination-response"))) {
      run(
          to,
          null,
          true,
          channels -> {
            assertDestination(to, true);
            assertDeadLetter("destination-response", to.uri());
            assertThat(deadLetters.got().getFirst().header("x-request-id")).isEqualTo("id123");
            assertThat(channels.counted("c", "s", DeliveryOutcome.DEAD_LETTERED)).isEqualTo(1);
          });
    }
  }

  @Test
  @DisplayName("invalid destination and delivery option - deadletter reply without event")
  void deadLetterReplyWithoutEvent() {
    try (TestSubscriber to = TestSubscriber.answering(Answer.of(400, "destination-response"));
        TestSubscriber speaking =
            TestSubscriber.answering(Answer.of(202, "deadlettersink-response"))) {
      try (ChannelFixture channels = new ChannelFixture()) {
        channels.channel(
            "c",
            Subscribers.calling(
                "s", to.uri(), null, Subscribers.policy(0, Duration.ZERO, speaking.uri())));
        channels.send("c", ChannelFixture.event("destination"));
        await().untilAsserted(() -> assertThat(channels.backlog("c")).isZero());
        assertThat(speaking.ids()).isEqualTo(List.of("destination"));
      }
    }
  }

  @Test
  @DisplayName("invalid reply and delivery option - deadletter reply without event")
  void invalidReplyAndDeliveryOption() {
    try (TestSubscriber to = TestSubscriber.answering(NEW_EVENT);
        TestSubscriber bad = TestSubscriber.answering(Answer.of(400, "reply-response-body"))) {
      run(
          to,
          bad,
          true,
          channels -> {
            assertDestination(to, true);
            assertThat(bad.got()).hasSize(1);
            assertEvent(bad.got().getFirst(), "new-ce-abc-value", "destination-response");
            assertDeadLetter("reply-response-body", bad.uri());
            Got letter = deadLetters.got().getFirst();
            assertThat(letter.header("x-request-id")).isEqualTo("altered-id");
            assertThat(letter.header("knative-1")).isEqualTo("new-knative-1-value");
          });
    }
  }

  @Test
  @DisplayName("destination and invalid reply and delivery option")
  void destinationAndInvalidReply() {
    try (TestSubscriber to = TestSubscriber.answering(NEW_EVENT);
        TestSubscriber bad = TestSubscriber.answering(Answer.of(400, "reply-response"))) {
      run(
          to,
          bad,
          true,
          channels -> {
            assertThat(to.got()).hasSize(1);
            assertThat(bad.got()).hasSize(1);
            assertDeadLetter("reply-response", bad.uri());
          });
    }
  }

  @Test
  @DisplayName("invalid characters in failed response body")
  void invalidCharactersInFailedResponseBody() {
    String lines = "destination\n multi-line\n response";
    try (TestSubscriber to = TestSubscriber.answering(Answer.of(400, lines))) {
      run(to, null, true, channels -> assertDeadLetter(lines, to.uri()));
    }
  }

  @Test
  @DisplayName("no restriction on message response size")
  void noRestrictionOnMessageResponseSize() {
    String large = "a".repeat(2000);
    Answer answer = new Answer(200, NEW_EVENT.headers(), large);
    try (TestSubscriber to = TestSubscriber.answering(answer)) {
      run(to, reply, false, channels -> assertReply(large));
    }
  }
}
