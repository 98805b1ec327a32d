package io.leat.control.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A sender gives an event up when it reads 404, so nobody may read it of a Channel that is only
 * just being opened.
 */
class ChannelStartIT {
  private static final int CHANNELS = 60;

  @TempDir Path dir;

  private static KeepAliveClient.Answer send(KeepAliveClient client, String channel)
      throws IOException {
    return client.event(ChannelManifests.host(channel), "1", new byte[8]);
  }

  @Test
  void readyMeansThatEveryChannelTakesEvents() throws Exception {
    List<String> names = IntStream.range(0, CHANNELS).mapToObj(i -> "c" + i).toList();
    StringBuilder manifests = new StringBuilder();
    names.forEach(name -> manifests.append(ChannelManifests.channel(name)));
    String file = Files.writeString(dir.resolve("all.yaml"), manifests).toString();
    for (String life : List.of("first", "second")) {
      try (LeatProcess leat = LeatProcess.run(dir.resolve("state"), "-f", file);
          KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
        for (String name : names) {
          assertThat(send(client, name).status()).as(name + ", " + life + " life").isEqualTo(202);
        }
        leat.kill();
      }
    }
  }

  @Test
  void aChannelThatComesIsNeverSaidToBeMissing() throws Exception {
    Path folder = Files.createDirectories(dir.resolve("manifests"));
    Files.writeString(folder.resolve("first.yaml"), ChannelManifests.channel("first"));
    try (LeatProcess leat = LeatProcess.run(dir.resolve("state"), "-f", folder.toString())) {
      for (int i = 0; i < 20; i++) {
        String name = "late" + i;
        List<String> refusals = new ArrayList<>();
        Files.writeString(folder.resolve(name + ".yaml"), ChannelManifests.channel(name));
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(1))
            .until(() -> {
              // A refusal may end the connection.
              try (KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
                KeepAliveClient.Answer answer = send(client, name);
                if (answer.status() != 202) {
                  refusals.add(answer.header("proxy-status"));
                }
                return answer.status() == 202;
              }
            });
        assertThat(refusals).noneMatch(each -> each.contains("leat_channel_not_found"));
      }
    }
  }
}
