package io.leat.control.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.leat.control.kubernetes.RealApiServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Leat on a real kube-apiserver, with the definitions and with the rights that {@code deploy} gives
 * it and no others. Runs where {@code KUBEBUILDER_ASSETS} names the programs.
 */
@EnabledIfEnvironmentVariable(
    named = "KUBEBUILDER_ASSETS",
    matches = ".+",
    disabledReason = "real API server: skipped, set KUBEBUILDER_ASSETS")
class RealApiServerIT {
  private static final String HOST = "shop.default.localhost";
  private static final String OWN_HOST = "shop.example.org";
  private static final Path DEPLOY = Path.of("../deploy").toAbsolutePath().normalize();

  private static final String SERVICE =
      """
      apiVersion: serving.knative.dev/v1
      kind: Service
      metadata: {name: shop, namespace: default}
      spec:
        template:
          metadata: {annotations: {autoscaling.knative.dev/min-scale: "1"}}
          spec: {containers: [{image: example.org/shop}]}
      """;

  private static final String MAPPING =
      """
      apiVersion: serving.knative.dev/v1beta1
      kind: DomainMapping
      metadata: {name: shop.example.org, namespace: default}
      spec: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: shop}}
      """;

  @TempDir static Path dir;
  private static RealApiServer server;
  private static Kubectl kubectl;

  @BeforeAll
  static void start() {
    server = new RealApiServer(dir.resolve("server"));
    kubectl = new Kubectl(server.dir(), server.kubectl());
    kubectl.ok("apply", "-f", DEPLOY.resolve("crds").toString());
    kubectl.ok("wait", "--for=condition=Established", "--timeout=50s", "crd", "--all");
    kubectl.ok("apply", "-f", DEPLOY.resolve("kubernetes").toString());
    System.out.println(kubectl.ok("version"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static ConditionFactory soon() {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(90))
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptions();
  }

  private static LeatProcess leat(String state) {
    return LeatProcess.run(
        dir.resolve(state), "--kubernetes", "--kubeconfig", server.accountKubeconfig() + "");
  }

  private static void apply(String yaml) {
    try {
      Path file = Files.writeString(dir.resolve("apply.yaml"), yaml);
      kubectl.ok("apply", "-f", file.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String field(String resource, String path) {
    return kubectl.ok("get", resource, "-o", "jsonpath={" + path + "}");
  }

  /** Stands for a pod that became ready: no kubelet runs here. */
  private static String slice(InetSocketAddress pod) {
    return """
    apiVersion: discovery.k8s.io/v1
    kind: EndpointSlice
    metadata:
      name: shop-00001-x
      namespace: default
      labels: {serving.knative.dev/revision: shop-00001}
    addressType: IPv4
    endpoints:
    - {addresses: [%s], conditions: {ready: true}}
    ports:
    - {name: http1, port: %d, protocol: TCP}
    """
        .formatted(pod.getAddress().getHostAddress(), pod.getPort());
  }

  /** An address of this machine that a slice may have: the server refuses those of loopback. */
  private static InetAddress ownAddress() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(each -> each instanceof Inet4Address && !each.isLoopbackAddress())
        .filter(each -> !each.isLinkLocalAddress())
        .findFirst()
        .orElseThrow(() -> new IOException("this machine has no address but loopback"));
  }

  private static HttpServer origin() throws IOException {
    HttpServer origin = HttpServer.create(new InetSocketAddress(ownAddress(), 0), 16);
    origin.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("ok".getBytes(StandardCharsets.UTF_8));
          }
        });
    origin.start();
    return origin;
  }

  private static int status(LeatProcess leat) throws IOException {
    return status(leat, HOST);
  }

  private static int status(LeatProcess leat, String host) throws IOException {
    try (KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
      return client.get(host, "/").status();
    }
  }

  @Test
  void theServerHasNothingToSayAgainstTheDefinitions() {
    assertThat(
            field("crd", ".items[*].status.conditions[?(@.type==\"NonStructuralSchema\")].message"))
        .isEmpty();
    assertThat(field("crd", ".items[*].metadata.name"))
        .contains("channels.eventing.knative.dev", "services.serving.knative.dev");
  }

  @Test
  void servesWhatARealApiServerHolds() throws Exception {
    HttpServer origin = origin();
    try (LeatProcess leat = leat("serving")) {
      apply(SERVICE);
      soon().until(() -> field("deployment/shop-00001-deployment", ".spec.replicas").equals("1"));
      apply(slice(origin.getAddress()));
      soon().until(() -> status(leat) == 200);
      kubectl.ok(
          "wait",
          "--for=condition=Ready",
          "--timeout=50s",
          "services.serving.knative.dev/shop",
          "routes.serving.knative.dev/shop");
      apply(MAPPING);
      soon().until(() -> status(leat, OWN_HOST) == 200);
      kubectl.ok("wait", "--for=condition=Ready", "--timeout=50s", "domainmappings/" + OWN_HOST);
      server.kill();
      assertThat(status(leat)).as("the API server is away").isEqualTo(200);
      assertThat(status(leat, OWN_HOST)).as("the API server is away").isEqualTo(200);
      server.start();
      kubectl.ok("delete", "domainmappings/" + OWN_HOST);
      soon().until(() -> status(leat, OWN_HOST) == 404);
      // Nobody collects here what the Service owned.
      kubectl.ok("delete", "services.serving.knative.dev/shop", "routes.serving.knative.dev/shop");
      soon().until(() -> status(leat) != 200);
    } finally {
      origin.stop(0);
    }
  }

  @Test
  void deliversTheEventsOfChannelsThatARealApiServerHolds() throws Exception {
    try (EventingScenario scenario = new EventingScenario(dir, kubectl);
        LeatProcess leat = leat("eventing")) {
      scenario.everyKindIsServed(leat);
      scenario.sourcesRun();
      server.kill();
      scenario.order(leat, "alone");
      scenario.paid("alone");
      server.start();
      scenario.order(leat, "again");
      scenario.paid("again");
      scenario.subscriptionsComeAndGo(leat, "audit");
    }
  }
}
