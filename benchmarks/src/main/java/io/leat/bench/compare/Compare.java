package io.leat.bench.compare;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures proxies side by side: CPU time per request of the proxy's process, throughput, latency
 * and resident memory.
 *
 * <p>The proxy has processor 0 to itself, load and origin share processor 1. Peers take turns in
 * every round, so that a drift of the machine reaches all of them, and ratios are taken round by
 * round.
 */
public final class Compare {
  private final Options options;
  private final Path dir;
  private final Map<String, Contender> contenders = new LinkedHashMap<>();

  /** What is measured and for how long. */
  record Options(List<Integer> bytes, List<Integer> connections, int rounds, Duration time) {}

  /** A running proxy and its port. */
  record Contender(String version, Child child, int port) {}

  private Compare(Options options, Path dir) {
    this.options = options;
    this.dir = dir;
  }

  /** Runs the comparison; {@code --help} lists the options. */
  public static void main(String[] arguments) throws Exception {
    Map<String, String> given = new LinkedHashMap<>();
    for (String argument : arguments) {
      String[] parts = argument.split("=", 2);
      if (parts.length != 2
          || !List.of("--bytes", "--connections", "--rounds", "--seconds").contains(parts[0])) {
        System.err.println(
            "usage: compare [--bytes=64,1024,65536] [--connections=32,256] [--rounds=5]"
                + " [--seconds=4]");
        System.exit(2);
      }
      given.put(parts[0], parts[1]);
    }
    Options options =
        new Options(
            numbers(given.getOrDefault("--bytes", "64,1024,65536")),
            numbers(given.getOrDefault("--connections", "32,256")),
            Integer.parseInt(given.getOrDefault("--rounds", "5")),
            Duration.ofSeconds(Long.parseLong(given.getOrDefault("--seconds", "4"))));
    new Compare(options, Files.createTempDirectory("compare")).run();
  }

  private static List<Integer> numbers(String list) {
    List<Integer> numbers = new ArrayList<>();
    for (String number : list.split(",", -1)) {
      numbers.add(Integer.parseInt(number));
    }
    return numbers;
  }

  private void run() throws IOException, InterruptedException {
    int origin = Peer.freePort();
    try (Child nginx = Child.pinned(1, dir.resolve("origin.log"), origin(origin))) {
      awaitPort(origin, nginx);
      try {
        startAll(origin);
        Report report = new Report(options);
        contenders.forEach((name, contender) -> report.version(name, contender.version()));
        measureMemory(report);
        measureLoad(report);
        Path results = Peer.root().resolve("benchmarks/results");
        Files.createDirectories(results);
        String name = "compare-" + LocalDate.now(ZoneOffset.UTC);
        Files.writeString(results.resolve(name + ".md"), report.markdown());
        Files.writeString(results.resolve(name + ".json"), report.json());
        System.out.println(report.markdown());
      } finally {
        contenders.values().forEach(contender -> contender.child().close());
      }
    }
  }

  private List<String> origin(int port) throws IOException {
    Path files = Files.createDirectories(dir.resolve("files"));
    for (int bytes : options.bytes()) {
      Files.writeString(files.resolve(Integer.toString(bytes)), "x".repeat(bytes));
    }
    Path config = dir.resolve("origin.conf");
    Files.writeString(
        config,
        """
        worker_processes 1;
        daemon off;
        user root;
        pid %s/origin.pid;
        error_log stderr crit;
        events { worker_connections 20000; }
        http {
          access_log off;
          client_body_temp_path %1$s/obody;
          proxy_temp_path %1$s/oproxy;
          fastcgi_temp_path %1$s/ofastcgi;
          uwsgi_temp_path %1$s/ouwsgi;
          scgi_temp_path %1$s/oscgi;
          sendfile on;
          open_file_cache max=100;
          keepalive_requests 1000000000;
          keepalive_timeout 600s;
          server { listen 127.0.0.1:%d backlog=4096; listen 127.0.0.2:%2$d backlog=4096; root %s; }
        }
        """
            .formatted(dir, port, files));
    return List.of("nginx", "-c", config.toString(), "-e", "stderr");
  }

