package io.leat.proxy.fanout.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.DeliveryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;

/**
 * Events of one key arrive in order, one at a time, whatever fails; others do not wait for them.
 */
final class OrderedLanesTest {
  private static final int EVENTS = 400;
  private static final int KEYS = 12;
  private static final int RETRIES = 1000;

  @RepeatedTest(5)
  void orderIsKeptPerKeyUnderRandomFailures() {
    long seed = Long.getLong("leat.seed", System.nanoTime());
    String shown = "leat.seed=" + seed;
    SplittableRandom random = new SplittableRandom(seed);
    DeliveryPolicy policy =
        new DeliveryPolicy(
            RETRIES,
            DeliveryPolicy.Backoff.LINEAR,
            Duration.ofMillis(100),
            Duration.ofMinutes(1),
            Duration.ZERO,
            null,
            null,
            true,
            8);
    ChannelSubscriber to = ManualLoop.subscriber(null, policy);
    Map<String, List<Integer>> taken = new HashMap<>();
    try (ManualLoop loop = new ManualLoop(to, (sent, number) -> null)) {
      int sent = 0;
      int answered = 0;
      while (loop.subscription.backlog() > 0 || sent < EVENTS) {
        if (sent < EVENTS && random.nextInt(3) > 0) {
          String key = "k" + random.nextInt(KEYS);
          loop.send(ManualLoop.event(key + "-" + sent, "partitionkey", key));
          sent++;
        }
        List<ManualLoop.Try> open = new ArrayList<>(loop.tries());
        assertThat(open.size() - answered).as(shown).isBetween(0, 8);
        Set<String> keys = new HashSet<>();
        for (ManualLoop.Try each : open.subList(answered, open.size())) {
          assertThat(keys.add(each.field("ce-partitionkey")))
              .as("%s: one at a time of %s", shown, each.id())
              .isTrue();
        }
        if (answered < open.size()) {
          // Tries are answered in their order; which ones fail is chance.
          ManualLoop.Try next = open.get(answered++);
          boolean good = random.nextInt(3) > 0;
          if (good) {
            taken
                .computeIfAbsent(next.field("ce-partitionkey"), key -> new ArrayList<>())
                .add(Integer.parseInt(next.id().substring(next.id().indexOf('-') + 1)));
          }
          next.ended().accept(ManualLoop.status(good ? 202 : 503));
          loop.settle();
        }
        loop.pass(Duration.ofMillis(random.nextInt(200)));
      }
    }
    int all = 0;
    for (List<Integer> each : taken.values()) {
      assertThat(each).as(shown).isSorted();
      all += each.size();
    }
    assertThat(all).as(shown).isEqualTo(EVENTS);
  }
}
