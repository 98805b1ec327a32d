package io.leat.proxy.fanout.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.fanout.account.DeliveryOutcome;
import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.DeliveryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Promises of deliveries that need a time of their own, or many events. */
final class DeliveryRowsTest {
  private static final int KEYS = 10_000;
  private static final int EVENTS = Integer.getInteger("leat.ordered.events", 20_000);
  private static final int AT_ONCE = 1_000;

  private static ChannelSubscriber subscriber(
      int retries, @Nullable String letters, boolean ordered, int parallelism) {
    DeliveryPolicy policy =
        new DeliveryPolicy(
            retries,
            DeliveryPolicy.Backoff.LINEAR,
            Duration.ofMillis(10),
            Duration.ofMinutes(1),
            Duration.ZERO,
            letters,
            null,
            ordered,
            parallelism);
    return ManualLoop.subscriber(null, policy);
  }

  @Test
  void aSinkThatRefusesForAMinuteGetsExactlyTheIdsThatFailed() {
    Duration refuses = Duration.ofSeconds(60);
    List<String> taken = new ArrayList<>();
    ChannelSubscriber to = subscriber(1, "http://letters/", false, 4);
    try (ManualLoop loop =
        new ManualLoop(
            to,
            (sent, number) -> {
              if (sent.parcel().uri().equals("http://call/")) {
                return ManualLoop.status(sent.id().startsWith("bad") ? 500 : 202);
              }
              if (sent.at().compareTo(refuses) < 0) {
                return ManualLoop.status(503);
              }
              taken.add(sent.id());
              return ManualLoop.status(202);
            })) {
      Set<String> bad = new TreeSet<>();
      for (int i = 0; i < 50; i++) {
        bad.add("bad" + i);
        loop.send(ManualLoop.event("bad" + i), ManualLoop.event("good" + i));
        loop.pass(Duration.ofMillis(100));
      }
      loop.pass(Duration.ofSeconds(54));
      assertThat(taken).isEmpty();
      assertThat(loop.subscription.backlog()).isEqualTo(50);
      // The longest pause between two tries is 30 s.
      loop.pass(Duration.ofSeconds(32));
      assertThat(taken).doesNotHaveDuplicates();
      assertThat(new TreeSet<>(taken)).isEqualTo(bad);
      assertThat(loop.subscription.backlog()).isZero();
      Map<DeliveryOutcome, Long> counted = loop.subscription.counted();
      assertThat(counted.get(DeliveryOutcome.DEAD_LETTERED)).isEqualTo(50);
      assertThat(counted.get(DeliveryOutcome.DELIVERED)).isEqualTo(50);
      assertThat(counted.get(DeliveryOutcome.DROPPED)).isZero();
    }
  }

  /** With {@code -Dleat.ordered.events=1000000} as many as one likes. */
  @Test
  void manyKeysKeepTheirOrderUnderRandomRetries() {
    long seed = Long.getLong("leat.seed", System.nanoTime());
    System.out.println("DeliveryRowsTest: -Dleat.seed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, List<Integer>> taken = new HashMap<>();
    int[] tries = new int[1];
    ChannelSubscriber to = subscriber(1_000_000, null, true, 64);
    try (ManualLoop loop =
        new ManualLoop(
            to,
            (sent, number) -> {
              tries[0]++;
              if (random.nextInt(4) == 0) {
                return ManualLoop.status(503);
              }
              String key = sent.field("ce-partitionkey");
              int order = Integer.parseInt(sent.id());
              taken.computeIfAbsent(key, _ -> new ArrayList<>()).add(order);
              return ManualLoop.status(202);
            })) {
      for (int from = 0; from < EVENTS; from += AT_ONCE) {
        CloudEvent[] some = new CloudEvent[AT_ONCE];
        for (int i = 0; i < AT_ONCE; i++) {
          String key = "k" + random.nextInt(KEYS);
          some[i] = ManualLoop.event(Integer.toString(from + i), "partitionkey", key);
        }
        loop.send(some);
        loop.pass(Duration.ofMillis(5));
      }
      loop.pass(Duration.ofMinutes(10));
      assertThat(loop.subscription.backlog()).isZero();
    }
    int all = 0;
    for (List<Integer> each : taken.values()) {
      assertThat(each).as("seed %d", seed).isSorted();
      all += each.size();
    }
    assertThat(all).as("seed %d", seed).isEqualTo(EVENTS);
    assertThat(tries[0]).as("many were retried").isGreaterThan(EVENTS * 5 / 4);
  }
}
