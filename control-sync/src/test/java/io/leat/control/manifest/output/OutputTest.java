package io.leat.control.manifest.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.manifest.ManifestReader;
import io.leat.control.manifest.ManifestSet;
import io.leat.control.manifest.rules.Finding;
import io.leat.control.resource.Condition;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec.EndpointSliceSpec;
import io.leat.control.resource.Spec.RevisionSpec;
import io.leat.control.resource.Spec.RouteSpec;
import io.leat.control.resource.Spec.SliceConditions;
import io.leat.control.resource.Spec.SliceEndpoint;
import io.leat.control.resource.Spec.SlicePort;
import io.leat.control.resource.Spec.TrafficTarget;
import io.leat.control.resource.Status;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What users and scripts see of resources. */
final class OutputTest {
  private static final Instant THEN = Instant.parse("2026-01-02T03:04:05Z");
  private static final List<TrafficTarget> TRAFFIC =
      List.of(
          new TrafficTarget("shop-00001", null, null, 90L, null, null),
          new TrafficTarget("shop-00002", null, null, 10L, "canary", null));

  @Test
  void writesARouteAsKubernetesDoes() {
    assertThat(ResourceJson.write(route()))
        .isEqualTo(
            "{\"apiVersion\":\"serving.knative.dev/v1\",\"kind\":\"Route\",\"metadata\":{"
                + "\"name\":\"shop\",\"namespace\":\"default\",\"uid\":\"u-1\","
                + "\"resourceVersion\":\"7\",\"generation\":2,"
                + "\"creationTimestamp\":\"2026-01-02T03:04:05Z\",\"labels\":{\"a\":\"1\"},"
                + "\"ownerReferences\":[{\"apiVersion\":\"serving.knative.dev/v1\","
                + "\"kind\":\"Service\",\"name\":\"shop\",\"uid\":\"u-0\",\"controller\":true}]},"
                + "\"spec\":{\"traffic\":[{\"revisionName\":\"shop-00001\",\"percent\":90},"
                + "{\"revisionName\":\"shop-00002\",\"percent\":10,\"tag\":\"canary\"}]},"
                + "\"status\":{\"observedGeneration\":2,\"conditions\":[{\"type\":\"Ready\","
                + "\"status\":\"False\",\"reason\":\"RevisionMissing\",\"message\":\"no"
                + " shop-00002\",\"lastTransitionTime\":\"2026-01-02T03:04:05Z\"}],"
                + "\"url\":\"http://shop.default.localhost\","
                + "\"address\":{\"url\":\"http://shop.default.svc.cluster.local\"},"
                + "\"traffic\":[{\"revisionName\":\"shop-00001\",\"percent\":90},"
                + "{\"revisionName\":\"shop-00002\",\"percent\":10,\"tag\":\"canary\"}]}}");
  }

  @Test
  void writesASliceFlat() {
    assertThat(ResourceYaml.write(slice()))
        .isEqualTo(
            """
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata:
              name: shop-1
              namespace: default
              labels:
                serving.knative.dev/revision: shop-00001
            addressType: IPv4
            endpoints:
              - addresses:
                  - "127.0.0.1"
                conditions:
                  ready: true
            ports:
              - name: http1
                port: 8080
            """);
  }

  @Test
  void readsBackWhatItWrote() {
    for (Resource resource : List.of(route(), slice())) {
      assertThat(ResourceJson.read("stored", ResourceJson.write(resource)).resources())
          .containsExactly(resource);
      ManifestSet yaml =
          ManifestReader.forServers().read("stored.yaml", ResourceYaml.write(resource));
      assertThat(yaml.resources()).containsExactly(resource);
    }
    ManifestSet list =
        ManifestReader.forServers()
            .read("list.json", ResourceJson.writePretty(List.of(route(), slice())));
    assertThat(list.resources()).containsExactly(route(), slice());
    ManifestSet documents =
        ManifestReader.forServers()
            .read("list.yaml", ResourceYaml.write(List.of(route(), slice())));
    assertThat(documents.resources()).containsExactly(route(), slice());
  }

