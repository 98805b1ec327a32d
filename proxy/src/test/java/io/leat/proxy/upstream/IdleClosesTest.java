package io.leat.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.telemetry.RetryOutcome;
import io.leat.proxy.testing.ProxyFixture;
import io.leat.proxy.testing.TestClient;
import io.leat.proxy.testing.TestOrigin;
import io.leat.proxy.testing.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** 20,000 requests over connections of which the endpoint closes every fourth while it is idle. */
@SuppressWarnings("StringConcatToTextBlock") // lines on the wire end in CRLF
class IdleClosesTest {
  private static final int REQUESTS = 20_000;
  private static final int CLIENTS = 8;
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private final long seed = Long.getLong("leat.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final Set<Wire> idle = ConcurrentHashMap.newKeySet();
  private final Map<String, AtomicInteger> runs = new ConcurrentHashMap<>();
  private final Set<Wire> closing = ConcurrentHashMap.newKeySet();
  private final AtomicInteger ended = new AtomicInteger();
  private int closed;
  private int ending;

  private void serve(Wire wire) throws IOException {
    try {
      answerAll(wire);
    } finally {
      if (closing.remove(wire)) {
        ended.incrementAndGet();
      }
    }
  }

  private void answerAll(Wire wire) throws IOException {
    String head;
    while ((head = nextHead(wire)) != null) {
      wire.body(head);
      String target = head.substring(head.indexOf('/'), head.indexOf(" HTTP/"));
      runs.computeIfAbsent(target, id -> new AtomicInteger()).incrementAndGet();
      // Before the answer: the client that has it knows that this connection is idle.
      idle.add(wire);
      wire.send(OK);
    }
  }

  /** The next head on a connection that this test may close no more, or null at its end. */
  private @Nullable String nextHead(Wire wire) throws IOException {
    try {
      return wire.readHead();
    } finally {
      idle.remove(wire);
    }
  }

  private void closeSome() throws IOException {
    for (Wire wire : List.copyOf(idle)) {
      int dice = random.nextInt(12);
      if (dice <= 2) {
        // First: its own thread may see the end and close it as well.
        idle.remove(wire);
        closed++;
      }
      if (dice <= 1) {
        closing.add(wire);
        ending++;
      }
      if (dice == 0) {
        wire.reset();
      } else if (dice == 1) {
        wire.close();
      } else if (dice == 2) {
        wire.endOutput();
      }
    }
    // A thread that is still inside a system call keeps its socket open a moment longer.
    while (ended.get() < ending) {
      Thread.onSpinWait();
    }
  }

  private static String request(int number) {
    return number % 2 == 0
        ? "GET /" + number + " HTTP/1.1\r\nHost: a.test\r\n\r\n"
        : "POST /" + number + " HTTP/1.1\r\nHost: a.test\r\nContent-Length: 4\r\n\r\nbody";
  }

  @Test
  @Timeout(300)
  void noRequestFailsAndNoneRunsTwice() throws IOException {
    System.out.println("IdleClosesTest: -Dleat.seed=" + seed);
    List<TestClient> clients = new ArrayList<>();
    try (TestOrigin origin = TestOrigin.playing(this::serve);
        ProxyFixture proxy = ProxyFixture.start().serve("a.test", origin.port())) {
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(proxy.client());
      }
      for (int number = 0; number < REQUESTS; number += CLIENTS) {
        for (int i = 0; i < CLIENTS; i++) {
          clients.get(i).send(request(number + i));
        }
        for (int i = 0; i < CLIENTS; i++) {
          TestClient.Answer answer = clients.get(i).answer();
          assertThat(answer.status())
              .as("seed %d, request %d: %s", seed, number + i, answer.head())
              .isEqualTo(200);
        }
        closeSome();
      }
      for (TestClient client : clients) {
        client.close();
      }
      System.out.printf(
          "IdleClosesTest: %d requests, %d idle connections closed, %d opened, %d resent%n",
          REQUESTS,
          closed,
          origin.connections(),
          StaleConnectionsTest.retries(proxy, RetryOutcome.RESENT));
      assertThat(closed).isGreaterThan(REQUESTS / 20);
      assertThat(runs).hasSize(REQUESTS);
      assertThat(runs.values()).allSatisfy(times -> assertThat(times).hasValue(1));
      await().until(() -> proxy.live("a.test").activity().inFlight().get() == 0);
    }
  }
}
