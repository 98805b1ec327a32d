package io.leat.control.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.control.cli.Leat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code leat logs}, {@code tap}, {@code top} and {@code action} against one running Leat. */
@Timeout(300)
class LiveViewsIT {
  private static final String HOST = "shop.default.localhost";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path dir;

  /** A command that runs in this process. */
  private static final class Said {
    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    final ByteArrayOutputStream err = new ByteArrayOutputStream();
    final CompletableFuture<Integer> code = new CompletableFuture<>();

    String out() {
      return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
      return err.toString(StandardCharsets.UTF_8);
    }

    Said ends(int expected) throws Exception {
      assertThat(code.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as(err()).isEqualTo(expected);
      return this;
    }
  }

  private static Said start(LeatProcess leat, String... words) {
    List<String> all = new ArrayList<>(Arrays.asList(words));
    all.addAll(List.of("--server", leat.admin()));
    Said said = new Said();
    Thread.ofVirtual()
        .start(
            () -> said.code.complete(Leat.execute(said.out, said.err, all.toArray(String[]::new))));
    return said;
  }

  private static void until(BooleanSupplier condition) {
    await().atMost(PATIENCE).until(condition::getAsBoolean);
  }

  private LeatProcess started() throws IOException {
    Path manifests = Files.createDirectory(dir.resolve("manifests"));
    Files.writeString(
        manifests.resolve("shop.yaml"),
        Manifests.service(Manifests.config("shop").scale(1, 1).env("VERSION", "v1"))
            .replace("  traffic:\n", ""));
    return LeatProcess.run(dir.resolve("state"), "-f", manifests.toString());
  }

  @Test
  void showWhatHappens() throws Exception {
    LeatProcess leat = started();
    Said following;
    try (leat;
        KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
      assertThat(client.get(HOST, "/").body()).startsWith("v1 ");
      following = start(leat, "logs", "service/shop", "-f");
      logs(leat);
      Said follower = following;
      until(() -> follower.out().contains("listening on "));
      taps(leat, client);
      tops(leat, client);
      actions(leat);
      assertThat(following.code).isNotDone();
    }
    following.ends(0);
    assertThat(following.err()).contains("the server has ended");
  }

  private void logs(LeatProcess leat) throws Exception {
    assertThat(start(leat, "logs", "shop-00001").ends(0).out()).startsWith("listening on ");
    assertThat(start(leat, "logs", "rev/shop-00001", "--tail", "1", "--timestamps").ends(0).out())
        .containsPattern("^2[0-9-]+T[0-9:.]+Z listening on [0-9]+\n$");
    assertThat(start(leat, "logs", "shop-00001", "--since", "10m").ends(0).out()).isNotEmpty();
    assertThat(start(leat, "logs", "shop-00009").ends(3).err())
        .contains("revisions.serving.knative.dev \"shop-00009\" not found");
    assertThat(start(leat, "logs", "shop-00001", "--tail", "20000").ends(5).err())
        .contains("tail must be from 0 to 10000");
  }

  private void taps(LeatProcess leat, KeepAliveClient client) throws Exception {
    Said missed = start(leat, "tap", "--status", "404", "--count", "1", "-o", "json");
    Said seen = start(leat, "tap", "--host", HOST, "--path", "/digest", "--count", "2");
    // A tap shows what ends after it has begun, so requests go on until both have enough.
    until(() -> {
      send(client, "unknown.localhost", "/x?secret=1");
      send(client, HOST, "/digest?secret=1");
      send(client, HOST, "/");
      return missed.code.isDone() && seen.code.isDone();
    });
    assertThat(missed.ends(0).out())
        .contains("\"host\":\"unknown.localhost\",\"path\":\"/x\",\"status\":404")
        .contains("\"rejection\":\"no_route\"");
    assertThat(seen.ends(0).out().lines())
        .hasSize(2)
        .allSatisfy(line ->
            assertThat(line)
                .containsPattern("^[0-9:.]{12}  200  GET     " + HOST + "/digest +")
                .contains("default/shop > shop-00001")
                .doesNotContain("secret"));
    assertThat(seen.err()).isEmpty();
    assertThat(start(leat, "tap", "--status", "teapot").ends(5).err()).contains("like 404 or 5xx");
  }

  private static void send(KeepAliveClient client, String host, String path) {
    try {
      assertThat(client.get(host, path).body()).isNotNull();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void tops(LeatProcess leat, KeepAliveClient client) throws Exception {
    Said top = start(leat, "top", "--once", "--interval", "500ms");
    until(() -> {
      send(client, HOST, "/");
      return top.code.isDone();
    });
    List<String> lines = top.ends(0).out().lines().toList();
    assertThat(lines.getFirst()).startsWith("ROUTE ").contains(" REQ/S ").endsWith(" ACTIVE");
    String shop =
        lines.stream().filter(line -> line.startsWith("default/shop ")).toList().getFirst();
    assertThat(shop).containsPattern(" default/shop-00001 +[1-9][0-9.]* +0\\.0% ");
    assertThat(shop).containsPattern(" 1/1 +[0-9]+$");
    assertThat(start(leat, "top", "--once", "--interval", "200ms", "-n", "other").ends(0).out())
        .hasLineCount(1);
  }

  private void actions(LeatProcess leat) throws Exception {
    Path source = Files.writeString(dir.resolve("in.txt"), "a\n");
    post(leat, "modules", "{'name':'firehose','project':'default'}");
    String files =
        "'source':{'type':'file','path':'%s'},'sink':{'type':'file','path':'%s'}"
            .formatted(source, dir.resolve("out.txt"));
    post(
        leat,
        "resources",
        "{'kind':'firehose','project':'default','name':'orders','spec':{'configs':{"
            + files
            + "}}}");
    until(() ->
        leat.admin("/api/v1beta1/resources/orn:entropy:firehose:default:orders")
            .body()
            .contains("STATUS_COMPLETED"));
    assertThat(
            start(leat, "action", "firehose", "orders", "scale", "--param", "replicas=2", "--wait")
                .ends(0)
                .out())
        .startsWith("firehose/orders scale: completed\n")
        .contains("  replicas: 2\n");
    assertThat(start(leat, "action", "firehose", "orders", "fly").ends(5).err())
        .contains("action 'fly' is not valid on kind 'firehose' (expected one of create, delete, ");
    assertThat(start(leat, "action", "firehose", "orders", "scale").ends(5).err())
        .contains("replicas");
    assertThat(start(leat, "action", "firehose", "nobody", "stop").ends(3).err())
        .contains("not found");
    assertThat(start(leat, "action", "rt", "shop", "fly").ends(5).err())
        .contains("on kind 'route' (expected one of update)");
    assertThat(start(leat, "action", "firehos", "orders", "stop").ends(2).err())
        .contains("did you mean firehose?");
    assertThat(start(leat, "action", "firehose", "orders", "stop", "-o", "json").ends(0).out())
        .contains("\"urn\" : \"orn:entropy:firehose:default:orders\"");
  }

  private static void post(LeatProcess leat, String collection, String body) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create(leat.admin() + "/api/v1beta1/" + collection))
                  .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
  }
}
