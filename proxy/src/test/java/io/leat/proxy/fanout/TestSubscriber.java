package io.leat.proxy.fanout;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Whoever a Channel calls: keeps what it gets and answers as it is told. */
final class TestSubscriber implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Got> got = new CopyOnWriteArrayList<>();
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger mostRunning = new AtomicInteger();

  /** One request; header names in lower case. */
  record Got(String method, String path, Map<String, List<String>> headers, byte[] body) {
    String header(String name) {
      return String.join(", ", headers.getOrDefault(name, List.of()));
    }

    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /** An answer. */
  record Answer(int status, Map<String, String> headers, String body) {
    static Answer of(int status) {
      return new Answer(status, Map.of(), "");
    }

    static Answer of(int status, String body) {
      return new Answer(status, Map.of("content-type", "text/plain"), body);
    }

    /** An event in binary mode; the names of the attributes without their prefix. */
    static Answer event(String id, String body, String... more) {
      Map<String, String> headers = new TreeMap<>();
      headers.put("ce-specversion", "1.0");
      headers.put("ce-id", id);
      headers.put("ce-source", "subscriber");
      headers.put("ce-type", "answer");
      headers.put("content-type", "application/json");
      for (int i = 0; i < more.length; i += 2) {
        headers.put(more[i], more[i + 1]);
      }
      return new Answer(200, headers, body);
    }
  }

  /** Decides on an answer; runs on a virtual thread and may wait. */
  @FunctionalInterface
  interface Responder {
    Answer answer(Got got, int number) throws InterruptedException;
  }

  private TestSubscriber(Responder responder) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
    server.setExecutor(threads);
    server.createContext("/", exchange -> handle(exchange, responder));
    server.start();
  }

  static TestSubscriber answering(Responder responder) {
    try {
      return new TestSubscriber(responder);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static TestSubscriber answering(Answer always) {
    return answering((got, number) -> always);
  }

  static TestSubscriber accepting() {
    return answering(Answer.of(202));
  }

  private void handle(HttpExchange exchange, Responder responder) throws IOException {
    try (exchange) {
      mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
      Map<String, List<String>> headers = new TreeMap<>();
      exchange
          .getRequestHeaders()
          .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values));
      Got next =
          new Got(
              exchange.getRequestMethod(),
              exchange.getRequestURI().getPath(),
              headers,
              exchange.getRequestBody().readAllBytes());
      int number;
      synchronized (got) {
        got.add(next);
        number = got.size();
      }
      Answer answer = responder.answer(next, number);
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      answer.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
      running.decrementAndGet();
      exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
      if (body.length > 0) {
        exchange.getResponseBody().write(body);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  String uri() {
    return "http://127.0.0.1:" + port() + "/";
  }

  int port() {
    return server.getAddress().getPort();
  }

  List<Got> got() {
    return List.copyOf(got);
  }

  /** The ids of the events in binary mode that it got, in order. */
  List<String> ids() {
    return got.stream().map(each -> each.header("ce-id")).toList();
  }

  /** The most requests that it had at once. */
  int mostAtOnce() {
    return mostRunning.get();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
