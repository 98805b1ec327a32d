package io.leat.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.config.ClientLimits;
import io.leat.proxy.config.MirrorLimits;
import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.telemetry.ForcedClose;
import io.leat.proxy.testing.ProxyFixture;
import io.leat.proxy.testing.TestClient;
import io.leat.proxy.testing.TestOrigin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Very many clients, and clients that mean harm beside those that do not. */
@SuppressWarnings("StringConcatToTextBlock") // lines on the wire end in CRLF
class CrowdTest {
  private static final int CROWD = 200;
  private static final long MEBIBYTE = 1L << 20;
  private static final String GET = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
  private static final String GET_BIG = "GET /big HTTP/1.1\r\nHost: a.test\r\n\r\n";

  private final List<TestClient> crowd = new ArrayList<>();
  private ProxyFixture proxy = ProxyFixture.start();

  @AfterEach
  void everythingIsGivenBack() throws IOException {
    for (TestClient client : crowd) {
      client.close();
    }
    await().until(() -> proxy.live("a.test").activity().inFlight().get() == 0);
    await().until(() -> proxy.proxy().openConnections() == 0);
    proxy.close();
  }

  private void limits(Duration header, ClientLimits clients) {
    proxy.close();
    ProxyLimits d = ProxyLimits.DEFAULT;
    ProxyLimits limits =
        new ProxyLimits(
            d.requestLineBytes(),
            d.headerBytes(),
            d.headerLineBytes(),
            d.headerCount(),
            0,
            header,
            d.idleTimeout(),
            d.connectTimeout(),
            d.upstreamIdleTimeout(),
            d.idlePerEndpoint(),
            d.connectionsPerEndpoint(),
            clients,
            MirrorLimits.DEFAULT);
    proxy = ProxyFixture.start(settings -> settings.withLimits(limits));
  }

  private TestClient join(int receiveBuffer, String says) throws IOException {
    TestClient client = TestClient.connect(proxy.port(), receiveBuffer);
    crowd.add(client);
    client.send(says);
    return client;
  }

  private static TestOrigin bigOrSmall() throws IOException {
    byte[] piece = new byte[65536];
    return TestOrigin.responding((head, wire) -> {
      if (head.startsWith("GET /big ")) {
        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 65536000\r\n\r\n");
        for (int i = 0; i < 1000; i++) {
          wire.send(piece);
        }
      } else {
        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      }
    });
  }

  @Test
  void harmfulClientsDoNotHarmOthers() throws IOException {
    ClientLimits clients =
        new ClientLimits(240, Duration.ofSeconds(2), Duration.ofHours(1), 1000, 512 * MEBIBYTE);
    limits(Duration.ofSeconds(2), clients);
    try (TestOrigin origin = bigOrSmall()) {
      proxy.serve("a.test", origin.port());
      long before = proxy.proxy().guards().bufferedBytes();
      List<TestClient> slowloris = new ArrayList<>();
      for (int i = 0; i < CROWD; i++) {
        slowloris.add(join(0, "GET / HTTP/1.1\r\nHost: a.test\r\nX-Slow: "));
        join(4096, GET_BIG);
      }
      int normal = 0;
      long most = 0;
      while (proxy.forcedCloses(ForcedClose.SLOW_READER) < CROWD || normal < 500) {
        try (TestClient client = proxy.client()) {
          assertThat(client.get("a.test", "/").status()).isEqualTo(200);
          assertThat(client.get("a.test", "/").status()).isEqualTo(200);
        }
        normal++;
        most = Math.max(most, proxy.proxy().guards().bufferedBytes());
        assertThat(normal).as("requests before all slow readers were gone").isLessThan(200_000);
      }
      for (TestClient client : slowloris) {
        assertThat(client.answer().status()).isEqualTo(408);
      }
      assertThat(proxy.rejections(Rejection.REQUEST_TIMEOUT)).isEqualTo(CROWD);
      // For each slow reader both water marks of its answer and two reads, and what is kept.
      assertThat(most - before).isLessThan(CROWD * MEBIBYTE / 4 + 64 * MEBIBYTE);
      assertThat(proxy.proxy().guards().overloadLevel()).isZero();
    }
  }

  @Test
  void acceptsNobodyBeyondTheLimit() throws Exception {
    ClientLimits clients =
        new ClientLimits(240, Duration.ofMinutes(1), Duration.ofHours(1), 8, 512 * MEBIBYTE);
    limits(Duration.ofMinutes(1), clients);
    try (TestOrigin origin = bigOrSmall()) {
      proxy.serve("a.test", origin.port());
      for (int i = 0; i < 7; i++) {
        assertThat(join(0, GET).answer().status()).isEqualTo(200);
      }
      assertThat(proxy.proxy().guards().connectionPauses()).isZero();
      for (int i = 7; i < 30; i++) {
        join(0, GET);
      }
      await().until(() -> proxy.proxy().guards().connectionPauses() > 0);
      // Each of the two event loops may have passed the limit by one.
      assertThat(proxy.proxy().openConnections()).isBetween(8, 9);
      for (TestClient client : crowd.subList(0, 7)) {
        client.close();
      }
      // Each listener has a queue of its own in the kernel, so who comes next is not known here.
      List<Future<Integer>> served = new ArrayList<>();
      try (ExecutorService waiting = Executors.newVirtualThreadPerTaskExecutor()) {
        for (TestClient client : crowd.subList(7, 30)) {
          served.add(
              waiting.submit(() -> {
                int status = client.answer().status();
                client.close();
                return status;
              }));
        }
        for (Future<Integer> each : served) {
          assertThat(each.get()).isEqualTo(200);
          assertThat(proxy.proxy().openConnections()).isLessThanOrEqualTo(9);
        }
      }
    }
  }

  @Test
  void climbsAndComesDownWithTheMemory() throws IOException {
    ClientLimits clients =
        new ClientLimits(240, Duration.ofMinutes(1), Duration.ofHours(1), 1000, 2 * MEBIBYTE);
    limits(Duration.ofMinutes(1), clients);
    try (TestOrigin origin = bigOrSmall()) {
      proxy.serve("a.test", origin.port());
      TestClient idle = join(0, GET);
      assertThat(idle.answer().status()).isEqualTo(200);
      TestClient halfway = join(0, "GET / HTTP/1.1\r\n");
      List<TestClient> slow = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        slow.add(join(4096, "GET /big HTTP/1.1\r\n"));
      }
      // All are in before the second step closes the door.
      await().until(() -> proxy.proxy().openConnections() == 32);
      for (TestClient client : slow) {
        client.send("Host: a.test\r\n\r\n");
      }
      await().until(() -> proxy.proxy().guards().overloadLevel() == 4);
      assertThat(idle.atEnd()).isTrue();
      await().until(() -> proxy.forcedCloses(ForcedClose.SHED) == 1);
      halfway.send("Host: a.test\r\n\r\n");
      TestClient.Answer answer = halfway.answer();
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(proxy.rejections(Rejection.OVERLOADED)).isPositive();
      assertThat(proxy.proxy().guards().memoryPauses()).isPositive();
      AtomicBoolean served = new AtomicBoolean();
      TestClient late = join(0, GET);
      Thread waiting =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  served.set(late.answer().status() == 200);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      for (TestClient client : crowd) {
        if (client != late) {
          client.close();
        }
      }
      await().untilTrue(served);
      await().until(() -> !waiting.isAlive());
      assertThat(proxy.proxy().guards().overloadLevel()).isZero();
    }
  }
}
