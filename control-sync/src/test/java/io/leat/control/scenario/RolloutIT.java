package io.leat.control.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rollouts and rollbacks by command, under load and through the death of Leat. */
class RolloutIT {
  private static final String HOST = "shop.default.localhost";
  private static final String API = "/apis/serving.knative.dev/v1/namespaces/default/";

  @TempDir Path dir;
  private Path folder;
  private Path manifest;

  @BeforeEach
  void aServiceWhoseTrafficIsPinned() throws IOException {
    folder = Files.createDirectories(dir.resolve("manifests"));
    manifest = folder.resolve("shop.yaml");
    Files.writeString(manifest, shop(Manifests.config("shop").env("VERSION", "one")));
  }

  private static String shop(Manifests.Config config) {
    return Manifests.service(
        config.annotation("min-scale", "1"), "{revisionName: shop-00001, percent: 100}");
  }

  private LeatProcess run() {
    return LeatProcess.run(dir.resolve("state"), "-f", folder.toString());
  }

  private void deploy(LeatProcess leat, Manifests.Config config) throws IOException {
    Path next = manifest.resolveSibling("shop.next");
    Files.writeString(next, shop(config));
    Files.move(next, manifest, StandardCopyOption.ATOMIC_MOVE);
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() ->
            assertThat(leat.admin(API + "services/shop").body())
                .contains("\"latestReadyRevisionName\":\"shop-00002\""));
  }

  private record Ended(int code, String out, String err) {}

  private static Ended leat(LeatProcess server, String... arguments) {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(List.of("--server", server.admin()));
    try (LeatProcess command = LeatProcess.start(all)) {
      String out = command.stdout();
      return new Ended(command.exitCode(), out, command.stderrText());
    }
  }

  private static String version(LeatProcess leat) throws IOException {
    try (KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
      return client.get(HOST, "/").body().split(" ", -1)[0];
    }
  }

  @Test
  void aRolloutAndARollbackUnderLoadFailNothing() throws Exception {
    try (LeatProcess leat = run()) {
      assertThat(version(leat)).isEqualTo("one");
      try (Load load = new Load(leat.httpPort(), HOST, 16)) {
        deploy(leat, Manifests.config("shop").env("VERSION", "two"));
        Ended rollout =
            leat(
                leat,
                "rollout",
                "shop",
                "--to",
                "@latest",
                "--steps",
                "20,60,100",
                "--hold",
                "700ms",
                "--abort-if",
                "error_rate > 1%",
                "--watch");
        assertThat(rollout.code()).as("%s", rollout).isZero();
        assertThat(rollout.out())
            .contains("shop-00001 80 %, shop-00002 20 %", "Succeeded  shop-00002 100 %");
        assertThat(version(leat)).isEqualTo("two");
        Ended back = leat(leat, "rollback", "shop");
        assertThat(back.code()).as("%s", back).isZero();
        assertThat(back.out())
            .isEqualTo("shop: all traffic goes to shop-00001 (was shop-00002 100 %)\n");
        assertThat(back.err()).contains("undo: leat rollback shop --to shop-00002");
        assertThat(version(leat)).isEqualTo("one");
        assertThat(leat(leat, "rollback", "shop", "--to", "shop-00002").code()).isZero();
        assertThat(version(leat)).isEqualTo("two");
        assertThat(leat(leat, "rollback", "shop", "--undo").out())
            .isEqualTo("shop: the spec counts again: shop-00001 100 % (was shop-00002 100 %)\n");
        assertThat(version(leat)).isEqualTo("one");
        load.stop();
        assertThat(load.failures()).isEmpty();
        assertThat(load.served()).isPositive();
      }
      assertThat(leat(leat, "rollout", "status", "shop").code()).isEqualTo(3);
      assertThat(leat(leat, "rollback", "shop", "--to", "shop-00009").code()).isEqualTo(3);
      assertThat(leat(leat, "rollback", "nothing").code()).isEqualTo(3);
      assertThat(leat(leat, "rollout", "shop", "--steps", "50").code()).isEqualTo(2);
    }
  }

  @Test
  void aRevisionThatFailsTooOftenLosesItsTraffic() throws Exception {
    try (LeatProcess leat = run()) {
      assertThat(version(leat)).isEqualTo("one");
      deploy(leat, Manifests.config("shop").env("VERSION", "two").env("FAIL_EVERY", "5"));
      try (Load load = new Load(leat.httpPort(), HOST, 4)) {
        Ended rollout =
            leat(
                leat,
                "rollout",
                "shop",
                "--steps",
                "30,100",
                "--hold",
                "20s",
                "--abort-if",
                "error_rate>5%",
                "--watch");
        assertThat(rollout.code()).isEqualTo(1);
        assertThat(rollout.out()).contains("Aborted  shop-00001 100 %  error_rate>5%: ");
        int failed = load.failures().size();
        assertThat(failed).isPositive();
        long served = load.served();
        Awaitility.await().until(() -> load.served() > served + 200);
        assertThat(load.failures()).hasSize(failed);
      }
      assertThat(leat(leat, "rollout", "status", "shop").out()).startsWith("phase      Aborted\n");
    }
  }

  @Test
  void aKilledLeatGoesOnWithItsRollout() throws Exception {
    try (LeatProcess leat = run()) {
      deploy(leat, Manifests.config("shop").env("VERSION", "two"));
      Ended asked =
          leat(
              leat,
              "rollout",
              "shop",
              "--steps",
              "10,50,100",
              "--hold",
              "4s",
              "--abort-if",
              "error_rate>1%");
      assertThat(asked.code()).as("%s", asked).isZero();
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> leat.admin(API + "routes/shop").body().contains("\"percent\":50"));
      leat.kill();
    }
    try (LeatProcess leat = run()) {
      assertThat(leat.admin(API + "routes/shop").body())
          .contains("\"phase\":\"Progressing\"")
          .contains("\"step\":1");
      try (Load load = new Load(leat.httpPort(), HOST, 8)) {
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .until(
                () -> leat.admin(API + "routes/shop").body().contains("\"phase\":\"Succeeded\""));
        load.stop();
        assertThat(load.failures()).isEmpty();
      }
      assertThat(version(leat)).isEqualTo("two");
      assertThat(leat(leat, "rollout", "promote", "shop").code()).isEqualTo(3);
    }
  }
}
