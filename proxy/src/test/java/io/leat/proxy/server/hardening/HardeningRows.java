package io.leat.proxy.server.hardening;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.ProxySettings;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.TrafficSplit;
import io.leat.proxy.testing.ProxyFixture;
import io.leat.proxy.testing.TestClient;
import io.leat.proxy.testing.TestOrigin;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * Plays rows against a proxy with one event loop, which serves {@code a.test} and {@code b.test}.
 *
 * <p>A good request ends each row, on the same connection where it is kept and on another where it
 * is not: because there is one event loop, everything that the proxy sent before has reached the
 * endpoint by then, or never will.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("StringConcatToTextBlock") // lines on the wire end in CRLF
abstract class HardeningRows {
  private static final String GOOD = "GET /good HTTP/1.1\r\nHost: a.test\r\n\r\n";
  private static final Row.Turn GOOD_TURN =
      new Row.Turn(
          "GET /good HTTP/1.1\r\nHost: a.test\r\n"
              + "Forwarded: for=127.0.0.1;host=a.test;proto=http\r\nX-Forwarded-For: 127.0.0.1\r\n"
              + "X-Forwarded-Proto: http\r\nX-Forwarded-Host: a.test\r\nVia: 1.1 "
              + ScriptedOrigin.ID
              + "\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood",
          false);

  private final ProxyFixture proxy = ProxyFixture.start(this::settings);
  private String id = "";

  /** What the proxy of these rows has that others have not. */
  ProxySettings settings(ProxySettings base) {
    return base.withEventLoops(1);
  }

  /** Adds routes for a row, whose endpoint is at a port. */
  void route(ProxyFixture to, int port) {
    to.serve("a.test", port);
    to.route("b.test", new RouteAction.Split(TrafficSplit.to(ProxyFixture.revision("a.test"))));
  }

  @BeforeAll
  void learnPseudonym() throws IOException {
    try (TestOrigin origin = TestOrigin.saying("id");
        TestClient client = proxy.client()) {
      route(proxy, origin.port());
      assertThat(client.get("a.test", "/").body()).isEqualTo("id");
      String via = Objects.requireNonNull(TestClient.header(origin.heads().getFirst(), "via"));
      id = via.substring("1.1 ".length());
    }
  }

  @AfterAll
  void closeProxy() {
    await().until(() -> proxy.live("a.test").activity().inFlight().get() == 0);
    proxy.close();
  }

  final void check(Row row) throws IOException {
    List<Row.Turn> turns = new ArrayList<>(row.origin());
    turns.add(GOOD_TURN);
    try (ScriptedOrigin origin = new ScriptedOrigin(turns);
        TestClient client = proxy.client()) {
      route(proxy, origin.port());
      try {
        play(row, client, origin);
        origin.verify();
      } catch (IOException | RuntimeException failed) {
        throw new AssertionError(row + ", not expected by the endpoint: " + origin.seen(), failed);
      }
    }
  }

  private void play(Row row, TestClient client, ScriptedOrigin origin) throws IOException {
    boolean bodyless = false;
    String head = "";
    for (Row.Step step : row.steps()) {
      switch (step) {
        case Row.Step.Send send -> {
          bodyless = send.bytes().startsWith("HEAD ");
          client.send(send.bytes().replace("{id}", id));
        }
        case Row.Step.Answer answer -> head = answer(answer, bodyless, client);
        case Row.Step.Exactly exactly ->
            assertThat(text(client.read(exactly.bytes().length()))).isEqualTo(exactly.bytes());
        case Row.Step.Received received -> origin.awaitTurns(received.turns());
        case Row.Step.Push push -> {
          origin.push(push.bytes());
          await().until(() -> proxy.proxy().upstreamConnections().idle() == 0);
        }
        case Row.Fate fate -> {
          if (fate != Row.Fate.CUT && !head.isEmpty()) {
            String connection = fate == Row.Fate.CLOSE ? "close" : null;
            assertThat(TestClient.header(head, "connection")).as(head).isEqualTo(connection);
          }
          end(fate, client);
        }
      }
    }
  }

  private static String answer(Row.Step.Answer expected, boolean bodyless, TestClient client)
      throws IOException {
    String head = client.head();
    assertThat(head).startsWith("HTTP/1.1 " + expected.status() + " ");
    String status = TestClient.header(head, "proxy-status");
    if (expected.token().isEmpty()) {
      assertThat(status).as(head).isNull();
    } else {
      assertThat(status).as(head).startsWith("leat; error=" + expected.token() + "; details=\"");
    }
    if (!bodyless && expected.status() >= 200 && expected.status() != 204) {
      client.body(head);
    }
    return head;
  }

  private void end(Row.Fate fate, TestClient client) throws IOException {
    switch (fate) {
      case KEPT -> {
        good(client);
        return;
      }
      case CLOSE -> assertThat(client.atEnd()).isTrue();
      case CUT -> assertThat(broken(client)).isTrue();
      case LEFT -> client.close();
    }
    try (TestClient next = proxy.client()) {
      good(next);
    }
  }

  private static boolean broken(TestClient client) {
    try {
      return client.atEnd();
    } catch (SocketTimeoutException open) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  private static void good(TestClient client) throws IOException {
    client.send(GOOD);
    assertThat(client.answer().body()).isEqualTo("good");
  }

  private static String text(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }
}
