package io.leat.control.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.manifest.rules.Validation;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Problem;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec.ConfigurationSpec;
import io.leat.control.resource.Spec.Container;
import io.leat.control.resource.Spec.RouteSpec;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Reads whole texts: documents, lists, JSON, bounds, and every broken thing a file can hold. */
final class ManifestReaderTest {
  private static final String VALID =
      """
      apiVersion: serving.knative.dev/v1
      kind: Configuration
      metadata: {name: shop, labels: {app: shop}}
      spec:
        template:
          metadata:
            annotations: {autoscaling.knative.dev/max-scale: "3", autoscaling.knative.dev/window: 6s}
          spec:
            containerConcurrency: 10
            containers:
            - command: [python3, app.py]
              env: [{name: GREETING, value: hello}]
              readinessProbe: {httpGet: {path: /ready, port: 0}}
      ---
      # Two shares and a tag.
      apiVersion: serving.knative.dev/v1
      kind: Route
      metadata: {name: shop}
      spec:
        traffic:
        - {revisionName: shop-00001, percent: 90}
        - {revisionName: shop-00002, percent: 10, tag: canary}
      ---
      apiVersion: discovery.k8s.io/v1
      kind: EndpointSlice
      metadata: {name: shop-1, labels: {serving.knative.dev/revision: shop-00001}}
      addressType: IPv4
      endpoints:
      - addresses: [127.0.0.1]
        conditions: {ready: true}
      ports:
      - {name: http1, port: 8080}
      """;

  @Test
  void readsTheExampleOfTheDocuments() {
    ManifestSet set = users("shop.yaml", VALID);

    assertThat(set.problems()).isEmpty();
    assertThat(set.resources())
        .extracting(Resource::kind)
        .containsExactly(Kind.CONFIGURATION, Kind.ROUTE, Kind.ENDPOINT_SLICE);
    Resource configuration = set.resources().getFirst();
    assertThat(configuration.metadata().namespace()).isEqualTo("default");
    assertThat(configuration.metadata().labels()).isEqualTo(Map.of("app", "shop"));
    var spec = (ConfigurationSpec) configuration.spec();
    assertThat(spec.template().spec().containerConcurrency()).isEqualTo(10);
    assertThat(spec.template().spec().containers())
        .extracting(Container::command)
        .containsExactly(List.of("python3", "app.py"));
    assertThat(((RouteSpec) set.resources().get(1).spec()).traffic())
        .extracting(target -> target.tag())
        .containsExactly(null, "canary");
  }

  @Test
  void reportsEveryProblemOfEveryDocument() {
    String text =
        VALID
            .replace("percent: 90", "percent: 89")
            .replace("containerConcurrency: 10", "containerConcurency: 10")
            .replace("port: 8080", "port: http");

    assertThat(lines(users("shop.yaml", text)))
        .containsExactly(
            "shop.yaml:9:7 spec.template.spec.containerConcurency: unknown field"
                + " \"containerConcurency\", did you mean \"containerConcurrency\"?",
            "shop.yaml:21:3 spec.traffic: percents must add up to 100 (got 99)",
            "shop.yaml:32:23 ports[0].port: must be an integer (got \"http\")");
  }

  @Test
  void reportsEveryProblemOfOneDocument() {
    String text =
        """
        apiVersion: serving.knative.dev/v1
        kind: Route
        metadata: {name: shop, labels: {app: "a b"}}
        spec:
          traffic:
          - {revisionName: a, configurationName: b, percent: 90, tag: x}
          - {revisionName: c, percent: 9, tag: x}
          paused: true
        """;

    assertThat(users("r.yaml", text).problems())
        .extracting(problem -> problem.line() + " " + problem.path())
        .containsExactly(
            "8 spec.paused",
            "3 metadata.labels[app]",
            "6 spec.traffic[0]",
            "7 spec.traffic[1].tag",
            "6 spec.traffic");
  }

  @Test
  void namesFieldsThatAreNotHonoured() {
    String command = "      - command: [python3, app.py]\n";
    String more =
        """
                resources: {limits: {cpu: 1}}
                securityContext: {}
                livenessProbe: null
        """;
    String text = VALID.replace(command, command + more);
    String spec = "      serviceAccountName: robot\n      containers:";
    text = text.replace("      containers:", spec);
    text = text.replace("max-scale: \"3\"", "flavour: \"3\"");

    ManifestSet set = users("shop.yaml", text);

    assertThat(set.problems()).isEmpty();
    assertThat(set.manifests().getFirst().ignoredFields())
        .containsExactlyInAnyOrder(
            "spec.template.spec.serviceAccountName",
            "spec.template.spec.containers[0].resources",
            "spec.template.metadata.annotations[autoscaling.knative.dev/flavour]");
    assertThat(
            set.manifests().getFirst().positions().of("spec.template.spec.containers[0].command"))
        .isEqualTo(new Place(12, 18));
  }

