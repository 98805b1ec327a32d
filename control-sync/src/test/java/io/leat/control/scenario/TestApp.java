package io.leat.control.scenario;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The application behind the scenarios, started by Leat as an instance.
 *
 * <p>Environment: {@code VERSION} is echoed; {@code START_DELAY_MILLIS} before it listens; {@code
 * START_WHEN} is a file that must exist before it listens; {@code WORK_MILLIS} per request; {@code
 * FAIL_EVERY} answers each so-many-th request with 500; {@code JOURNAL} is a file that gets one
 * line per request, in the order of arrival at this process: version, pid, requests in flight,
 * path, and the id of the event if it is one.
 */
final class TestApp {
  private static final AtomicInteger IN_FLIGHT = new AtomicInteger();
  private static final AtomicInteger ANSWERED = new AtomicInteger();
  private static final String VERSION = System.getenv().getOrDefault("VERSION", "");
  private static final String JOURNAL = System.getenv().getOrDefault("JOURNAL", "");

  private TestApp() {}

  public static void main(String[] arguments) throws IOException {
    pause("START_DELAY_MILLIS");
    String when = System.getenv().getOrDefault("START_WHEN", "");
    while (!when.isEmpty() && !Files.exists(Path.of(when))) {
      LockSupport.parkNanos(10_000_000);
    }
    int port = Integer.parseInt(System.getenv("PORT"));
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 4096);
    server.createContext("/", TestApp::answer);
    server.createContext("/digest", TestApp::digest);
    server.createContext("/bytes/", TestApp::bytes);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    System.out.println("listening on " + port);
  }

  private static void answer(HttpExchange exchange) throws IOException {
    int now = IN_FLIGHT.incrementAndGet();
    try (exchange) {
      String event = exchange.getRequestHeaders().getFirst("ce-id");
      note(now, exchange.getRequestURI() + (event == null ? "" : " " + event));
      pause("WORK_MILLIS");
      exchange.getRequestBody().readAllBytes();
      String text = VERSION + " " + ProcessHandle.current().pid() + " " + now;
      // The client may send its next request as soon as it has the body: leave first.
      IN_FLIGHT.decrementAndGet();
      now = 0;
      send(exchange, fails() ? 500 : 200, text);
    } finally {
      if (now > 0) {
        IN_FLIGHT.decrementAndGet();
      }
    }
  }

  private static void digest(HttpExchange exchange) throws IOException {
    try (exchange) {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      InputStream body = exchange.getRequestBody();
      byte[] buffer = new byte[256 * 1024];
      for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
        sha.update(buffer, 0, n);
      }
      send(exchange, 200, HexFormat.of().formatHex(sha.digest()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void bytes(HttpExchange exchange) throws IOException {
    try (exchange) {
      long left = Long.parseLong(exchange.getRequestURI().getPath().substring("/bytes/".length()));
      exchange.sendResponseHeaders(200, left);
      byte[] block = new byte[256 * 1024];
      for (int i = 0; i < block.length; i++) {
        block[i] = (byte) (i * 31);
      }
      try (OutputStream out = exchange.getResponseBody()) {
        while (left > 0) {
          int n = (int) Math.min(left, block.length);
          out.write(block, 0, n);
          left -= n;
        }
      }
    }
  }

  private static boolean fails() {
    int every = Integer.parseInt(System.getenv().getOrDefault("FAIL_EVERY", "0"));
    return every > 0 && ANSWERED.incrementAndGet() % every == 0;
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  private static synchronized void note(int inFlight, String path) throws IOException {
    if (!JOURNAL.isEmpty()) {
      Files.writeString(
          Path.of(JOURNAL),
          VERSION + " " + ProcessHandle.current().pid() + " " + inFlight + " " + path + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
  }

  private static void pause(String variable) {
    long millis = Long.parseLong(System.getenv().getOrDefault(variable, "0"));
    long until = System.nanoTime() + millis * 1_000_000;
    while (System.nanoTime() < until) {
      LockSupport.parkNanos(until - System.nanoTime());
    }
  }
}
