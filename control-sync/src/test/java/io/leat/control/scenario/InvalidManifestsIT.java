package io.leat.control.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Manifests that break a rule, at the start and as an edit of a running Leat. */
class InvalidManifestsIT {
  private static final String HOST = "shop.default.localhost";

  @TempDir Path dir;

  private static String valid() {
    return Manifests.config("shop").env("VERSION", "v1")
        + Manifests.route("shop", "{configurationName: shop, percent: 100}");
  }

  /** Each breaks {@link #valid()} by replacing one text by another. */
  private static String broken(String from, String to) {
    String text = valid().replace(from, to.replace("\\n", "\n"));
    assertThat(text).isNotEqualTo(valid());
    return text;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          percent: 100 | percent: 99 | spec.traffic | 99
          percent: 100} | percent: 50, tag: a}\\n  - {configurationName: shop, percent: 50, tag: a} | spec.traffic[1].tag | a
          configurationName: shop | revisionName: shop-00001, configurationName: shop | spec.traffic[0] | configurationName
          kind: Route\\nmetadata: {name: shop} | kind: Route\\nmetadata: {name: Shop_1} | metadata.name | Shop_1
          percent: 100} | percnt: 100} | spec.traffic[0].percnt | percent
          - command: | - image: shop:1\\n        args: | spec.template.spec.containers[0] | command
          percent: 100 | percent: lots | spec.traffic[0].percent | integer
          """)
  void isRefusedWithItsPlace(String from, String to, String path, String rule) throws Exception {
    Path manifest = dir.resolve("shop.yaml");
    Files.writeString(manifest, broken(from.replace("\\n", "\n"), to));
    String place = "shop\\.yaml:\\d+:\\d+ ";

    try (LeatProcess validate = LeatProcess.start(List.of("validate", "-f", manifest.toString()))) {
      assertThat(validate.exitCode()).isEqualTo(5);
      assertThat(validate.stdout()).containsPattern(place).contains(path).contains(rule);
    }
    try (LeatProcess run =
        LeatProcess.start(
            List.of(
                "run",
                "-f",
                manifest.toString(),
                "--http-port",
                "0",
                "--admin-port",
                "0",
                "--state-dir",
                dir.resolve("state").toString()))) {
      assertThat(run.exitCode()).isEqualTo(5);
      assertThat(run.stderrText()).containsPattern(place).contains(path).contains(rule);
    }
  }

  @Test
  void anEditThatBreaksARuleKeepsTheLastGoodState() throws IOException {
    Path manifest = dir.resolve("shop.yaml");
    Files.writeString(manifest, valid());
    try (LeatProcess leat = LeatProcess.run(dir.resolve("state"), "-f", manifest.toString());
        KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
      assertThat(client.get(HOST, "/").body()).startsWith("v1 ");
      Files.writeString(manifest, broken("percent: 100", "percent: 99"));
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() ->
              assertThat(leat.stderrText())
                  .containsPattern("shop\\.yaml:\\d+:\\d+ spec\\.traffic"));
      assertThat(client.get(HOST, "/").body()).startsWith("v1 ");
      try (LeatProcess get =
          LeatProcess.start(
              List.of("get", "route", "shop", "--server", leat.admin(), "-o", "yaml"))) {
        assertThat(get.exitCode()).isZero();
        assertThat(get.stdout()).containsPattern("shop\\.yaml:\\d+:\\d+ spec\\.traffic");
      }
      Files.writeString(manifest, valid().replace("value: 'v1'", "value: 'v2'"));
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> client.get(HOST, "/").body().startsWith("v2 "));
    }
  }
}
