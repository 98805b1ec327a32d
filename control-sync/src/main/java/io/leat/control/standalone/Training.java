package io.leat.control.standalone;

import io.leat.activator.hold.ExecutorTimers;
import io.leat.proxy.config.ConfigKey;
import io.leat.proxy.config.ConfigReader;
import io.leat.proxy.config.ConfigResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A short life of Leat for the JVM's ahead-of-time cache: it serves a small origin of its own and
 * follows edits of its manifest, so that classes and profiles of the start, of the data path and of
 * a change are recorded.
 */
public final class Training {
  private static final int REQUESTS = 30_000;
  private static final int CLIENTS = 24;
  private static final int EDITS = 100;
  private static final String HOST = "train.default.localhost";
  private static final String NARROW = "narrow.default.localhost";

  /**
   * What most manifests have that serve local programs: nothing of it runs until it is asked for.
   */
  private static final String ASLEEP =
      """
      apiVersion: serving.knative.dev/v1
      kind: Configuration
      metadata: {name: asleep}
      spec:
        template:
          metadata:
            annotations:
              autoscaling.knative.dev/initial-scale: "0"
              autoscaling.knative.dev/max-scale: "3"
              autoscaling.knative.dev/window: 30s
          spec:
            containerConcurrency: 10
            containers:
            - command: ["$(JAVA_HOME)/bin/java", "Asleep.java"]
              env: [{name: VERSION, value: v1}]
      ---
      apiVersion: serving.knative.dev/v1
      kind: Route
      metadata: {name: asleep}
      spec:
        traffic:
        - {configurationName: asleep, latestRevision: true, percent: 100, tag: canary}
      ---
      apiVersion: serving.knative.dev/v1
      kind: Service
      metadata: {name: service}
      spec:
        template:
          metadata:
            annotations: {autoscaling.knative.dev/initial-scale: "0"}
          spec:
            containers:
            - command: ["$(JAVA_HOME)/bin/java", "Asleep.java"]
              ports: [{containerPort: 8080}]
      """;

  /** Without line ends in its data, so that the origin finds the end of the next head. */
  private static final byte[] EVENT =
      ("POST / HTTP/1.1\r\nHost: train.default.channels.localhost\r\n"
              + "Content-Type: application/octet-stream\r\nce-specversion: 1.0\r\n"
              + "ce-type: train\r\nce-source: /train\r\nce-id: 1\r\nContent-Length: 1024\r\n\r\n"
              + "x".repeat(1024))
          .getBytes(StandardCharsets.ISO_8859_1);

  private Training() {}

