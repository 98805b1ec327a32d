package io.leat.control.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every client command against a running Leat: what it prints where, and its exit code. */
class ClientCommandsIT {
  private static final String HOST = "shop.default.localhost";
  private static final String CONFIGURATION = "configuration.serving.knative.dev/shop";
  private static final String ROUTE = "route.serving.knative.dev/shop";

  @TempDir Path dir;
  private LeatProcess leat;

  /** What a command said. */
  private record Said(int code, String out, String err) {
    @Override
    public String toString() {
      return "exit " + code + "\nstdout:\n" + out + "\nstderr:\n" + err;
    }
  }

  @BeforeEach
  void start() throws IOException {
    Path nothing = Files.createDirectory(dir.resolve("manifests"));
    leat = LeatProcess.run(dir.resolve("state"), "-f", nothing.toString());
  }

  @AfterEach
  void stop() {
    leat.close();
  }

  private Said run(int code, String... words) {
    List<String> all = new ArrayList<>(Arrays.asList(words));
    if (!all.contains("--server")) {
      all.addAll(List.of("--server", leat.admin()));
    }
    return alone(code, all.toArray(String[]::new));
  }

  private static Said alone(int code, String... words) {
    try (LeatProcess command = LeatProcess.startBriefly(List.of(words))) {
      String out = command.stdout();
      Said said = new Said(command.exitCode(), out, command.stderrText());
      assertThat(said.code()).as("leat %s: %s", String.join(" ", words), said).isEqualTo(code);
      return said;
    }
  }

  private String file(String name, String text) {
    Path file = dir.resolve(name);
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file.toString();
  }

  private String shop(String version) {
    return file(
        "shop-" + version + ".yaml",
        Manifests.config("shop").scale(0, 2).env("VERSION", version)
            + Manifests.route("shop", "{configurationName: shop, percent: 100}"));
  }

  private String served() throws IOException {
    try (KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
      return client.get(HOST, "/").body();
    }
  }

  @Test
  void plansAppliesShowsAndDeletes() throws Exception {
    Said dry = run(0, "apply", "-f", shop("v1"), "--dry-run");
    assertThat(dry.out())
        .contains(CONFIGURATION + " created (dry run)\n", ROUTE + " created (dry run)\n")
        .contains("+ host " + HOST + "\n    + / -> 100% default/shop-00001\n")
        .contains("+ revision default/shop-00001, dormant\n");
    assertThat(dry.err()).isEmpty();
    Said none = run(0, "get", "routes");
    assertThat(none.out()).isEmpty();
    assertThat(none.err()).isEqualTo("no routes found in default");

    Said plan = run(8, "plan", "-f", shop("v1"), "--exit-code");
    assertThat(plan.out())
        .contains("+ " + CONFIGURATION + " created\n")
        .contains("+ revision.serving.knative.dev/shop-00001 created by Leat\n")
        .contains("+ host " + HOST + "\n");
    assertThat(run(0, "plan", "-f", shop("v1"), "-o", "json").out())
        .contains("\"changes\"", "\"table\"", "\"settled\" : true");

    Said applied = run(0, "apply", "-f", shop("v1"), "--wait");
    assertThat(applied.out()).isEqualTo(CONFIGURATION + " created\n" + ROUTE + " created\n");
    assertThat(applied.err()).isEmpty();
    assertThat(served()).startsWith("v1 ");
    Said same = run(0, "plan", "-f", shop("v1"), "--exit-code");
    assertThat(same.out()).isEmpty();
    assertThat(same.err()).isEqualTo("no changes");
    assertThat(run(0, "apply", "-f", shop("v1")).out())
        .isEqualTo(CONFIGURATION + " unchanged\n" + ROUTE + " unchanged\n");

    assertThat(run(0, "plan", "-f", shop("v2")).out())
        .contains("~ " + CONFIGURATION + " configured\n")
        .contains("spec.template.spec.containers[0].env[0].value: v1 -> v2\n")
        .contains("~ host " + HOST + "\n    - / -> 100% default/shop-00001\n")
        .contains("    + / -> 100% default/shop-00002\n");
    assertThat(run(0, "apply", "-f", shop("v2"), "--wait").out())
        .isEqualTo(CONFIGURATION + " configured\n" + ROUTE + " unchanged\n");
    assertThat(served()).startsWith("v2 ");

    shows();
    deletes();
  }

