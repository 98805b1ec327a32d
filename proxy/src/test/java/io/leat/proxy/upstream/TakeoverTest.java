package io.leat.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.table.RevisionLimits;
import io.leat.proxy.telemetry.TakeoverOutcome;
import io.leat.proxy.testing.ProxyFixture;
import io.leat.proxy.testing.TestClient;
import io.leat.proxy.testing.TestOrigin;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Idle connections that go from one event loop to another, on real sockets and two loops. */
@SuppressWarnings("StringConcatToTextBlock") // lines on the wire end in CRLF
class TakeoverTest {
  /** So many that both event loops have some: all on one has a chance of 1 in 2^31. */
  private static final int CLIENTS = 32;

  private final long seed = Long.getLong("leat.seed", System.nanoTime());
  private final List<TestClient> clients = new ArrayList<>();
  private final List<ProxyFixture> proxies = new ArrayList<>();

  private ProxyFixture proxy(int connections) {
    ProxyFixture proxy =
        ProxyFixture.start(settings ->
            settings.withLimits(ProxyLimits.DEFAULT.withConnectionsPerEndpoint(connections)));
    proxies.add(proxy);
    return proxy;
  }

  @AfterEach
  void stop() throws IOException {
    for (TestClient client : clients) {
      client.close();
    }
    proxies.forEach(ProxyFixture::close);
  }

  private void connect(ProxyFixture proxy) throws IOException {
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(proxy.client());
    }
  }

  private static long count(ProxyFixture proxy, TakeoverOutcome outcome) {
    return proxy.proxy().counters().stream().mapToLong(loop -> loop.takeovers(outcome)).sum();
  }

  private static void assertBalanced(ProxyFixture proxy, String revision) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> {
          UpstreamCounts counts = proxy.proxy().upstreamConnections();
          assertThat(counts.active()).isZero();
          assertThat(counts.idle()).isEqualTo(proxy.live(revision).readyEndpoint(0).connections());
        });
  }

  @Test
  void oneConnectionServesBothLoopsWhereNoMoreAreAllowed() throws IOException {
    ProxyFixture proxy = proxy(1);
    try (TestOrigin origin = TestOrigin.saying("ok")) {
      proxy.serve("a.test", origin.port());
      connect(proxy);
      for (int round = 0; round < 10; round++) {
        for (TestClient client : clients) {
          assertThat(client.get("a.test", "/").body()).isEqualTo("ok");
          client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nabc");
          assertThat(client.answer().body()).isEqualTo("ok");
        }
      }
      assertThat(origin.connections()).isEqualTo(1);
      assertThat(count(proxy, TakeoverOutcome.MOVED)).isPositive();
      assertThat(count(proxy, TakeoverOutcome.MISSED)).isZero();
      assertBalanced(proxy, "a.test");
    }
  }

  @Test
  void theConcurrencyLimitOfARevisionIsSuchALimit() throws IOException {
    ProxyFixture proxy = proxy(1024);
    RevisionLimits single =
        new RevisionLimits(
            1,
            RevisionLimits.DEFAULT.timeout(),
            RevisionLimits.DEFAULT.responseStartTimeout(),
            RevisionLimits.DEFAULT.idleTimeout());
    try (TestOrigin origin = TestOrigin.saying("ok")) {
      proxy.serve("a.test", single, origin.port());
      connect(proxy);
      for (TestClient client : clients) {
        assertThat(client.get("a.test", "/").body()).isEqualTo("ok");
      }
      assertThat(origin.connections()).isEqualTo(1);
    }
  }

  @Test
  void belowTheLimitEachLoopConnectsForItself() throws IOException {
    ProxyFixture proxy = proxy(1024);
    try (TestOrigin origin = TestOrigin.saying("ok")) {
      proxy.serve("a.test", origin.port());
      connect(proxy);
      for (TestClient client : clients) {
        assertThat(client.get("a.test", "/").body()).isEqualTo("ok");
      }
      assertThat(origin.connections()).isEqualTo(2);
      assertThat(count(proxy, TakeoverOutcome.MOVED)).isZero();
      assertThat(count(proxy, TakeoverOutcome.MISSED)).isZero();
    }
  }

  @Test
  void aMovedConnectionThatWasClosedCostsNoRequest() throws IOException {
    ProxyFixture proxy = proxy(1);
    try (TestOrigin origin =
        TestOrigin.playing(wire -> {
          // Two answers, then closes without saying so.
          for (int i = 0; i < 2; i++) {
            wire.body(wire.head());
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
          }
        })) {
      proxy.serve("a.test", origin.port());
      connect(proxy);
      for (int round = 0; round < 6; round++) {
        for (TestClient client : clients) {
          assertThat(client.get("a.test", "/").body()).isEqualTo("ok");
        }
      }
      assertThat(count(proxy, TakeoverOutcome.MOVED)).isPositive();
      assertBalanced(proxy, "a.test");
    }
  }

  @Test
  void manyAtOnceSomeOfWhomLeaveAreAllServed() throws Exception {
    System.out.println("TakeoverTest: -Dleat.seed=" + seed);
    ProxyFixture proxy = proxy(6);
    AtomicInteger answered = new AtomicInteger();
    try (TestOrigin origin = TestOrigin.saying("ok");
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      proxy.serve("a.test", origin.port());
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        Random random = new Random(seed + thread);
        all.add(
            threads.submit(() -> {
              play(proxy, random, answered);
              return null;
            }));
      }
      for (Future<?> each : all) {
        each.get();
      }
      assertThat(answered.get()).isEqualTo(4 * 300);
      for (Rejection rejection : Rejection.values()) {
        // Whoever left may still have been in flight, so that one more was too many for a moment.
        if (rejection != Rejection.CONNECTION_LIMIT) {
          assertThat(proxy.rejections(rejection)).as("%s, seed %d", rejection, seed).isZero();
        }
      }
      assertBalanced(proxy, "a.test");
      assertThat(proxy.live("a.test").activity().inFlight().get()).isZero();
    }
  }

  private static void play(ProxyFixture proxy, Random random, AtomicInteger answered)
      throws IOException {
    List<TestClient> own = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      own.add(proxy.client());
    }
    for (int i = 0; i < 300; i++) {
      int which = random.nextInt(own.size());
      TestClient client = own.get(which);
      int status = client.get("a.test", "/").status();
      answered.addAndGet(status == 200 || status == 503 ? 1 : 0);
      if (random.nextInt(10) == 0) {
        client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        client.reset();
        own.set(which, proxy.client());
      }
    }
    for (TestClient client : own) {
      client.close();
    }
  }
}
