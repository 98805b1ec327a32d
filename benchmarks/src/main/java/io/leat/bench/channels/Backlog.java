package io.leat.bench.channels;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A Channel whose subscriber never answers takes gigabytes with a heap of 256 MiB, until its quota
 * is reached: resident memory before and after, and the answer at the quota.
 */
final class Backlog {
  private static final int BYTES = 32 * 1024;
  private static final String HOST = "full.default.channels.localhost";

  private final Path dir;
  private final int gib;

  Backlog(Path dir, int gib) {
    this.dir = dir;
    this.gib = gib;
  }

  void run() throws IOException, InterruptedException {
    String channel = Manifests.channel("full", "maxBytes: \"" + ((long) gib << 30) + "\"");
    // Connections are taken by the system, and nobody ever answers.
    try (ServerSocket silent = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        Stage stage =
            new Stage(
                dir,
                "256m",
                silent.getLocalPort(),
                channel.substring("---\n".length()) + Manifests.subscription("full", 0))) {
      stage.awaitChannel(HOST);
      Path script = Events.script(dir, BYTES);
      push(stage, script, 3);
      long before = stage.leat().residentBytes();
      long most = before;
      int status = 202;
      double backlog = 0;
      for (int turn = 0; turn < 200 && status == 202; turn++) {
        push(stage, script, 3);
        most = Math.max(most, stage.leat().residentBytes());
        backlog = stage.metric("leat_channel_backlog_events", "channel=\"default/full\"");
        status = Events.post(stage.port(), HOST);
      }
      System.out.printf(
          Locale.ROOT,
          "backlog %.2f GiB in %.0f events: resident %d MiB after the first seconds, at most %d MiB"
              + " (bar: 64 more); then answered %d (bar: 429)%n",
          backlog * BYTES / (1L << 30),
          backlog,
          before >> 20,
          most >> 20,
          status);
    }
  }

  private static void push(Stage stage, Path script, int seconds)
      throws IOException, InterruptedException {
    Events.send(stage.port(), HOST, script, 32, seconds);
  }
}
