package io.leat.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.testing.ProxyFixture;
import io.leat.proxy.testing.TestClient;
import io.leat.proxy.testing.TestOrigin;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Starting, draining and stopping. */
@SuppressWarnings("StringConcatToTextBlock") // lines on the wire end in CRLF
class LifeCycleTest {

  @Test
  void drainsWithoutLosingARequest() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    try (ProxyFixture proxy = ProxyFixture.start();
        TestOrigin origin =
            TestOrigin.responding((head, wire) -> {
              if (head.contains("/slow")) {
                arrived.countDown();
                answer.await(60, TimeUnit.SECONDS);
              }
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            });
        TestClient busy = proxy.serve("a.test", origin.port()).client();
        TestClient idle = proxy.client()) {
      assertThat(idle.get("a.test", "/").status()).isEqualTo(200);
      busy.send("GET /slow HTTP/1.1\r\nHost: a.test\r\n\r\n");
      assertThat(arrived.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(proxy.proxy().draining()).isFalse();
      CompletableFuture<Void> drained =
          proxy.proxy().drain(Duration.ofMillis(500), Duration.ofSeconds(20)).toCompletableFuture();
      assertThat(proxy.proxy().draining()).isTrue();
      try (TestClient late = proxy.client()) {
        TestClient.Answer served = late.get("a.test", "/");
        assertThat(served.status()).isEqualTo(200);
        assertThat(served.header("connection")).isEmpty();
      }
      assertThat(idle.atEnd()).isTrue();
      // The other event loop may close its listener a moment later.
      await()
          .untilAsserted(() ->
              assertThatThrownBy(() -> proxy.client().close())
                  .isInstanceOf(ConnectException.class));
      assertThat(drained).isNotDone();
      answer.countDown();
      TestClient.Answer last = busy.answer();
      assertThat(last.body()).isEqualTo("ok");
      assertThat(last.header("connection")).isEqualTo("close");
      assertThat(busy.atEnd()).isTrue();
      drained.get(60, TimeUnit.SECONDS);
      await().until(() -> proxy.proxy().upstreamConnections().idle() == 0);
    }
  }

  @Test
  void closesTunnelsWhenTheTimeIsUp() throws Exception {
    try (ProxyFixture proxy = ProxyFixture.start();
        TestOrigin origin =
            TestOrigin.playing(wire -> {
              wire.head();
              wire.send("HTTP/1.1 101 S\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n");
              wire.readHead();
            });
        TestClient client = proxy.serve("a.test", origin.port()).client()) {
      client.send("GET / HTTP/1.1\r\nHost: a.test\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 101 ");
      proxy
          .proxy()
          .drain(Duration.ZERO, Duration.ofMillis(300))
          .toCompletableFuture()
          .get(60, TimeUnit.SECONDS);
      assertThat(client.atEnd()).isTrue();
    }
  }

  @Test
  void tellsTheTimesAndTheRevisionWhenAsked() throws IOException {
    try (ProxyFixture proxy = ProxyFixture.start(settings -> settings.withDebugHeaders(true));
        TestOrigin origin = TestOrigin.saying("ok");
        TestClient client = proxy.serve("a.test", origin.port()).client()) {
      TestClient.Answer answer = client.get("a.test", "/");
      assertThat(answer.body()).isEqualTo("ok");
      assertThat(answer.header("leat-revision")).isEqualTo("default/a.test");
      assertThat(answer.header("server-timing"))
          .matches("hold;dur=[0-9.E-]+, upstream;dur=[0-9.E-]+");
    }
  }

  @Test
  void believesForwardedOnlyFromTrustedHops() throws IOException {
    String request = "GET / HTTP/1.1\r\nHost: a.test\r\nX-Forwarded-For: 9.9.9.9\r\n\r\n";
    for (int hops = 0; hops < 2; hops++) {
      int trusted = hops;
      try (ProxyFixture proxy = ProxyFixture.start(settings -> settings.withTrustedHops(trusted));
          TestOrigin origin = TestOrigin.saying("ok");
          TestClient client = proxy.serve("a.test", origin.port()).client()) {
        client.send(request);
        assertThat(client.answer().status()).isEqualTo(200);
        String expected = trusted == 0 ? "127.0.0.1" : "9.9.9.9, 127.0.0.1";
        assertThat(TestClient.header(origin.heads().getFirst(), "x-forwarded-for"))
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void refusesALoopThroughItself() throws IOException {
    try (ProxyFixture proxy = ProxyFixture.start();
        TestClient client = proxy.serve("a.test", proxy.port()).client()) {
      TestClient.Answer answer = client.get("a.test", "/");
      assertThat(answer.status()).isEqualTo(508);
      assertThat(answer.header("proxy-status")).contains("error=proxy_loop_detected");
    }
  }
}
