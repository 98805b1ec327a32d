package io.leat.control.standalone;

import io.leat.activator.hold.HoldObserver;
import io.leat.activator.hold.HoldPorts;
import io.leat.activator.hold.RevisionHolds;
import io.leat.activator.hold.Timers;
import io.leat.proxy.Proxy;
import io.leat.proxy.ProxySettings;
import io.leat.proxy.balance.Draw;
import io.leat.proxy.config.HoldLimits;
import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.server.Transport;
import io.leat.proxy.table.Endpoint;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RevisionLimits;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.RouteMatch;
import io.leat.proxy.table.RouteTable;
import io.leat.proxy.table.TableUpdate;
import io.leat.proxy.table.TrafficSplit;
import io.leat.proxy.table.VirtualHost;
import io.leat.proxy.telemetry.MetricRows;
import io.leat.proxy.telemetry.Ticker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A rehearsal of the data path, so that the first client does not pay for the classes and the
 * compiler: a private proxy on a loopback port forwards, refuses, holds and releases a few hundred
 * requests.
 *
 * <p>It shares nothing with the proxy that serves, so no metric, log or limit sees it. Runs on a
 * thread of its own while manifests are read, for a few rounds at least, until {@link #enough}.
 */
final class WarmUp {
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
  private static final RevisionId SERVING = new RevisionId("leat", "serving");
  private static final RevisionId SLEEPER = new RevisionId("leat", "sleeper");
  private static final int LEAST_ROUNDS = 5;
  private static final int MOST_ROUNDS = 40;
  private static final int TRAINING_ROUNDS = 200;
  private static final int FORWARDED = 16;
  private static final int CROWD = 32;
  private static final int HELD = 8;
  private static final int READ_MILLIS = 1_000;
  private static final byte[] ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"
          .getBytes(StandardCharsets.US_ASCII);

  private final LiveTable table = new LiveTable(1, new MetricRows(), 1);
  private final Transport transport;
  private final RevisionHolds holds;
  private final Thread thread =
      Thread.ofPlatform().daemon().name("leat-warm-up").unstarted(this::run);
  private final byte[] input = new byte[4096];
  private final int least;
  private volatile boolean enough;
  private int rounds;
  private long version;

  /**
   * A rehearsal that has not begun.
   *
   * @param timers for what is held
   * @param transport of the proxy that serves
   */
  WarmUp(Timers timers, Transport transport) {
    this(timers, transport, LEAST_ROUNDS);
  }

  /**
   * A rehearsal long enough for the JVM to learn what is hot: also accepting, holding and refusing,
   * of which a load over kept connections has little.
   */
  static WarmUp training(Timers timers) {
    return new WarmUp(timers, Transport.best(), TRAINING_ROUNDS);
  }

  private WarmUp(Timers timers, Transport transport, int least) {
    this.least = least;
    this.transport = transport;
    HoldPorts ports =
        new HoldPorts(
            timers, Ticker.system(), () -> Draw.xorshift(1), revision -> {}, HoldObserver.NONE);
    HoldLimits limits = new HoldLimits(HELD, 1 << 20, HELD, 1 << 20, Duration.ofSeconds(1));
    this.holds = new RevisionHolds(limits, RevisionHolds.DEFAULT_PACED_CONCURRENCY, ports);
    table.onSwap(swap -> holds.revisionsChanged(swap.router()::revision, swap.changed()));
  }

  void start() {
    thread.start();
  }

  /** Ends after the round that runs, but not before the least number of them; waits for that. */
  void enough() throws InterruptedException {
    enough = true;
    thread.join();
  }

  /** Rounds that ran; after {@link #enough}. */
  int rounds() {
    return rounds;
  }

  private void run() {
    ProxySettings settings =
        ProxySettings.of(table)
            .withAddress("127.0.0.1", 0)
            .withEventLoops(1)
            .withHold(holds)
            .withTransport(transport);
    try (ServerSocket origin = new ServerSocket(0, CROWD, InetAddress.getLoopbackAddress());
        Proxy proxy = new Proxy(settings)) {
      Thread.ofPlatform().daemon().name("leat-warm-origin").start(() -> accept(origin));
      publish(origin.getLocalPort(), false);
      int port = proxy.start();
      while (rounds < Math.max(least, MOST_ROUNDS) && !(enough && rounds >= least)) {
        forward(port);
        crowd(port, origin.getLocalPort());
        rounds++;
      }
    } catch (IOException | UncheckedIOException e) {
      // Serving does not depend on it: the first requests are slower, that is all.
      LOG.warn("the warm-up broke off", e);
    }
  }

  private void publish(int originPort, boolean awake) {
    List<Endpoint> endpoints = List.of(Endpoint.http1("127.0.0.1", originPort));
    Reachability serving = new Reachability.Serving(endpoints);
    Reachability sleeper = awake ? serving : new Reachability.Dormant();
    RouteTable next =
        new RouteTable(
            ++version,
            List.of(host(SERVING), host(SLEEPER)),
            List.of(
                new RevisionEndpoints(SERVING, RevisionLimits.DEFAULT, serving),
                new RevisionEndpoints(SLEEPER, RevisionLimits.DEFAULT, sleeper)));
    var _ = table.apply(new TableUpdate.Snapshot(next));
  }

  private static VirtualHost host(RevisionId revision) {
    RouteAction split = new RouteAction.Split(TrafficSplit.to(revision));
    return VirtualHost.of(
        revision.name(), List.of(RouteEntry.of("leat/warm-up", RouteMatch.ALL, split)));
  }

  private void forward(int port) throws IOException {
    try (Socket client = connect(port)) {
      for (int i = 0; i < FORWARDED; i++) {
        send(client, SERVING.name());
        receive(client);
        send(client, "nobody");
        receive(client);
      }
    }
  }

  /** More clients than may be held; the held ones are released. */
  private void crowd(int port, int originPort) throws IOException {
    List<Socket> clients = new ArrayList<>();
    try {
      for (int i = 0; i < CROWD; i++) {
        Socket client = connect(port);
        clients.add(client);
        send(client, SLEEPER.name());
      }
      publish(originPort, true);
      for (Socket client : clients) {
        receive(client);
      }
    } finally {
      publish(originPort, false);
      for (Socket client : clients) {
        client.close();
      }
    }
  }

  private static Socket connect(int port) throws IOException {
    Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
    client.setTcpNoDelay(true);
    client.setSoTimeout(READ_MILLIS);
    return client;
  }

  private static void send(Socket client, String host) throws IOException {
    String request =
        "GET /warm?up=1 HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: leat\r\nAccept: */*\r\n\r\n";
    client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
  }

  private void receive(Socket client) throws IOException {
    if (client.getInputStream().read(input) < 0) {
      throw new IOException("closed by the rehearsing proxy");
    }
  }

  private static void accept(ServerSocket origin) {
    while (!origin.isClosed()) {
      try {
        Socket socket = origin.accept();
        Thread.ofPlatform().daemon().name("leat-warm-origin").start(() -> answer(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  /** Every request is one read: requests here are small and never pipelined. */
  private static void answer(Socket socket) {
    byte[] request = new byte[4096];
    try (socket) {
      socket.setTcpNoDelay(true);
      while (socket.getInputStream().read(request) >= 0) {
        socket.getOutputStream().write(ANSWER);
      }
    } catch (IOException closed) {
      // The rehearsal is over.
      return;
    }
  }
}