  private void startAll(int origin) throws IOException, InterruptedException {
    if (relayBuilds()) {
      int port = Peer.freePort();
      List<String> command =
          List.of(
              dir.resolve("relay").toString(), Integer.toString(port), Integer.toString(origin));
      start("relay-c", "no parsing", port, command);
    }
    for (Peer peer : Peer.values()) {
      String version = peer.version().orElse(null);
      if (version == null) {
        System.err.println(peer.label() + ": skipped, not on this machine");
        continue;
      }
      int port = Peer.freePort();
      Path own = Files.createDirectories(dir.resolve(peer.label()));
      start(peer.label(), version, port, peer.command(own, port, origin));
    }
  }

  private boolean relayBuilds() throws IOException, InterruptedException {
    Path source = dir.resolve("relay.c");
    try (InputStream in = Compare.class.getResourceAsStream("relay.c")) {
      if (in == null) {
        throw new IOException("relay.c is missing from the jar");
      }
      Files.write(source, in.readAllBytes());
    }
    String build = "command -v cc >/dev/null && cc -O2 -o '" + dir + "/relay' '" + source + "'";
    return new ProcessBuilder("sh", "-c", build).start().waitFor() == 0;
  }

  private void start(String name, String version, int port, List<String> command)
      throws IOException {
    Child child = Child.pinned(0, dir.resolve(name + ".log"), command);
    contenders.put(name, new Contender(version, child, port));
    awaitPort(port, child);
  }

  private static void awaitPort(int port, Child child) throws IOException {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (System.nanoTime() < deadline) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
        return;
      } catch (IOException notYet) {
        if (!child.alive()) {
          throw new IOException("ended before it listened: " + child.output(), notYet);
        }
        LockSupport.parkNanos(20_000_000);
      }
    }
    throw new IOException("does not listen on " + port + ": " + child.output());
  }

  private void measureMemory(Report report) throws IOException {
    int idle = 5_000;
    for (Map.Entry<String, Contender> entry : contenders.entrySet()) {
      Contender contender = entry.getValue();
      long before = contender.child().residentBytes();
      report.add(entry.getKey(), Report.RESIDENT, before / 1048576.0);
      if (entry.getKey().equals("relay-c")) {
        continue;
      }
      List<Socket> sockets = new ArrayList<>();
      try {
        for (int i = 0; i < idle; i++) {
          Socket socket = new Socket(InetAddress.getLoopbackAddress(), contender.port());
          socket
              .getOutputStream()
              .write(
                  ("GET /64 HTTP/1.1\r\nHost: " + Peer.HOST + "\r\n\r\n")
                      .getBytes(StandardCharsets.US_ASCII));
          socket.getInputStream().read();
          sockets.add(socket);
        }
        long after = contender.child().residentBytes();
        report.add(entry.getKey(), Report.PER_CONNECTION, (after - before) / 1024.0 / idle);
      } finally {
        for (Socket socket : sockets) {
          socket.close();
        }
      }
    }
  }

  private void measureLoad(Report report) throws IOException, InterruptedException {
    for (Contender contender : contenders.values()) {
      Load.run(contender.port(), options.bytes().getFirst(), 32, Duration.ofSeconds(12));
    }
    for (int round = 0; round < options.rounds(); round++) {
      for (int bytes : options.bytes()) {
        for (int connections : options.connections()) {
          for (Map.Entry<String, Contender> entry : contenders.entrySet()) {
            measure(report, entry, bytes, connections);
          }
        }
      }
      System.err.println("round " + (round + 1) + " of " + options.rounds() + " done");
    }
  }

  private void measure(
      Report report, Map.Entry<String, Contender> entry, int bytes, int connections)
      throws IOException, InterruptedException {
    Contender contender = entry.getValue();
    long before = contender.child().cpuNanos();
    Load load = Load.run(contender.port(), bytes, connections, options.time());
    long cpu = contender.child().cpuNanos() - before;
    if (load.errors() > 0) {
      throw new IOException(entry.getKey() + ": " + load.errors() + " requests failed");
    }
    String work = Report.work(bytes, connections);
    report.add(entry.getKey(), work + Report.CPU, cpu / 1_000.0 / load.requests());
    report.add(entry.getKey(), work + Report.RATE, load.requestsPerSecond());
    report.add(entry.getKey(), work + Report.P50, load.p50Micros());
    report.add(entry.getKey(), work + Report.P99, load.p99Micros());
  }
}
