package io.leat.proxy.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** An endpoint that plays a script on each connection, on a virtual thread. */
public final class TestOrigin implements AutoCloseable {
  private final ServerSocket listener;
  private final Script script;
  private final AtomicInteger connections = new AtomicInteger();
  private final List<String> heads = new CopyOnWriteArrayList<>();
  private final Set<Wire> open = ConcurrentHashMap.newKeySet();

  /** What happens on one connection; it is closed when the script returns. */
  @FunctionalInterface
  public interface Script {
    /** Plays on a connection; an exception closes it. */
    void play(Wire wire) throws IOException, InterruptedException;
  }

  /** Answers one request. */
  @FunctionalInterface
  public interface Responder {
    /** Reads the body if there is one and sends an answer. */
    void answer(String head, Wire wire) throws IOException, InterruptedException;
  }

  private TestOrigin(Script script) throws IOException {
    this.script = script;
    this.listener = new ServerSocket(0, 4096, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /** An origin that plays {@code script} on every connection. */
  public static TestOrigin playing(Script script) throws IOException {
    return new TestOrigin(script);
  }

  /** An origin that answers every request on every connection. */
  public static TestOrigin responding(Responder responder) throws IOException {
    TestOrigin[] self = new TestOrigin[1];
    TestOrigin origin =
        new TestOrigin(wire -> {
          String head;
          while ((head = wire.readHead()) != null) {
            self[0].heads.add(head);
            responder.answer(head, wire);
          }
        });
    self[0] = origin;
    return origin;
  }

  /** An origin that reads each body and answers 200 with a text. */
  public static TestOrigin saying(String text) throws IOException {
    return responding((head, wire) -> {
      wire.body(head);
      wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + text);
    });
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> play(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void play(Socket socket) {
    try (Wire wire = new Wire(socket)) {
      open.add(wire);
      try {
        script.play(wire);
      } finally {
        open.remove(wire);
      }
    } catch (IOException left) {
      // The proxy closed: whether it may is for the test to say.
      return;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** Where it listens. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Connections accepted so far. */
  public int connections() {
    return connections.get();
  }

  /** Heads of the requests so far, where it responds. */
  public List<String> heads() {
    return heads;
  }

  /** Closes every connection and accepts no more. */
  @Override
  public void close() throws IOException {
    listener.close();
    for (Wire wire : open) {
      wire.close();
    }
  }

  /** A port of this machine on which nobody listens. */
  public static int deadPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
