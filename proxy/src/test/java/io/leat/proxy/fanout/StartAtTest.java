package io.leat.proxy.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.fanout.delivery.DeliveryLimits;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.log.EventLog;
import io.leat.proxy.log.segment.LogOptions;
import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.DeliveryPolicy;
import io.leat.proxy.table.EventChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a Subscription begins that is new to its Channel. */
final class StartAtTest {
  private static final DeliveryPolicy ONE_BY_ONE =
      Subscribers.parallel(Subscribers.policy(0, Duration.ZERO, null), false, 1);
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir Path folder;
  private final List<TestSubscriber> sinks = new ArrayList<>();

  @AfterEach
  void close() {
    sinks.forEach(TestSubscriber::close);
  }

  private TestSubscriber sink() {
    TestSubscriber sink = TestSubscriber.accepting();
    sinks.add(sink);
    return sink;
  }

  private static ChannelSubscriber starting(String uid, TestSubscriber sink, String startAt) {
    ChannelSubscriber usual = Subscribers.calling(uid, sink.uri(), null, ONE_BY_ONE);
    return new ChannelSubscriber(
        usual.uid(),
        usual.name(),
        usual.generation(),
        usual.role(),
        usual.call(),
        usual.reply(),
        usual.routes(),
        usual.delivery(),
        usual.aggregate(),
        usual.attributesOnly(),
        usual.splitPath(),
        usual.drains(),
        usual.paused(),
        startAt);
  }

  private static String[] ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(each -> "e" + each).toArray(String[]::new);
  }

  private static void send(ChannelFixture channels, int from, int to) {
    for (String id : ids(from, to)) {
      channels.send("c", ChannelFixture.event(id));
    }
  }

  private static List<KeptEvent> kept(ChannelFixture channels) {
    return channels.engine().kept(ChannelFixture.id("c"), new CursorStart.Beginning(), 1_000);
  }

  private static void finished(ChannelFixture channels) {
    await().atMost(LONG).untilAsserted(() -> assertThat(channels.backlog("c")).isZero());
  }

  @Test
  void aNewSubscriptionBeginsWhereItSays() {
    try (ChannelFixture channels =
        new ChannelFixture(new FileLogs(folder), DeliveryLimits.DEFAULT)) {
      ChannelSubscriber first = Subscribers.calling("first", sink().uri(), null, ONE_BY_ONE);
      channels.channel("c", first);
      send(channels, 0, 5);
      long before = kept(channels).getLast().timestamp();
      await().until(() -> System.currentTimeMillis() > before);
      send(channels, 5, 10);
      finished(channels);
      List<KeptEvent> kept = kept(channels);
      assertThat(kept).hasSize(10);
      Instant middle = Instant.ofEpochMilli(kept.get(5).timestamp());
      Map<String, Integer> firstOf = new LinkedHashMap<>();
      firstOf.put("beginning", 0);
      firstOf.put("end", 10);
      firstOf.put("0", 0);
      firstOf.put(Long.toString(kept.get(7).offset()), 7);
      firstOf.put("999999999999999999", 10);
      firstOf.put(middle.toString(), 5);
      firstOf.put(middle.minus(DAY).toString(), 0);
      firstOf.put("1970-01-01T00:00:00Z", 0);
      firstOf.put(middle.plus(DAY).toString(), 10);
      List<ChannelSubscriber> all = new ArrayList<>(List.of(first));
      List<TestSubscriber> own = new ArrayList<>();
      firstOf
          .keySet()
          .forEach(start -> {
            TestSubscriber sink = sink();
            own.add(sink);
            all.add(starting("at-" + start, sink, start));
          });
      channels.channel("c", all.toArray(ChannelSubscriber[]::new));
      send(channels, 10, 12);
      finished(channels);
      int at = 0;
      for (Map.Entry<String, Integer> each : firstOf.entrySet()) {
        assertThat(own.get(at++).ids()).as(each.getKey()).containsExactly(ids(each.getValue(), 12));
      }
    }
  }

  private EventLog keepingNothing(EventChannel channel) {
    return FileLogs.open(
        new LogOptions(
            folder,
            channel.storage(),
            new LogOptions.Sizes(4 << 10, 1 << 10, 4 << 10, 1 << 20, 1 << 16),
            LogOptions.Retain.NOTHING));
  }

  @Test
  void whatIsNotKeptAnyMoreIsPassedOver() {
    try (ChannelFixture channels =
        new ChannelFixture(this::keepingNothing, DeliveryLimits.DEFAULT)) {
      ChannelSubscriber first = Subscribers.calling("first", sink().uri(), null, ONE_BY_ONE);
      channels.channel("c", first);
      Instant start = Instant.now();
      send(channels, 0, 200);
      finished(channels);
      await().atMost(LONG).until(() -> kept(channels).getFirst().offset() > 100);
      int oldest = Integer.parseInt(kept(channels).getFirst().event().id().substring(1));
      TestSubscriber byOffset = sink();
      TestSubscriber byTime = sink();
      channels.channel(
          "c",
          first,
          starting("offset", byOffset, "17"),
          starting("time", byTime, start.toString()));
      send(channels, 200, 203);
      finished(channels);
      assertThat(byOffset.ids()).containsExactly(ids(oldest, 203));
      assertThat(byTime.ids()).containsExactly(ids(oldest, 203));
      assertThat(channels.engine().observed().getFirst().ready()).isTrue();
    }
  }

  @Test
  void theStartCountsOnlyWhenThePlaceIsMade() {
    TestSubscriber sink = sink();
    try (ChannelFixture channels =
        new ChannelFixture(new FileLogs(folder), DeliveryLimits.DEFAULT)) {
      channels.channel("c", starting("s", sink, "beginning"));
      send(channels, 0, 3);
      finished(channels);
      channels.restart(new FileLogs(folder));
      channels.channel("c", starting("s", sink, "0"));
      send(channels, 3, 4);
      finished(channels);
      assertThat(sink.ids()).containsExactly(ids(0, 4));
    }
  }
}
