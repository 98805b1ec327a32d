package io.leat.bench.compare;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/** The origin and the proxies in front of it: started here, all ended by {@link #close}. */
final class Contenders implements AutoCloseable {
  static final String RELAY = "relay-c";

  private final Path dir;
  private final int origin;
  private final Map<String, String> versions = new LinkedHashMap<>();
  private final Map<String, Contender> running = new LinkedHashMap<>();
  // Closed by the shutdown hook as well, from its own thread.
  private final Queue<Child> children = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;
  private int started;

  /** A running proxy and its port. */
  record Contender(String name, Child child, int port) {}

  private Contenders(Path dir, int origin) {
    this.dir = dir;
    this.origin = origin;
  }

  /** Starts the origin and looks which of the wanted proxies this machine has. */
  static Contenders open(Options options, Path dir) throws IOException, InterruptedException {
    Contenders contenders = new Contenders(dir, Peer.freePort());
    Runtime.getRuntime().addShutdownHook(new Thread(contenders::close, "end-children"));
    Child nginx =
        Child.pinned(1, dir.resolve("origin.log"), contenders.originCommand(options.bytes()));
    contenders.children.add(nginx);
    awaitPort(contenders.origin, nginx);
    if (options.only().contains(RELAY) && contenders.relayBuilds()) {
      contenders.versions.put(RELAY, "copies bytes, parses nothing");
    }
    for (Peer peer : Peer.values()) {
      if (options.only().contains(peer.label())) {
        peer.version().ifPresent(version -> contenders.versions.put(peer.label(), version));
      }
    }
    for (String name : options.only()) {
      if (!contenders.versions.containsKey(name)) {
        System.err.println(name + ": left out, not on this machine");
      }
    }
    return contenders;
  }

  /** Versions of the proxies that take part, by name. */
  Map<String, String> versions() {
    return versions;
  }

  Set<String> names() {
    return versions.keySet();
  }

  /** Starts the processes that live through the whole run. */
  void startAll() throws IOException {
    for (String name : names()) {
      running.put(name, fresh(name));
    }
  }

  /** The process of a proxy that lives through the whole run. */
  Contender running(String name) {
    Contender contender = running.get(name);
    if (contender == null) {
      throw new IllegalArgumentException("not started: " + name);
    }
    return contender;
  }

  /** The contenders in the order of one round: every other round runs backwards. */
  List<Contender> turns(int round) {
    List<Contender> turns = new ArrayList<>(running.values());
    return round % 2 == 0 ? turns : turns.reversed();
  }

  /** Starts one more process of a proxy and returns as soon as it listens. */
  Contender fresh(String name) throws IOException {
    started++;
    int port = Peer.freePort();
    Path own = Files.createDirectories(dir.resolve(name + "-" + started));
    Child child = Child.pinned(0, own.resolve("log"), command(name, own, port));
    children.add(child);
    if (closed) {
      // The shutdown hook may have passed before this process was on its list.
      child.close();
      throw new IOException("the run is being ended");
    }
    awaitPort(port, child);
    return new Contender(name, child, port);
  }

  private List<String> command(String name, Path own, int port) throws IOException {
    if (name.equals(RELAY)) {
      return List.of(
          dir.resolve("relay").toString(), Integer.toString(port), Integer.toString(origin));
    }
    for (Peer peer : Peer.values()) {
      if (peer.label().equals(name)) {
        return peer.command(own, port, origin);
      }
    }
    throw new IllegalArgumentException("no such proxy: " + name);
  }

  private List<String> originCommand(List<Integer> sizes) throws IOException {
    Path files = Files.createDirectories(dir.resolve("files"));
    for (int bytes : sizes) {
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
          tcp_nopush on;
          open_file_cache max=100;
          keepalive_requests 1000000000;
          keepalive_timeout 600s;
          server { listen 127.0.0.1:%d backlog=4096; listen 127.0.0.2:%2$d backlog=4096; root %s; }
        }
        """
            .formatted(dir, origin, files));
    return List.of("nginx", "-c", config.toString(), "-e", "stderr");
  }

  private boolean relayBuilds() throws IOException, InterruptedException {
    Path source = dir.resolve("relay.c");
    try (InputStream in = Contenders.class.getResourceAsStream("relay.c")) {
      if (in == null) {
        throw new IOException("relay.c is missing from the jar");
      }
      Files.write(source, in.readAllBytes());
    }
    String build = "command -v cc >/dev/null && cc -O2 -o '" + dir + "/relay' '" + source + "'";
    return new ProcessBuilder("sh", "-c", build).start().waitFor() == 0;
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
        LockSupport.parkNanos(10_000_000);
      }
    }
    throw new IOException("does not listen on " + port + ": " + child.output());
  }

  @Override
  public void close() {
    closed = true;
    for (Child child = children.poll(); child != null; child = children.poll()) {
      child.close();
    }
  }
}
