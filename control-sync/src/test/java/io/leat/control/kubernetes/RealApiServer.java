package io.leat.control.kubernetes;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A kube-apiserver with etcd on loopback, from the folder that {@code KUBEBUILDER_ASSETS} names. No
 * controller of Kubernetes runs beside it: nothing makes pods, and nothing collects what a deleted
 * object owned.
 */
public final class RealApiServer implements AutoCloseable {
  private static final Duration MOST = Duration.ofSeconds(120);
  private static final String ADMIN = "leat-test-admin";
  private static final String ACCOUNT = "leat-test-account";

  private final Path dir;
  private final Path programs;
  private final int port = freePort();
  private final String etcd = "http://127.0.0.1:" + freePort();
  private final List<Process> processes = new ArrayList<>();
  private @Nullable Process server;

  /** A server that keeps its files in a folder; it answers when this returns. */
  public RealApiServer(Path dir) {
    this.dir = dir;
    this.programs = Path.of(Objects.requireNonNull(System.getenv("KUBEBUILDER_ASSETS")));
    try {
      Files.createDirectories(dir);
      writeKey();
      Files.writeString(
          dir.resolve("tokens.csv"),
          ADMIN
              + ",admin,admin,system:masters\n"
              + ACCOUNT
              + ",system:serviceaccount:leat:leat,leat,system:serviceaccounts\n");
      kubeconfig("kubeconfig", ADMIN, "default");
      kubeconfig("leat.kubeconfig", ACCOUNT, "leat");
      startEtcd();
      start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether there are programs to run. */
  public static boolean isInstalled() {
    String assets = System.getenv("KUBEBUILDER_ASSETS");
    return assets != null && !assets.isEmpty();
  }

  /** The folder with the {@code kubeconfig} of somebody who may do everything. */
  public Path dir() {
    return dir;
  }

  /** The kubeconfig of the ServiceAccount that {@code deploy/kubernetes} gives its rights. */
  public Path accountKubeconfig() {
    return dir.resolve("leat.kubeconfig");
  }

  /** The kubectl that stands beside the server, else the installed one. */
  public String kubectl() {
    Path own = programs.resolve("kubectl");
    return Files.isExecutable(own) ? own.toString() : "kubectl";
  }

  private void startEtcd() throws IOException {
    String peers = "http://127.0.0.1:" + freePort();
    processes.add(
        run(
            "etcd",
            "--data-dir=" + dir.resolve("etcd"),
            "--listen-client-urls=" + etcd,
            "--advertise-client-urls=" + etcd,
            "--listen-peer-urls=" + peers,
            "--initial-advertise-peer-urls=" + peers,
            "--initial-cluster=default=" + peers,
            "--unsafe-no-fsync=true"));
  }

  /** Starts the server over what etcd holds, and waits until it is ready. */
  public void start() throws IOException {
    Path key = dir.resolve("service-account.key");
    server =
        run(
            "kube-apiserver",
            "--etcd-servers=" + etcd,
            "--bind-address=127.0.0.1",
            "--secure-port=" + port,
            "--cert-dir=" + dir.resolve("certificates"),
            "--token-auth-file=" + dir.resolve("tokens.csv"),
            "--authorization-mode=RBAC",
            "--service-account-issuer=https://leat.test",
            "--service-account-key-file=" + key,
            "--service-account-signing-key-file=" + key,
            "--service-cluster-ip-range=10.0.0.0/24",
            "--disable-admission-plugins=ServiceAccount");
    Awaitility.await().atMost(MOST).pollInterval(Duration.ofMillis(500)).until(this::isReady);
  }

  /** Defines the kinds of a folder; they are served when this returns. */
  void define(Path definitions) throws IOException, InterruptedException {
    succeed("apply", "-f", definitions.toString());
    succeed("wait", "--for=condition=Established", "--timeout=50s", "crd", "--all");
  }

  private void succeed(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of(kubectl(), "--kubeconfig", dir.resolve("kubeconfig") + ""));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (InputStream said = process.getInputStream()) {
      String text = new String(said.readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", arguments) + ": " + text);
      }
    }
  }

  private boolean isReady() throws IOException, InterruptedException {
    Process ready =
        new ProcessBuilder(
                kubectl(), "--kubeconfig", dir.resolve("kubeconfig") + "", "get", "--raw=/readyz")
            .redirectErrorStream(true)
            .start();
    try (InputStream said = ready.getInputStream()) {
      var _ = said.readAllBytes();
    }
    return ready.waitFor() == 0;
  }

  /** Kills the server; etcd stays. */
  public void kill() throws InterruptedException {
    Process killed = Objects.requireNonNull(server).destroyForcibly();
    var _ = killed.waitFor(60, TimeUnit.SECONDS);
  }

  private Process run(String program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(programs.resolve(program).toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(dir.resolve(program + ".log").toFile()))
        .start();
  }

  private void kubeconfig(String name, String token, String namespace) throws IOException {
    Files.writeString(
        dir.resolve(name),
        """
        apiVersion: v1
        kind: Config
        clusters:
        - name: test
          cluster: {server: "https://127.0.0.1:%d", insecure-skip-tls-verify: true}
        users:
        - name: test
          user: {token: %s}
        contexts:
        - name: test
          context: {cluster: test, user: test, namespace: %s}
        current-context: test
        """
            .formatted(port, token, namespace));
  }

  private void writeKey() throws IOException {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      String body =
          Base64.getMimeEncoder(64, new byte[] {'\n'})
              .encodeToString(generator.generateKeyPair().getPrivate().getEncoded());
      Files.writeString(
          dir.resolve("service-account.key"),
          "-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has RSA", e);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (server != null) {
      processes.add(server);
    }
    for (Process process : processes.reversed()) {
      process.destroy();
      try {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }
}