  private void shows() throws IOException {
    assertThat(run(0, "get", "rt", "shop", "-o", "name").out()).isEqualTo(ROUTE + "\n");
    assertThat(run(0, "get", "routes.serving.knative.dev", "-o", "wide", "-A").out())
        .containsPattern("NAMESPACE +NAME +URL +READY +REASON +TRAFFIC +AGE +MESSAGE")
        .contains("shop-00002=100%");
    assertThat(run(0, "get", "cfg", "shop", "-o", "yaml").out())
        .contains("kind: \"Configuration\"");
    assertThat(run(0, "get", "rev", "-l", "serving.knative.dev/configuration=shop").out())
        .contains("shop-00001", "shop-00002");
    assertThat(run(0, "get", "rev", "-l", "serving.knative.dev/configuration=no").out()).isEmpty();
    assertThat(run(3, "get", "route", "nobody").err())
        .isEqualTo("error: routes.serving.knative.dev \"nobody\" not found");
    assertThat(run(2, "get", "rotues").err()).contains("unknown kind", "did you mean routes?");

    String history = run(0, "history", "configuration", "shop").out();
    assertThat(history.lines()).hasSize(3);
    assertThat(history).containsPattern("GENERATION +VERSION +TIME +WHO +REASON").contains("leat");
    assertThat(run(0, "history", "cfg", "shop", "-o", "yaml").out()).contains("v1", "v2");
    assertThat(run(3, "history", "nobody").err()).contains("services.serving.knative.dev");

    assertThat(run(0, "describe", "route", "shop").out())
        .containsPattern("Name: +shop")
        .contains("Conditions:\n", "Table:\n  shop.default", "    / -> 100% default/shop-00002")
        .contains("Events:\n", "RouteReady");
    assertThat(run(0, "describe", "rev", "shop-00002").out())
        .contains("Table:\n", HOST + "\n    / -> 100% default/shop-00002")
        .containsPattern("Controlled by: +Configuration/shop");

    watches();
  }

  private void watches() throws IOException {
    try (LeatProcess watch =
        LeatProcess.start(List.of("get", "routes", "-w", "--server", leat.admin()))) {
      BufferedReader lines = watch.stdoutLines();
      assertThat(lines.readLine()).startsWith("NAME");
      assertThat(lines.readLine()).startsWith("shop");
      run(0, "apply", "-f", file("two.yaml", route("two")));
      assertThat(lines.readLine()).startsWith("two");
    }
  }

  private static String route(String name) {
    return Manifests.route(name, "{configurationName: shop, percent: 100}");
  }

  private void deletes() {
    assertThat(run(0, "delete", "-f", file("two.yaml", route("two")), "--dry-run").out())
        .contains(
            "route.serving.knative.dev/two deleted (dry run)", "- host two.default.localhost");
    assertThat(run(0, "delete", "route", "two", "--wait").out())
        .isEqualTo("route.serving.knative.dev/two deleted\n");
    assertThat(run(3, "delete", "route", "two").err()).contains("\"two\" not found");
    assertThat(run(0, "delete", "-f", shop("v2"), "--wait", "--timeout", "30s").out())
        .isEqualTo(CONFIGURATION + " deleted\n" + ROUTE + " deleted\n");
    assertThat(run(0, "get", "revisions").out()).isEmpty();
    assertThat(run(2, "delete", "route").err()).contains("name KIND and NAME, or manifests by -f");
  }

