package io.leat.control.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Leat on a real kube-apiserver with etcd, whose programs (and kubectl) stand in the folder that
 * {@code KUBEBUILDER_ASSETS} names; says so and does nothing without it.
 */
class RealApiServerIT {
  private static final String HOST = "shop.default.localhost";
  private static final Duration MOST = Duration.ofSeconds(90);

  @TempDir Path dir;
  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void stop() throws InterruptedException {
    for (Process process : processes.reversed()) {
      process.destroy();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }

  @Test
  void servesWhatARealApiServerHolds() throws Exception {
    String assets = System.getenv("KUBEBUILDER_ASSETS");
    if (assets == null || assets.isEmpty()) {
      System.out.println("real API server: skipped, set KUBEBUILDER_ASSETS");
      return;
    }
    Path programs = Path.of(assets);
    Path kubeconfig = startServer(programs);
    Path crds = Path.of("../deploy/crds").toAbsolutePath().normalize();
    kubectl(programs, kubeconfig, "apply", "-f", crds.toString());
    kubectl(
        programs,
        kubeconfig,
        "wait",
        "--for=condition=Established",
        "--timeout=60s",
        "crd",
        "--all");
    HttpServer origin =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    origin.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("ok".getBytes(StandardCharsets.UTF_8));
          }
        });
    origin.start();
    try (LeatProcess leat =
        LeatProcess.run(dir.resolve("leat"), "--kubernetes", "--kubeconfig", kubeconfig + "")) {
      apply(programs, kubeconfig, SERVICE);
      await(() ->
          kubectl(
                  programs,
                  kubeconfig,
                  "get",
                  "deployment",
                  "shop-00001-deployment",
                  "-o",
                  "jsonpath={.spec.replicas}")
              .equals("1"));
      apply(programs, kubeconfig, slice(origin.getAddress().getPort()));
      try (KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
        await(() -> client.get(HOST, "/").status() == 200);
      }
      kubectl(
          programs,
          kubeconfig,
          "wait",
          "--for=condition=Ready",
          "--timeout=60s",
          "services.serving.knative.dev/shop");
      kubectl(programs, kubeconfig, "delete", "services.serving.knative.dev/shop");
      try (KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
        await(() -> client.get(HOST, "/").status() != 200);
      }
    } finally {
      origin.stop(0);
    }
  }

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

  /** Stands for a pod that became ready: no kubelet runs here. */
  private static String slice(int port) {
    return """
    apiVersion: discovery.k8s.io/v1
    kind: EndpointSlice
    metadata:
      name: shop-00001-x
      namespace: default
      labels: {serving.knative.dev/revision: shop-00001}
    addressType: IPv4
    endpoints:
    - {addresses: [127.0.0.1], conditions: {ready: true}}
    ports:
    - {name: http1, port: %d, protocol: TCP}
    """
        .formatted(port);
  }

  private Path startServer(Path programs) throws Exception {
    int etcd = freePort();
    String etcdUrl = "http://127.0.0.1:" + etcd;
    String peerUrl = "http://127.0.0.1:" + freePort();
    start(
        programs.resolve("etcd").toString(),
        "--data-dir=" + dir.resolve("etcd"),
        "--listen-client-urls=" + etcdUrl,
        "--advertise-client-urls=" + etcdUrl,
        "--listen-peer-urls=" + peerUrl,
        "--initial-advertise-peer-urls=" + peerUrl,
        "--initial-cluster=default=" + peerUrl,
        "--unsafe-no-fsync=true");
    Path key = writeKey();
    Path tokens =
        Files.writeString(dir.resolve("tokens.csv"), "leat-test,leat,leat,system:masters\n");
    int port = freePort();
    start(
        programs.resolve("kube-apiserver").toString(),
        "--etcd-servers=" + etcdUrl,
        "--bind-address=127.0.0.1",
        "--secure-port=" + port,
        "--cert-dir=" + dir.resolve("certificates"),
        "--token-auth-file=" + tokens,
        "--authorization-mode=RBAC",
        "--service-account-issuer=https://leat.test",
        "--service-account-key-file=" + key,
        "--service-account-signing-key-file=" + key,
        "--service-cluster-ip-range=10.0.0.0/24",
        "--disable-admission-plugins=ServiceAccount");
    Path kubeconfig =
        Files.writeString(
            dir.resolve("kubeconfig"),
            """
            apiVersion: v1
            kind: Config
            clusters:
            - name: test
              cluster: {server: "https://127.0.0.1:%d", insecure-skip-tls-verify: true}
            users:
            - name: leat
              user: {token: leat-test}
            contexts:
            - name: test
              context: {cluster: test, user: leat, namespace: default}
            current-context: test
            """
                .formatted(port));
    await(() -> run(programs, kubeconfig, "get", "--raw=/readyz").equals("0 ok"));
    return kubeconfig;
  }

  private Path writeKey() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    String body =
        Base64.getMimeEncoder(64, new byte[] {'\n'})
            .encodeToString(generator.generateKeyPair().getPrivate().getEncoded());
    return Files.writeString(
        dir.resolve("service-account.key"),
        "-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void start(String... command) throws IOException {
    Path log = dir.resolve(Path.of(command[0]).getFileName() + ".log");
    processes.add(
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start());
  }

  /** Exit code and output. */
  private String run(Path programs, Path kubeconfig, String... arguments)
      throws IOException, InterruptedException {
    Path own = programs.resolve("kubectl");
    List<String> command = new ArrayList<>();
    command.add(Files.isExecutable(own) ? own.toString() : "kubectl");
    command.addAll(List.of("--kubeconfig", kubeconfig.toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() + " " + output.strip();
  }

  private String kubectl(Path programs, Path kubeconfig, String... arguments)
      throws IOException, InterruptedException {
    String said = run(programs, kubeconfig, arguments);
    assertThat(said).as(String.join(" ", arguments)).startsWith("0 ");
    return said.substring(2);
  }

  private void apply(Path programs, Path kubeconfig, String yaml) throws Exception {
    Path file = Files.writeString(dir.resolve("apply.yaml"), yaml);
    kubectl(programs, kubeconfig, "apply", "-f", file.toString());
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(MOST)
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptionsMatching(failure -> true)
        .until(condition);
  }
}