  /** Runs once, with all files in a folder that is deleted afterwards. */
  public static void run() {
    rehearse();
    try (ServerSocket origin = new ServerSocket(0, 64, InetAddress.getLoopbackAddress())) {
      Path dir = Files.createTempDirectory("leat-train");
      Thread.ofPlatform().daemon().start(() -> accept(origin));
      try {
        serve(dir, origin.getLocalPort());
      } finally {
        delete(dir);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void rehearse() {
    try (ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor()) {
      WarmUp warmUp = WarmUp.training(new ExecutorTimers(executor));
      warmUp.start();
      warmUp.enough();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void serve(Path dir, int originPort) throws IOException {
    Path folder = Files.createDirectory(dir.resolve("manifests"));
    Path manifest = folder.resolve("train.yaml");
    Files.writeString(folder.resolve("asleep.yaml"), ASLEEP);
    Files.writeString(manifest, manifest(originPort));
    Map<ConfigKey, ConfigReader.Flag> flags =
        Map.of(
            ConfigKey.PROXY_HTTP_PORT, new ConfigReader.Flag("--http-port", "0"),
            ConfigKey.ADMIN_PORT, new ConfigReader.Flag("--admin-port", "0"),
            ConfigKey.PROXY_BIND, new ConfigReader.Flag("--bind", "127.0.0.1"),
            ConfigKey.PROXY_DRAIN_DELAY, new ConfigReader.Flag("", "0s"),
            ConfigKey.HOLD_REVISION_REQUESTS, new ConfigReader.Flag("", "8"),
            ConfigKey.CONTROL_STATE_DIR, new ConfigReader.Flag("", dir.resolve("s").toString()));
    ConfigResult result = ConfigReader.read(new ConfigReader.Sources(flags, Map.of(), null));
    if (!(result instanceof ConfigResult.Loaded loaded)) {
      throw new IllegalStateException(result.toString());
    }
    // A second life begins with what the first one stored.
    run(new Standalone(loaded, new Truth.Local(List.of(folder.toString())), line -> {}), manifest);
    Standalone again = new Standalone(loaded, new Truth.Local(List.of()), line -> {});
    again.start();
    again.stop();
  }

  private static void run(Standalone standalone, Path manifest) throws IOException {
    standalone.start();
    try {
      load(standalone.httpPort(), HOST, REQUESTS);
      load(standalone.httpPort(), "nobody.localhost", REQUESTS / 10);
      byte[] narrow = get(NARROW);
      crowd(standalone.httpPort(), narrow, REQUESTS / 60);
      awaitEvents(standalone.httpPort());
      crowd(standalone.httpPort(), EVENT, REQUESTS / 40);
      edit(manifest, standalone.httpPort());
      String admin = "http://127.0.0.1:" + standalone.adminPort();
      for (String path :
          List.of(
              "/metrics",
              "/readyz",
              "/debug/table",
              "/debug/explain?url=http://" + HOST + "/",
              "/apis/serving.knative.dev/v1/namespaces/default/routes")) {
        HttpURLConnection connection =
            (HttpURLConnection) URI.create(admin + path).toURL().openConnection();
        var _ = connection.getInputStream().readAllBytes();
      }
    } finally {
      standalone.stop();
    }
  }

  /**
   * Many clients at once: more than the narrow revision serves and its hold takes, so that some
   * wait and some are refused; and enough for events to become durable in groups.
   */
  private static void crowd(int port, byte[] request, int requests) {
    try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      for (int i = 0; i < CLIENTS; i++) {
        var _ =
            clients.submit(() -> {
              load(port, request, requests);
              return null;
            });
      }
    }
  }

  private static void load(int port, String host, int requests) throws IOException {
    load(port, get(host), requests);
  }

  private static byte[] get(String host) {
    return ("GET /train?x=1 HTTP/1.1\r\nHost: "
            + host
            + "\r\nUser-Agent: train\r\nAccept: */*\r\nCookie: a=b\r\n\r\n")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void load(int port, byte[] request, int requests) throws IOException {
    byte[] answer = new byte[4096];
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      for (int i = 0; i < requests; i++) {
        socket.getOutputStream().write(request);
        if (socket.getInputStream().read(answer) < 0) {
          throw new IOException("the proxy closed during the training");
        }
      }
    }
  }

  /** A Channel takes events some time after the table names it. */
  private static void awaitEvents(int port) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (!status(port, EVENT).startsWith("HTTP/1.1 202")) {
      if (System.nanoTime() > deadline) {
        throw new IOException("the channel takes no events");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  private static void accept(ServerSocket origin) {
    while (!origin.isClosed()) {
      try {
        Socket socket = origin.accept();
        Thread.ofPlatform().daemon().start(() -> answer(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void answer(Socket socket) {
    byte[] answer =
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"
            .getBytes(StandardCharsets.ISO_8859_1);
    try (socket;
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))) {
      socket.setTcpNoDelay(true);
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.isEmpty()) {
          socket.getOutputStream().write(answer);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Changes a file that is watched, each time after the last change is seen. */
  private static void edit(Path manifest, int port) throws IOException {
    String text = Files.readString(manifest);
    for (int i = 0; i < EDITS; i++) {
      Path next = manifest.resolveSibling("train.next");
      Files.writeString(next, text.replace("percent: 100, tag: t", "percent: 100, tag: t" + i));
      Files.move(next, manifest, StandardCopyOption.ATOMIC_MOVE);
      awaitHost(port, "t" + i + "-" + HOST);
    }
  }

  private static void awaitHost(int port, String host) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
    while (!status(port, host).startsWith("HTTP/1.1 200")) {
      if (System.nanoTime() > deadline) {
        throw new IOException(host + " did not appear");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private static String status(int port, String host) throws IOException {
    return status(
        port,
        ("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String status(int port, byte[] request) throws IOException {
    byte[] answer = new byte[4096];
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(request);
      int length = socket.getInputStream().read(answer);
      return new String(answer, 0, Math.max(0, length), StandardCharsets.ISO_8859_1);
    }
  }

  private static String manifest(int port) {
    return """
    apiVersion: serving.knative.dev/v1
    kind: Revision
    metadata: {name: train}
    spec: {}
    ---
    apiVersion: discovery.k8s.io/v1
    kind: EndpointSlice
    metadata: {name: train, labels: {serving.knative.dev/revision: train}}
    addressType: IPv4
    endpoints: [{addresses: ["127.0.0.1"]}]
    ports: [{name: http1, port: %1$d}]
    ---
    apiVersion: serving.knative.dev/v1
    kind: Route
    metadata: {name: train}
    spec:
      traffic:
      - {revisionName: train, percent: 100, tag: t}
    ---
    apiVersion: serving.knative.dev/v1
    kind: Revision
    metadata: {name: narrow}
    spec: {containerConcurrency: 1}
    ---
    apiVersion: discovery.k8s.io/v1
    kind: EndpointSlice
    metadata: {name: narrow, labels: {serving.knative.dev/revision: narrow}}
    addressType: IPv4
    endpoints: [{addresses: ["127.0.0.1"]}]
    ports: [{name: http1, port: %1$d}]
    ---
    apiVersion: serving.knative.dev/v1
    kind: Route
    metadata: {name: narrow}
    spec:
      traffic:
      - {revisionName: narrow, percent: 100}
    ---
    apiVersion: eventing.knative.dev/v1alpha1
    kind: Channel
    metadata: {name: train}
    spec: {provisioner: {ref: {name: log}}}
    ---
    apiVersion: eventing.knative.dev/v1alpha1
    kind: Subscription
    metadata: {name: train}
    spec:
      from: {apiVersion: eventing.knative.dev/v1alpha1, kind: Channel, name: train}
      call: {dnsName: "http://127.0.0.1:%1$d/"}
    """
        .formatted(port);
  }

  private static void delete(Path dir) throws IOException {
    try (Stream<Path> files = Files.walk(dir)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
