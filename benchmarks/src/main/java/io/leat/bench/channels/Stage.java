package io.leat.bench.channels;

import io.leat.bench.compare.Child;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One Leat with Channels, and a subscriber that answers 202; ended by {@link #close}. */
final class Stage implements AutoCloseable {
  static final String PLAIN = "plain.default.localhost";
  private static final Pattern READY =
      Pattern.compile("leat ready http=[^:]+:(\\d+) https=\\S+ admin=[^:]+:(\\d+)");
  private static final long PATIENCE = Duration.ofSeconds(60).toNanos();

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Child> children = new ArrayList<>();
  private final Child leat;
  private final int port;
  private final int admin;

  /**
   * Starts both.
   *
   * @param heap of Leat, as {@code -Xmx} has it
   * @param sink the port at which somebody answers, 0 to start one that answers 202
   * @param manifests with {@code SINK} where the port belongs
   */
  Stage(Path dir, String heap, int sink, String manifests) throws IOException {
    Files.createDirectories(dir);
    int subscriber = sink;
    if (sink == 0) {
      subscriber = freePort();
      children.add(Child.pinned(1, dir.resolve("sink.log"), sinkCommand(dir, subscriber)));
    }
    Path folder = Files.createDirectories(dir.resolve("manifests"));
    Files.writeString(
        folder.resolve("all.yaml"), manifests.replace("SINK", Integer.toString(subscriber)));
    List<String> command =
        List.of(
            "env",
            "LEAT_MAX_HEAP=" + heap,
            root().resolve("leat").toString(),
            "run",
            "-f",
            folder.toString(),
            "--http-port",
            "0",
            "--admin-port",
            "0",
            "--bind",
            "127.0.0.1",
            "--state-dir",
            dir.resolve("state").toString());
    leat = Child.pinned(0, dir.resolve("leat.log"), command);
    children.add(leat);
    Matcher ready = awaitReady();
    port = Integer.parseInt(ready.group(1));
    admin = Integer.parseInt(ready.group(2));
  }

  static Path root() {
    return Path.of(System.getProperty("leat.root", "."));
  }

  int port() {
    return port;
  }

  Child leat() {
    return leat;
  }

  private Matcher awaitReady() throws IOException {
    long deadline = System.nanoTime() + PATIENCE;
    while (System.nanoTime() < deadline) {
      Matcher ready = READY.matcher(leat.output());
      if (ready.find()) {
        return ready;
      }
      if (!leat.alive()) {
        break;
      }
      LockSupport.parkNanos(10_000_000);
    }
    throw new IOException("no ready line: " + leat.output());
  }

  private static int freePort() throws IOException {
    try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static List<String> sinkCommand(Path dir, int port) throws IOException {
    Path config = dir.resolve("sink.conf");
    Files.writeString(
        config,
        """
        worker_processes 1;
        daemon off;
        user root;
        pid %s/sink.pid;
        error_log stderr crit;
        events { worker_connections 20000; }
        http {
          access_log off;
          client_body_temp_path %1$s/sbody;
          proxy_temp_path %1$s/sproxy;
          fastcgi_temp_path %1$s/sfastcgi;
          uwsgi_temp_path %1$s/suwsgi;
          scgi_temp_path %1$s/sscgi;
          keepalive_requests 1000000000;
          keepalive_timeout 600s;
          server { listen 127.0.0.1:%d backlog=4096; location / { return 202; } }
        }
        """
            .formatted(dir, port));
    return List.of("nginx", "-c", config.toString(), "-e", "stderr");
  }

  /** The sum of the values of a series over the labels that contain a text. */
  double metric(String name, String labels) throws IOException, InterruptedException {
    double sum = 0;
    for (String line : get("/metrics").lines().toList()) {
      if (line.startsWith(name + "{") && line.contains(labels)) {
        sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
      }
    }
    return sum;
  }

  private String get(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + path)).build();
    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(path + " answered " + response.statusCode());
    }
    return response.body();
  }

  /** Waits until a Channel answers 202 to an event. */
  void awaitChannel(String host) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE;
    int status = 0;
    while (System.nanoTime() < deadline) {
      status = Events.post(port, host);
      if (status == 202) {
        return;
      }
      LockSupport.parkNanos(20_000_000);
    }
    throw new IOException(host + " answers " + status);
  }

  /** Waits until every delivery of a Channel is over. */
  void awaitDelivered(String channel) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + 2 * PATIENCE;
    while (metric("leat_channel_backlog_events", "channel=\"" + channel + "\"") > 0) {
      if (System.nanoTime() > deadline) {
        throw new IOException("the backlog of " + channel + " does not end");
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  @Override
  public void close() {
    children.reversed().forEach(Child::close);
  }
}
