package io.leat.control.scenario;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The subscribers of a test, one for each path, in the process of the test. */
final class EventReceiver implements AutoCloseable {
  private static final Reply TAKEN = new Reply(202, Map.of(), new byte[0]);

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Queue<Got>> got = new ConcurrentHashMap<>();
  private final Map<String, Subscriber> subscribers = new ConcurrentHashMap<>();

  /** A request that came; header names in lower case. */
  record Got(Map<String, String> headers, byte[] body) {
    String id() {
      return headers.getOrDefault("ce-id", "");
    }
  }

  /** What a subscriber answers. */
  record Reply(int status, Map<String, String> headers, byte[] body) {
    static Reply of(int status) {
      return new Reply(status, Map.of(), new byte[0]);
    }
  }

  /** Answers an event, on a thread of its own. */
  interface Subscriber {
    Reply on(Got event) throws InterruptedException;
  }

  EventReceiver() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  /** The address of a path, without the leading slash. */
  String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + path;
  }

  /** From now on a path answers so; without this it answers 202. */
  void on(String path, Subscriber subscriber) {
    subscribers.put(path, subscriber);
  }

  /** What came to a path, in the order of arrival. */
  Queue<Got> got(String path) {
    return got.computeIfAbsent(path, _ -> new ConcurrentLinkedQueue<>());
  }

  /** The ids of what came to a path. */
  List<String> ids(String path) {
    return got(path).stream().map(Got::id).toList();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      Map<String, String> headers = new HashMap<>();
      exchange
          .getRequestHeaders()
          .forEach((name, values) ->
              headers.put(name.toLowerCase(Locale.ROOT), String.join(", ", values)));
      Got event = new Got(headers, exchange.getRequestBody().readAllBytes());
      String path = exchange.getRequestURI().getPath().substring(1);
      got(path).add(event);
      Reply reply = subscribers.getOrDefault(path, _ -> TAKEN).on(event);
      reply.headers().forEach(exchange.getResponseHeaders()::set);
      exchange.sendResponseHeaders(
          reply.status(), reply.body().length == 0 ? -1 : reply.body().length);
      exchange.getResponseBody().write(reply.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
