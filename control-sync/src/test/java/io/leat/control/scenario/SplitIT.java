package io.leat.control.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Splits, tags and redirects of a running Leat. */
class SplitIT {
  private static final String HOST = "shop.default.localhost";

  @TempDir Path dir;

  private LeatProcess start() throws IOException {
    Path manifests = Files.createDirectories(dir.resolve("manifests"));
    Files.writeString(
        manifests.resolve("shop.yaml"),
        Manifests.config("shop").env("VERSION", "v1").toString()
            + Manifests.config("shop-next").env("VERSION", "v2")
            + Manifests.route(
                "shop",
                "{configurationName: shop, percent: 90}",
                "{configurationName: shop-next, percent: 10, tag: canary}"));
    return LeatProcess.run(dir.resolve("state"), "-f", manifests.toString());
  }

  private static int canaries(LeatProcess leat, int requests) throws IOException {
    int canaries = 0;
    try (KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
      for (int i = 0; i < requests; i++) {
        KeepAliveClient.Answer answer = client.get(HOST, "/");
        assertThat(answer.status()).isEqualTo(200);
        canaries += answer.body().startsWith("v2 ") ? 1 : 0;
      }
    }
    return canaries;
  }

  @Test
  void oneConnectionGetsTheShareWithinThree() throws IOException {
    try (LeatProcess leat = start()) {
      assertThat(canaries(leat, 1_000)).isCloseTo(100, within(3));
    }
  }

  @Test
  void manyConnectionsGetTheShareWithinThreePerEventLoop() throws Exception {
    try (LeatProcess leat = start();
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Integer>> work = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        work.add(() -> canaries(leat, 125));
      }
      int canaries = 0;
      for (Future<Integer> part : clients.invokeAll(work)) {
        canaries += part.get();
      }
      int loops = Runtime.getRuntime().availableProcessors();
      assertThat(canaries).isCloseTo(400, within(3 * loops));
    }
  }

  @Test
  void aTagHasItsOwnHostAndAnUnknownHostNamesTheReason() throws IOException {
    try (LeatProcess leat = start();
        KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
      for (int i = 0; i < 50; i++) {
        KeepAliveClient.Answer answer = client.get("canary-" + HOST, "/some/path?q=1");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).startsWith("v2 ");
      }
      KeepAliveClient.Answer unknown = client.get("nobody.default.localhost", "/");
      assertThat(unknown.status()).isEqualTo(404);
      assertThat(unknown.header("proxy-status"))
          .startsWith("leat; error=destination_not_found; details=\"");
      assertThat(unknown.header("content-type")).startsWith("text/plain");
      assertThat(client.get(HOST, "/").status()).isEqualTo(200);
    }
  }

  @Test
  void aRedirectedRouteKeepsPathAndQuery() throws IOException {
    Path manifest = dir.resolve("redirect.yaml");
    Files.writeString(
        manifest,
        Manifests.config("shop").toString()
            + Manifests.route("shop", "{configurationName: shop, percent: 100}")
                .replace(
                    "{name: shop}",
                    "{name: shop, annotations: {networking.knative.dev/http-protocol:"
                        + " Redirected}}"));
    try (LeatProcess leat = LeatProcess.run(dir.resolve("state"), "-f", manifest.toString());
        KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
      KeepAliveClient.Answer answer = client.get(HOST, "/any/path?x=1&y=2");
      assertThat(answer.status()).isEqualTo(301);
      assertThat(answer.header("location")).isEqualTo("https://" + HOST + "/any/path?x=1&y=2");
    }
  }
}
