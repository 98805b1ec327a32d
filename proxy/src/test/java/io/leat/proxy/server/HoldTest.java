package io.leat.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.balance.Draw;
import io.leat.proxy.balance.HeldRequest;
import io.leat.proxy.balance.LiveEndpoint;
import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.balance.RequestHold;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.table.RevisionLimits;
import io.leat.proxy.testing.ProxyFixture;
import io.leat.proxy.testing.TestClient;
import io.leat.proxy.testing.TestOrigin;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests that wait for capacity in a hold that the test controls. */
@SuppressWarnings("StringConcatToTextBlock") // lines on the wire end in CRLF
class HoldTest {
  /** Keeps what is held until the test decides. */
  private static final class TestHold implements RequestHold {
    private final Queue<HeldRequest> held = new ConcurrentLinkedQueue<>();
    private final Queue<HeldRequest> cancelled = new ConcurrentLinkedQueue<>();

    @Override
    public void hold(LiveRevision revision, HeldRequest request) {
      revision.activity().waiting().incrementAndGet();
      held.add(request);
    }

    @Override
    public void cancel(HeldRequest request) {
      cancelled.add(request);
    }

    @Override
    public void capacityFreed(LiveRevision revision) {}

    HeldRequest next(LiveRevision revision) {
      await().until(() -> !held.isEmpty());
      revision.activity().waiting().decrementAndGet();
      return Objects.requireNonNull(held.poll());
    }
  }

  private final TestHold hold = new TestHold();
  private final ProxyFixture proxy = ProxyFixture.start(settings -> settings.withHold(hold));

  @AfterEach
  void stop() {
    await().until(() -> proxy.live("a.test").activity().inFlight().get() == 0);
    proxy.close();
  }

  private void grant(HeldRequest request) {
    LiveRevision now = proxy.live("a.test");
    LiveEndpoint slot = Objects.requireNonNull(now.acquire(Draw.xorshift(1)));
    request.granted(now, slot);
  }

  @Test
  void forwardsWithTheBodyOnceGranted() throws IOException {
    proxy.serve("a.test");
    try (TestClient client = proxy.client();
        TestOrigin origin =
            TestOrigin.responding((head, wire) -> {
              String body = wire.body(head);
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n");
              wire.send(body);
            })) {
      String body = "0123456789".repeat(50_000);
      for (int i = 0; i < 3; i++) {
        proxy.serve("a.test");
        client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 500000\r\n\r\n");
        Thread sender = Thread.startVirtualThread(() -> sendQuietly(client, body));
        HeldRequest request = hold.next(proxy.live("a.test"));
        assertThat(request.heldBytes()).isBetween(1, 200_000);
        proxy.serve("a.test", origin.port());
        grant(request);
        assertThat(client.answer().body()).isEqualTo(body);
        assertThat(sender.isAlive()).isFalse();
      }
      assertThat(client.get("a.test", "/").status()).isEqualTo(200);
      assertThat(hold.cancelled).isEmpty();
    }
  }

  private static void sendQuietly(TestClient client, String body) {
    try {
      client.send(body);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void answersARefusalAndGoesOn() throws IOException {
    proxy.serve("a.test");
    try (TestClient client = proxy.client()) {
      for (int i = 0; i < 2; i++) {
        client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        hold.next(proxy.live("a.test")).refused(Rejection.HOLD_TIMEOUT);
        TestClient.Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("retry-after")).isEqualTo("1");
        assertThat(answer.header("proxy-status")).contains("error=leat_hold_timeout");
      }
    }
  }

  @Test
  void noticesThatAWaitingClientLeaves() throws IOException {
    proxy.serve("a.test");
    String[] requests = {
      "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 9000000\r\n\r\nsome",
      "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 9000000\r\n\r\n" + "x".repeat(30_000),
      // More than the socket takes unread: a FIN would wait behind it, a reset does not.
      "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 9000000\r\n\r\n" + "x".repeat(400_000),
    };
    for (boolean reset : new boolean[] {false, true}) {
      for (String each : reset ? requests : Arrays.copyOf(requests, 3)) {
        TestClient client = proxy.client();
        client.send(each);
        HeldRequest request = hold.next(proxy.live("a.test"));
        assertThat(hold.cancelled).isEmpty();
        if (reset) {
          client.reset();
        } else {
          client.close();
        }
        await().untilAsserted(() -> assertThat(hold.cancelled).containsExactly(request));
        hold.cancelled.clear();
        await().until(() -> proxy.proxy().openConnections() == 0);
      }
    }
  }

  @Test
  void noticesAClientThatSendsBodyWhileItWaitsAndLeaves() throws IOException {
    proxy.serve("a.test");
    TestClient client = proxy.client();
    client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 9000000\r\n\r\n");
    HeldRequest request = hold.next(proxy.live("a.test"));
    client.send("y".repeat(30_000));
    client.close();
    await().untilAsserted(() -> assertThat(hold.cancelled).containsExactly(request));
    await().until(() -> proxy.proxy().openConnections() == 0);
  }

  @Test
  void givesBackASlotThatComesTooLate() throws IOException {
    proxy.serve("a.test");
    try (TestOrigin origin = TestOrigin.saying("never")) {
      TestClient client = proxy.client();
      client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
      HeldRequest request = hold.next(proxy.live("a.test"));
      client.close();
      await().until(() -> !hold.cancelled.isEmpty());
      proxy.serve("a.test", origin.port());
      grant(request);
      await().until(() -> proxy.live("a.test").activity().inFlight().get() == 0);
      assertThat(origin.connections()).isZero();
    }
  }

  @Test
  void countsTheWaitAgainstTheTimeout() throws IOException {
    Duration brief = Duration.ofMillis(200);
    proxy.serve("a.test", new RevisionLimits(0, brief, brief, Duration.ZERO));
    try (TestClient client = proxy.client();
        TestOrigin origin = TestOrigin.saying("later")) {
      client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
      HeldRequest late = hold.next(proxy.live("a.test"));
      assertThat(client.answer().status()).isEqualTo(504);
      assertThat(hold.cancelled).containsExactly(late);
      client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
      HeldRequest second = hold.next(proxy.live("a.test"));
      assertThat(second).isNotSameAs(late);
      proxy.serve("a.test", origin.port());
      grant(late);
      grant(second);
      assertThat(client.answer().body()).isEqualTo("later");
    }
  }

  @Test
  void letsThoseWhoWaitGoFirst() throws IOException {
    try (TestOrigin origin = TestOrigin.saying("ok");
        TestClient client = proxy.serve("a.test", origin.port()).client()) {
      proxy.live("a.test").activity().waiting().incrementAndGet();
      client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
      HeldRequest behind = hold.next(proxy.live("a.test"));
      proxy.live("a.test").activity().waiting().decrementAndGet();
      grant(behind);
      assertThat(client.answer().body()).isEqualTo("ok");
    }
  }

  @Test
  void tellsThoseWhoStillWaitThatItStops() throws Exception {
    proxy.serve("a.test");
    try (TestClient client = proxy.client()) {
      client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
      HeldRequest waiting = hold.next(proxy.live("a.test"));
      CompletableFuture<Void> drained =
          proxy.proxy().drain(Duration.ZERO, Duration.ofMillis(200)).toCompletableFuture();
      TestClient.Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.header("retry-after")).isEqualTo("1");
      assertThat(client.atEnd()).isTrue();
      assertThat(hold.cancelled).containsExactly(waiting);
      drained.get(60, TimeUnit.SECONDS);
    }
  }
}
