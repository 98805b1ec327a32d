package io.leat.control.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees on the admin port and through the client commands. */
class AdminIT {
  private static final String HOST = "shop.default.localhost";

  @TempDir Path dir;

  private LeatProcess start() throws Exception {
    Path manifest = dir.resolve("shop.yaml");
    Files.writeString(
        manifest,
        Manifests.config("shop").scale(0, 2).env("VERSION", "v1")
            + Manifests.route("shop", "{configurationName: shop, percent: 100, tag: blue}"));
    LeatProcess leat = LeatProcess.run(dir.resolve("state"), "-f", manifest.toString());
    System.out.println("start to ready without AOT cache, s: " + leat.secondsToReady());
    return leat;
  }

  private static void request(LeatProcess leat) throws Exception {
    try (KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
      assertThat(client.get(HOST, "/").status()).isEqualTo(200);
      assertThat(client.get("nobody.localhost", "/").status()).isEqualTo(404);
    }
  }

  @Test
  void theAdminPortShowsHealthTableAndDecisions() throws Exception {
    try (LeatProcess leat = start()) {
      assertThat(leat.admin("/healthz").statusCode()).isEqualTo(200);
      assertThat(leat.admin("/readyz").statusCode()).isEqualTo(200);
      assertThat(leat.admin("/version").body()).contains("gitVersion");
      assertThat(leat.admin("/debug/table?host=" + HOST).body())
          .contains("\"version\":", "\"hash\":", "\"host\":\"" + HOST + "\"", "dormant");
      request(leat);
      assertThat(leat.admin("/debug/table").body())
          .contains("\"state\":\"serving\"", "\"state\":\"ready\"", "blue-" + HOST);
      assertThat(leat.admin("/debug/explain?method=GET&url=http://" + HOST + "/x").body())
          .contains("shop-00001");
      assertThat(leat.admin("/debug/explain?method=GET&url=http://sho.default.localhost/").body())
          .contains(HOST);
      assertThat(leat.metric("leat_requests_total")).isGreaterThanOrEqualTo(1);
      assertThat(leat.metric("leat_rejections_total")).isGreaterThanOrEqualTo(1);
    }
  }

  @Test
  void promtoolAcceptsTheMetrics() throws Exception {
    boolean installed =
        new ProcessBuilder("sh", "-c", "command -v promtool").start().waitFor() == 0;
    Assumptions.assumeTrue(installed, "promtool: skipped, install the Debian package prometheus");
    try (LeatProcess leat = start()) {
      request(leat);
      Process promtool =
          new ProcessBuilder("promtool", "check", "metrics").redirectErrorStream(true).start();
      promtool
          .getOutputStream()
          .write(leat.admin("/metrics").body().getBytes(StandardCharsets.UTF_8));
      promtool.getOutputStream().close();
      String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(promtool.waitFor()).as(said).isZero();
      assertThat(said).isEmpty();
    }
  }

  @Test
  void theClientCommandsAnswer() throws Exception {
    try (LeatProcess leat = start()) {
      request(leat);
      try (LeatProcess get =
          LeatProcess.start(List.of("get", "routes", "--server", leat.admin()))) {
        assertThat(get.exitCode()).as(get.stderrText()).isZero();
        assertThat(get.stdout()).contains("NAME", "URL", "READY", "shop", "True");
      }
      try (LeatProcess get =
          LeatProcess.start(List.of("get", "route", "nobody", "--server", leat.admin()))) {
        assertThat(get.exitCode()).isEqualTo(3);
      }
      try (LeatProcess explain =
          LeatProcess.start(List.of("explain", "http://" + HOST + "/", "--server", leat.admin()))) {
        assertThat(explain.exitCode()).as(explain.stderrText()).isZero();
        assertThat(explain.stdout()).contains("shop-00001");
      }
      try (LeatProcess unreachable =
          LeatProcess.start(List.of("get", "routes", "--server", "http://127.0.0.1:1"))) {
        assertThat(unreachable.exitCode()).isEqualTo(7);
      }
      try (LeatProcess usage = LeatProcess.start(List.of("get", "--bogus"))) {
        assertThat(usage.exitCode()).isEqualTo(2);
      }
    }
  }
}
