package io.leat.bench.compare;

import io.leat.bench.compare.Contenders.Contender;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Resident memory: idle after the start, after load, and per idle keep-alive connection that has
 * had one request, cold and after load.
 *
 * <p>What a process holds depends on what it did before, so the cold figures come from a process of
 * their own that nothing else is measured with.
 */
final class Memory {
  private static final int IDLE = 5_000;
  private static final Duration SETTLE = Duration.ofMillis(1_500);

  private final Contenders contenders;
  private final Options options;
  private final Report report;

  Memory(Contenders contenders, Options options, Report report) {
    this.contenders = contenders;
    this.options = options;
    this.report = report;
  }

  /** Measures a fresh process of every proxy and ends it. */
  void cold() throws IOException {
    for (String name : contenders.names()) {
      Contender contender = contenders.fresh(name);
      try (Child child = contender.child()) {
        settle();
        report.add(name, Report.RESIDENT, child.residentBytes() / 1048576.0);
        if (!name.equals(Contenders.RELAY)) {
          report.add(name, Report.PER_CONNECTION_COLD, perConnection(contender));
        }
      }
    }
  }

  /** Measures the processes that have just had their first load. */
  void loaded() throws IOException {
    for (String name : contenders.names()) {
      Contender contender = contenders.running(name);
      report.add(name, Report.RESIDENT_LOADED, contender.child().residentBytes() / 1048576.0);
      if (!name.equals(Contenders.RELAY)) {
        report.add(name, Report.PER_CONNECTION_LOADED, perConnection(contender));
      }
    }
  }

  /** Growth in KiB per connection. */
  private double perConnection(Contender contender) throws IOException {
    byte[] request =
        ("GET /" + options.mainBytes() + " HTTP/1.1\r\nHost: " + Peer.HOST + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    long before = contender.child().residentBytes();
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < IDLE; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), contender.port());
        sockets.add(socket);
        socket.setSoTimeout(10_000);
        socket.getOutputStream().write(request);
        InputStream in = socket.getInputStream();
        // The body alone is this long: when as much has come, the answer is nearly all here.
        if (in.readNBytes(options.mainBytes()).length < options.mainBytes()) {
          throw new IOException(contender.name() + " closed connection " + i);
        }
      }
      settle();
      return (contender.child().residentBytes() - before) / 1024.0 / IDLE;
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private static void settle() {
    long until = System.nanoTime() + SETTLE.toNanos();
    for (long left = SETTLE.toNanos(); left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
