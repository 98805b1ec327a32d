package io.leat.control.scenario;

import static io.leat.control.scenario.ChannelManifests.host;
import static io.leat.control.scenario.ChannelManifests.subscription;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Storage that has no room, or cannot be written: no event is accepted that would be lost. */
class ChannelStorageIT {
  private static final byte[] DATA = new byte[16 * 1024];
  private static final int MOST = 2_000;

  @TempDir static Path dir;
  private static final EventReceiver receiver = new EventReceiver();
  private static final List<Path> mounted = new ArrayList<>();
  private static @Nullable LeatProcess running;
  private static String unmountable = "";

  @BeforeAll
  static void begin() throws Exception {
    mount("full", "size=8m");
    mount("fixed", "ro,size=8m");
    start();
  }

  @AfterAll
  static void end() throws Exception {
    leat().kill();
    leat().close();
    receiver.close();
    for (Path each : mounted) {
      assertThat(command("umount", each.toString())).isEmpty();
    }
  }

  private static void start() throws IOException {
    StringBuilder text = new StringBuilder(ChannelManifests.channel("quota", "maxBytes: 1Mi"));
    text.append(ChannelManifests.channel("full")).append(ChannelManifests.channel("fixed"));
    for (String each : List.of("quota", "full", "fixed")) {
      text.append(subscription(each, each).call(receiver.url(each)));
    }
    Path manifest = Files.writeString(dir.resolve("channels.yaml"), text);
    running = LeatProcess.run(dir.resolve("state"), "-f", manifest.toString());
  }

  private static LeatProcess leat() {
    return Objects.requireNonNull(running);
  }

  private static Path log(String channel) {
    return dir.resolve("state").resolve("channels").resolve("default").resolve(channel);
  }

  /** A file system of its own for the log of a Channel. */
  private static void mount(String channel, String options) throws Exception {
    Path log = Files.createDirectories(log(channel));
    String said = command("mount", "-t", "tmpfs", "-o", options, "tmpfs", log.toString());
    if (said.isEmpty()) {
      mounted.add(log);
    } else {
      unmountable = said;
    }
  }

  private static void assumeMounted() {
    if (!unmountable.isEmpty()) {
      String why = "ChannelStorageIT: SKIPPED, file systems of its own need root: " + unmountable;
      System.out.println(why);
      Assumptions.abort(why);
    }
  }

  /** What a command says; empty when it succeeds. */
  private static String command(String... words) throws Exception {
    try {
      Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
      return process.waitFor() == 0 ? "" : Arrays.toString(words) + ": " + said;
    } catch (IOException missing) {
      return missing.toString();
    }
  }

  private static ConditionFactory soon() {
    return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
  }

  /** Sends until an event is refused; the ids that were accepted. */
  private static List<String> fill(KeepAliveClient client, String channel, int status, String token)
      throws IOException {
    List<String> accepted = new ArrayList<>();
    for (int i = 0; i < MOST; i++) {
      KeepAliveClient.Answer answer = client.event(host(channel), "e" + i, DATA);
      if (answer.status() != 202) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.header("proxy-status")).contains("error=" + token);
        assertThat(answer.header("retry-after")).isNotEmpty();
        return accepted;
      }
      accepted.add("e" + i);
    }
    throw new AssertionError(MOST + " events were accepted");
  }

  /** There is room again: what was accepted comes, and what is sent now. */
  private static void recovers(KeepAliveClient client, String channel, List<String> accepted) {
    soon().until(() -> client.event(host(channel), "again", DATA).status() == 202);
    accepted.add("again");
    soon()
        .untilAsserted(
            () -> assertThat(receiver.ids(channel)).containsExactlyInAnyOrderElementsOf(accepted));
  }

  @Test
  void row3AChannelAtItsQuotaAnswers429UntilTheSubscriberCatchesUp() throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    receiver.on(
        "quota",
        _ -> {
          open.await();
          return EventReceiver.Reply.of(202);
        });
    try (KeepAliveClient client = new KeepAliveClient(leat().httpPort())) {
      List<String> accepted = fill(client, "quota", 429, "leat_channel_full");
      assertThat(accepted).hasSizeBetween(40, 80);
      assertThat(leat().metric("leat_channel_events_total", "quota", "\"channel_full\""))
          .isEqualTo(1);
      open.countDown();
      recovers(client, "quota", accepted);
    }
  }

  @Test
  void row3AFullDeviceAnswers503UntilThereIsSpaceAgain() throws Exception {
    assumeMounted();
    Path filler = log("full").resolve("filler");
    try (KeepAliveClient client = new KeepAliveClient(leat().httpPort())) {
      Files.write(filler, new byte[5 << 20]);
      List<String> accepted = fill(client, "full", 503, "leat_channel_unavailable");
      assertThat(accepted).isNotEmpty();
      Files.delete(filler);
      recovers(client, "full", accepted);
    }
    leat().kill();
    leat().close();
    receiver.got("full").clear();
    start();
    try (KeepAliveClient client = new KeepAliveClient(leat().httpPort())) {
      assertThat(client.event(host("full"), "restarted", DATA).status()).isEqualTo(202);
      soon().until(() -> receiver.ids("full").contains("restarted"));
    }
  }

  @Test
  void row3AReadOnlyDirectoryAnswers503AndTheChannelSaysWhy() throws Exception {
    assumeMounted();
    String status = "/apis/eventing.knative.dev/v1alpha1/namespaces/default/channels/fixed";
    soon()
        .untilAsserted(() ->
            assertThat(leat().admin(status).body())
                .contains("\"status\":\"False\"", "Read-only file system"));
    try (KeepAliveClient client = new KeepAliveClient(leat().httpPort())) {
      List<String> accepted = fill(client, "fixed", 503, "leat_channel_unavailable");
      assertThat(accepted).isEmpty();
      assertThat(command("mount", "-o", "remount,rw", log("fixed").toString())).isEmpty();
      recovers(client, "fixed", accepted);
      soon()
          .untilAsserted(() ->
              assertThat(leat().admin(status).body())
                  .doesNotContain("\"status\":\"False\"")
                  .contains("\"status\":\"True\""));
    }
  }
}
