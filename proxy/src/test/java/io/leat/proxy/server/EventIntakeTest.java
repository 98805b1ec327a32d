package io.leat.proxy.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.fanout.ingress.IngressAnswer;
import io.leat.proxy.http.OwnAnswer;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.http1.RequestHead;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.testing.ProxyFixture;
import io.leat.proxy.testing.TestClient;
import io.leat.proxy.upstream.LoopContext;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests to hosts of Channels, over real sockets. */
class EventIntakeTest {
  private static final ChannelId ORDERS = new ChannelId("default", "orders");
  private static final OwnAnswer ACCEPTED = OwnAnswer.fixed(202, "text/plain", "");

  private record Taken(LoopContext loop, String type, byte[] body, IngressAnswer answer) {}

  private final BlockingQueue<Taken> taken = new ArrayBlockingQueue<>(16);

  /** Keeps what comes, and answers what says so. */
  private final EventIngress ingress =
      new EventIngress() {
        @Override
        public long maxBytes() {
          return 100_000;
        }

        @Override
        public void accept(
            LoopContext loop,
            ChannelId channel,
            RequestHead head,
            byte[] body,
            IngressAnswer answer) {
          assertThat(channel).isEqualTo(ORDERS);
          int field = head.findHeader("ce-type".getBytes(UTF_8));
          int start = head.valueStart(field);
          String type = new String(head.bytes(), start, head.valueEnd(field) - start, UTF_8);
          if (type.equals("now")) {
            answer.answer(ACCEPTED);
          }
          taken.add(new Taken(loop, type, body, answer));
        }
      };

  private final ProxyFixture proxy =
      ProxyFixture.start(settings -> settings.withEvents(ingress))
          .route("orders.test", new RouteAction.FanOut(ORDERS));

  @AfterEach
  void stop() {
    proxy.close();
  }

  private Taken next() throws InterruptedException {
    Taken next = taken.poll(60, TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next;
  }

  private static String post(String type, String rest) {
    return "POST / HTTP/1.1\r\nHost: orders.test\r\nce-type: " + type + "\r\n" + rest;
  }

  @Test
  void aBodyThatComesWithItsHeadIsHandedOverWhole() throws Exception {
    try (TestClient client = proxy.client()) {
      client.send(post("now", "Content-Length: 5\r\n\r\nhello"));
      assertThat(client.answer().status()).isEqualTo(202);
      assertThat(next().body()).isEqualTo("hello".getBytes(UTF_8));
      client.send(post("now", "\r\n"));
      assertThat(client.answer().status()).isEqualTo(202);
      assertThat(next().body()).isEmpty();
    }
  }

  @Test
  void aBodyInPiecesKeepsItsOwnHead() throws Exception {
    try (TestClient slow = proxy.client();
        TestClient other = proxy.client();
        TestClient third = proxy.client()) {
      slow.send(post("slow", "Content-Length: 70000\r\n\r\n" + "x".repeat(35_000)));
      // Heads of other clients pass through the same loops meanwhile.
      for (TestClient each : new TestClient[] {other, third, other, third}) {
        each.send(post("now", "Content-Length: 1\r\n\r\ny"));
        assertThat(each.answer().status()).isEqualTo(202);
        assertThat(next().type()).isEqualTo("now");
      }
      slow.send("x".repeat(35_000));
      Taken whole = next();
      assertThat(whole.type()).isEqualTo("slow");
      assertThat(whole.body()).hasSize(70_000).containsOnly('x');
      whole.loop().eventLoop().execute(() -> whole.answer().answer(ACCEPTED));
      assertThat(slow.answer().status()).isEqualTo(202);
    }
  }

  @Test
  void chunkFramingIsNotPartOfTheBody() throws Exception {
    try (TestClient client = proxy.client()) {
      client.send(post("now", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"));
      client.send("6\r\n world\r\n0\r\nX-Trailer: a\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(202);
      assertThat(new String(next().body(), UTF_8)).isEqualTo("hello world");
    }
  }

  @Test
  void aClientThatAsksFirstIsToldToGoOn() throws Exception {
    try (TestClient client = proxy.client()) {
      client.send(post("now", "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
      assertThat(client.answer().status()).isEqualTo(100);
      client.send("ok");
      assertThat(client.answer().status()).isEqualTo(202);
      assertThat(new String(next().body(), UTF_8)).isEqualTo("ok");
    }
  }

  @Test
  void whatIsTooLargeIsRefusedAndNotHandedOver() throws Exception {
    try (TestClient client = proxy.client()) {
      client.send(post("now", "Content-Length: 100001\r\n\r\n"));
      assertThat(client.answer().status()).isEqualTo(413);
    }
    try (TestClient client = proxy.client()) {
      client.send(post("now", "Transfer-Encoding: chunked\r\n\r\n186a1\r\n" + "x".repeat(100_001)));
      assertThat(client.answer().status()).isEqualTo(413);
    }
    assertThat(taken).isEmpty();
    assertThat(proxy.rejections(Rejection.BODY_TOO_LARGE)).isEqualTo(2);
  }

  @Test
  void brokenFramingIsRefused() throws Exception {
    try (TestClient client = proxy.client()) {
      client.send(post("now", "Transfer-Encoding: chunked\r\n\r\nzz\r\n"));
      assertThat(client.answer().status()).isEqualTo(400);
    }
    assertThat(taken).isEmpty();
  }

  @Test
  void pipelinedRequestsAreAnsweredInTheirOrder() throws Exception {
    try (TestClient client = proxy.client()) {
      client.send(
          post("first", "Content-Length: 1\r\n\r\n1") + post("now", "Content-Length: 1\r\n\r\n2"));
      Taken first = next();
      assertThat(taken).isEmpty();
      first
          .loop()
          .eventLoop()
          .execute(() ->
              first.answer().refuse(Rejection.RATE_LIMITED, OwnAnswer.of(Rejection.RATE_LIMITED)));
      assertThat(client.answer().status()).isEqualTo(429);
      assertThat(client.answer().status()).isEqualTo(202);
      assertThat(new String(next().body(), UTF_8)).isEqualTo("2");
    }
  }

  @Test
  void aClientThatLeftIsAnsweredToNobody() throws Exception {
    Taken left;
    try (TestClient client = proxy.client()) {
      client.send(post("later", "Content-Length: 1\r\n\r\n1"));
      left = next();
    }
    awaitClosed();
    left.loop().eventLoop().submit(() -> left.answer().answer(ACCEPTED)).get(60, TimeUnit.SECONDS);
    try (TestClient client = proxy.client()) {
      client.send(post("now", "\r\n"));
      assertThat(client.answer().status()).isEqualTo(202);
    }
  }

  private void awaitClosed() {
    await().until(() -> proxy.proxy().openConnections() == 0);
  }

  @Test
  void aDataPlaneWithoutChannelsSaysSo() throws IOException {
    try (ProxyFixture plain = ProxyFixture.start();
        TestClient client = plain.route("orders.test", new RouteAction.FanOut(ORDERS)).client()) {
      client.send(post("now", "\r\n"));
      assertThat(client.answer().status()).isEqualTo(503);
    }
  }
}
