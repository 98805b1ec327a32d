package io.leat.proxy.fanout.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.fanout.delivery.Courier.Attempt;
import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.DeliveryPolicy;
import io.leat.proxy.table.DeliveryPolicy.Backoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Replies do not wait behind events that were not asked about yet. */
final class HopsTest {
  private static final int PARALLELISM = 4;
  private static final int EVENTS = 1_000;

  private static ChannelSubscriber subscriber(boolean ordered) {
    DeliveryPolicy policy =
        new DeliveryPolicy(
            1,
            Backoff.LINEAR,
            Duration.ofSeconds(10),
            Duration.ofMinutes(1),
            Duration.ZERO,
            null,
            null,
            ordered,
            PARALLELISM);
    return ManualLoop.subscriber("http://reply/", policy);
  }

  private static boolean isReply(ManualLoop.Try sent) {
    return sent.parcel().uri().equals("http://reply/");
  }

  private static Attempt reply(ManualLoop.Try to) {
    return new Attempt.Answered(
        200,
        Map.of(
            "ce-specversion", List.of("1.0"),
            "ce-id", List.of("r-" + to.id()),
            "ce-source", List.of("s"),
            "ce-type", List.of("t"),
            "ce-partitionkey", List.of("k")),
        new byte[0]);
  }

  private static CloudEvent[] events(String... more) {
    return IntStream.range(0, EVENTS)
        .mapToObj(i -> ManualLoop.event("e" + i, more))
        .toArray(CloudEvent[]::new);
  }

  private static List<String> ids(ManualLoop loop, boolean replies) {
    List<String> ids = new ArrayList<>();
    for (ManualLoop.Try each : loop.tries()) {
      if (isReply(each) == replies) {
        ids.add(each.id());
      }
    }
    return ids;
  }

  @Test
  void aReplyComesSoonAfterItsEventAlthoughManyEventsWait() {
    try (ManualLoop loop =
        new ManualLoop(
            subscriber(false),
            (sent, number) -> isReply(sent) ? ManualLoop.status(202) : reply(sent))) {
      loop.send(events());
      List<String> order = loop.tries().stream().map(ManualLoop.Try::id).toList();
      assertThat(order).doesNotHaveDuplicates().hasSize(2 * EVENTS);
      for (int i = 0; i < EVENTS; i++) {
        assertThat(order.indexOf("r-e" + i) - order.indexOf("e" + i)).isBetween(1, 8 * PARALLELISM);
      }
      assertThat(loop.subscription.backlog()).isZero();
    }
  }

  @Test
  void repliesGoAlthoughWhoIsAskedHangs() {
    try (ManualLoop loop =
        new ManualLoop(
            subscriber(false),
            (sent, number) -> {
              boolean hangs = !isReply(sent) && number > 2;
              return isReply(sent) ? ManualLoop.status(202) : hangs ? null : reply(sent);
            })) {
      loop.send(events());
      assertThat(ids(loop, false)).hasSize(2 + PARALLELISM);
      assertThat(ids(loop, true)).containsExactly("r-e0", "r-e1");
    }
  }

  @ParameterizedTest(name = "ordered: {0}")
  @ValueSource(booleans = {true, false})
  void whenTheSinkFailsNothingIsLostOrDoubledAndMemoryIsBounded(boolean ordered) {
    boolean[] works = {false};
    try (ManualLoop loop =
        new ManualLoop(
            subscriber(ordered),
            (sent, number) ->
                isReply(sent) ? works[0] ? ManualLoop.status(202) : null : reply(sent))) {
      loop.send(events());
      List<ManualLoop.Try> hanging = loop.tries().stream().filter(HopsTest::isReply).toList();
      assertThat(hanging).hasSize(ordered ? 1 : PARALLELISM);
      works[0] = true;
      loop.execute(() -> hanging.forEach(each -> each.ended().accept(ManualLoop.status(202))));
      loop.settle();
      List<String> replies = ids(loop, true);
      assertThat(replies).doesNotHaveDuplicates().hasSize(EVENTS);
      if (ordered) {
        assertThat(replies)
            .containsExactlyElementsOf(
                IntStream.range(0, EVENTS).mapToObj(i -> "r-e" + i).toList());
      }
      assertThat(loop.subscription.backlog()).isZero();
    }
  }

  @Test
  void inOrderRepliesOfOneKeyStayInOrderAlsoWhenTriesFail() {
    try (ManualLoop loop =
        new ManualLoop(
            subscriber(true),
            (sent, number) ->
                !isReply(sent) ? reply(sent) : ManualLoop.status(number % 7 == 0 ? 503 : 202))) {
      loop.send(events("partitionkey", "k"));
      loop.pass(Duration.ofDays(2));
      List<String> replies = ids(loop, true).stream().distinct().toList();
      assertThat(replies)
          .containsExactlyElementsOf(IntStream.range(0, EVENTS).mapToObj(i -> "r-e" + i).toList());
    }
  }
}
