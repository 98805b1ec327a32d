package io.leat.proxy.fanout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.fanout.ChannelFixture.Answered;
import io.leat.proxy.fanout.account.DeliveryOutcome;
import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.table.ChannelId;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a Channel answers when somebody judges events before it keeps them. */
final class EventCheckTest {
  private final ChannelFixture channels = new ChannelFixture();
  private final TestSubscriber subscriber = TestSubscriber.accepting();

  private void judged(EventCheck.Judged verdict) {
    channels.check =
        new EventCheck() {
          @Override
          public boolean concerns(ChannelId channel) {
            return channel.name().equals("c");
          }

          @Override
          public void judge(ChannelId channel, List<CloudEvent> events, Consumer<Judged> then) {
            Thread.ofVirtual().start(() -> then.accept(verdict));
          }
        };
    for (String name : List.of("c", "d")) {
      channels.channel(
          name,
          Subscribers.calling(
              name, subscriber.uri(), null, Subscribers.policy(0, Duration.ZERO, null)));
    }
  }

  @AfterEach
  void close() {
    subscriber.close();
    channels.close();
  }

  private ChannelCounts counts() {
    return channels.engine().counts().stream()
        .filter(each -> each.id().name().equals("c"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aBrokenEventIsRefusedAndItsProblemIsTold() {
    judged(new EventCheck.Judged.Broken("event 7: /sum is no number"));
    Answered answered = channels.post("c", ChannelFixture.event("7"));
    assertThat(answered.status()).isEqualTo(400);
    assertThat(answered.text()).contains("error=leat_event_schema", "event 7: /sum is no number");
    assertThat(channels.trySend("c", ChannelFixture.event("7"))).isEqualTo(Rejection.EVENT_SCHEMA);
    assertThat(counts().refused()).containsEntry(Rejection.EVENT_SCHEMA, 2L);
    assertThat(counts().accepted()).isZero();
    assertThat(channels.post("d", ChannelFixture.event("8")).status()).isEqualTo(202);
    await().until(() -> subscriber.ids().equals(List.of("8")));
  }

  @Test
  void aWarningIsCountedAndTheEventIsKept() {
    judged(new EventCheck.Judged.Fine(1));
    assertThat(channels.post("c", ChannelFixture.event("7")).status()).isEqualTo(202);
    await().until(() -> subscriber.ids().equals(List.of("7")));
    assertThat(counts().warned()).isEqualTo(1);
    assertThat(counts().accepted()).isEqualTo(1);
  }

  @Test
  void tooMuchThatWaitsIsAskedToComeBack() {
    judged(new EventCheck.Judged.Busy());
    Answered answered = channels.post("c", ChannelFixture.event("7"));
    assertThat(answered.status()).isEqualTo(503);
    assertThat(answered.text()).contains("Retry-After");
  }

  /** A Channel {@code a} whose events go to {@code c} without HTTP, with a dead letter sink. */
  private void handedOn(TestSubscriber dead) {
    channels.channel(
        "a",
        Subscribers.calling(
            "hand",
            null,
            ChannelFixture.uri("c"),
            Subscribers.policy(5, Duration.ofSeconds(1), dead.uri())));
  }

  @Test
  void whatAnotherChannelHandsOnIsRefusedAsFromOutsideAndDeadLettered() {
    judged(new EventCheck.Judged.Broken("event 7: /sum is no number"));
    try (TestSubscriber dead = TestSubscriber.accepting()) {
      handedOn(dead);
      channels.send("a", ChannelFixture.event("7"));
      await().until(() -> dead.ids().equals(List.of("7")));
      assertThat(dead.got().getFirst().header("ce-knativeerrorcode")).isEqualTo("400");
      assertThat(dead.got().getFirst().header("ce-knativeerrordest"))
          .isEqualTo(ChannelFixture.uri("c"));
      assertThat(dead.got().getFirst().header("ce-knativeerrordata"))
          .isEqualTo(
              Base64.getEncoder().encodeToString("event 7: /sum is no number".getBytes(UTF_8)));
      // As a 400 over HTTP: no retry helps.
      assertThat(channels.counted("a", "hand", DeliveryOutcome.RETRIED)).isZero();
    }
    assertThat(counts().refused()).containsEntry(Rejection.EVENT_SCHEMA, 1L);
    assertThat(counts().accepted()).isZero();
    assertThat(subscriber.got()).isEmpty();
  }

  @Test
  void whatAnotherChannelHandsOnWithAWarningIsKept() {
    judged(new EventCheck.Judged.Fine(1));
    try (TestSubscriber dead = TestSubscriber.accepting()) {
      handedOn(dead);
      channels.send("a", ChannelFixture.event("7"));
      await().until(() -> subscriber.ids().equals(List.of("7")));
      assertThat(dead.got()).isEmpty();
    }
    assertThat(counts().warned()).isEqualTo(1);
    assertThat(counts().accepted()).isEqualTo(1);
  }

  @Test
  void whatAnotherChannelHandsOnWaitsWhileTooMuchIsJudged() {
    judged(new EventCheck.Judged.Busy());
    try (TestSubscriber dead = TestSubscriber.accepting()) {
      handedOn(dead);
      channels.send("a", ChannelFixture.event("7"));
      await().until(() -> channels.counted("a", "hand", DeliveryOutcome.HELD) >= 1);
      judged(new EventCheck.Judged.Fine(0));
      await().until(() -> subscriber.ids().equals(List.of("7")));
      assertThat(channels.counted("a", "hand", DeliveryOutcome.RETRIED)).isZero();
      assertThat(dead.got()).isEmpty();
    }
  }

  @Test
  void theAnswerOfASubscriberIsJudgedByTheChannelThatTakesIt() {
    judged(new EventCheck.Judged.Broken("event r: /sum is no number"));
    try (TestSubscriber dead = TestSubscriber.accepting();
        TestSubscriber called = TestSubscriber.answering(TestSubscriber.Answer.event("r", "{}"))) {
      channels.channel(
          "a",
          Subscribers.calling(
              "hand",
              called.uri(),
              ChannelFixture.uri("c"),
              Subscribers.policy(5, Duration.ofSeconds(1), dead.uri())));
      channels.send("a", ChannelFixture.event("7"));
      // The dead letter of a reply is the event that the subscriber was called with.
      await().until(() -> dead.ids().equals(List.of("7")));
      assertThat(called.got()).hasSize(1);
      assertThat(dead.got().getFirst().header("ce-knativeerrorcode")).isEqualTo("400");
    }
  }
}
