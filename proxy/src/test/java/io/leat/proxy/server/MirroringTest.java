package io.leat.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.config.MirrorLimits;
import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.table.Mirror;
import io.leat.proxy.table.RevisionLimits;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.RoutePolicy;
import io.leat.proxy.table.TrafficSplit;
import io.leat.proxy.telemetry.LoopCounters;
import io.leat.proxy.telemetry.MirrorOutcome;
import io.leat.proxy.testing.ProxyFixture;
import io.leat.proxy.testing.TestClient;
import io.leat.proxy.testing.TestOrigin;
import io.leat.proxy.testing.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests that are sent a second time, on real sockets. */
@SuppressWarnings("StringConcatToTextBlock") // lines on the wire end in CRLF
class MirroringTest {
  private static final int LIMIT = 3;
  private static final long KEPT = 4 << 20;

  private final ProxyFixture proxy =
      ProxyFixture.start(settings ->
          settings.withLimits(ProxyLimits.DEFAULT.withMirrors(new MirrorLimits(LIMIT, KEPT))));
  private final CountDownLatch ended = new CountDownLatch(1);

  @AfterEach
  void stop() {
    ended.countDown();
    proxy.close();
  }

  private void serve(TestOrigin one, int percent, RevisionLimits limits, int... mirrorPorts) {
    proxy
        .put(ProxyFixture.revision("one"), RevisionLimits.DEFAULT, one.port())
        .put(ProxyFixture.revision("two"), limits, mirrorPorts)
        .route(
            "a.test",
            new RouteAction.Split(TrafficSplit.to(ProxyFixture.revision("one"))),
            RoutePolicy.NONE.withMirror(new Mirror(ProxyFixture.revision("two"), percent)));
  }

  private long count(MirrorOutcome outcome) {
    return proxy.proxy().counters().stream().mapToLong(loop -> loop.mirrors(outcome)).sum();
  }

