package io.leat.control.scenario;

import static io.leat.control.scenario.ChannelManifests.subscription;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * kill -9 under load, with damage behind what was acknowledged: every event that was answered with
 * 202 comes to every subscriber, and no damaged one comes to any. Rounds: {@code
 * -Dleat.channel.kills}, 5 by default; {@code -Dleat.channel.seed} repeats them.
 */
class ChannelKillIT {
  private static final int ROUNDS = Integer.getInteger("leat.channel.kills", 5);
  private static final String HOST = ChannelManifests.host("kept");
  private static final List<String> PATHS = List.of("a", "b");
  private static final int CONNECTIONS = 4;

  @TempDir Path dir;
  private final EventReceiver receiver = new EventReceiver();
  private final Set<String> delivered = ConcurrentHashMap.newKeySet();
  private final Queue<String> damaged = new ConcurrentLinkedQueue<>();
  private final Set<String> due = new HashSet<>();

  @AfterEach
  void close() {
    receiver.close();
  }

  private String manifest() throws Exception {
    StringBuilder text = new StringBuilder(ChannelManifests.channel("kept"));
    for (String path : PATHS) {
      text.append(subscription(path, "kept").call(receiver.url(path)));
      receiver.on(
          path,
          event -> {
            if (!ChannelLoad.intact(event)) {
              damaged.add(path + " " + event.headers() + " " + event.body().length + " bytes");
            }
            delivered.add(path + " " + event.id());
            receiver.got(path).clear();
            return EventReceiver.Reply.of(202);
          });
    }
    return Files.writeString(dir.resolve("kept.yaml"), text).toString();
  }

  @Test
  void whatWasAcknowledgedComesToEveryoneAndNothingDamagedComes() throws Exception {
    long seed = Long.getLong("leat.channel.seed", System.nanoTime());
    System.out.println("ChannelKillIT seed " + seed);
    Random random = new Random(seed);
    String manifest = manifest();
    Path state = dir.resolve("state");
    ChannelLog log = new ChannelLog(state, "kept");
    long acknowledged = 0;
    for (int round = 0; round < ROUNDS; round++) {
      String name = "r" + round;
      int most = 50 + random.nextInt(750);
      ChannelLoad load;
      String did = "killed";
      try (LeatProcess leat = LeatProcess.run(state, "-f", manifest)) {
        arrive("seed " + seed + " before round " + round);
        load = new ChannelLoad(leat.httpPort(), HOST, CONNECTIONS, name);
        await(load, most);
        if (random.nextInt(3) > 0) {
          did = killAndDamage(leat, load, log, random, name);
        } else {
          leat.kill();
          load.ended();
        }
      }
      assertThat(load.refused()).isEmpty();
      due.addAll(load.acknowledged());
      acknowledged += load.acknowledged().size();
      System.out.println(name + ": " + load.acknowledged().size() + " acknowledged; " + did);
    }
    try (LeatProcess leat = LeatProcess.run(state, "-f", manifest)) {
      arrive("seed " + seed + " in the end");
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> leat.metric("leat_channel_backlog_events") == 0);
      leat.kill();
    }
    assertThat(damaged).as("seed " + seed).isEmpty();
    assertThat(acknowledged).isPositive();
    System.out.println("ChannelKillIT " + ROUNDS + " kills, " + acknowledged + " acknowledged");
  }

  /**
   * A marker is acknowledged when nothing else is under way; what comes after it may be lost, and
   * is damaged.
   */
  private String killAndDamage(
      LeatProcess leat, ChannelLoad load, ChannelLog log, Random random, String name)
      throws Exception {
    load.stop();
    String marker = name + "-marker";
    try (KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
      assertThat(client.event(HOST, marker, ChannelLoad.data(marker)).status()).isEqualTo(202);
    }
    due.add(marker);
    ChannelLog.Place end = log.endOf(ChannelLoad.end(marker));
    ChannelLoad lost = new ChannelLoad(leat.httpPort(), HOST, CONNECTIONS, name + "-lost");
    await(lost, 1 + random.nextInt(200));
    leat.kill();
    lost.ended();
    return log.damageBehind(end, random);
  }

  private static void await(ChannelLoad load, int most) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> load.acknowledged().size() >= most || !load.refused().isEmpty());
  }

  /** Everything that was acknowledged in earlier rounds comes to everyone. */
  private void arrive(String when) {
    Awaitility.await(when)
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(() -> {
          for (String path : PATHS) {
            assertThat(due.stream().filter(id -> !delivered.contains(path + " " + id)))
                .as("not delivered to " + path)
                .isEmpty();
          }
        });
    assertThat(damaged).as(when).isEmpty();
    due.clear();
    delivered.clear();
  }
}
