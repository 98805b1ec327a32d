package io.leat.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.config.ClientLimits;
import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.telemetry.ForcedClose;
import io.leat.proxy.telemetry.GuardCounts;
import io.leat.proxy.testing.ProxyFixture;
import io.leat.proxy.testing.TestClient;
import io.leat.proxy.testing.TestOrigin;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * More and more slow readers of large bodies: memory stays below the limit, and each step of the
 * overload comes after the one before it, with its own count.
 */
@SuppressWarnings("StringConcatToTextBlock") // lines on the wire end in CRLF
class BufferedBytesTest {
  private static final int READERS = 120;
  private static final long LIMIT = 4L << 20;

  /** What those who were let in may still get, and what the allocator takes at a time. */
  private static final long SLACK = 16L << 20;

  private static final Duration TWO_TICKS = Duration.ofMillis(110);
  private static final String GET = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";

  private final List<TestClient> clients = new ArrayList<>();
  private final ProxyFixture proxy = ProxyFixture.start(base -> base.withLimits(limits()));
  private final long before = proxy.proxy().guards().bufferedBytes();
  private long most;

  private static ProxyLimits limits() {
    ProxyLimits d = ProxyLimits.DEFAULT;
    Duration minute = Duration.ofMinutes(1);
    return new ProxyLimits(
        d.requestLineBytes(),
        d.headerBytes(),
        d.headerLineBytes(),
        d.headerCount(),
        0,
        minute,
        minute,
        d.connectTimeout(),
        d.upstreamIdleTimeout(),
        d.idlePerEndpoint(),
        d.connectionsPerEndpoint(),
        new ClientLimits(0, minute, minute, 1000, LIMIT),
        d.mirrors());
  }

  @AfterEach
  void stop() throws IOException {
    for (TestClient client : clients) {
      client.close();
    }
    proxy.close();
  }

  private static TestOrigin largeOrSmall() throws IOException {
    byte[] piece = new byte[65536];
    return TestOrigin.playing(wire -> {
      String head;
      while ((head = wire.readHead()) != null) {
        if (head.startsWith("GET /large ")) {
          wire.send("HTTP/1.1 200 OK\r\nContent-Length: 655360000\r\n\r\n");
          for (int i = 0; i < 10_000; i++) {
            wire.send(piece);
          }
        } else {
          wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        }
      }
    });
  }

  private TestClient join(int receiveBuffer, String says) throws IOException {
    TestClient client = TestClient.connect(proxy.port(), receiveBuffer);
    clients.add(client);
    client.send(says);
    return client;
  }

  /** What a step did is read before how often it began: a count never runs ahead of its step. */
  private boolean observe() {
    GuardCounts seen = proxy.proxy().guards();
    long shed = proxy.forcedCloses(ForcedClose.SHED);
    long rejected = proxy.rejections(Rejection.OVERLOADED);
    List<Long> steps = proxy.proxy().guards().overloadSteps();
    assertThat(seen.memoryPauses()).as("accept pauses").isLessThanOrEqualTo(steps.get(1));
    assertThat(shed == 0 || steps.get(2) > 0).as("%s shed, steps %s", shed, steps).isTrue();
    assertThat(rejected == 0 || steps.get(3) > 0).as("%s, steps %s", rejected, steps).isTrue();
    most = Math.max(most, seen.bufferedBytes());
    return true;
  }

  private List<Long> steps() {
    return proxy.proxy().guards().overloadSteps();
  }

  private void letSettle() {
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .during(TWO_TICKS)
        .until(this::observe);
  }

  @Test
  void theStepsComeInOrderAndTheLimitHolds() throws IOException {
    try (TestOrigin origin = largeOrSmall()) {
      proxy.serve("a.test", origin.port());
      TestClient idle = join(0, GET);
      assertThat(idle.answer().status()).isEqualTo(200);
      List<TestClient> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        readers.add(join(4096, "GET /large HTTP/1.1\r\n"));
      }
      await().until(() -> proxy.proxy().openConnections() == READERS + 1);
      int next = 0;
      while (steps().get(3) == 0) {
        assertThat(next)
            .as("readers before the last step, %s, most %s, before %s", steps(), most, before)
            .isLessThan(READERS);
        readers.get(next++).send("Host: a.test\r\n\r\n");
        letSettle();
      }
      System.out.println(
          "BufferedBytesTest: steps " + steps() + " with " + next + " readers, most " + most);
      assertThat(steps()).allMatch(entered -> entered > 0);
      assertThat(idle.atEnd()).isTrue();
      for (TestClient reader : readers.subList(next, READERS)) {
        reader.send("Host: a.test\r\n\r\n");
      }
      for (TestClient reader : readers.subList(next, READERS)) {
        assertThat(reader.answer().status()).isEqualTo(503);
      }
      assertThat(proxy.rejections(Rejection.OVERLOADED)).isEqualTo(READERS - next);
      assertThat(proxy.forcedCloses(ForcedClose.SHED)).isEqualTo(1);
      letSettle();
      assertThat(most - before).isLessThan(LIMIT + SLACK);
      everythingIsGivenBack();
    }
  }

  private void everythingIsGivenBack() throws IOException {
    for (TestClient client : clients) {
      client.close();
    }
    await().until(() -> proxy.proxy().guards().overloadLevel() == 0);
    await().until(() -> proxy.live("a.test").activity().inFlight().get() == 0);
    assertThat(join(0, GET).answer().status()).isEqualTo(200);
  }
}
