package io.leat.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.http.Rejection;
import io.leat.proxy.table.RevisionLimits;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.TrafficSplit;
import io.leat.proxy.table.WeightedTarget;
import io.leat.proxy.testing.ProxyFixture;
import io.leat.proxy.testing.TestClient;
import io.leat.proxy.testing.TestOrigin;
import io.leat.proxy.testing.Wire;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests and answers of every framing through a proxy on real sockets. */
@SuppressWarnings("StringConcatToTextBlock") // lines on the wire end in CRLF
class ForwardingTest {
  private final ProxyFixture proxy = ProxyFixture.start();

  @BeforeEach
  void nothingRuns() {
    assertThat(proxy.proxy().openConnections()).isZero();
  }

  @AfterEach
  void slotsAreGivenBack() {
    proxy.close();
  }

  @Test
  void keepsConnectionsAliveOnBothSides() throws IOException {
    try (TestOrigin origin = TestOrigin.saying("hello");
        TestClient client = proxy.serve("a.test", origin.port()).client()) {
      for (int i = 0; i < 50; i++) {
        TestClient.Answer answer = client.get("a.test", "/path?q=" + i);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("hello");
        assertThat(answer.header("connection")).isEmpty();
      }
      assertThat(origin.connections()).isEqualTo(1);
      assertThat(origin.heads().get(49)).startsWith("GET /path?q=49 HTTP/1.1\r\nHost: a.test\r\n");
      assertThat(proxy.live("a.test").activity().arrived().sum()).isEqualTo(50);
      await().until(() -> proxy.live("a.test").activity().inFlight().get() == 0);
      assertThat(proxy.proxy().upstreamConnections().idle()).isEqualTo(1);
      assertThat(proxy.proxy().upstreamConnections().active()).isZero();
    }
    await().until(() -> proxy.proxy().openConnections() == 0);
  }

