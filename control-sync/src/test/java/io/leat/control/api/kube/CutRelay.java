package io.leat.control.api.kube;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A TCP relay on the loopback whose connections can be cut at any moment. */
final class CutRelay implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CutRelay.class);

  private final ServerSocket listener;
  private final int target;
  private final List<Pair> pairs = new CopyOnWriteArrayList<>();

  /** A client's connection and the one that it goes on. */
  private record Pair(Socket client, Socket server) {
    void cut() {
      for (Socket socket : List.of(client, server)) {
        try {
          // A reset rather than an orderly end: what is on its way is lost.
          socket.setSoLinger(true, 0);
          socket.close();
        } catch (IOException e) {
          LOG.debug("already closed", e);
        }
      }
    }
  }

  CutRelay(int target) {
    this.target = target;
    try {
      this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket server = new Socket();
        server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
        Pair pair = new Pair(client, server);
        pairs.add(pair);
        Thread.ofVirtual().start(() -> pump(client, server, pair));
        Thread.ofVirtual().start(() -> pump(server, client, pair));
      } catch (IOException e) {
        LOG.debug("the relay takes no more", e);
      }
    }
  }

  private void pump(Socket from, Socket to, Pair pair) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      LOG.debug("cut", e);
    } finally {
      pair.cut();
      pairs.remove(pair);
    }
  }

  /** Cuts one connection, in the middle of whatever it carries; false when there is none. */
  boolean cutOne(Random random) {
    List<Pair> open = new ArrayList<>(pairs);
    if (open.isEmpty()) {
      return false;
    }
    open.get(random.nextInt(open.size())).cut();
    return true;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    pairs.forEach(Pair::cut);
  }
}
