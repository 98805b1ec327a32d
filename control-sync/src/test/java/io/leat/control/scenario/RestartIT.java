package io.leat.control.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a Leat knew is there after a restart, and can be copied and brought back. */
class RestartIT {
  private static final String HOST = "shop.default.localhost";

  @TempDir Path dir;

  private Path folder() throws Exception {
    Path folder = Files.createDirectories(dir.resolve("manifests"));
    Files.writeString(
        folder.resolve("shop.yaml"),
        Manifests.config("shop").scale(1, 1)
            + Manifests.route("shop", "{configurationName: shop, percent: 100}"));
    return folder;
  }

  private static int status(LeatProcess leat) throws Exception {
    try (KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
      return client.get(HOST, "/").status();
    }
  }

  private static int command(String... arguments) {
    try (LeatProcess command = LeatProcess.start(List.of(arguments))) {
      return command.exitCode();
    }
  }

  @Test
  void withoutManifestsTheLastStateIsServedAgain() throws Exception {
    Path state = dir.resolve("state");
    try (LeatProcess leat = LeatProcess.run(state, "-f", folder().toString())) {
      assertThat(status(leat)).isEqualTo(200);
      leat.kill();
    }
    try (LeatProcess leat = LeatProcess.run(state)) {
      assertThat(status(leat)).isEqualTo(200);
      assertThat(leat.stop()).isZero();
    }
    assertThat(state.resolve("leat.db-wal")).doesNotExist();
  }

  @Test
  void whatRanRunsAgainBeforeAnybodyAsks() throws Exception {
    Path state = dir.resolve("state");
    String folder = folder().toString();
    String revision = "/apis/serving.knative.dev/v1/namespaces/default/revisions/shop-00001";
    try (LeatProcess leat = LeatProcess.run(state, "-f", folder)) {
      assertThat(leat.admin(revision).body()).contains("\"actualReplicas\":1");
      leat.kill();
    }
    try (LeatProcess leat = LeatProcess.run(state, "-f", folder)) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> {
            assertThat(leat.admin(revision).body()).contains("\"actualReplicas\":1");
            assertThat(leat.admin("/debug/table?host=" + HOST).body()).contains("\"serving\"");
          });
      assertThat(leat.metric("leat_requests_total")).isZero();
    }
  }

  @Test
  void aManifestThatVanishedMeanwhileIsNotServed() throws Exception {
    Path state = dir.resolve("state");
    Path folder = folder();
    try (LeatProcess leat = LeatProcess.run(state, "-f", folder.toString())) {
      assertThat(status(leat)).isEqualTo(200);
      assertThat(leat.stop()).isZero();
    }
    Files.delete(folder.resolve("shop.yaml"));
    try (LeatProcess leat = LeatProcess.run(state, "-f", folder.toString())) {
      assertThat(status(leat)).isEqualTo(404);
    }
  }

  @Test
  void aStateDirectoryServesOneLeat() throws Exception {
    Path state = dir.resolve("state");
    try (LeatProcess leat = LeatProcess.run(state, "-f", folder().toString());
        LeatProcess second =
            LeatProcess.start(
                List.of(
                    "run",
                    "--http-port",
                    "0",
                    "--admin-port",
                    "0",
                    "--state-dir",
                    state.toString()))) {
      assertThat(second.exitCode()).isEqualTo(69);
      assertThat(second.stderrText()).contains("leat.db is in use by another Leat");
      assertThat(status(leat)).isEqualTo(200);
    }
  }

  @Test
  void aBackupIsTakenFromARunningLeatAndRestored() throws Exception {
    Path state = dir.resolve("state");
    Path copy = dir.resolve("copy.db");
    try (LeatProcess leat = LeatProcess.run(state, "-f", folder().toString())) {
      assertThat(status(leat)).isEqualTo(200);
      assertThat(command("backup", copy.toString(), "--state-dir", state.toString())).isZero();
      assertThat(command("backup", copy.toString(), "--server", leat.admin())).isEqualTo(1);
      assertThat(command("restore", copy.toString(), "--state-dir", state.toString(), "--force"))
          .isEqualTo(69);
      leat.stop();
    }
    Path offline = dir.resolve("offline.db");
    assertThat(command("backup", offline.toString(), "--state-dir", state.toString())).isZero();
    assertThat(command("restore", copy.toString(), "--state-dir", state.toString())).isEqualTo(1);
    Path other = dir.resolve("other");
    assertThat(command("restore", copy.toString(), "--state-dir", other.toString())).isZero();
    try (LeatProcess leat = LeatProcess.run(other)) {
      assertThat(status(leat)).isEqualTo(200);
    }
  }
}
