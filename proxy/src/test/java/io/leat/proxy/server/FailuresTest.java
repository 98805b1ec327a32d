package io.leat.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.table.RevisionLimits;
import io.leat.proxy.testing.ProxyFixture;
import io.leat.proxy.testing.TestClient;
import io.leat.proxy.testing.TestOrigin;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Endpoints and clients that fail, stall, or break the rules. */
@SuppressWarnings("StringConcatToTextBlock") // lines on the wire end in CRLF
class FailuresTest {
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofSeconds(60);

  private ProxyFixture proxy = ProxyFixture.start();

  @AfterEach
  void slotsAreGivenBack() {
    await().until(() -> proxy.live("a.test").activity().inFlight().get() == 0);
    proxy.close();
  }

  private void limits(long bodyBytes, Duration header, Duration idle, Duration upstreamIdle) {
    proxy.close();
    ProxyLimits limits =
        new ProxyLimits(16384, 65536, 32768, 128, bodyBytes, header, idle, LONG, upstreamIdle, 64);
    proxy = ProxyFixture.start(settings -> settings.withLimits(limits));
  }

  private static TestOrigin.Script once(String answer) {
    return wire -> {
      wire.head();
      wire.send(answer);
    };
  }

  @Test
  void saysThatAnEndpointRefuses() throws IOException {
    try (TestClient client = proxy.serve("a.test", TestOrigin.deadPort()).client()) {
      for (int i = 0; i < 3; i++) {
        TestClient.Answer answer = client.get("a.test", "/");
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.header("proxy-status"))
            .startsWith("leat; error=connection_refused; details=\"");
        assertThat(answer.header("content-type")).startsWith("text/plain");
      }
      assertThat(proxy.rejections(Rejection.CONNECT_REFUSED)).isEqualTo(3);
    }
  }

  @Test
  void triesAnotherEndpointWhenOneRefuses() throws IOException {
    try (TestOrigin origin = TestOrigin.saying("alive")) {
      proxy.serve("a.test", TestOrigin.deadPort(), origin.port());
      for (int i = 0; i < 20; i++) {
        try (TestClient client = proxy.client()) {
          client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 4\r\n\r\nbody");
          assertThat(client.answer().body()).isEqualTo("alive");
        }
      }
    }
  }

  @Test
  void resendsWhenTheIdleConnectionWasClosed() throws IOException {
    AtomicInteger requests = new AtomicInteger();
    try (TestOrigin origin =
            TestOrigin.playing(wire -> {
              wire.head();
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
              wire.head();
              requests.incrementAndGet();
            });
        TestClient client = proxy.serve("a.test", origin.port()).client()) {
      assertThat(client.get("a.test", "/").body()).isEqualTo("ok");
      assertThat(client.get("a.test", "/").body()).isEqualTo("ok");
      assertThat(requests).hasValue(1);
      assertThat(origin.connections()).isEqualTo(2);
      client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1\r\n\r\nx");
      TestClient.Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.header("proxy-status")).contains("error=connection_terminated");
      assertThat(origin.connections()).isEqualTo(2);
    }
  }

  @Test
  void doesNotResendOnAFreshConnection() throws IOException {
    try (TestOrigin origin = TestOrigin.playing(wire -> wire.head());
        TestClient client = proxy.serve("a.test", origin.port()).client()) {
      assertThat(client.get("a.test", "/").status()).isEqualTo(502);
      assertThat(origin.connections()).isEqualTo(1);
    }
  }

  @Test
  void refusesBrokenAnswers() throws IOException {
    String[] broken = {
      "nonsense\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nx",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    };
    for (String each : broken) {
      try (TestOrigin origin = TestOrigin.playing(once(each));
          TestClient client = proxy.serve("a.test", origin.port()).client()) {
        TestClient.Answer answer = client.get("a.test", "/");
        assertThat(answer.status()).as(each).isEqualTo(502);
        assertThat(answer.header("proxy-status")).contains("error=http_protocol_error");
      }
    }
  }

  @Test
  void neverMakesABrokenAnswerLookWhole() throws IOException {
    String[] partial = {
      "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwhole\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    };
    for (String each : partial) {
      try (TestOrigin origin = TestOrigin.playing(once(each));
          TestClient client = proxy.serve("a.test", origin.port()).client()) {
        assertThatThrownBy(() -> client.get("a.test", "/")).isInstanceOf(IOException.class);
      }
    }
    try (TestOrigin origin = TestOrigin.playing(once(partial[1]));
        TestClient client = proxy.serve("a.test", origin.port()).client()) {
      client.send("GET / HTTP/1.0\r\nHost: a.test\r\n\r\n");
      assertThatThrownBy(client::answer).hasMessageContaining("reset");
    }
  }

  @Test
  void dropsAConnectionThatSaysMoreThanItWasAsked() throws IOException {
    try (TestOrigin origin =
            TestOrigin.playing(wire -> {
              wire.head();
              wire.send(
                  "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
                      + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
              wire.readHead();
            });
        TestClient client = proxy.serve("a.test", origin.port()).client()) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.get("a.test", "/").body()).isEqualTo("ok");
      }
      assertThat(origin.connections()).isEqualTo(3);
    }
  }

  @Test
  void readsAnAnswerThatComesWithAReset() throws IOException {
    try (TestOrigin origin =
        TestOrigin.playing(wire -> {
          wire.head();
          wire.send("HTTP/1.1 413 No\r\nContent-Length: 2\r\n\r\nno");
        })) {
      proxy.serve("a.test", origin.port());
      for (int i = 0; i < 10; i++) {
        try (TestClient client = proxy.client()) {
          client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 200000\r\n\r\n");
          client.send(new byte[150_000]);
          assertThat(client.answer().status()).isEqualTo(413);
        }
      }
    }
  }

  @Test
  void endsWhatTakesTooLong() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (TestOrigin silent =
            TestOrigin.playing(wire -> {
              wire.head();
              over.await(60, TimeUnit.SECONDS);
            });
        TestOrigin stalling =
            TestOrigin.playing(wire -> {
              wire.head();
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
              over.await(60, TimeUnit.SECONDS);
            });
        TestClient client = proxy.client()) {
      proxy.serve("a.test", new RevisionLimits(0, LONG, SHORT, Duration.ZERO), silent.port());
      assertThat(client.get("a.test", "/").status()).isEqualTo(504);
      proxy.serve("a.test", new RevisionLimits(0, SHORT, LONG, Duration.ZERO), silent.port());
      TestClient.Answer answer = client.get("a.test", "/");
      assertThat(answer.status()).isEqualTo(504);
      assertThat(answer.header("proxy-status")).contains("error=http_response_timeout");
      proxy.serve("a.test", new RevisionLimits(0, LONG, LONG, SHORT), stalling.port());
      assertThatThrownBy(() -> client.get("a.test", "/")).isInstanceOf(IOException.class);
      proxy.serve("a.test", new RevisionLimits(0, SHORT, LONG, Duration.ZERO), stalling.port());
      try (TestClient other = proxy.client()) {
        assertThatThrownBy(() -> other.get("a.test", "/")).isInstanceOf(IOException.class);
      }
    } finally {
      over.countDown();
    }
  }

  @Test
  void endsSlowAndIdleClients() throws IOException {
    limits(0, SHORT, SHORT, LONG);
    try (TestOrigin origin = TestOrigin.saying("ok");
        TestClient silent = proxy.serve("a.test", origin.port()).client();
        TestClient slow = proxy.client();
        TestClient idle = proxy.client()) {
      slow.send("GET / HTTP/1.1\r\nHo");
      assertThat(idle.get("a.test", "/").status()).isEqualTo(200);
      assertThat(idle.atEnd()).isTrue();
      assertThat(silent.atEnd()).isTrue();
      TestClient.Answer answer = slow.answer();
      assertThat(answer.status()).isEqualTo(408);
      assertThat(answer.header("connection")).isEqualTo("close");
    }
  }

  @Test
  void closesIdleConnectionsToEndpoints() throws IOException {
    limits(0, LONG, LONG, SHORT);
    try (TestOrigin origin = TestOrigin.saying("ok");
        TestClient client = proxy.serve("a.test", origin.port()).client()) {
      assertThat(client.get("a.test", "/").body()).isEqualTo("ok");
      assertThat(proxy.proxy().upstreamConnections().idle()).isEqualTo(1);
      await().until(() -> proxy.proxy().upstreamConnections().idle() == 0);
      assertThat(client.get("a.test", "/").body()).isEqualTo("ok");
      assertThat(origin.connections()).isEqualTo(2);
    }
  }

  @Test
  void refusesBodiesOverTheLimit() throws IOException {
    limits(100, LONG, LONG, LONG);
    try (TestOrigin origin = TestOrigin.saying("ok")) {
      proxy.serve("a.test", origin.port());
      try (TestClient client = proxy.client()) {
        client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 101\r\n\r\n");
        assertThat(client.answer().status()).isEqualTo(413);
      }
      assertThat(origin.connections()).isZero();
      try (TestClient client = proxy.client()) {
        client.send("POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 11; i++) {
          client.send("a\r\n0123456789\r\n");
        }
        assertThat(client.answer().status()).isEqualTo(413);
        assertThat(client.atEnd()).isTrue();
      }
      try (TestClient client = proxy.client()) {
        client.send("POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\nxx\r\n");
        assertThat(client.answer().status()).isEqualTo(400);
      }
    }
  }

  @Test
  void cancelsWhenTheClientLeaves() throws Exception {
    CountDownLatch left = new CountDownLatch(1);
    CountDownLatch arrived = new CountDownLatch(1);
    try (TestOrigin origin =
        TestOrigin.playing(wire -> {
          wire.head();
          arrived.countDown();
          if (wire.readHead() == null) {
            left.countDown();
          }
        })) {
      TestClient client = proxy.serve("a.test", origin.port()).client();
      client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
      assertThat(arrived.await(60, TimeUnit.SECONDS)).isTrue();
      client.close();
      assertThat(left.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }
}
