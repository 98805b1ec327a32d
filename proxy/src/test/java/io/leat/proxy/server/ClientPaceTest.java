package io.leat.proxy.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.config.ClientLimits;
import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.table.RevisionLimits;
import io.leat.proxy.telemetry.ForcedClose;
import io.leat.proxy.telemetry.Ticker;
import io.leat.proxy.testing.ProxyFixture;
import io.leat.proxy.testing.TestClient;
import io.leat.proxy.testing.TestOrigin;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that send or take bytes slowly, and the timeouts of revisions. */
@SuppressWarnings("StringConcatToTextBlock") // lines on the wire end in CRLF
class ClientPaceTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** A clock on which the ten seconds of a body pass in half a second. */
  private static final Ticker FAST = () -> System.nanoTime() * 20;

  private static final RevisionLimits PATIENT = new RevisionLimits(0, LONG, LONG, Duration.ZERO);
  private static final String POST =
      "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 100000\r\n";

  private final CountDownLatch over = new CountDownLatch(1);
  private ProxyFixture proxy = ProxyFixture.start();

  @AfterEach
  void slotsAreGivenBack() {
    over.countDown();
    await().until(() -> proxy.live("a.test").activity().inFlight().get() == 0);
    proxy.close();
  }

  private void limits(int bodyRate, Duration write, Duration tunnel, Ticker ticker) {
    proxy.close();
    ClientLimits clients = new ClientLimits(bodyRate, write, tunnel, 1000, 1L << 40);
    proxy =
        ProxyFixture.start(settings ->
            settings
                .withLimits(ProxyLimits.DEFAULT.withClients(clients))
                .withTime(ticker, InstantSource.system()));
  }

  private TestOrigin sayingThenWaiting(String text) throws IOException {
    return TestOrigin.playing(wire -> {
      wire.head();
      wire.send(text);
      over.await(60, TimeUnit.SECONDS);
    });
  }

  @Test
  void answersABodyThatComesTooSlowly() throws IOException {
    limits(240, LONG, LONG, FAST);
    try (TestOrigin origin = TestOrigin.saying("ok");
        TestClient client = proxy.serve("a.test", PATIENT, origin.port()).client()) {
      client.send(POST + "\r\n" + "x".repeat(2000));
      TestClient.Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(408);
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(client.atEnd()).isTrue();
      assertThat(proxy.rejections(Rejection.REQUEST_TIMEOUT)).isEqualTo(1);
      assertThat(proxy.forcedCloses(ForcedClose.SLOW_BODY)).isEqualTo(1);
    }
  }

  @Test
  void breaksOffWhenTheAnswerHasBegun() throws IOException {
    limits(240, LONG, LONG, FAST);
    try (TestOrigin origin =
            sayingThenWaiting("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
        TestClient client = proxy.serve("a.test", PATIENT, origin.port()).client()) {
      client.send(POST + "\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 200 ");
      assertThat(new String(client.read(6), US_ASCII)).isEqualTo("1\r\na\r\n");
      assertThat(client.atEnd()).isTrue();
    }
  }

  @Test
  void waitsForAClientThatNobodyWaitsFor() throws IOException {
    limits(240, LONG, LONG, FAST);
    CountDownLatch arrived = new CountDownLatch(1);
    try (TestOrigin origin =
            TestOrigin.playing(wire -> {
              wire.head();
              arrived.countDown();
              over.await(60, TimeUnit.SECONDS);
              wire.send("HTTP/1.1 100 Continue\r\n\r\n");
              wire.read(100_000);
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            });
        TestClient client = proxy.serve("a.test", PATIENT, origin.port()).client()) {
      client.send(POST + "Expect: 100-continue\r\n\r\n");
      long start = System.nanoTime();
      await().until(() -> System.nanoTime() - start > TimeUnit.SECONDS.toNanos(1));
      assertThat(arrived.getCount()).isZero();
      over.countDown();
      assertThat(client.head()).startsWith("HTTP/1.1 100 ");
      client.send(new byte[100_000]);
      assertThat(client.answer().body()).isEqualTo("ok");
      assertThat(proxy.forcedCloses(ForcedClose.SLOW_BODY)).isZero();
    }
  }

  @Test
  void aBodyAtTheMinimumIsFastEnough() throws Exception {
    limits(240, LONG, LONG, FAST);
    try (TestOrigin origin = TestOrigin.saying("ok");
        TestClient client = proxy.serve("a.test", PATIENT, origin.port()).client()) {
      client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 40000\r\n\r\n");
      int[] sent = {0};
      // Ten times the minimum, in pieces, for more than one window.
      await()
          .pollInterval(Duration.ofMillis(50))
          .until(() -> {
            client.send(new byte[2000]);
            sent[0] += 2000;
            return sent[0] == 40_000;
          });
      assertThat(client.answer().status()).isEqualTo(200);
    }
  }

  @Test
  void resetsAClientThatDoesNotRead() throws IOException {
    limits(0, SECOND, LONG, Ticker.system());
    CountDownLatch released = new CountDownLatch(1);
    try (TestOrigin origin =
        TestOrigin.playing(wire -> {
          wire.head();
          wire.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
          try {
            byte[] piece = new byte[65536];
            for (int i = 0; i < 10_000; i++) {
              wire.send(piece);
            }
          } catch (IOException closed) {
            released.countDown();
          }
        })) {
      proxy.serve("a.test", PATIENT, origin.port());
      try (TestClient client = TestClient.connect(proxy.port(), 4096)) {
        client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        await().until(() -> proxy.forcedCloses(ForcedClose.SLOW_READER) == 1);
        await().until(() -> released.getCount() == 0);
        assertThatThrownBy(() -> client.in().readAllBytes()).hasMessageContaining("reset");
      }
    }
  }

  @Test
  void aClientThatReadsALittleStays() throws Exception {
    limits(0, SECOND, LONG, Ticker.system());
    byte[] body = new byte[8_000_000];
    try (TestOrigin origin =
        TestOrigin.responding((head, wire) -> {
          wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n");
          wire.send(body);
        })) {
      // An idle timeout below the pause of the client: the gap is not the endpoint's.
      proxy.serve("a.test", new RevisionLimits(0, LONG, LONG, SECOND), origin.port());
      try (TestClient client = TestClient.connect(proxy.port(), 16384)) {
        client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        assertThat(client.head()).startsWith("HTTP/1.1 200 ");
        int[] reads = {0};
        await()
            .pollInterval(Duration.ofMillis(200))
            .until(() -> {
              assertThat(client.read(20_000)).hasSize(20_000);
              return ++reads[0] == 20;
            });
        assertThat(client.read(body.length - 20 * 20_000)).hasSize(body.length - 20 * 20_000);
        assertThat(client.get("a.test", "/").status()).isEqualTo(200);
        assertThat(proxy.forcedCloses(ForcedClose.SLOW_READER)).isZero();
      }
    }
  }

  @Test
  void closesASilentTunnel() throws IOException {
    limits(240, LONG, Duration.ofMillis(600), Ticker.system());
    CountDownLatch ended = new CountDownLatch(1);
    try (TestOrigin origin =
            TestOrigin.playing(wire -> {
              wire.head();
              wire.send("HTTP/1.1 101 S\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n");
              int c;
              while ((c = wire.in().read()) >= 0) {
                wire.send(String.valueOf((char) c));
              }
              ended.countDown();
            });
        TestClient client = proxy.serve("a.test", origin.port()).client()) {
      client.send("GET / HTTP/1.1\r\nHost: a.test\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 101 ");
      int[] echoes = {0};
      await()
          .pollInterval(Duration.ofMillis(200))
          .until(() -> {
            client.send("y");
            assertThat(client.read(1)).containsExactly('y');
            return ++echoes[0] == 6;
          });
      assertThat(proxy.forcedCloses(ForcedClose.TUNNEL_IDLE)).isZero();
      assertThat(client.atEnd()).isTrue();
      await().until(() -> ended.getCount() == 0);
      assertThat(proxy.forcedCloses(ForcedClose.TUNNEL_IDLE)).isEqualTo(1);
    }
  }

  @Test
  void theTimeoutOfARevisionAppendsNothing() throws IOException {
    RevisionLimits[] each = {
      new RevisionLimits(0, SECOND, LONG, Duration.ZERO), new RevisionLimits(0, LONG, LONG, SECOND),
    };
    for (RevisionLimits limits : each) {
      try (TestOrigin origin =
              sayingThenWaiting(
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
          TestClient client = proxy.serve("a.test", limits, origin.port()).client()) {
        client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        assertThat(client.head()).startsWith("HTTP/1.1 200 ");
        assertThat(client.read(9)).isEqualTo("4\r\nhalf\r\n".getBytes(US_ASCII));
        assertThat(client.atEnd()).isTrue();
        assertThat(proxy.rejections(Rejection.RESPONSE_TIMEOUT)).isZero();
      }
    }
  }

  @Test
  void aSteadyAnswerOutlivesTheTimeoutsOfItsStartAndItsGaps() throws IOException {
    try (TestOrigin origin =
            TestOrigin.playing(wire -> {
              wire.head();
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
              int[] sent = {0};
              await()
                  .pollInterval(Duration.ofMillis(200))
                  .until(() -> {
                    wire.send("x");
                    return ++sent[0] == 10;
                  });
            });
        TestClient client =
            proxy
                .serve("a.test", new RevisionLimits(0, LONG, SECOND, SECOND), origin.port())
                .client()) {
      assertThat(client.get("a.test", "/").body()).isEqualTo("xxxxxxxxxx");
    }
  }
}
