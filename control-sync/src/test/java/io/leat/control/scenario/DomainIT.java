package io.leat.control.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host of one's own comes, follows its Service, and goes. */
class DomainIT {
  private static final String HOST = "shop.example.org";
  private static final String MAPPING =
      """
      apiVersion: serving.knative.dev/v1beta1
      kind: DomainMapping
      metadata: {name: shop.example.org}
      spec:
        ref: {kind: Service, name: shop, apiVersion: serving.knative.dev/v1}
      """;

  @TempDir Path dir;

  private static String ask(LeatProcess leat) throws IOException {
    try (KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
      KeepAliveClient.Answer answer = client.get(HOST, "/");
      return answer.status() + " " + answer.body().split(" ", -1)[0];
    }
  }

  private static String shop(String version) {
    return Manifests.service(
        Manifests.config("shop").env("VERSION", version), "{latestRevision: true, percent: 100}");
  }

  @Test
  void theHostLeadsToTheService() throws Exception {
    Path manifests = Files.createDirectories(dir.resolve("manifests"));
    Path service = manifests.resolve("shop.yaml");
    Path mapping = manifests.resolve("domain.yaml");
    Files.writeString(service, shop("one"));
    try (LeatProcess leat = LeatProcess.run(dir.resolve("state"), "-f", manifests.toString())) {
      assertThat(ask(leat)).startsWith("404");
      Files.writeString(mapping, MAPPING);
      await(leat, "200 one");
      assertThat(leat.admin("/debug/table?host=" + HOST).body())
          .contains("\"rewriteHost\":\"shop.default.svc.cluster.local\"");
      String path = "/apis/serving.knative.dev/v1beta1/namespaces/default/domainmappings/" + HOST;
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() ->
              assertThat(leat.admin(path).body())
                  .contains("{\"type\":\"Ready\",\"status\":\"True\"")
                  .contains("\"url\":\"http://shop.example.org\""));
      Files.writeString(service, shop("two"));
      await(leat, "200 two");
      Files.delete(mapping);
      Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> ask(leat).startsWith("404"));
    }
  }

  private static void await(LeatProcess leat, String answer) {
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> ask(leat).equals(answer));
  }
}
