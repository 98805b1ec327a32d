package io.leat.control.eventing.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.leat.control.eventing.source.SourceStatus.State;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HttpPollFeedTest {
  @TempDir Path dir;
  private final ManualSourceTime time = new ManualSourceTime();
  private final List<String> conditions = new CopyOnWriteArrayList<>();
  private volatile byte[] document = "one".getBytes(UTF_8);
  private volatile String etag = "";
  private volatile int status = 200;
  private volatile boolean trickles;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String asked = exchange.getRequestHeaders().getFirst("if-none-match");
    conditions.add(asked == null ? "" : asked);
    exchange.getResponseHeaders().set("content-type", "text/x-test");
    if (!etag.isEmpty()) {
      exchange.getResponseHeaders().set("etag", etag);
    }
    if (trickles) {
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write('x');
      exchange.getResponseBody().flush();
      return;
    }
    boolean same = !etag.isEmpty() && etag.equals(asked);
    exchange.sendResponseHeaders(same ? 304 : status, same ? -1 : document.length);
    if (!same) {
      exchange.getResponseBody().write(document);
    }
    exchange.close();
  }

  private String arguments(String more) {
    return "{'url':'http://127.0.0.1:"
        + server.getAddress().getPort()
        + "/doc','period':'PT1M'"
        + more
        + "}";
  }

  @Test
  void aDocumentIsEmittedWhenItChangedAlsoOverARestart() throws Exception {
    try (Runner test = new Runner(dir, time)) {
      test.want("http-poll", arguments(""));
      time.pass();
      document = "two".getBytes(UTF_8);
      time.pass();
      time.pass();
      assertThat(test.channel.taken()).containsExactly("one", "two");
      assertThat(test.channel.asked().getFirst().header("content-type")).isEqualTo("text/x-test");
    }
    try (Runner test = new Runner(dir, time)) {
      test.want("http-poll", arguments(""));
      time.pass();
      document = "one".getBytes(UTF_8);
      time.pass();
      time.pass();
      assertThat(test.channel.taken()).containsExactly("one");
    }
  }

  @Test
  void anEtagSavesTheBody() throws Exception {
    etag = "\"v1\"";
    try (Runner test = new Runner(dir, time)) {
      test.want("http-poll", arguments(",'headers':{'accept':'text/*'}"));
      time.pass();
      time.pass();
      etag = "\"v2\"";
      time.pass();
      time.pass();
      assertThat(test.channel.taken()).containsExactly("one");
      assertThat(conditions).startsWith("", "\"v1\"", "\"v1\"", "\"v2\"");
    }
  }

  @Test
  void failuresAreToldAndTriedAgain() throws Exception {
    status = 500;
    try (Runner test = new Runner(dir, time)) {
      test.want("http-poll", arguments(""));
      assertThat(time.pass()).isEqualTo(Duration.ofSeconds(1));
      await().until(() -> test.status().failures() == 2);
      assertThat(test.status().state()).isEqualTo(State.RETRYING);
      assertThat(test.status().lastError()).endsWith("/doc answered 500");
      status = 200;
      document = new byte[HttpPollFeed.MAX_BYTES + 1];
      assertThat(time.pass()).isEqualTo(Duration.ofSeconds(2));
      await().until(() -> test.status().failures() == 3);
      document = new byte[HttpPollFeed.MAX_BYTES];
      assertThat(time.pass()).isEqualTo(Duration.ofSeconds(4));
      await().until(() -> test.status().emitted() == 1);
      assertThat(test.status().state()).isEqualTo(State.RUNNING);
    }
  }

  @Test
  void aBodyThatTricklesIsGivenUp() throws Exception {
    trickles = true;
    try (Runner test = new Runner(dir, time)) {
      test.want("http-poll", arguments(",'timeout':'PT0.3S'"));
      await().until(() -> test.status().failures() == 1);
      assertThat(test.status().lastError()).contains("no answer within PT0.3S");
    }
  }
}
