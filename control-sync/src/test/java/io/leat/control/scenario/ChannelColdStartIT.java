package io.leat.control.scenario;

import static io.leat.control.scenario.ChannelManifests.subscription;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A subscriber at zero with a long queue in front of it: {@code -Dleat.channel.events}, 2,000 by
 * default.
 */
class ChannelColdStartIT {
  private static final int EVENTS = Integer.getInteger("leat.channel.events", 2_000);
  private static final int BATCH = 500;
  private static final int CAPACITY = 5;
  private static final String REVISION =
      "/apis/serving.knative.dev/v1/namespaces/default/revisions/worker-00001";

  @TempDir Path dir;

  private static byte[] batch(int from) {
    return IntStream.range(from, Math.min(from + BATCH, EVENTS))
        .mapToObj(
            """
            {"specversion":"1.0","id":"e%d","source":"/test","type":"job","data":"%1$d"}\
            """
                ::formatted)
        .collect(Collectors.joining(",", "[", "]"))
        .getBytes(UTF_8);
  }

  private static int queue(LeatProcess leat) throws IOException {
    try (KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
      int batches = 0;
      for (int from = 0; from < EVENTS; from += BATCH) {
        KeepAliveClient.Answer answer =
            client.request(
                "POST",
                ChannelManifests.host("jobs"),
                batch(from),
                "content-type",
                "application/cloudevents-batch+json");
        assertThat(answer.status()).isEqualTo(202);
        batches++;
      }
      return batches;
    }
  }

  @Test
  void aSubscriberAtZeroIsWokenAndFedAtThePaceOfItsCapacity() throws Exception {
    Path journal = dir.resolve("journal");
    Path manifest =
        Files.writeString(
            dir.resolve("jobs.yaml"),
            Manifests.config("worker")
                    .scale(0, 1)
                    .concurrency(CAPACITY)
                    .env("JOURNAL", journal.toString())
                    .env("START_DELAY_MILLIS", "1500")
                    .env("WORK_MILLIS", "2")
                + Manifests.route("worker", "{configurationName: worker, percent: 100}")
                + ChannelManifests.channel("jobs")
                + subscription("work", "jobs").callRoute("worker"));
    try (LeatProcess leat = LeatProcess.run(dir.resolve("state"), "-f", manifest.toString())) {
      assertThat(leat.admin(REVISION).body()).doesNotContain("\"actualReplicas\":1");
      assertThat(queue(leat)).isPositive();
      assertThat(journal).as("all of it waited before the first instance was there").doesNotExist();
      Awaitility.await()
          .atMost(Duration.ofSeconds(120))
          .until(() ->
              leat.metric("leat_channel_events_total") == EVENTS
                  && leat.metric("leat_channel_backlog_events") == 0);
      assertThat(outcome(leat, "delivered")).isEqualTo(EVENTS);
      for (String never : List.of("retried", "dead_lettered", "dropped", "expired", "violation")) {
        assertThat(outcome(leat, never)).as(never).isZero();
      }
      System.out.println(
          "ChannelColdStartIT " + EVENTS + " events, put off " + (long) outcome(leat, "held"));
      leat.kill();
    }
    List<String[]> lines = Files.readAllLines(journal).stream().map(l -> l.split(" ", -1)).toList();
    assertThat(lines)
        .allSatisfy(line -> assertThat(Integer.parseInt(line[2])).isBetween(1, CAPACITY));
    assertThat(lines.stream().map(line -> line[1]).distinct()).as("instances").hasSize(1);
    assertThat(lines.stream().mapToInt(line -> Integer.parseInt(line[2])).max())
        .as("its capacity is used")
        .hasValue(CAPACITY);
    assertThat(lines.stream().map(line -> line[4]))
        .as("each once")
        .hasSize(EVENTS)
        .doesNotHaveDuplicates();
  }

  private static double outcome(LeatProcess leat, String name) {
    return leat.metric("leat_deliveries_total", "outcome=\"" + name + "\"");
  }
}
