package io.leat.control.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a Leat ends: by signal, and without being asked. */
class KillIT {
  private static final String HOST = "shop.default.localhost";

  @TempDir Path dir;

  private Path manifest() throws IOException {
    Path manifest = dir.resolve("shop.yaml");
    Files.writeString(
        manifest,
        Manifests.config("shop").scale(3, 3).annotation("min-scale", "3")
            + Manifests.route("shop", "{configurationName: shop, percent: 100}"));
    return manifest;
  }

  private static Set<Long> instances(LeatProcess leat) throws IOException {
    Set<Long> pids = new HashSet<>();
    try (KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
      for (int i = 0; i < 100; i++) {
        KeepAliveClient.Answer answer = client.get(HOST, "/");
        assertThat(answer.status()).isEqualTo(200);
        pids.add(Long.parseLong(answer.body().split(" ", -1)[1]));
      }
    }
    return pids;
  }

  /** Whether a process runs; one that ended and that nobody has collected yet does not. */
  private static boolean alive(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException ended) {
      return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)
          && !Files.exists(Path.of("/proc/self/stat"));
    }
  }

  @Test
  void noChildSurvivesAKilledLeatAndTheNextOneServes() throws Exception {
    Path manifest = manifest();
    Set<Long> pids = new HashSet<>();
    try (LeatProcess leat = LeatProcess.run(dir.resolve("state"), "-f", manifest.toString())) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> {
            pids.addAll(instances(leat));
            return pids.size() == 3;
          });
      leat.kill();
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> pids.stream().noneMatch(KillIT::alive));
    try (LeatProcess leat = LeatProcess.run(dir.resolve("state"), "-f", manifest.toString())) {
      assertThat(instances(leat)).doesNotContainAnyElementsOf(pids);
    }
  }

  @Test
  void aStoppedLeatDrainsAndLeavesNobody() throws Exception {
    try (LeatProcess leat = LeatProcess.run(dir.resolve("state"), "-f", manifest().toString())) {
      Set<Long> pids = instances(leat);
      assertThat(leat.stop()).isZero();
      assertThat(pids.stream().filter(KillIT::alive)).isEmpty();
    }
  }
}