  @Test
  void unpacksLists() {
    String text =
        """
        apiVersion: v1
        kind: List
        items:
        - apiVersion: serving.knative.dev/v1
          kind: Revision
          metadata: {name: a}
        - apiVersion: serving.knative.dev/v1
          kind: RevisionList
          items:
          - {apiVersion: serving.knative.dev/v1, kind: Revision, metadata: {name: b}}
        """;

    assertThat(users("list.yaml", text).resources())
        .extracting(resource -> resource.metadata().name())
        .containsExactly("a", "b");
  }

  @Test
  void reportsAResourceThatIsGivenTwice() {
    String text =
        """
        apiVersion: serving.knative.dev/v1
        kind: Revision
        metadata: {name: a}
        ---
        apiVersion: serving.knative.dev/v1
        kind: Revision
        metadata: {namespace: default, name: a}
        """;

    ManifestSet set = users("twice.yaml", text);

    assertThat(lines(set))
        .containsExactly(
            "twice.yaml:7:38 metadata.name: Revision default/a is given twice (first at"
                + " twice.yaml:3:18)");
    assertThat(set.resources()).hasSize(1);
  }

  @Test
  void readsJsonWithTabsAndSeveralDocuments() {
    String text =
        "{\n\t\"apiVersion\": \"serving.knative.dev\\/v1\",\n\t\"kind\": \"Revision\",\n"
            + "\t\"metadata\": {\"name\": \"a\"},\n\t\"spec\": {\"timeoutSeconds\": \"x\"}\n}\n"
            + "{\"apiVersion\":\"serving.knative.dev/v1\",\"kind\":\"Revision\","
            + "\"metadata\":{\"name\":\"b\"}}";

    ManifestSet set = users("a.json", text);

    assertThat(lines(set))
        .containsExactly("a.json:5:29 spec.timeoutSeconds: must be an integer (got \"x\")");
    assertThat(set.resources())
        .extracting(resource -> resource.metadata().name())
        .containsExactly("b");
    assertThat(lines(users("-", "{\"a\": }"))).first().asString().startsWith("-:1:7 is not JSON");
  }

  @Test
  void dropsServerFieldsOfUsersAndKeepsThemForServers() {
    String text =
        """
        apiVersion: serving.knative.dev/v1
        kind: Revision
        metadata:
          name: a
          uid: u-1
          resourceVersion: "7"
          generation: 2
          creationTimestamp: "2026-01-02T03:04:05Z"
          managedFields: [{manager: kubectl}]
          selfLink: /x
          ownerReferences:
          - {apiVersion: v1, kind: Configuration, name: c, uid: u-0, controller: true,
             blockOwnerDeletion: true}
        status:
          observedGeneration: 2
          somethingNew: 1
          conditions:
          - {type: Ready, status: "False", reason: R, message: m,
             lastTransitionTime: "2026-01-02T03:04:06Z", severity: Info}
        """;

    ManifestSet user = users("a.yaml", text);
    ManifestSet server = ManifestReader.forServers().read("a.yaml", text);

    assertThat(user.problems()).isEmpty();
    assertThat(user.resources())
        .containsExactly(
            Resource.of(
                Kind.REVISION, Metadata.of("default", "a"), user.resources().getFirst().spec()));
    assertThat(server.problems()).isEmpty();
    Resource kept = server.resources().getFirst();
    assertThat(kept.metadata().uid()).isEqualTo("u-1");
    assertThat(kept.metadata().resourceVersion()).isEqualTo(7);
    assertThat(kept.metadata().generation()).isEqualTo(2);
    assertThat(kept.metadata().creationTimestamp())
        .isEqualTo(Instant.parse("2026-01-02T03:04:05Z"));
    assertThat(kept.metadata().ownerReferences())
        .containsExactly(new Metadata.OwnerReference("v1", "Configuration", "c", "u-0", true));
    assertThat(kept.status().condition("Ready").orElseThrow().reason()).isEqualTo("R");
  }

  @Test
  void followsAnchorsAndMergeKeys() {
    String text =
        """
        apiVersion: serving.knative.dev/v1
        kind: Route
        metadata: {name: a}
        spec:
          traffic:
          - &share {revisionName: a, percent: 50, tag: one}
          - {<<: *share, tag: two}
        """;

    ManifestSet set = users("a.yaml", text);

    assertThat(set.problems()).isEmpty();
    assertThat(((RouteSpec) set.resources().getFirst().spec()).traffic())
        .extracting(target -> target.revisionName() + target.percent() + target.tag())
        .containsExactly("a50one", "a50two");
  }