  @Test
  void deletionFinalizersAndManagedFieldsAreWrittenAsKubernetesDoes() {
    String managed =
        "[{\"manager\":\"kubectl\",\"operation\":\"Apply\",\"fieldsV1\":{\"f:spec\":{\"f:traffic\":{}}}}]";
    Resource plain = route();
    Resource leaving =
        plain.withMetadata(
            plain
                .metadata()
                .withFinalizers(List.of("example.org/keep"))
                .deletedAt(THEN)
                .withManagedFields(managed));
    String json = ResourceJson.write(leaving);
    assertThat(json)
        .contains("\"deletionTimestamp\":\"2026-01-02T03:04:05Z\"")
        .contains("\"finalizers\":[\"example.org/keep\"]")
        .contains("\"managedFields\":" + managed);
    assertThat(ResourceJson.read("stored", json).resources()).containsExactly(leaving);
    String yaml = ResourceYaml.write(leaving);
    assertThat(yaml).contains("finalizers:").doesNotContain("managedFields");
    assertThat(ManifestReader.forServers().read("stored.yaml", yaml).resources())
        .containsExactly(leaving.withMetadata(leaving.metadata().withManagedFields("")));
  }

  @Test
  void yamlKeepsEveryStringAString() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    String alphabet = "aZ09 :#-?&*!|>'\"%@`{}[],.~/\\\n\té😀_+=xobnyNuls";
    Map<String, String> annotations = new HashMap<>();
    for (String text :
        List.of(
            "",
            "~",
            "null",
            "yes",
            "3",
            "0x1f",
            "1e3",
            ".5",
            "+1",
            "0o7",
            "1_0",
            ".inf",
            "a: b",
            "a #b",
            "2026-01-02",
            "true",
            "12:30",
            "=",
            "<<",
            "  x",
            "x\n",
            "\n",
            "a:",
            "1.",
            "off")) {
      annotations.put("k" + annotations.size(), text);
    }
    int[] symbols = alphabet.codePoints().toArray();
    for (int i = 0; i < 500; i++) {
      var text = new StringBuilder();
      for (int length = random.nextInt(12); length > 0; length--) {
        text.appendCodePoint(symbols[random.nextInt(symbols.length)]);
      }
      annotations.put("k" + annotations.size(), text.toString());
    }
    Resource resource = route().withMetadata(route().metadata().withAnnotations(annotations));

    ManifestSet set = ManifestReader.forServers().read("a.yaml", ResourceYaml.write(resource));