  @Test
  void saysWhatIsWrongAndWhatToDoNext() throws Exception {
    String broken =
        file(
            "broken.yaml",
            """
            apiVersion: serving.knative.dev/v1
            kind: Route
            metadata: {name: r}
            spec:
              traffic:
              - {configurationName: shop, percent: 1000}
            """);
    Said invalid = run(5, "apply", "-f", broken);
    assertThat(invalid.out()).isEmpty();
    assertThat(invalid.err())
        .contains(broken + ":6:", "spec.traffic[0].percent: must be at most 100 (got 1000)")
        .contains("nothing was sent");
    assertThat(run(5, "plan", "-f", broken).err()).contains(broken + ":6:");

    String named = "{configurationName: shop, percent: 100}";
    run(0, "apply", "-f", file("shop.yaml", Manifests.route("shop", named)));
    patch("/apis/serving.knative.dev/v1/namespaces/default/routes/shop?fieldManager=other");
    String other = file("other.yaml", Manifests.route("shop", "{revisionName: x, percent: 100}"));
    Said conflict = run(4, "apply", "-f", other);
    assertThat(conflict.err()).contains(other + ":", "spec.traffic", "--force-conflicts");
    assertThat(run(4, "plan", "-f", other).err()).contains("spec.traffic");
    assertThat(run(0, "apply", "-f", other, "--force-conflicts").out())
        .isEqualTo(ROUTE + " configured\n");

    String slow =
        file("slow.yaml", Manifests.config("slow").scale(1, 1).command("sleep", "60") + "");
    Said late = run(6, "apply", "-f", slow, "--wait", "--timeout", "2s");
    assertThat(late.out()).isEqualTo("configuration.serving.knative.dev/slow created\n");
    assertThat(late.err()).contains("is not ready after 2 s", "leat describe configurations slow");

    Said nobody = run(7, "apply", "-f", other, "--server", "http://127.0.0.1:1");
    assertThat(nobody.err()).contains("cannot reach the server at http://127.0.0.1:1");
    assertThat(run(2, "apply").err()).contains("-f");
  }

  private void patch(String path) throws Exception {
    String body = "{\"spec\":{\"traffic\":[{\"revisionName\":\"y\",\"percent\":100}]}}";
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create(leat.admin() + path))
                  .header("Content-Type", "application/merge-patch+json")
                  .method("PATCH", HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
  }

  @Test
  void checksExplainsSettingsAndCompletes() throws Exception {
    Said well = run(0, "check", "--state-dir", dir.resolve("state").toString());
    assertThat(well.out())
        .containsPattern("ok +java +25")
        .containsPattern("ok +state ")
        .containsPattern("ok +server +http://127.0.0.1:[0-9]+ \\(--server\\) answers 200")
        .containsPattern("ok +ready ")
        .containsPattern("ok +table +version [0-9]+ is live");
    assertThat(well.err()).isEmpty();
    Said unwell = run(1, "check", "--server", "http://127.0.0.1:1");
    assertThat(unwell.out()).containsPattern("fail +server +cannot reach");
    run(
        0,
        "apply",
        "-f",
        file("lost.yaml", Manifests.route("lost", "{revisionName: x, percent: 100}")));
    assertThat(run(1, "check").out())
        .containsPattern("fail +routes +1 of 1 not ready: default/lost");

    assertThat(alone(0, "config", "explain", "proxy.http-port").out())
        .contains("proxy.http-port\n", "8080", "LEAT_PROXY_HTTP_PORT");
    assertThat(alone(0, "config", "explain", "hold").out()).contains("hold.max-age");
    assertThat(alone(3, "config", "explain", "proxy.http-prot").err())
        .contains("did you mean proxy.http-port?");
    for (String shell : List.of("bash", "zsh")) {
      String script = alone(0, "completion", shell).out();
      assertThat(script).contains("complete -F", "describe");
      assertAcceptedBy("bash", script);
    }
    assertThat(alone(0, "completion", "fish").out())
        .contains("complete -c leat -n __fish_use_subcommand -a apply -d 'Create and change")
        .contains("-l dry-run");
  }

  /** The shell reads the script without running it. */
  private void assertAcceptedBy(String shell, String script) throws Exception {
    Process check = new ProcessBuilder(shell, "-n", file("completion", script)).start();
    String said = new String(check.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(check.waitFor()).as(said).isZero();
  }
}