  @Test
  void boundsAliasesDepthAndSize() {
    var bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 12; i++) {
      bomb.append("a" + i + ": &a" + i + " [");
      bomb.append(("*a" + (i - 1) + ",").repeat(10)).append("]\n");
    }
    assertThat(lines(users("bomb.yaml", bomb.toString())))
        .singleElement()
        .asString()
        .contains("holds more than 200000 values, aliases followed");
    assertThat(lines(users("deep.yaml", "a: " + "[".repeat(100_000))))
        .containsExactly("deep.yaml:1:67 is nested deeper than 64 levels");
    assertThat(lines(users("deep.json", "[".repeat(100_000))))
        .singleElement()
        .asString()
        .contains("64");
    assertThat(lines(users("self.yaml", "a: &a [*a]\n")))
        .containsExactly(
            "self.yaml:1:8 alias *a has no anchor before it, or stands inside its own anchor");
    assertThat(lines(users("big.yaml", "#".repeat(ManifestReader.MAX_BYTES + 1))))
        .containsExactly("big.yaml is larger than 2097152 bytes");
  }

  @Test
  void boundsTheNumberOfProblems() {
    var text = new StringBuilder(VALID.substring(0, VALID.indexOf("spec:"))).append("spec:\n");
    for (int i = 0; i < 60_000; i++) {
      text.append("  field").append(i).append(": 1\n");
    }

    List<Problem> problems = users("many.yaml", text.toString()).problems();

    assertThat(problems).hasSize(1001);
    assertThat(problems.getLast().toString()).isEqualTo("many.yaml 59001 more problems");
  }

  @Test
  void reportsBrokenBytesAndSyntaxWithTheirPlace() throws Exception {
    var bytes = new ByteArrayOutputStream();
    bytes.write("a: b\nc: ".getBytes(StandardCharsets.UTF_8));
    bytes.write(0xC3);
    bytes.write('x');
    assertThat(
            lines(
                ManifestReader.forUsers(Validation.standalone())
                    .read("a.yaml", bytes.toByteArray())))
        .containsExactly("a.yaml:2:4 is not UTF-8 (byte 0xc3)");
    assertThat(lines(users("a.yaml", "a: [1, 2\nb: 3\n")))
        .first()
        .asString()
        .startsWith("a.yaml:2:2 is not YAML: ");
    assertThat(lines(users("a.yaml", "a: \"\\U99999999\"\n"))).hasSize(1);
    assertThat(lines(users("a.yaml", "a: \u0000\n"))).hasSize(1);
    assertThat(lines(users("a.yaml", "a: !!binary x\n")))
        .containsExactly("a.yaml:1:4 tag tag:yaml.org,2002:binary is not supported");
    assertThat(users("a.yaml", "\n---\n# nothing\n---\n").problems()).isEmpty();
    assertThat(users("a.yaml", "\ufeff" + VALID).problems()).isEmpty();
  }

  /** A document after a good one does not take the good one with it. */
  @Test
  void keepsDocumentsBeforeASyntaxError() {
    ManifestSet set = users("a.yaml", VALID + "---\n}\n");

    assertThat(set.resources()).hasSize(3);
    assertThat(set.problems()).hasSize(1);
  }

  @Test
  void neverThrowsWhateverTheBytes() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    byte[] valid = VALID.getBytes(StandardCharsets.UTF_8);
    String[] parts = {
      "{",
      "}",
      "[",
      "]",
      "&a ",
      "*a",
      "<<: ",
      "- ",
      "\n",
      "---\n",
      "!!int ",
      "\"",
      "\\u",
      "\t",
      ": ",
      "? ",
      "| \n",
      "%YAML",
      "null",
      "9999999999999999999",
      "\ud800"
    };
    ManifestReader reader = ManifestReader.forUsers(Validation.standalone());
    for (int round = 0; round < 2000; round++) {
      byte[] mutated = mutate(valid.clone(), random, parts);
      try {
        String file = random.nextInt(8) == 0 ? "f.json" : "f.yaml";
        ManifestSet set = reader.read(file, mutated);
        for (Problem problem : set.problems()) {
          assertThat(problem.line()).as("seed %d", seed).isPositive();
        }
      } catch (RuntimeException e) {
        throw new AssertionError(
            "seed "
                + seed
                + " round "
                + round
                + ":\n"
                + new String(mutated, StandardCharsets.UTF_8),
            e);
      }
    }
  }

  private static byte[] mutate(byte[] bytes, Random random, String[] parts) {
    String text = null;
    for (int change = random.nextInt(4); change >= 0; change--) {
      int at = random.nextInt(bytes.length);
      if (random.nextBoolean()) {
        bytes[at] = (byte) random.nextInt(256);
      } else {
        String before = new String(bytes, StandardCharsets.ISO_8859_1);
        int end = Math.min(before.length(), at + random.nextInt(6));
        text =
            before.substring(0, at) + parts[random.nextInt(parts.length)] + before.substring(end);
        bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      }
    }
    return bytes;
  }

  private static ManifestSet users(String file, String text) {
    return ManifestReader.forUsers(Validation.standalone()).read(file, text);
  }

  private static List<String> lines(ManifestSet set) {
    return set.problems().stream().map(Problem::toString).toList();
  }
}
