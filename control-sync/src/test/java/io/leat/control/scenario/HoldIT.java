package io.leat.control.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests for a revision that is scaled to zero. */
class HoldIT {
  private static final String HOST = "shop.default.localhost";

  @TempDir Path dir;

  private LeatProcess start(Manifests.Config config, String... options) throws IOException {
    Path manifest = dir.resolve("shop.yaml");
    Files.writeString(
        manifest, config + Manifests.route("shop", "{configurationName: shop, percent: 100}"));
    List<String> arguments = new ArrayList<>(List.of("-f", manifest.toString()));
    arguments.addAll(List.of(options));
    return LeatProcess.run(dir.resolve("state"), arguments.toArray(String[]::new));
  }

  @Test
  void aThousandFirstRequestsAreServedInOrderWithinTheConcurrencyLimit() throws Exception {
    Path journal = dir.resolve("journal");
    // Of one event loop the order of arrival is known: the order in which the client sent.
    Path settings = dir.resolve("leat.yaml");
    Files.writeString(settings, "proxy:\n  event-loops: 1\n");
    Manifests.Config config =
        Manifests.config("shop")
            .scale(0, 3)
            .concurrency(10)
            .env("WORK_MILLIS", "20")
            .env("JOURNAL", journal.toString());
    try (LeatProcess leat = start(config, "--config", settings.toString());
        ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<KeepAliveClient> clients = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        clients.add(new KeepAliveClient(leat.httpPort()));
      }
      List<Future<KeepAliveClient.Answer>> answers = new ArrayList<>();
      for (int i = 0; i < clients.size(); i++) {
        KeepAliveClient client = clients.get(i);
        client.send(HOST, "/" + i);
        answers.add(readers.submit(client::receive));
      }
      for (Future<KeepAliveClient.Answer> answer : answers) {
        assertThat(answer.get().status()).isEqualTo(200);
      }
      for (KeepAliveClient client : clients) {
        client.close();
      }
      for (String phase : List.of("decide", "start", "ready", "first_byte")) {
        String series = "leat_cold_start_seconds_count{phase=\"" + phase + "\"}";
        assertThat(leat.metric(series)).as(series).isPositive();
      }
    }
    List<String[]> lines = Files.readAllLines(journal).stream().map(l -> l.split(" ", -1)).toList();
    assertThat(lines).hasSize(1_000);
    assertThat(lines).allSatisfy(line -> assertThat(Integer.parseInt(line[2])).isBetween(1, 10));
    assertThat(lines.stream().map(line -> line[1]).distinct().count()).isBetween(1L, 3L);
    // Slots are granted in the order of arrival. An instance that has just started is slower than
    // the
    // others, so the order is looked at instance by instance; ten run at once in each.
    Map<String, List<Integer>> byInstance = new HashMap<>();
    for (String[] line : lines) {
      byInstance
          .computeIfAbsent(line[1], pid -> new ArrayList<>())
          .add(Integer.parseInt(line[3].substring(1)));
    }
    for (List<Integer> arrivals : byInstance.values()) {
      List<Integer> ordered = arrivals.stream().sorted().toList();
      for (int place = 0; place < arrivals.size(); place++) {
        int due = ordered.indexOf(arrivals.get(place));
        assertThat(Math.abs(due - place)).as("place of " + arrivals.get(place)).isLessThan(64);
      }
    }
  }

  @Test
  void whatExceedsTheHoldLimitIsRefusedAtOnce() throws Exception {
    Path config = dir.resolve("leat.yaml");
    Files.writeString(config, "hold:\n  revision-requests: 100\n");
    Path go = dir.resolve("go");
    try (LeatProcess leat =
            start(
                Manifests.config("shop").scale(0, 1).env("START_WHEN", go.toString()),
                "--config",
                config.toString());
        ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<KeepAliveClient.Answer>> answers = new ArrayList<>();
      for (int i = 0; i < 150; i++) {
        KeepAliveClient client = new KeepAliveClient(leat.httpPort());
        client.send(HOST, "/" + i);
        answers.add(readers.submit(client::receive));
      }
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> answers.stream().filter(Future::isDone).count() >= 50);
      Files.createFile(go);
      int served = 0;
      int refused = 0;
      for (Future<KeepAliveClient.Answer> future : answers) {
        KeepAliveClient.Answer answer = future.get();
        if (answer.status() == 200) {
          served++;
        } else {
          assertThat(answer.status()).isEqualTo(503);
          assertThat(answer.header("retry-after")).isNotEmpty();
          assertThat(answer.header("proxy-status")).startsWith("leat; error=leat_hold_full;");
          refused++;
        }
      }
      assertThat(served).isEqualTo(100);
      assertThat(refused).isEqualTo(50);
    }
  }

  @Test
  void clientsThatLeaveFreeTheirPlacesAndNothingIsForwardedForThem() throws Exception {
    Path journal = dir.resolve("journal");
    Path go = dir.resolve("go");
    try (LeatProcess leat =
        start(
            Manifests.config("shop")
                .scale(0, 1)
                .env("START_WHEN", go.toString())
                .env("JOURNAL", journal.toString()))) {
      List<KeepAliveClient> clients = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        KeepAliveClient client = new KeepAliveClient(leat.httpPort());
        client.send(HOST, "/left");
        clients.add(client);
      }
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> leat.metric("leat_held_requests") == 500);
      for (KeepAliveClient client : clients) {
        client.close();
      }
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(10))
          .until(() -> leat.metric("leat_held_requests") == 0);
      Files.createFile(go);
      try (KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
        assertThat(client.get(HOST, "/stayed").status()).isEqualTo(200);
      }
    }
    assertThat(Files.readAllLines(journal)).singleElement().asString().endsWith("/stayed");
  }

  @Test
  void anIdleRevisionHasNoProcessAndWakesAgain() throws Exception {
    Path config = dir.resolve("leat.yaml");
    Files.writeString(config, "scale:\n  grace: 1s\n");
    try (LeatProcess leat =
        start(Manifests.config("shop").scale(0, 1), "--config", config.toString())) {
      String first;
      try (KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
        first = client.get(HOST, "/").body().split(" ", -1)[1];
      }
      long pid = Long.parseLong(first);
      assertThat(ProcessHandle.of(pid)).isPresent();
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> ProcessHandle.of(pid).isEmpty());
      try (KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
        KeepAliveClient.Answer answer = client.get(HOST, "/");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().split(" ", -1)[1]).isNotEqualTo(first);
      }
    }
  }
}