  private void await(MirrorOutcome outcome, long expected) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(count(outcome)).isEqualTo(expected));
  }

  /** An endpoint that reads a head and then nothing more until the test is over. */
  private TestOrigin hanging() throws IOException {
    return TestOrigin.playing(wire -> {
      wire.readHead();
      ended.await();
    });
  }

  @Test
  void theMirrorGetsTheSameAndTheClientOnlyTheFirstAnswer() throws IOException {
    List<String> bodies = new CopyOnWriteArrayList<>();
    try (TestOrigin one = TestOrigin.saying("one");
        TestOrigin two =
            TestOrigin.responding((head, wire) -> {
              bodies.add(wire.body(head));
              wire.send("HTTP/1.1 500 No\r\nContent-Length: 3\r\n\r\ntwo");
            });
        TestClient client = proxy.client()) {
      serve(one, 100, RevisionLimits.DEFAULT, two.port());
      assertThat(client.get("a.test", "/x?y").body()).isEqualTo("one");
      await(MirrorOutcome.SENT, 1);
      client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\nhello");
      assertThat(client.answer().body()).isEqualTo("one");
      await(MirrorOutcome.SENT, 2);
      client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\n\r\n");
      assertThat(client.answer().body()).isEqualTo("one");
      await(MirrorOutcome.SENT, 3);
      client.send(
          "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
      client.send("2\r\nde\r\n0\r\n\r\n");
      assertThat(client.answer().body()).isEqualTo("one");
      await(MirrorOutcome.SENT, 4);
      assertThat(two.heads()).isEqualTo(one.heads());
      assertThat(bodies).containsExactly("", "hello", "", "abcde");
      assertThat(two.connections()).isEqualTo(1);
    }
  }

  @Test
  void aLargeBodyArrivesWhole() throws IOException {
    byte[] body = new byte[3_000_000];
    for (int i = 0; i < body.length; i++) {
      body[i] = (byte) ('a' + i % 26);
    }
    List<Integer> hashes = new CopyOnWriteArrayList<>();
    TestOrigin.Responder hashing =
        (head, wire) -> {
          hashes.add(wire.body(head).hashCode());
          wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        };
    try (TestOrigin one = TestOrigin.responding(hashing);
        TestOrigin two = TestOrigin.responding(hashing);
        TestClient client = proxy.client()) {
      serve(one, 100, RevisionLimits.DEFAULT, two.port());
      client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3000000\r\n\r\n");
      client.send(body);
      assertThat(client.answer().status()).isEqualTo(200);
      await(MirrorOutcome.SENT, 1);
      assertThat(hashes).hasSize(2);
      assertThat(hashes.get(0)).isEqualTo(hashes.get(1));
    }
  }

  @Test
  void aMirrorThatNeverAnswersDelaysNobodyAndIsBounded() throws IOException {
    try (TestOrigin one = TestOrigin.saying("one");
        TestOrigin two = hanging();
        TestClient client = proxy.client()) {
      serve(one, 100, RevisionLimits.DEFAULT, two.port());
      for (int i = 0; i < 20; i++) {
        assertThat(client.get("a.test", "/").body()).isEqualTo("one");
      }
      assertThat(count(MirrorOutcome.DROPPED_LIMIT)).isEqualTo(20 - LIMIT);
      Awaitility.await().until(() -> two.connections() == LIMIT);
    }
    await(MirrorOutcome.FAILED, LIMIT);
  }

  @Test
  void aMirrorThatReadsTooSlowlyIsGivenUp() throws IOException {
    int size = 64 << 20;
    try (TestOrigin one = TestOrigin.saying("one");
        TestOrigin two = hanging();
        TestClient client = proxy.client()) {
      serve(one, 100, RevisionLimits.DEFAULT, two.port());
      client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: " + size + "\r\n\r\n");
      byte[] part = new byte[1 << 20];
      for (int sent = 0; sent < size; sent += part.length) {
        client.send(part);
      }
      assertThat(client.answer().body()).isEqualTo("one");
      assertThat(count(MirrorOutcome.DROPPED_SLOW)).isEqualTo(1);
      assertThat(client.get("a.test", "/").body()).isEqualTo("one");
    }
  }

  @Test
  void asleepFullOrUnreachableItIsLeftAlone() throws IOException {
    try (TestOrigin one = TestOrigin.saying("one");
        TestOrigin two = hanging();
        TestClient client = proxy.client()) {
      serve(one, 100, RevisionLimits.DEFAULT);
      assertThat(client.get("a.test", "/").body()).isEqualTo("one");
      assertThat(count(MirrorOutcome.DROPPED_UNAVAILABLE)).isEqualTo(1);
      assertThat(proxy.live("two").activity().arrived().sum()).isZero();

      serve(one, 100, RevisionLimits.DEFAULT, TestOrigin.deadPort());
      assertThat(client.get("a.test", "/").body()).isEqualTo("one");
      await(MirrorOutcome.FAILED, 1);

      RevisionLimits single =
          new RevisionLimits(
              1,
              RevisionLimits.DEFAULT.timeout(),
              RevisionLimits.DEFAULT.responseStartTimeout(),
              RevisionLimits.DEFAULT.idleTimeout());
      serve(one, 100, single, two.port());
      assertThat(client.get("a.test", "/").body()).isEqualTo("one");
      assertThat(client.get("a.test", "/").body()).isEqualTo("one");
      await(MirrorOutcome.DROPPED_UNAVAILABLE, 2);
      for (Rejection rejection : Rejection.values()) {
        assertThat(proxy.rejections(rejection)).as("%s", rejection).isZero();
      }
      assertThat(requests()).isEqualTo(4);
    }
  }

  private long requests() {
    long sum = 0;
    for (LoopCounters loop : proxy.proxy().counters()) {
      for (int row = 0; row < 16; row++) {
        for (int column = 0; column < LoopCounters.COLUMNS; column++) {
          sum += loop.requests(row, column);
        }
      }
    }
    return sum;
  }

  @Test
  void itsShareIsMirrored() throws IOException {
    try (TestOrigin one = TestOrigin.saying("one");
        TestOrigin two = TestOrigin.saying("two");
        TestClient client = proxy.client()) {
      serve(one, 30, RevisionLimits.DEFAULT, two.port());
      for (int i = 0; i < 1_000; i++) {
        assertThat(client.get("a.test", "/").body()).isEqualTo("one");
      }
      Awaitility.await()
          .untilAsserted(() ->
              assertThat(count(MirrorOutcome.SENT) + count(MirrorOutcome.DROPPED_LIMIT))
                  // 300 expected, the standard deviation is 14.5.
                  .isBetween(200L, 400L));
    }
  }

  @Test
  void aRequestThatBreaksOffTakesItsMirrorAlong() throws IOException {
    try (TestOrigin one = TestOrigin.saying("one");
        TestOrigin two = TestOrigin.saying("two")) {
      serve(one, 100, RevisionLimits.DEFAULT, two.port());
      try (Wire client = proxy.client()) {
        client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 100\r\n\r\nhello");
        Awaitility.await().until(() -> two.heads().size() == 1 && one.heads().size() == 1);
      }
      await(MirrorOutcome.DROPPED_UNFINISHED, 1);
    }
  }

  @Test
  void whatTheFirstAnswerDoesNotWaitForStillEnds() throws IOException {
    CountDownLatch released = new CountDownLatch(1);
    try (TestOrigin one = TestOrigin.saying("one");
        TestOrigin two =
            TestOrigin.responding((head, wire) -> {
              released.await();
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            })) {
      serve(one, 100, RevisionLimits.DEFAULT, two.port());
      try (TestClient client = proxy.client()) {
        assertThat(client.get("a.test", "/").body()).isEqualTo("one");
      }
      released.countDown();
      await(MirrorOutcome.SENT, 1);
    }
  }
}
