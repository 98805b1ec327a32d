package io.leat.proxy.upstream;

import io.leat.proxy.testing.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** An endpoint that dies and comes back at the same port. */
final class RestartableOrigin implements AutoCloseable {
  private final Map<Socket, Thread> open = new ConcurrentHashMap<>();
  private @Nullable ServerSocket listener;
  private @Nullable Thread acceptor;
  private int port;

  RestartableOrigin() throws IOException {
    restart();
  }

  int port() {
    return port;
  }

  void restart() throws IOException {
    ServerSocket next = new ServerSocket();
    next.setReuseAddress(true);
    next.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 4096);
    port = next.getLocalPort();
    listener = next;
    acceptor = Thread.ofVirtual().start(() -> accept(next));
  }

  /** Nobody listens and every connection is reset when this returns. */
  void kill() throws IOException {
    ServerSocket last = listener;
    Thread accepting = acceptor;
    listener = null;
    acceptor = null;
    if (last == null || accepting == null) {
      return;
    }
    last.close();
    // A thread that is still inside a system call keeps its socket alive.
    join(accepting);
    for (Map.Entry<Socket, Thread> each : open.entrySet()) {
      Socket socket = each.getKey();
      if (!socket.isClosed()) {
        socket.setSoLinger(true, 0);
        socket.close();
      }
      join(each.getValue());
    }
    open.clear();
  }

  private static void join(Thread thread) {
    try {
      if (!thread.join(Duration.ofSeconds(10))) {
        throw new IllegalStateException("a thread of the origin does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void accept(ServerSocket from) {
    while (!from.isClosed()) {
      try {
        Socket socket = from.accept();
        open.put(socket, Thread.ofVirtual().start(() -> serve(socket)));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private static void serve(Socket socket) {
    try (Wire wire = new Wire(socket)) {
      String head;
      while ((head = wire.readHead()) != null) {
        String body = wire.body(head);
        wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
      }
    } catch (IOException dead) {
      // Killed in the middle of a request, as the test wants it.
      return;
    }
  }

  @Override
  public void close() throws IOException {
    kill();
  }
}