    assertThat(set.problems()).as("seed %d", seed).isEmpty();
    assertThat(set.resources()).as("seed %d", seed).containsExactly(resource);
  }

  @Test
  void writesProblemsAsAKubernetesStatus() {
    String json =
        StatusJson.invalid(
                Kind.ROUTE,
                "shop",
                List.of(
                    new Finding("spec.traffic", "is required"),
                    new Finding("spec.traffic[0].tag", "must be a DNS-1035 label")))
            .toString();

    assertThat(json)
        .isEqualTo(
            "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\","
                + "\"message\":\"Route.serving.knative.dev \\\"shop\\\" is invalid: spec.traffic:"
                + " is required, spec.traffic[0].tag: must be a DNS-1035 label\","
                + "\"reason\":\"Invalid\",\"code\":422,\"details\":{\"name\":\"shop\","
                + "\"group\":\"serving.knative.dev\",\"kind\":\"Route\",\"causes\":[{"
                + "\"reason\":\"FieldValueRequired\",\"message\":\"is required\","
                + "\"field\":\"spec.traffic\"},{\"reason\":\"FieldValueInvalid\","
                + "\"message\":\"must be a DNS-1035 label\",\"field\":\"spec.traffic[0].tag\"}]}}");
    assertThat(
            StatusJson.unreadable(ManifestReader.forServers().read("body.json", "{").problems())
                .toString())
        .contains("\"reason\":\"BadRequest\"", "\"code\":400", "body.json:1:2");
  }

  @Test
  void laysOutTables() {
    assertThat(table(Kind.ROUTE, route(), ResourceTable.Detail.PLAIN, false))
        .isEqualTo(
            """
            NAME   URL                             READY   REASON
            shop   http://shop.default.localhost   False   RevisionMissing
            """);
    assertThat(table(Kind.ROUTE, route(), ResourceTable.Detail.WIDE, true))
        .isEqualTo(
            """
            NAMESPACE   NAME   URL                             READY   REASON            TRAFFIC                                   AGE   MESSAGE
            default     shop   http://shop.default.localhost   False   RevisionMissing   shop-00001=90%, shop-00002=10% (canary)   90s   no shop-00002
            """);
    assertThat(table(Kind.ENDPOINT_SLICE, slice(), ResourceTable.Detail.PLAIN, false))
        .isEqualTo(
            """
            NAME     REVISION     ADDRESSTYPE   PORTS   ENDPOINTS
            shop-1   shop-00001   IPv4          8080    127.0.0.1
            """);
    Metadata metadata =
        Metadata.of("default", "shop-00001")
            .withLabels(
                Map.of(
                    "serving.knative.dev/configuration", "shop",
                    "serving.knative.dev/configurationGeneration", "1"));
    var status =
        new Status(1, List.of(Condition.isTrue("Ready")), null, null, null, null, null, 2, 3, null);
    Resource revision =
        Resource.of(Kind.REVISION, metadata, new RevisionSpec(null, null, null, null, null))
            .withStatus(status);
    assertThat(table(Kind.REVISION, revision, ResourceTable.Detail.PLAIN, false))
        .isEqualTo(
            """
            NAME         CONFIG NAME   GENERATION   READY   REASON   ACTUAL REPLICAS   DESIRED REPLICAS
            shop-00001   shop          1            True             2                 3
            """);
    for (Kind kind : Kind.values()) {
      ResourceTable empty =
          ResourceTable.of(kind, List.of(), ResourceTable.Detail.WIDE, true, THEN);
      String second = kind == Kind.EVENT ? "LAST SEEN" : "NAME";
      assertThat(empty.header()).startsWith("NAMESPACE", second).contains("NAME");
      assertThat(empty.rows()).isEmpty();
    }
  }

  @Test
  void showsAgesInFewLetters() {
    assertThat(
            List.of(5L, 119L, 120L, 599L, 600L, 10_800L, 11_160L, 86_400L, 172_800L).stream()
                .map(seconds -> ResourceTable.age(THEN, THEN.plusSeconds(seconds))))
        .containsExactly("5s", "119s", "2m", "9m59s", "10m", "3h", "3h6m", "24h", "2d");
  }

  private static String table(
      Kind kind, Resource resource, ResourceTable.Detail detail, boolean namespace) {
    return ResourceTable.of(kind, List.of(resource), detail, namespace, THEN.plusSeconds(90))
        .text();
  }

  private static Resource route() {
    var owner =
        new Metadata.OwnerReference("serving.knative.dev/v1", "Service", "shop", "u-0", true);
    Metadata metadata =
        Metadata.of("default", "shop")
            .withLabels(Map.of("a", "1"))
            .withOwners(List.of(owner))
            .stored("u-1", 7, 2, THEN);
    var ready =
        new Condition("Ready", Condition.State.FALSE, "RevisionMissing", "no shop-00002", THEN);
    var status =
        new Status(
            2,
            List.of(ready),
            "http://shop.default.localhost",
            new Status.Address("http://shop.default.svc.cluster.local"),
            null,
            null,
            TRAFFIC,
            null,
            null,
            null);
    return new Resource(Kind.ROUTE, metadata, new RouteSpec(TRAFFIC), status);
  }

  private static Resource slice() {
    var endpoint = new SliceEndpoint(List.of("127.0.0.1"), new SliceConditions(true, null, null));
    var spec =
        new EndpointSliceSpec(
            "IPv4", List.of(endpoint), List.of(new SlicePort("http1", 8080, null)));
    Metadata metadata =
        Metadata.of("default", "shop-1")
            .withLabels(Map.of("serving.knative.dev/revision", "shop-00001"));
    return Resource.of(Kind.ENDPOINT_SLICE, metadata, spec);
  }
}
