package io.leat.control.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kubectl manages a Leat without any cluster, and everything behaves as it does on one. */
class KubectlIT {
  private static final String HOST = "shop.default.localhost";

  @TempDir Path dir;
  private LeatProcess leat;
  private Kubectl kubectl;

  @BeforeEach
  void start() throws IOException {
    Kubectl.assumeInstalled();
    Path nothing = Files.createDirectory(dir.resolve("manifests"));
    leat = LeatProcess.run(dir.resolve("state"), "-f", nothing.toString());
    kubectl = new Kubectl(dir.resolve("state"));
  }

  @AfterEach
  void stop() {
    if (leat != null) {
      leat.close();
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
        Manifests.config("shop").scale(1, 2).env("VERSION", version)
            + Manifests.route("shop", "{configurationName: shop, percent: 100}"));
  }

  private void applied(String version) {
    kubectl.ok("apply", "-f", shop(version));
    kubectl.ok("wait", "--for=condition=Ready", "configuration/shop", "--timeout=40s");
    kubectl.ok("wait", "--for=condition=Ready", "route/shop", "--timeout=40s");
  }

  private String served() throws IOException {
    try (KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
      return client.get(HOST, "/").body();
    }
  }

  @Test
  void whatIsAppliedIsServedChangedAndDeleted() throws IOException {
    String first = kubectl.ok("apply", "-f", shop("v1"));
    assertThat(first)
        .contains("configuration.serving.knative.dev/shop created")
        .contains("route.serving.knative.dev/shop created");
    applied("v1");
    assertThat(served()).startsWith("v1 ");
    assertThat(kubectl.ok("apply", "-f", shop("v1"))).contains("shop unchanged");
    Kubectl.Said difference = kubectl.run("diff", "-f", shop("v2"));
    assertThat(difference.exitCode()).isEqualTo(1);
    assertThat(difference.out()).contains("value: v2");
    assertThat(kubectl.ok("apply", "-f", shop("v2"))).contains("shop configured");
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(served()).startsWith("v2 "));
    assertThat(kubectl.run("diff", "-f", shop("v2")).exitCode()).isZero();
    assertThat(kubectl.ok("delete", "-f", shop("v2"))).contains("\"shop\" deleted");
    assertThat(kubectl.ok("get", "revisions")).isEmpty();
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(served()).doesNotStartWith("v2 "));
  }

  @Test
  void listsAndDescriptionsAreThoseOfKnative() {
    applied("v1");
    assertThat(kubectl.ok("get", "route").lines().findFirst().orElse(""))
        .matches("NAME +URL +READY +REASON");
    assertThat(kubectl.ok("get", "rt", "shop", "-o", "wide")).contains("TRAFFIC", "True", HOST);
    assertThat(kubectl.ok("get", "rev").lines().findFirst().orElse(""))
        .matches("NAME +CONFIG NAME +GENERATION +READY +REASON +ACTUAL REPLICAS +DESIRED REPLICAS");
    assertThat(kubectl.ok("get", "all", "-A")).contains("default", "shop-00001");
    assertThat(kubectl.ok("get", "cfg", "shop", "-o", "yaml"))
        .contains("latestReadyRevisionName: shop-00001", "kind: Configuration");
    assertThat(kubectl.ok("get", "cfg", "-o", "json")).contains("\"kind\": \"List\"");
    assertThat(kubectl.ok("get", "cfg", "-o", "name"))
        .isEqualTo("configuration.serving.knative.dev/shop\n");
    assertThat(kubectl.ok("get", "route", "shop", "-o", "jsonpath={.status.url}")).contains(HOST);
    assertThat(kubectl.ok("describe", "route", "shop"))
        .contains("Name:         shop", "RouteReady", "became ready");
    assertThat(kubectl.ok("get", "events")).contains("RevisionReady", "revision/shop-00001");
    assertThat(kubectl.ok("api-resources")).contains("ksvc", "serving.knative.dev", "configmaps");
    Kubectl.Said missing = kubectl.run("get", "route", "nobody");
    assertThat(missing.exitCode()).isEqualTo(1);
    assertThat(missing.err())
        .contains("Error from server (NotFound): routes.serving.knative.dev \"nobody\" not found");
  }

  @Test
  void fieldsAreExplained() {
    assertThat(kubectl.ok("explain", "route.spec.traffic"))
        .contains("percent", "Share of the requests");
    assertThat(kubectl.ok("explain", "ksvc")).contains("A program with a route");
    assertThat(kubectl.ok("explain", "configuration.spec.template.spec", "--recursive"))
        .contains("containerConcurrency", "readinessProbe", "httpGet");
  }

  @Test
  void patchesLabelsAndAnnotationsArePartialChanges() {
    applied("v1");
    assertThat(kubectl.ok("label", "route", "shop", "team=a")).contains("labeled");
    assertThat(kubectl.ok("get", "route", "-l", "team in (a,b)", "-o", "name"))
        .contains("route.serving.knative.dev/shop");
    assertThat(kubectl.ok("get", "route", "-l", "team=c", "-o", "name")).isEmpty();
    assertThat(kubectl.ok("annotate", "route", "shop", "leat.dev/timeout=5s"))
        .contains("annotated");
    assertThat(kubectl.ok("label", "revision", "shop-00001", "kept=yes")).contains("labeled");
    String traffic = "{\"spec\":{\"traffic\":[{\"configurationName\":\"shop\",\"percent\":100,";
    kubectl.ok("patch", "route", "shop", "--type", "merge", "-p", traffic + "\"tag\":\"red\"}]}}");
    kubectl.ok(
        "patch",
        "route",
        "shop",
        "--type",
        "json",
        "-p",
        "[{\"op\":\"replace\",\"path\":\"/spec/traffic/0/tag\",\"value\":\"blue\"}]");
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> assertThat(leat.admin("/debug/table").body()).contains("blue-" + HOST));
    Kubectl.Said refused =
        kubectl.run(
            "patch",
            "route",
            "shop",
            "--type",
            "json",
            "-p",
            "[{\"op\":\"replace\",\"path\":\"/spec/traffic/0/percent\",\"value\":1000}]");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err()).contains("spec.traffic[0].percent", "must be at most 100 (got 1000)");
    Kubectl.Said immutable =
        kubectl.run(
            "patch",
            "revision",
            "shop-00001",
            "--type",
            "merge",
            "-p",
            "{\"spec\":{\"timeoutSeconds\":7}}");
    assertThat(immutable.err()).contains("is immutable");
  }

  @Test
  void appliersOnTheServerOwnTheirFields() {
    String route =
        file("r.yaml", Manifests.route("shop", "{configurationName: shop, percent: 100}"));
    assertThat(kubectl.ok("apply", "--server-side", "--field-manager=one", "-f", route))
        .contains("serverside-applied");
    kubectl.ok("apply", "--server-side", "--field-manager=one", "-f", route);
    String other =
        file("o.yaml", Manifests.route("shop", "{configurationName: other, percent: 100}"));
    Kubectl.Said conflict =
        kubectl.run("apply", "--server-side", "--field-manager=two", "-f", other);
    assertThat(conflict.exitCode()).isEqualTo(1);
    assertThat(conflict.err())
        .contains("Apply failed with 1 conflict: conflict with \"one\"")
        .contains(".spec.traffic");
    kubectl.ok("apply", "--server-side", "--force-conflicts", "--field-manager=two", "-f", other);
    assertThat(
            kubectl.ok(
                "get", "route", "shop", "-o", "jsonpath={.spec.traffic[0].configurationName}"))
        .isEqualTo("other");
  }

  @Test
  void aWatchSeesEveryStep() throws Exception {
    Path output = dir.resolve("watch.txt");
    kubectl.ok("apply", "-f", shop("v1"));
    Process watch = kubectl.start(output, "get", "route", "-w");
    try {
      kubectl.ok("wait", "--for=condition=Ready", "route/shop", "--timeout=40s");
      kubectl.ok("delete", "route", "shop");
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() ->
              assertThat(Files.readAllLines(output))
                  .first()
                  .asString()
                  .matches("NAME +URL +READY +REASON *"));
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () -> assertThat(Files.readString(output)).containsPattern("shop .* True"));
    } finally {
      watch.destroy();
      watch.waitFor();
    }
  }

  @Test
  void namespacesAndDocumentsOfTheCore() {
    assertThat(kubectl.ok("get", "ns")).contains("default", "Active");
    assertThat(kubectl.ok("create", "ns", "team")).contains("namespace/team created");
    kubectl.ok("create", "configmap", "c", "-n", "team", "--from-literal=a=b");
    kubectl.ok("create", "secret", "generic", "s", "-n", "team", "--from-literal=p=word");
    kubectl.ok("patch", "configmap", "c", "-n", "team", "-p", "{\"data\":{\"d\":\"e\"}}");
    assertThat(kubectl.ok("get", "cm", "c", "-n", "team", "-o", "jsonpath={.data.a}{.data.d}"))
        .isEqualTo("be");
    assertThat(kubectl.ok("get", "cm,secret", "-A")).contains("team", "Opaque");
    String twice = kubectl.run("create", "ns", "team").err();
    assertThat(twice).contains("Error from server (AlreadyExists)");
    assertThat(kubectl.ok("delete", "ns", "team")).contains("deleted");
    assertThat(kubectl.ok("get", "cm", "-A", "-o", "name")).isEmpty();
  }

  @Test
  void whatIsWrongIsNamedBeforeItIsStored() {
    String typo = Manifests.route("shop", "{configurationName: shop, percent: 100}");
    String bad = file("bad.yaml", typo.replace("traffic:", "trafic:"));
    Kubectl.Said refused = kubectl.run("apply", "-f", bad);
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err()).contains("unknown field").contains("trafic");
    Kubectl.Said dry = kubectl.run("apply", "--dry-run=server", "-f", shop("v1"));
    assertThat(dry.out()).contains("created (server dry run)");
    assertThat(kubectl.ok("get", "route", "-o", "name")).isEmpty();
  }
}
