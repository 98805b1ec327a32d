package io.leat.control.manifest;

import static io.leat.control.manifest.ManifestTexts.annotated;
import static io.leat.control.manifest.ManifestTexts.annotatedRoute;
import static io.leat.control.manifest.ManifestTexts.configuration;
import static io.leat.control.manifest.ManifestTexts.container;
import static io.leat.control.manifest.ManifestTexts.lines;
import static io.leat.control.manifest.ManifestTexts.route;
import static io.leat.control.manifest.ManifestTexts.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.manifest.rules.Validation;
import io.leat.control.resource.Problem;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule with the exact line that a user reads. */
final class ManifestRulesTest {
  private static final String DNS_1035 =
      "must be a DNS-1035 label: lower-case letters, digits and \"-\", a letter first, no \"-\""
          + " last, at most 63 characters";
  private static final String SERVED =
      "served are serving.knative.dev/v1 Service, serving.knative.dev/v1 Configuration,"
          + " serving.knative.dev/v1 Revision, serving.knative.dev/v1 Route,"
          + " serving.knative.dev/v1beta1 DomainMapping, discovery.k8s.io/v1 EndpointSlice, v1"
          + " Namespace, v1 Event, v1 ConfigMap, v1 Secret,"
          + " coordination.k8s.io/v1 Lease, v1 Service, apps/v1 Deployment,"
          + " eventing.knative.dev/v1alpha1 Source, eventing.knative.dev/v1alpha1 Channel,"
          + " eventing.knative.dev/v1alpha1 Subscription,"
          + " eventing.knative.dev/v1alpha1 Provisioner,"
          + " eventing.knative.dev/v1alpha1 EventType,"
          + " eventing.internal.knative.dev/v1alpha1 ResolvedSubscriptionSet,"
          + " messaging.knative.dev/v1 Channel, messaging.knative.dev/v1 InMemoryChannel,"
          + " messaging.knative.dev/v1 Subscription";

