package io.leat.bench.compare;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One proxy under comparison: how it is configured for the common work and started.
 *
 * <p>The common work: one worker, HTTP/1.1 keep-alive on both sides, host routing, a 90/10 split
 * over two addresses of the origin, {@code X-Forwarded-For} added, no access log.
 */
enum Peer {
  LEAT("leat") {
    @Override
    List<String> command(Path dir, int port, int origin) throws IOException {
      return leatCommand(dir, port, origin);
    }
  },
  LEAT_URING("leat-uring") {
    @Override
    List<String> command(Path dir, int port, int origin) throws IOException {
      List<String> command = new ArrayList<>(List.of("env", "LEAT_PROXY_TRANSPORT=io_uring"));
      command.addAll(leatCommand(dir, port, origin));
      return command;
    }
  },
  HAPROXY("haproxy") {
    @Override
    List<String> command(Path dir, int port, int origin) throws IOException {
      Path config = dir.resolve("haproxy.cfg");
      Files.writeString(
          config,
          """
          global
            nbthread 1
            maxconn 9000
          defaults
            mode http
            timeout connect 5s
            timeout client 300s
            timeout server 300s
            option http-keep-alive
            http-reuse always
            option forwardfor
          frontend f
            bind 127.0.0.1:%d
            use_backend shop if { hdr(host) -i %s }
          backend shop
            balance roundrobin
            server a 127.0.0.1:%d weight 90
            server b 127.0.0.2:%d weight 10
          """
              .formatted(port, HOST, origin, origin));
      return List.of("haproxy", "-db", "-f", config.toString());
    }
  },
  NGINX("nginx") {
    @Override
    List<String> command(Path dir, int port, int origin) throws IOException {
      Path config = dir.resolve("nginx.conf");
      Files.writeString(
          config,
          """
          worker_processes 1;
          daemon off;
          pid %s/nginx.pid;
          error_log stderr crit;
          events { worker_connections 20000; }
          http {
            access_log off;
            client_body_temp_path %1$s/body;
            proxy_temp_path %1$s/proxy;
            fastcgi_temp_path %1$s/fastcgi;
            uwsgi_temp_path %1$s/uwsgi;
            scgi_temp_path %1$s/scgi;
            keepalive_requests 1000000000;
            keepalive_timeout 300s;
            upstream shop {
              server 127.0.0.1:%d weight=9;
              server 127.0.0.2:%d weight=1;
              keepalive 512;
              keepalive_requests 1000000000;
            }
            server { listen 127.0.0.1:%d default_server; return 404; }
            server {
              listen 127.0.0.1:%d;
              server_name %s;
              location / {
                proxy_pass http://shop;
                proxy_http_version 1.1;
                proxy_set_header Connection "";
                proxy_set_header Host $host;
                proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
              }
            }
          }
          """
              .formatted(dir, origin, origin, port, port, HOST));
      return List.of("nginx", "-c", config.toString(), "-e", "stderr");
    }
  },
  CADDY("caddy") {
    @Override
    List<String> command(Path dir, int port, int origin) throws IOException {
      Path config = dir.resolve("Caddyfile");
      Files.writeString(
          config,
          """
          {
            admin off
            auto_https off
          }
          http://%s:%d {
            bind 127.0.0.1
            reverse_proxy 127.0.0.1:%d 127.0.0.2:%d {
              lb_policy random
            }
          }
          """
              .formatted(HOST, port, origin, origin));
      return List.of("caddy", "run", "--config", config.toString(), "--adapter", "caddyfile");
    }
  },
  VERTX("vertx") {
    @Override
    List<String> command(Path dir, int port, int origin) {
      // The flags of Leat's launcher, so that the two JVMs differ in the program alone.
      return List.of(
          Path.of(System.getProperty("java.home"), "bin/java").toString(),
          "-XX:+UseSerialGC",
          "-XX:+UseCompactObjectHeaders",
          "-XX:-UsePerfData",
          "-Xms16m",
          "-Xmx512m",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Dio.netty.leakDetection.level=disabled",
          "-cp",
          vertxLibraries() + "/*",
          "io.leat.bench.vertx.VertxPeer",
          Integer.toString(port),
          Integer.toString(origin),
          HOST);
    }
  },
  ENVOY("envoy") {
    @Override
    List<String> command(Path dir, int port, int origin) throws IOException {
      Path config = dir.resolve("envoy.yaml");
      Files.writeString(config, envoyConfig(port, origin));
      return List.of("envoy", "--concurrency", "1", "-l", "error", "-c", config.toString());
    }
  };

  static final String HOST = "shop.default.localhost";

