package io.leat.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.telemetry.LoopCounters;
import io.leat.proxy.telemetry.RetryOutcome;
import io.leat.proxy.testing.ProxyFixture;
import io.leat.proxy.testing.TestClient;
import io.leat.proxy.testing.TestOrigin;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Endpoints that die, come back, and are full. */
@SuppressWarnings("StringConcatToTextBlock") // lines on the wire end in CRLF
class FailoverTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
  private static final String POST =
      "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 4\r\n\r\nbody";
  private static final int LOAD = 4;

  /** {@code -Dleat.failover.rounds=50} is the long form. */
  private static final int ROUNDS = Integer.getInteger("leat.failover.rounds", 5);

  private static long ejections(ProxyFixture proxy) {
    return proxy.proxy().counters().stream().mapToLong(LoopCounters::ejections).sum();
  }

  private static TestClient.Answer ask(TestClient client, String request) throws IOException {
    client.send(request);
    return client.answer();
  }

  @Test
  void oneOfTwoEndpointsDiesAgainAndAgainUnderLoad() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger good = new AtomicInteger();
    AtomicInteger bad = new AtomicInteger();
    try (RestartableOrigin one = new RestartableOrigin();
        RestartableOrigin two = new RestartableOrigin();
        ProxyFixture proxy = ProxyFixture.start().serve("a.test", one.port(), two.port());
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
        TestClient later = proxy.client()) {
      List<Future<?>> load = new ArrayList<>();
      for (int i = 0; i < LOAD; i++) {
        load.add(
            clients.submit(() -> {
              loadUntil(over, proxy, good, bad);
              return good;
            }));
      }
      long slowest = 0;
      try {
        for (int round = 0; round < ROUNDS; round++) {
          RestartableOrigin dying = round % 2 == 0 ? one : two;
          int before = good.get();
          dying.kill();
          // Nothing of these ever reaches the dead endpoint, so all of them are answered.
          long start = System.nanoTime();
          for (int i = 0; i < 20; i++) {
            TestClient.Answer answer = ask(later, i % 2 == 0 ? GET : POST);
            assertThat(answer.status()).as("%d, %d: %s", round, i, answer.head()).isEqualTo(200);
            if (i == 0) {
              slowest = Math.max(slowest, System.nanoTime() - start);
            }
          }
          await().atMost(Duration.ofSeconds(60)).until(() -> good.get() > before + 50);
          dying.restart();
        }
      } finally {
        over.set(true);
      }
      for (Future<?> each : load) {
        each.get(60, TimeUnit.SECONDS);
      }
      System.out.println(
          "FailoverTest: killed and restarted "
              + ROUNDS
              + " times, slowest recovery "
              + TimeUnit.NANOSECONDS.toMicros(slowest)
              + " us, "
              + good
              + " answered, "
              + bad
              + " not, "
              + ejections(proxy)
              + " ejections, resent "
              + StaleConnectionsTest.retries(proxy, RetryOutcome.RESENT));
      // At most what was on its way when its endpoint died.
      assertThat(bad.get()).isLessThanOrEqualTo(ROUNDS * LOAD);
      await().until(() -> proxy.live("a.test").activity().inFlight().get() == 0);
    }
  }

  private static void loadUntil(
      AtomicBoolean over, ProxyFixture proxy, AtomicInteger good, AtomicInteger bad)
      throws IOException {
    try (TestClient client = proxy.client()) {
      for (int i = 0; !over.get(); i++) {
        TestClient.Answer answer = ask(client, i % 2 == 0 ? GET : POST);
        if (answer.status() == 200) {
          good.incrementAndGet();
        } else {
          // Bytes may have arrived. One that provably never left goes to the other endpoint, so a
          // client never sees that a connection was refused.
          assertThat(answer.status()).as(answer.head()).isEqualTo(502);
          assertThat(answer.header("proxy-status")).contains("error=connection_terminated");
          bad.incrementAndGet();
        }
      }
    }
  }

  @Test
  void theOnlyEndpointIsAskedAgainAtOnce() throws IOException {
    try (RestartableOrigin origin = new RestartableOrigin();
        ProxyFixture proxy = ProxyFixture.start().serve("a.test", origin.port());
        TestClient client = proxy.client()) {
      for (int round = 0; round < 3; round++) {
        assertThat(ask(client, POST).status()).isEqualTo(200);
        origin.kill();
        for (int i = 0; i < 10; i++) {
          TestClient.Answer answer = ask(client, GET);
          assertThat(answer.status()).isEqualTo(502);
          assertThat(answer.header("proxy-status")).contains("error=connection_refused");
        }
        origin.restart();
      }
      assertThat(ejections(proxy)).isZero();
    }
  }

  @Test
  void anEndpointThatRefusesIsLeftAloneForAWhile() throws IOException {
    TestTicker ticker = new TestTicker();
    try (TestOrigin well = TestOrigin.saying("ok");
        ProxyFixture proxy =
            ProxyFixture.start(
                    settings -> settings.withEventLoops(1).withTime(ticker, InstantSource.system()))
                .serve("a.test", TestOrigin.deadPort(), well.port());
        TestClient client = proxy.client()) {
      long retries = 3;
      for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 200; i++) {
          assertThat(ask(client, POST).status()).isEqualTo(200);
        }
        assertThat(StaleConnectionsTest.retries(proxy, RetryOutcome.OTHER_ENDPOINT))
            .isEqualTo(retries);
        assertThat(ejections(proxy)).isEqualTo(round + 1);
        ticker.pass(Duration.ofSeconds(1L << round));
        await().until(() -> proxy.live("a.test").activity().ejected().get() == 0);
        retries++;
      }
    }
  }

  @Test
  void brokenAnswersEjectAndErrorsOfTheApplicationDoNot() throws IOException {
    try (TestOrigin broken =
            TestOrigin.playing(wire -> {
              wire.head();
              wire.send("nonsense\r\n\r\n");
            });
        TestOrigin unwell =
            TestOrigin.responding(
                (head, wire) -> wire.send("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"));
        ProxyFixture proxy = ProxyFixture.start().serve("a.test", broken.port(), unwell.port());
        TestClient client = proxy.client()) {
      for (int i = 0; i < 100; i++) {
        assertThat(ask(client, GET).status()).isIn(502, 503);
      }
      assertThat(ejections(proxy)).isPositive();
      assertThat(broken.connections()).isLessThan(20);
      proxy.serve("a.test", unwell.port(), TestOrigin.deadPort());
      long before = ejections(proxy);
      proxy.serve("b.test", unwell.port(), unwell.port());
      for (int i = 0; i < 50; i++) {
        assertThat(client.get("b.test", "/").status()).isEqualTo(503);
      }
      assertThat(ejections(proxy)).isEqualTo(before);
    }
  }

  @Test
  void connectionsInUseAreLimitedPerEndpoint() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger arrived = new AtomicInteger();
    TestOrigin.Responder blocking =
        (head, wire) -> {
          arrived.incrementAndGet();
          TestTicker.await(release);
          wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        };
    List<TestClient> clients = new ArrayList<>();
    try (TestOrigin one = TestOrigin.responding(blocking);
        TestOrigin two = TestOrigin.responding(blocking);
        ProxyFixture proxy =
            ProxyFixture.start(settings -> settings.withLimits(connections(2)))
                .serve("a.test", one.port(), two.port())) {
      for (int i = 0; i < 4; i++) {
        TestClient client = proxy.client();
        client.send(GET);
        clients.add(client);
      }
      await().until(() -> arrived.get() == 4);
      try (TestClient fifth = proxy.client()) {
        for (int i = 0; i < 3; i++) {
          TestClient.Answer answer = ask(fifth, GET);
          assertThat(answer.status()).isEqualTo(503);
          assertThat(answer.header("proxy-status")).contains("error=connection_limit_reached");
          assertThat(answer.header("retry-after")).isNotEmpty();
        }
        assertThat(proxy.rejections(Rejection.CONNECTION_LIMIT)).isEqualTo(3);
        release.countDown();
        for (TestClient client : clients) {
          assertThat(client.answer().status()).isEqualTo(200);
          client.close();
        }
        await().until(() -> proxy.live("a.test").activity().inFlight().get() == 0);
        assertThat(ask(fifth, GET).status()).isEqualTo(200);
        for (int i = 0; i < 2; i++) {
          assertThat(proxy.live("a.test").readyEndpoint(i).connections()).isBetween(0, 3);
        }
      }
    }
  }

  private static ProxyLimits connections(int perEndpoint) {
    return ProxyLimits.DEFAULT.withConnectionsPerEndpoint(perEndpoint);
  }
}
