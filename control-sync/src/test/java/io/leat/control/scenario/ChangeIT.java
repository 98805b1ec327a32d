package io.leat.control.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Edits of the manifests under load: no request may fail while anything changes.
 *
 * <p>{@code -Dleat.scenario.edits=200} and {@code -Dleat.scenario.rollouts=20} run the long form.
 */
class ChangeIT {
  private static final String HOST = "shop.default.localhost";
  private static final int EDITS = Integer.getInteger("leat.scenario.edits", 40);
  private static final int ROLLOUTS = Integer.getInteger("leat.scenario.rollouts", 4);

  @TempDir Path dir;

  private static void replace(Path file, String text) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.writeString(next, text);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String split(int canary) {
    return Manifests.route(
        "shop",
        "{configurationName: shop, percent: " + (100 - canary) + "}",
        "{configurationName: shop-next, percent: " + canary + ", tag: t" + canary + "}");
  }

  @Test
  void routeEditsUnderLoadFailNothingAndShowWithin100Millis() throws Exception {
    Path manifests = Files.createDirectories(dir.resolve("manifests"));
    Files.writeString(
        manifests.resolve("configs.yaml"),
        Manifests.config("shop").env("VERSION", "v1").toString()
            + Manifests.config("shop-next").env("VERSION", "v2"));
    Path route = manifests.resolve("route.yaml");
    Files.writeString(route, split(50));
    List<Long> visibleMillis = new ArrayList<>();
    try (LeatProcess leat = LeatProcess.run(dir.resolve("state"), "-f", manifests.toString());
        KeepAliveClient probe = new KeepAliveClient(leat.httpPort())) {
      assertThat(probe.get(HOST, "/").status()).isEqualTo(200);
      try (Load load = new Load(leat.httpPort(), HOST, 64)) {
        for (int edit = 0; edit < EDITS; edit++) {
          int canary = 1 + edit % 98;
          long written = System.nanoTime();
          replace(route, split(canary));
          while (probe.get("t" + canary + "-" + HOST, "/").status() != 200) {
            assertThat(System.nanoTime() - written).isLessThan(Duration.ofSeconds(60).toNanos());
          }
          visibleMillis.add((System.nanoTime() - written) / 1_000_000);
        }
        load.stop();
        assertThat(load.failures()).isEmpty();
        assertThat(load.served()).isPositive();
      }
    }
    visibleMillis.sort(null);
    System.out.println("edit to visible, ms, sorted: " + visibleMillis);
  }

  @Test
  void rolloutsOfAConfigurationUnderLoadFailNothing() throws Exception {
    Path manifests = Files.createDirectories(dir.resolve("manifests"));
    Path config = manifests.resolve("config.yaml");
    Files.writeString(config, Manifests.config("shop").env("VERSION", "g0").toString());
    Files.writeString(
        manifests.resolve("route.yaml"),
        Manifests.route("shop", "{configurationName: shop, percent: 100}"));
    try (LeatProcess leat = LeatProcess.run(dir.resolve("state"), "-f", manifests.toString());
        KeepAliveClient probe = new KeepAliveClient(leat.httpPort())) {
      assertThat(probe.get(HOST, "/").status()).isEqualTo(200);
      try (Load load = new Load(leat.httpPort(), HOST, 64)) {
        for (int rollout = 1; rollout <= ROLLOUTS; rollout++) {
          String version = "g" + rollout;
          replace(config, Manifests.config("shop").env("VERSION", version).toString());
          Awaitility.await()
              .atMost(Duration.ofSeconds(60))
              .until(() -> probe.get(HOST, "/").body().startsWith(version + " "));
        }
        load.stop();
        assertThat(load.failures()).isEmpty();
        assertThat(load.served()).isPositive();
      }
    }
  }

  @Test
  void aRevisionThatFailsNeverGetsTraffic() throws Exception {
    Path manifests = Files.createDirectories(dir.resolve("manifests"));
    Path config = manifests.resolve("config.yaml");
    Files.writeString(config, Manifests.config("shop").env("VERSION", "good").toString());
    Files.writeString(
        manifests.resolve("route.yaml"),
        Manifests.route("shop", "{configurationName: shop, percent: 100}"));
    try (LeatProcess leat = LeatProcess.run(dir.resolve("state"), "-f", manifests.toString());
        KeepAliveClient probe = new KeepAliveClient(leat.httpPort())) {
      assertThat(probe.get(HOST, "/").body()).startsWith("good ");
      try (Load load = new Load(leat.httpPort(), HOST, 8)) {
        replace(
            config,
            Manifests.config("shop").command("sh", "-c", "echo out of paper; exit 1").toString());
        String revision = "/apis/serving.knative.dev/v1/namespaces/default/revisions/shop-00002";
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(() ->
                assertThat(leat.admin(revision).body()).contains("ExitCode1", "out of paper"));
        assertThat(
                leat.admin("/apis/serving.knative.dev/v1/namespaces/default/configurations/shop")
                    .body())
            .contains("\"latestCreatedRevisionName\":\"shop-00002\"")
            .contains("\"latestReadyRevisionName\":\"shop-00001\"");
        assertThat(probe.get(HOST, "/").body()).startsWith("good ");
        load.stop();
        assertThat(load.failures()).isEmpty();
      }
    }
  }
}