  private final String program;

  Peer(String program) {
    this.program = program;
  }

  /** The command that starts the proxy on {@code port} in front of an origin. */
  abstract List<String> command(Path dir, int port, int origin) throws IOException;

  String label() {
    return program;
  }

  /** The first line of the program's version, or empty when it is not on this machine. */
  Optional<String> version() throws IOException, InterruptedException {
    if (this == LEAT || this == LEAT_URING) {
      return firstLine(List.of(root().resolve("leat").toString(), "version"));
    }
    if (this == VERTX) {
      return vertxVersion();
    }
    if (firstLine(List.of("sh", "-c", "command -v " + program)).isEmpty()) {
      return Optional.empty();
    }
    return firstLine(
        switch (this) {
          case CADDY -> List.of("caddy", "version");
          case ENVOY -> List.of("envoy", "--version");
          default -> List.of(program, "-v");
        });
  }

  private static Path vertxLibraries() {
    return root().resolve("benchmarks/vertx/target/lib");
  }

  // The class path is made by a build of its own, which names the versions in the jars' names.
  private static Optional<String> vertxVersion() throws IOException {
    if (!Files.isRegularFile(vertxLibraries().resolve("vertx-peer.jar"))) {
      return Optional.empty();
    }
    try (Stream<Path> jars = Files.list(vertxLibraries())) {
      return Optional.of(
          jars.map(jar -> jar.getFileName().toString())
                  .filter(name -> name.matches("(vertx-http-proxy|netty-transport)-[0-9].*"))
                  .sorted(Comparator.reverseOrder())
                  .map(name -> name.replaceFirst("\\.jar$", ""))
                  .collect(Collectors.joining(", "))
              + ", Java "
              + System.getProperty("java.runtime.version"));
    }
  }

  private static Optional<String> firstLine(List<String> command)
      throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0
        ? text.lines().filter(line -> !line.isBlank()).findFirst()
        : Optional.empty();
  }

  static Path root() {
    return Path.of(System.getProperty("leat.root", ".")).toAbsolutePath().normalize();
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static List<String> leatCommand(Path dir, int port, int origin) throws IOException {
    Path manifest = dir.resolve("leat.yaml");
    Files.writeString(manifest, leatManifest(origin));
    return List.of(
        root().resolve("leat").toString(),
        "run",
        "-f",
        manifest.toString(),
        "--http-port",
        Integer.toString(port),
        "--admin-port",
        "0",
        "--bind",
        "127.0.0.1",
        "--state-dir",
        dir.resolve("state").toString());
  }

  private static String leatManifest(int origin) {
    List<String> documents = new ArrayList<>();
    for (String[] revision : new String[][] {{"shop-a", "127.0.0.1"}, {"shop-b", "127.0.0.2"}}) {
      documents.add(
          """
          apiVersion: serving.knative.dev/v1
          kind: Revision
          metadata: {name: %1$s}
          spec: {}
          ---
          apiVersion: discovery.k8s.io/v1
          kind: EndpointSlice
          metadata: {name: %1$s, labels: {serving.knative.dev/revision: %1$s}}
          addressType: IPv4
          endpoints: [{addresses: ["%2$s"]}]
          ports: [{name: http1, port: %3$d}]
          """
              .formatted(revision[0], revision[1], origin));
    }
    documents.add(
        """
        apiVersion: serving.knative.dev/v1
        kind: Route
        metadata: {name: shop}
        spec:
          traffic:
          - {revisionName: shop-a, percent: 90}
          - {revisionName: shop-b, percent: 10}
        """);
    return String.join("---\n", documents);
  }

  private static String envoyConfig(int port, int origin) {
    return """
    static_resources:
      listeners:
      - address: {socket_address: {address: 127.0.0.1, port_value: %d}}
        filter_chains:
        - filters:
          - name: envoy.filters.network.http_connection_manager
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
              stat_prefix: f
              generate_request_id: false
              use_remote_address: true
              route_config:
                virtual_hosts:
                - name: shop
                  domains: ["%s"]
                  routes:
                  - match: {prefix: "/"}
                    route:
                      weighted_clusters:
                        clusters: [{name: a, weight: 90}, {name: b, weight: 10}]
              http_filters:
              - name: envoy.filters.http.router
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
                  dynamic_stats: false
      clusters:
      - {name: a, type: STATIC, load_assignment: {cluster_name: a, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]}}
      - {name: b, type: STATIC, load_assignment: {cluster_name: b, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.2, port_value: %d}}}}]}]}}
    """
        .formatted(port, HOST, origin, origin);
  }
}