  @Test
  void answersPipelinedRequestsInOrder() throws IOException {
    try (TestOrigin origin =
            TestOrigin.responding((head, wire) -> {
              String path = head.split(" ", 3)[1];
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + path.length() + "\r\n\r\n");
              wire.send(path);
            });
        TestClient client = proxy.serve("a.test", origin.port()).client()) {
      StringBuilder requests = new StringBuilder();
      for (int i = 0; i < 100; i++) {
        String host = i % 10 == 3 ? "unknown.test" : "a.test";
        requests.append("GET /").append(i).append(" HTTP/1.1\r\nHost: ").append(host);
        requests.append("\r\n\r\n");
      }
      client.send(requests.toString());
      for (int i = 0; i < 100; i++) {
        TestClient.Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(i % 10 == 3 ? 404 : 200);
        assertThat(answer.body()).contains(i % 10 == 3 ? "no route" : "/" + i);
      }
      assertThat(proxy.rejections(Rejection.NO_ROUTE)).isEqualTo(10);
    }
  }

  @Test
  void splitsNinetyToTenExactly() throws IOException {
    try (TestOrigin one = TestOrigin.saying("one");
        TestOrigin two = TestOrigin.saying("two")) {
      proxy
          .put(ProxyFixture.revision("one"), RevisionLimits.DEFAULT, one.port())
          .put(ProxyFixture.revision("two"), RevisionLimits.DEFAULT, two.port());
      List<WeightedTarget> targets =
          List.of(
              WeightedTarget.of(ProxyFixture.revision("one"), 90),
              WeightedTarget.of(ProxyFixture.revision("two"), 10));
      proxy.route("a.test", new RouteAction.Split(new TrafficSplit(targets)));
      int first = 0;
      try (TestClient client = proxy.client()) {
        for (int i = 0; i < 1000; i++) {
          first += client.get("a.test", "/").body().equals("one") ? 1 : 0;
        }
      }
      assertThat(first).isEqualTo(900);
    }
  }

  @Test
  void passesChunksAndTrailersBothWays() throws IOException {
    try (TestOrigin origin =
            TestOrigin.responding((head, wire) -> {
              String got = wire.chunked();
              wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
              wire.send(Integer.toHexString(got.length()) + "\r\n" + got + "\r\n");
              wire.send("0\r\nX-Sum: 7\r\n\r\n");
            });
        TestClient client = proxy.serve("a.test", origin.port()).client()) {
      for (int i = 0; i < 3; i++) {
        client.send(
            "POST / HTTP/1.1\r\nHost: a.test\r\nTE: trailers\r\nConnection: te\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n5\r\nhel");
        client.send("lo\r\n6;x=y\r\n world\r\n0\r\nX-In: 1\r\n\r\n");
        assertThat(client.answer().body()).isEqualTo("hello world\nX-In: 1\nX-Sum: 7");
      }
      assertThat(origin.connections()).isEqualTo(1);
    }
  }

  @Test
  void relaysContinueBeforeTheBody() throws IOException {
    try (TestOrigin origin =
            TestOrigin.responding((head, wire) -> {
              assertThat(Wire.header(head, "expect")).isEqualTo("100-continue");
              wire.send("HTTP/1.1 100 Continue\r\n\r\n");
              String got = wire.body(head);
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" + got);
            });
        TestClient client = proxy.serve("a.test", origin.port()).client()) {
      client.send(
          "PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 100 ");
      client.send("data");
      assertThat(client.answer().body()).isEqualTo("data");
    }
  }

  @Test
  void deliversAnEarlyAnswerAndCloses() throws IOException {
    try (TestOrigin origin =
            TestOrigin.playing(wire -> {
              wire.head();
              wire.send("HTTP/1.1 413 Too Big\r\nContent-Length: 3\r\n\r\nbig");
            });
        TestClient client = proxy.serve("a.test", origin.port()).client()) {
      client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000000\r\n\r\nsome");
      TestClient.Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(answer.body()).isEqualTo("big");
      client.send("more of the body that nobody reads");
      assertThat(client.atEnd()).isTrue();
    }
  }

  @Test
  void knowsWhichAnswersHaveNoBody() throws IOException {
    try (TestOrigin origin =
            TestOrigin.responding((head, wire) -> {
              boolean isHead = head.startsWith("HEAD");
              wire.send(
                  isHead
                      ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
                      : "HTTP/1.1 204 No Content\r\n\r\n");
            });
        TestClient client = proxy.serve("a.test", origin.port()).client()) {
      client.send("HEAD / HTTP/1.1\r\nHost: a.test\r\n\r\n");
      assertThat(client.head()).contains("Content-Length: 5");
      assertThat(client.get("a.test", "/").status()).isEqualTo(204);
      client.send("HEAD / HTTP/1.1\r\nHost: nobody.test\r\n\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 404 ").contains("Proxy-Status: leat; error=");
      assertThat(client.get("a.test", "/").status()).isEqualTo(204);
      assertThat(origin.connections()).isEqualTo(1);
    }
  }

  @Test
  void framesAnswersThatLastUntilClose() throws IOException {
    try (TestOrigin origin =
            TestOrigin.playing(wire -> {
              wire.head();
              wire.send("HTTP/1.1 200 OK\r\n\r\nuntil ");
              wire.send("close");
            });
        TestClient client = proxy.serve("a.test", origin.port()).client()) {
      for (int i = 0; i < 2; i++) {
        TestClient.Answer answer = client.get("a.test", "/");
        assertThat(answer.header("transfer-encoding")).isEqualTo("chunked");
        assertThat(answer.body()).isEqualTo("until close");
      }
      client.send("GET / HTTP/1.0\r\nHost: a.test\r\nConnection: keep-alive\r\n\r\n");
      TestClient.Answer old = client.answer();
      assertThat(old.header("connection")).isEqualTo("close");
      assertThat(old.body()).isEqualTo("until close");
    }
  }

  @Test
  void takesTheChunksOutForAnOldClient() throws IOException {
    try (TestOrigin origin =
            TestOrigin.responding((head, wire) ->
                wire.send(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"));
        TestClient client = proxy.serve("a.test", origin.port()).client()) {
      client.send("GET / HTTP/1.0\r\nHost: a.test\r\n\r\n");
      TestClient.Answer answer = client.answer();
      assertThat(answer.header("transfer-encoding")).isEmpty();
      assertThat(answer.body()).isEqualTo("abcde");
    }
  }

  @Test
  void keepsAnOldClientThatAsks() throws IOException {
    try (TestOrigin origin = TestOrigin.saying("old");
        TestClient client = proxy.serve("a.test", origin.port()).client()) {
      for (int i = 0; i < 3; i++) {
        client.send("GET / HTTP/1.0\r\nHost: a.test\r\nConnection: keep-alive\r\n\r\n");
        TestClient.Answer answer = client.answer();
        assertThat(answer.header("connection")).isEqualTo("keep-alive");
        assertThat(answer.body()).isEqualTo("old");
      }
    }
  }

  @Test
  void readsHeadsThatComeByteByByte() throws IOException {
    try (TestOrigin origin =
            TestOrigin.responding((head, wire) -> {
              for (char c : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".toCharArray()) {
                wire.send(String.valueOf(c));
              }
            });
        TestClient client = proxy.serve("a.test", origin.port()).client()) {
      for (int i = 0; i < 2; i++) {
        for (char c : "\r\nGET /slow HTTP/1.1\r\nHost: a.test\r\n\r\n".toCharArray()) {
          client.send(String.valueOf(c));
        }
        assertThat(client.answer().body()).isEqualTo("ok");
      }
    }
  }

  @Test
  void relaysInterimAnswersUpToACap() throws IOException {
    try (TestOrigin origin =
            TestOrigin.responding((head, wire) -> {
              int hints = head.contains("/few") ? 16 : 17;
              for (int i = 0; i < hints; i++) {
                wire.send("HTTP/1.1 103 Early Hints\r\nLink: <" + i + ">\r\n\r\n");
              }
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            });
        TestClient client = proxy.serve("a.test", origin.port()).client()) {
      client.send("GET /few HTTP/1.1\r\nHost: a.test\r\n\r\nGET /many HTTP/1.1\r\nHost: a.test");
      client.send("\r\n\r\n");
      for (int i = 0; i < 16; i++) {
        assertThat(client.head()).startsWith("HTTP/1.1 103 ").contains("Link: <" + i + ">");
      }
      assertThat(client.answer().body()).isEqualTo("ok");
      for (int i = 0; i < 16; i++) {
        assertThat(client.head()).startsWith("HTTP/1.1 103 ");
      }
      TestClient.Answer refused = client.answer();
      assertThat(refused.status()).isEqualTo(502);
      assertThat(refused.header("proxy-status")).contains("error=http_protocol_error");
    }
  }

  @Test
  void answersItselfWhatTheTableSays() throws IOException {
    proxy
        .route("r.test", new RouteAction.Redirect(308, "https", null, null))
        .route("p.test", new RouteAction.Redirect(302, null, "other.test:81", "/new"))
        .route("t.test", new RouteAction.Respond(200, "text/plain", "token"));
    try (TestClient client = proxy.client()) {
      TestClient.Answer answer = client.get("r.test:8080", "/a/b?c=d");
      assertThat(answer.status()).isEqualTo(308);
      assertThat(answer.header("location")).isEqualTo("https://r.test:8080/a/b?c=d");
      assertThat(client.get("p.test", "/x?y").header("location"))
          .isEqualTo("http://other.test:81/new?y");
      assertThat(client.get("t.test", "/").body()).isEqualTo("token");
      client.send("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(204);
      client.send("GET / HTTP/1.1\r\nBad Header\r\n\r\n");
      TestClient.Answer bad = client.answer();
      assertThat(bad.status()).isEqualTo(400);
      assertThat(bad.header("connection")).isEqualTo("close");
      assertThat(client.atEnd()).isTrue();
    }
  }
}
