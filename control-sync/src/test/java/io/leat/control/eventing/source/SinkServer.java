package io.leat.control.eventing.source;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** A Channel of the test: keeps what it took, and answers as the test says, else 202. */
public final class SinkServer implements AutoCloseable {
  private final HttpServer server;
  private final List<Taken> asked = new CopyOnWriteArrayList<>();
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private volatile boolean hangs;

  /** One request. */
  public record Taken(URI target, Headers headers, byte[] body, int status) {
    /** The body as text. */
    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    /** A header, null when it was not sent. */
    public String header(String name) {
      return headers.getFirst(name);
    }
  }

  private record Answer(int status, String retryAfter) {}

  /** Starts on a free port. */
  public SinkServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    Answer answer = answers.poll();
    int status = answer == null ? 202 : answer.status();
    if (answer != null && !answer.retryAfter().isEmpty()) {
      exchange.getResponseHeaders().set("retry-after", answer.retryAfter());
    }
    asked.add(new Taken(exchange.getRequestURI(), exchange.getRequestHeaders(), body, status));
    if (!hangs) {
      exchange.sendResponseHeaders(status, -1);
      exchange.close();
    }
  }

  /** The next answer. */
  public void answer(int status, String retryAfter) {
    answers.add(new Answer(status, retryAfter));
  }

  /** Never answers again. */
  public void hang() {
    hangs = true;
  }

  /** Where to post. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }

  /** The address. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** Every request so far. */
  public List<Taken> asked() {
    return asked;
  }

  /** The bodies that were answered 202. */
  public List<String> taken() {
    return asked.stream().filter(each -> each.status() == 202).map(Taken::text).toList();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