  static Stream<Arguments> rows() {
    return Stream.of(
            structure(),
            metadata(),
            traffic(),
            revision(),
            probes(),
            autoscaling(),
            routePolicies(),
            slices())
        .flatMap(List::stream);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void says(String name, String yaml, List<String> expected) {
    ManifestSet set = ManifestReader.forUsers(Validation.standalone()).read("a.yaml", yaml);
    assertThat(set.problems()).as(name).extracting(Problem::toString).isEqualTo(expected);
  }

  private static List<Arguments> structure() {
    return List.of(
        row("a right configuration", configuration("")),
        row("a right route", route("- {revisionName: shop-00001, percent: 100}")),
        row(
            "unknown field",
            route("- {revisionName: shop-00001, percnt: 100}"),
            "a.yaml:6:32 spec.traffic[0].percnt: unknown field \"percnt\", did you mean"
                + " \"percent\"?"),
        row(
            "unknown field without a near name",
            route("- {revisionName: shop-00001, percent: 99, zzz: 1}"),
            "a.yaml:6:45 spec.traffic[0].zzz: unknown field \"zzz\"",
            "a.yaml:6:3 spec.traffic: percents must add up to 100 (got 99)"),
        row(
            "wrong type",
            route("- {revisionName: shop-00001, percent: abc}"),
            "a.yaml:6:41 spec.traffic[0].percent: must be an integer (got \"abc\")"),
        row(
            "quoted integer",
            route("- {revisionName: shop-00001, percent: '100'}"),
            "a.yaml:6:41 spec.traffic[0].percent: must be an integer (got \"100\")"),
        row(
            "fraction",
            route("- {revisionName: shop-00001, percent: 99.5}"),
            "a.yaml:6:41 spec.traffic[0].percent: must be an integer (got 99.5)"),
        row(
            "integer beyond the type",
            configuration("containerConcurrency: 3000000000"),
            "a.yaml:10:29 spec.template.spec.containerConcurrency: must be an integer between"
                + " -2147483648 and 2147483647 (got 3000000000)"),
        row(
            "number for a string",
            configuration("").replace("python3", "3"),
            "a.yaml:9:19 spec.template.spec.containers[0].command[0]: must be a string (got 3): put"
                + " it in quotes"),
        row(
            "boolean",
            route("- {latestRevision: maybe, configurationName: shop, percent: 100}"),
            "a.yaml:6:22 spec.traffic[0].latestRevision: must be true or false (got \"maybe\")"),
        row(
            "list expected",
            lines(
                "apiVersion: serving.knative.dev/v1",
                "kind: Route",
                "metadata: {name: a}",
                "spec:",
                "  traffic: {percent: 100}"),
            "a.yaml:5:12 spec.traffic: must be a list (got a mapping)"),
        row(
            "mapping expected",
            lines(
                "apiVersion: serving.knative.dev/v1",
                "kind: Route",
                "metadata: {name: a}",
                "spec: [1]"),
            "a.yaml:4:7 spec: must be a mapping (got a list)"),
        row(
            "missing required",
            lines(
                "apiVersion: serving.knative.dev/v1",
                "kind: Configuration",
                "metadata:",
                "  name: a",
                "spec:",
                "  template:",
                "    metadata: {}"),
            "a.yaml:7:5 spec.template.spec: is required"),
        row(
            "missing spec",
            lines(
                "apiVersion: serving.knative.dev/v1", "kind: Configuration", "metadata: {name: a}"),
            "a.yaml:1:1 spec: is required"),
        row(
            "missing name",
            lines(
                "apiVersion: serving.knative.dev/v1",
                "kind: Revision",
                "metadata:",
                "  namespace: a"),
            "a.yaml:4:3 metadata.name: is required"),
        row(
            "duplicate key",
            lines(
                "apiVersion: serving.knative.dev/v1",
                "kind: Revision",
                "metadata:",
                "  name: a",
                "  name: b"),
            "a.yaml:5:3 metadata.name: is given twice (first at 4:3)"),
        row(
            "unknown kind",
            lines("apiVersion: v1", "kind: Pod"),
            "a.yaml:2:7 kind: \"v1 Pod\" is not served; " + SERVED),
        row(
            "unknown version",
            lines("apiVersion: serving.knative.dev/v1alpha1", "kind: Route"),
            "a.yaml:1:13 apiVersion: \"serving.knative.dev/v1alpha1 Route\" is not served; "
                + SERVED),
        row("missing kind", "apiVersion: v1\n", "a.yaml:1:1 kind: is required"),
        row("not a mapping", "- 1\n", "a.yaml:1:1 must be a mapping (got a list)"),
        row(
            "generateName",
            lines(
                "apiVersion: serving.knative.dev/v1",
                "kind: Revision",
                "metadata: {name: a, generateName: a-}"),
            "a.yaml:3:35 metadata.generateName: is not supported in this version: set"
                + " metadata.name"));
  }

  private static List<Arguments> metadata() {
    return List.of(
        row(
            "bad name",
            configuration("").replace("name: shop", "name: Shop_1"),
            "a.yaml:3:18 metadata.name: " + DNS_1035 + " (got \"Shop_1\")"),
        row(
            "bad namespace",
            configuration("").replace("name: shop", "name: shop, namespace: -x"),
            "a.yaml:3:35 metadata.namespace: must be a DNS-1123 label: lower-case letters, digits"
                + " and \"-\", no \"-\" first or last, at most 63 characters (got \"-x\")"),
        row(
            "bad label",
            configuration("").replace("name: shop", "name: shop, labels: {app: 'a b'}"),
            "a.yaml:3:38 metadata.labels[app]: must be a label value: letters, digits, \"-\","
                + " \"_\" and \".\", a letter or digit first and last, at most 63 characters (got"
                + " \"a b\")"),
        row(
            "template name without the parent",
            configuration("").replace("annotations: {}", "name: other-1"),
            "a.yaml:6:22 spec.template.metadata.name: must start with \"shop-\" (got"
                + " \"other-1\")"),
        row(
            "rollout duration",
            configuration("")
                .replace(
                    "name: shop",
                    "name: shop, annotations: {serving.knative.dev/rollout-duration: 1.5s}"),
            "a.yaml:3:76 metadata.annotations[serving.knative.dev/rollout-duration]: must be whole"
                + " seconds (got \"1.5s\")"));
  }

  private static List<Arguments> traffic() {
    return List.of(
        row(
            "sum 99",
            route("- {revisionName: a, percent: 90}\n  - {revisionName: b, percent: 9}"),
            "a.yaml:6:3 spec.traffic: percents must add up to 100 (got 99)"),
        row(
            "percent 1000",
            route("- {revisionName: a, percent: 1000}"),
            "a.yaml:6:32 spec.traffic[0].percent: must be at most 100 (got 1000)"),
        row(
            "percent below 0",
            route("- {revisionName: a, percent: -1}"),
            "a.yaml:6:32 spec.traffic[0].percent: must be at least 0 (got -1)"),
        row(
            "both names",
            route("- {revisionName: a, configurationName: b, percent: 100}"),
            "a.yaml:6:5 spec.traffic[0]: must name exactly one of revisionName and"
                + " configurationName (got both)"),
        row(
            "no name",
            route("- {percent: 100}"),
            "a.yaml:6:5 spec.traffic[0]: must name exactly one of revisionName and"
                + " configurationName (got neither)"),
        row(
            "duplicate tag",
            route(
                "- {revisionName: a, percent: 50, tag: x}\n"
                    + "  - {revisionName: b, percent: 50, tag: x}"),
            "a.yaml:7:41 spec.traffic[1].tag: must be unique: \"x\" is the tag of spec.traffic[0]"
                + " too"),
        row(
            "bad tag",
            route("- {revisionName: a, percent: 100, tag: 1x}"),
            "a.yaml:6:42 spec.traffic[0].tag: " + DNS_1035 + " (got \"1x\")"),
        row(
            "latest with a revision",
            route("- {revisionName: a, latestRevision: true, percent: 100}"),
            "a.yaml:6:39 spec.traffic[0].latestRevision: must not be true together with"
                + " revisionName (got true)"),
        row(
            "not latest without a revision",
            route("- {configurationName: a, latestRevision: false, percent: 100}"),
            "a.yaml:6:44 spec.traffic[0].latestRevision: must be true without revisionName (got"
                + " false)"),
        row(
            "url",
            route("- {revisionName: a, percent: 100, url: 'http://x'}"),
            "a.yaml:6:42 spec.traffic[0].url: must not be set; Leat reports it in the status"),
        row(
            "no traffic",
            lines("apiVersion: serving.knative.dev/v1", "kind: Route", "metadata: {name: a}"),
            "a.yaml:1:1 spec.traffic: is required"),
        row(
            "empty traffic",
            lines(
                "apiVersion: serving.knative.dev/v1",
                "kind: Route",
                "metadata: {name: a}",
                "spec: {traffic: []}"),
            "a.yaml:4:17 spec.traffic: percents must add up to 100 (got 0)"),
        row(
            "configuration in a service",
            configuration("").replace("kind: Configuration", "kind: Service")
                + "  traffic: [{configurationName: shop, percent: 100}]\n",
            "a.yaml:10:33 spec.traffic[0].configurationName: is not allowed in a Service; leave it"
                + " out to follow the latest revision, or set revisionName"),
        row(
            "a service that follows the latest",
            configuration("").replace("kind: Configuration", "kind: Service")
                + "  traffic: [{latestRevision: true, percent: 90}, {revisionName: shop-00001,"
                + " percent: 10}]\n"));
  }

  private static List<Arguments> revision() {
    return List.of(
        row(
            "image without command",
            configuration("").replace("command: [python3, app.py]", "image: example.org/shop"),
            "a.yaml:9:9 spec.template.spec.containers[0]: has image \"example.org/shop\" but no"
                + " command: standalone runs command as a local process and pulls no image, so set"
                + " command"),
        row(
            "nothing to run",
            configuration("").replace("command: [python3, app.py]", "name: web"),
            "a.yaml:9:9 spec.template.spec.containers[0].command: is required: standalone runs"
                + " command as a local process"),
        row(
            "empty command",
            configuration("").replace("[python3, app.py]", "[]"),
            "a.yaml:9:18 spec.template.spec.containers[0].command: must not be empty: its first"
                + " word is the program to run"),
        row(
            "concurrency",
            configuration("containerConcurrency: 1001"),
            "a.yaml:10:29 spec.template.spec.containerConcurrency: must be at most 1000 (got"
                + " 1001)"),
        row(
            "timeout",
            configuration("timeoutSeconds: 601"),
            "a.yaml:10:23 spec.template.spec.timeoutSeconds: must be at most 600 (got 601)"),
        row(
            "response start beyond the default timeout",
            configuration("responseStartTimeoutSeconds: 301"),
            "a.yaml:10:36 spec.template.spec.responseStartTimeoutSeconds: must be at most"
                + " timeoutSeconds, 300 (got 301)"),
        row(
            "two containers",
            configuration("").replace("      - command", "      - {command: [a]}\n      - command"),
            "a.yaml:9:7 spec.template.spec.containers: must hold exactly one container (got 2)"),
        row(
            "no containers",
            lines(
                "apiVersion: serving.knative.dev/v1",
                "kind: Configuration",
                "metadata: {name: a}",
                "spec:",
                "  template:",
                "    spec: {timeoutSeconds: 5}"),
            "a.yaml:6:11 spec.template.spec.containers: is required"),
        row(
            "env names",
            container("env: [{name: 1A, value: x}, {name: PORT, value: '1'}]"),
            "a.yaml:10:22 spec.template.spec.containers[0].env[0].name: must be letters, digits,"
                + " \"_\", \"-\" and \".\", no digit first (got \"1A\")",
            "a.yaml:10:44 spec.template.spec.containers[0].env[1].name: must not be PORT, which"
                + " Leat sets itself"),
        row(
            "ports",
            container("ports: [{name: http2, containerPort: 70000}, {name: h2c}]"),
            "a.yaml:10:16 spec.template.spec.containers[0].ports: must hold at most one port (got"
                + " 2)",
            "a.yaml:10:24 spec.template.spec.containers[0].ports[0].name: must be http1 or h2c (got"
                + " \"http2\")",
            "a.yaml:10:46 spec.template.spec.containers[0].ports[0].containerPort: must be at most"
                + " 65535 (got 70000)"),
        row(
            "a revision without containers",
            lines("apiVersion: serving.knative.dev/v1", "kind: Revision", "metadata: {name: a}")),
        row(
            "a revision with containers",
            lines(
                "apiVersion: serving.knative.dev/v1",
                "kind: Revision",
                "metadata: {name: a}",
                "spec: {containers: [{command: [a]}]}"),
            "a.yaml:4:20 spec.containers: is not allowed in a Revision: write a Configuration (or a"
                + " Service), which creates its revisions; a Revision without containers takes its"
                + " endpoints from EndpointSlices"));
  }

  private static List<Arguments> probes() {
    return List.of(
        row("a right probe", container("readinessProbe: {httpGet: {path: /ready}}")),
        row(
            "two checks",
            container("readinessProbe: {httpGet: {path: /a}, tcpSocket: {port: 1}}"),
            "a.yaml:10:25 spec.template.spec.containers[0].readinessProbe: must have exactly one of"
                + " httpGet, tcpSocket and exec (got 2)"),
        row(
            "no check",
            container("readinessProbe: {periodSeconds: 1}"),
            "a.yaml:10:25 spec.template.spec.containers[0].readinessProbe: must have exactly one of"
                + " httpGet, tcpSocket and exec (got 0)"),
        row(
            "path and scheme",
            container("readinessProbe: {httpGet: {path: a, scheme: ftp}}"),
            "a.yaml:10:42 spec.template.spec.containers[0].readinessProbe.httpGet.path: must start"
                + " with \"/\" (got \"a\")",
            "a.yaml:10:53 spec.template.spec.containers[0].readinessProbe.httpGet.scheme: must be"
                + " HTTP or HTTPS (got \"ftp\")"),
        row(
            "exec without words",
            container("readinessProbe: {exec: {command: []}, periodSeconds: -1}"),
            "a.yaml:10:42 spec.template.spec.containers[0].readinessProbe.exec.command: must not be"
                + " empty: its first word is the program to run",
            "a.yaml:10:62 spec.template.spec.containers[0].readinessProbe.periodSeconds: must be at"
                + " least 0 (got -1)"));
  }

  private static List<Arguments> autoscaling() {
    String path = "spec.template.metadata.annotations[autoscaling.knative.dev/";
    return List.of(
        row(
            "right in both spellings",
            annotated("min-scale: '1', autoscaling.knative.dev/maxScale: '3'")),
        row(
            "min above max",
            annotated("min-scale: '4', autoscaling.knative.dev/maxScale: '3'"),
            "a.yaml:6:104 " + path + "maxScale]: must be at least min-scale, 4 (got \"3\")"),
        row(
            "given in both spellings",
            annotated("minScale: '4', autoscaling.knative.dev/min-scale: '3'"),
            "a.yaml:6:64 "
                + path
                + "minScale]: means the same as autoscaling.knative.dev/min-scale: give one of the"
                + " two"),
        row(
            "not an integer",
            annotated("min-scale: one"),
            "a.yaml:6:65 " + path + "min-scale]: must be an integer (got \"one\")"),
        row(
            "not a string",
            annotated("min-scale: 1"),
            "a.yaml:6:65 " + path + "min-scale]: must be a string (got 1): put it in quotes"),
        row(
            "window too short",
            annotated("window: 5s"),
            "a.yaml:6:62 " + path + "window]: must be at least 6s (got \"5s\")"),
        row(
            "window of another form",
            annotated("window: six"),
            "a.yaml:6:62 "
                + path
                + "window]: must be a duration such as 30s, 1h2m or PT30S (got \"six\")"),
        row(
            "activation",
            annotated("activation-scale: '1'"),
            "a.yaml:6:72 " + path + "activation-scale]: must be at least 2 (got \"1\")"),
        row(
            "target",
            annotated("target: '0'"),
            "a.yaml:6:62 " + path + "target]: must be at least 0.01 (got \"0\")"),
        row(
            "utilization",
            annotated("target-utilization-percentage: '101'"),
            "a.yaml:6:85 "
                + path
                + "target-utilization-percentage]: must be at most 100 (got \"101\")"),
        row(
            "burst",
            annotated("target-burst-capacity: '-0.5'"),
            "a.yaml:6:77 "
                + path
                + "target-burst-capacity]: must be -1 or at least 0 (got \"-0.5\")"),
        row(
            "panic",
            annotated("panic-threshold-percentage: '100'"),
            "a.yaml:6:82 "
                + path
                + "panic-threshold-percentage]: must be at least 110 (got \"100\")"),
        row(
            "metric",
            annotated("metric: cpu"),
            "a.yaml:6:62 " + path + "metric]: must be concurrency or rps (got \"cpu\")"),
        row(
            "a word that is near",
            annotated("max-scal: '1'"),
            "a.yaml:6:64 "
                + path
                + "max-scal]: unknown annotation \"autoscaling.knative.dev/max-scal\", did you mean"
                + " \"autoscaling.knative.dev/max-scale\"?"),
        row(
            "outside of the template",
            configuration("")
                .replace(
                    "name: shop",
                    "name: shop, annotations: {autoscaling.knative.dev/min-scale: '1'}"),
            "a.yaml:3:73 metadata.annotations[autoscaling.knative.dev/min-scale]: is only allowed"
                + " in spec.template.metadata.annotations"));
  }

  private static List<Arguments> routePolicies() {
    String path = "metadata.annotations[leat.dev/";
    return List.of(
        row("sticky to a cookie", annotatedRoute("sticky: cookie=session")),
        row("sticky to a header", annotatedRoute("sticky: header=X-User")),
        row("timeout", annotatedRoute("timeout: 500ms, leat.dev/max-body: 10Mi")),
        row("rate", annotatedRoute("rate-limit: 100/s")),
        row(
            "header edits",
            annotatedRoute(
                "request-headers: \"set X-A: b\\nremove x-c\", leat.dev/response-headers: 'add"
                    + " d:'")),
        row(
            "header edits that break rules, line by line",
            annotatedRoute(
                "request-headers: \"set Host: b\\nremove x-a\\nput x: y\\nset a b: c\\n"
                    + "add x: \u00e9\\nset k-Network: x\""),
            "a.yaml:3:64 "
                + path
                + "request-headers]: line 1: host belongs to the proxy and cannot be edited (got"
                + " \"set Host: b\")",
            "a.yaml:3:64 "
                + path
                + "request-headers]: line 3 must be set NAME: VALUE, add NAME: VALUE or remove NAME"
                + " (got \"put x: y\")",
            "a.yaml:3:64 "
                + path
                + "request-headers]: line 4 must be set NAME: VALUE, add NAME: VALUE or remove NAME"
                + " (got \"set a b: c\")",
            "a.yaml:3:64 "
                + path
                + "request-headers]: line 5: the value must be printable ASCII, at most 4096 (got"
                + " \"add x: \u00e9\")",
            "a.yaml:3:64 "
                + path
                + "request-headers]: line 6: k-network belongs to the proxy and cannot be edited"
                + " (got \"set k-Network: x\")"),
        row("a mirror", annotatedRoute("mirror: shop-00002=100%")),
        row(
            "a mirror of nothing",
            annotatedRoute("mirror: 'a=0%'"),
            "a.yaml:3:55 "
                + path
                + "mirror]: must be REVISION=PERCENT%, from 1% to 100%, such as shop-00002=10% (got"
                + " \"a=0%\")"),
        row(
            "a mirror of too much",
            annotatedRoute("mirror: 'a=101%'"),
            "a.yaml:3:55 "
                + path
                + "mirror]: must be REVISION=PERCENT%, from 1% to 100%, such as shop-00002=10% (got"
                + " \"a=101%\")"),
        row(
            "a mirror without a share",
            annotatedRoute("mirror: 'shop-00002'"),
            "a.yaml:3:55 "
                + path
                + "mirror]: must be REVISION=PERCENT%, from 1% to 100%, such as shop-00002=10% (got"
                + " \"shop-00002\")"),
        row(
            "a histogram or not",
            annotatedRoute("duration-histogram: 'maybe'"),
            "a.yaml:3:67 " + path + "duration-histogram]: must be true or false (got \"maybe\")"),
        row(
            "timeout of zero",
            annotatedRoute("timeout: 0s"),
            "a.yaml:3:56 "
                + path
                + "timeout]: must be a duration such as 30s, 1h2m or PT30S, from 1ms to 24h (got"
                + " \"0s\")"),
        row(
            "body of an odd unit",
            annotatedRoute("max-body: 10MB"),
            "a.yaml:3:57 "
                + path
                + "max-body]: must be a number of bytes from 1, such as 512Ki, 10Mi or 1000000 (got"
                + " \"10MB\")"),
        row(
            "no rate",
            annotatedRoute("rate-limit: 0/s"),
            "a.yaml:3:59 "
                + path
                + "rate-limit]: must be 1 to 1000000 requests per s, m or h, such as 100/s (got"
                + " \"0/s\")"),
        row(
            "sticky to something else",
            annotatedRoute("sticky: client-ip"),
            "a.yaml:3:55 "
                + path
                + "sticky]: must be cookie=NAME or header=NAME (got \"client-ip\")"),
        row(
            "sticky to a name with a blank",
            annotatedRoute("sticky: cookie=a b"),
            "a.yaml:3:55 "
                + path
                + "sticky]: must be cookie=NAME or header=NAME (got \"cookie=a b\")"),
        row(
            "a word that is near",
            annotatedRoute("stickey: cookie=a"),
            "a.yaml:3:56 "
                + path
                + "stickey]: unknown annotation \"leat.dev/stickey\", did you mean"
                + " \"leat.dev/sticky\"?"),
        row(
            "not on a Configuration",
            configuration("")
                .replace("name: shop", "name: shop, annotations: {leat.dev/sticky: cookie=a}"),
            "a.yaml:3:55 " + path + "sticky]: is only allowed on a Route or a Service"),
        row(
            "not in a template",
            configuration("")
                .replace("annotations: {}", "annotations: {leat.dev/sticky: cookie=a}"),
            "a.yaml:6:47 spec.template."
                + path
                + "sticky]: is only allowed in metadata.annotations"));
  }

  private static List<Arguments> slices() {
    return List.of(
        row("a right slice", slice("IPv4", "10.0.0.1", "http1", "8080")),
        row("a right IPv6 slice", slice("IPv6", "'fd00::1'", "h2c", "8080")),
        row("a right host slice", slice("FQDN", "a.example.org", "http1", "8080")),
        row(
            "address type",
            slice("IPv5", "10.0.0.1", "http1", "8080"),
            "a.yaml:4:14 addressType: must be IPv4, IPv6 or FQDN (got \"IPv5\")"),
        row(
            "address of another type",
            slice("IPv4", "'fd00::1'", "http1", "8080"),
            "a.yaml:5:26 endpoints[0].addresses[0]: must be an IPv4 address (got \"fd00::1\")"),
        row(
            "port name",
            slice("IPv4", "10.0.0.1", "web", "8080"),
            "a.yaml:6:16 ports[0].name: must be http1 or h2c (got \"web\")"),
        row(
            "port range",
            slice("IPv4", "10.0.0.1", "http1", "0"),
            "a.yaml:6:29 ports[0].port: must be at least 1 (got 0)"),
        row(
            "no label",
            slice("IPv4", "10.0.0.1", "http1", "80").replace("serving.knative.dev/revision", "x"),
            "a.yaml:3:29 metadata.labels[serving.knative.dev/revision]: is required: it names the"
                + " revision that the endpoints belong to"),
        row(
            "a field that only other kinds have",
            slice("IPv4", "10.0.0.1", "http1", "80") + "spec: {}\n",
            "a.yaml:7:1 spec: unknown field \"spec\""));
  }

  private static Arguments row(String name, String yaml, String... problems) {
    return Arguments.of(name, yaml, List.of(problems));
  }
}
