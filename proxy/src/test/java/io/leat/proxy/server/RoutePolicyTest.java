package io.leat.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.http.Rejection;
import io.leat.proxy.table.RateLimit;
import io.leat.proxy.table.RevisionLimits;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.RoutePolicy;
import io.leat.proxy.table.Stickiness;
import io.leat.proxy.table.TrafficSplit;
import io.leat.proxy.table.WeightedTarget;
import io.leat.proxy.telemetry.LoopCounters;
import io.leat.proxy.telemetry.LoopDurations;
import io.leat.proxy.testing.ProxyFixture;
import io.leat.proxy.testing.TestClient;
import io.leat.proxy.testing.TestOrigin;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a route asks for beside its targets, through a proxy on real sockets. */
@SuppressWarnings("StringConcatToTextBlock") // lines on the wire end in CRLF
class RoutePolicyTest {
  private final ProxyFixture proxy = ProxyFixture.start();

  @AfterEach
  void stop() {
    proxy.close();
  }

  private static RouteAction.Split split(int one, int two) {
    return new RouteAction.Split(
        new TrafficSplit(
            List.of(
                WeightedTarget.of(ProxyFixture.revision("one"), one),
                WeightedTarget.of(ProxyFixture.revision("two"), two))));
  }

  private static String get(TestClient client, int user) throws IOException {
    client.send("GET / HTTP/1.1\r\nHost: a.test\r\nCookie: x=1; user=" + user + "\r\n\r\n");
    return client.answer().body();
  }

  @Test
  void keepsUsersWithTheirRevisionWhileWeightsMove() throws IOException {
    RoutePolicy sticky =
        RoutePolicy.NONE.withStickiness(new Stickiness(Stickiness.Source.COOKIE, "user"));
    try (TestOrigin one = TestOrigin.saying("one");
        TestOrigin two = TestOrigin.saying("two")) {
      proxy
          .put(ProxyFixture.revision("one"), RevisionLimits.DEFAULT, one.port())
          .put(ProxyFixture.revision("two"), RevisionLimits.DEFAULT, two.port());
      Map<Integer, String> homes = new HashMap<>();
      int moved = 0;
      try (TestClient client = proxy.client()) {
        for (int weight : new int[] {90, 90, 50}) {
          proxy.route("a.test", split(weight, 100 - weight), sticky);
          for (int user = 0; user < 200; user++) {
            String home = get(client, user);
            String before = homes.put(user, home);
            assertThat(before).isIn(null, home, "one");
            moved += before != null && !before.equals(home) ? 1 : 0;
            assertThat(weight == 90 && moved > 0).isFalse();
          }
        }
        assertThat(moved).isBetween(40, 120);
        int first = 0;
        for (int i = 0; i < 100; i++) {
          first += client.get("a.test", "/").body().equals("one") ? 1 : 0;
        }
        assertThat(first).isEqualTo(50);
      }
    }
  }

  @Test
  void keepsUsersWithTheirRevisionByAHeader() throws IOException {
    try (TestOrigin one = TestOrigin.saying("one");
        TestOrigin two = TestOrigin.saying("two");
        TestClient client = proxy.client();
        TestClient other = proxy.client()) {
      proxy
          .put(ProxyFixture.revision("one"), RevisionLimits.DEFAULT, one.port())
          .put(ProxyFixture.revision("two"), RevisionLimits.DEFAULT, two.port())
          .route(
              "a.test",
              split(50, 50),
              RoutePolicy.NONE.withStickiness(new Stickiness(Stickiness.Source.HEADER, "X-User")));
      Map<String, Integer> homes = new HashMap<>();
      for (int user = 0; user < 100; user++) {
        String request = "GET / HTTP/1.1\r\nHost: a.test\r\nx-USER:  u" + user + " \r\n\r\n";
        client.send(request);
        String home = client.answer().body();
        other.send(request);
        assertThat(other.answer().body()).isEqualTo(home);
        homes.merge(home, 1, Integer::sum);
      }
      assertThat(homes.get("one")).isBetween(25, 75);
    }
  }

  private void serve(RoutePolicy policy, TestOrigin origin) {
    proxy.put(ProxyFixture.revision("one"), RevisionLimits.DEFAULT, origin.port());
    proxy.route(
        "a.test", new RouteAction.Split(TrafficSplit.to(ProxyFixture.revision("one"))), policy);
  }

  @Test
  void endsWhatTakesLongerThanTheRouteAllows() throws IOException {
    try (TestOrigin origin = TestOrigin.responding((head, wire) -> wire.atEnd());
        TestClient client = proxy.client()) {
      serve(RoutePolicy.NONE.withTimeout(Duration.ofMillis(200)), origin);
      assertThat(client.get("a.test", "/").status()).isEqualTo(504);
      assertThat(proxy.rejections(Rejection.RESPONSE_TIMEOUT)).isEqualTo(1);
    }
  }

  @Test
  void refusesBodiesThatAreAnnouncedOrSentTooLarge() throws IOException {
    try (TestOrigin origin =
        TestOrigin.responding((head, wire) -> {
          int length = wire.body(head).length();
          wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Got: " + length + "\r\n\r\n");
        })) {
      serve(RoutePolicy.NONE.withMaxBodyBytes(10), origin);
      String head = "POST / HTTP/1.1\r\nHost: a.test\r\n";
      try (TestClient client = proxy.client()) {
        client.send(head + "Content-Length: 10\r\n\r\n0123456789");
        assertThat(client.answer().header("x-got")).isEqualTo("10");
        client.send(head + "Content-Length: 11\r\n\r\n0123456789a");
        assertThat(client.answer().status()).isEqualTo(413);
      }
      try (TestClient client = proxy.client()) {
        client.send(head + "Transfer-Encoding: chunked\r\n\r\n6\r\n012345\r\n5\r\n6789a\r\n");
        assertThat(client.answer().status()).isEqualTo(413);
      }
      assertThat(proxy.rejections(Rejection.BODY_TOO_LARGE)).isEqualTo(2);
      proxy.route("a.test", new RouteAction.Split(TrafficSplit.to(ProxyFixture.revision("one"))));
      try (TestClient client = proxy.client()) {
        client.send(head + "Content-Length: 11\r\n\r\n0123456789a");
        assertThat(client.answer().header("x-got")).isEqualTo("11");
      }
    }
  }

  @Test
  void countsHowLongRequestsTakeWhereARouteAsksForIt() throws IOException {
    try (TestOrigin origin = TestOrigin.saying("ok");
        TestClient client = proxy.client()) {
      serve(RoutePolicy.NONE, origin);
      client.get("a.test", "/");
      assertThat(durations()).isZero();
      serve(RoutePolicy.NONE.withTimed(true), origin);
      client.get("a.test", "/");
      client.get("a.test", "/");
      assertThat(durations()).isEqualTo(2);
    }
  }

  private long durations() {
    long sum = 0;
    for (LoopCounters loop : proxy.proxy().counters()) {
      for (int row = 0; row < 8; row++) {
        for (int bucket = 0; bucket < LoopDurations.BUCKETS; bucket++) {
          sum += loop.durations().cell(row, bucket);
        }
      }
    }
    return sum;
  }

  @Test
  void answers429BeyondTheRateAlsoAfterTheTableChanges() throws IOException {
    RoutePolicy limited = RoutePolicy.NONE.withRateLimit(new RateLimit(2, Duration.ofHours(1)));
    try (TestOrigin origin = TestOrigin.saying("ok");
        TestOrigin other = TestOrigin.saying("other");
        TestClient client = proxy.client()) {
      serve(limited, origin);
      assertThat(client.get("a.test", "/").status()).isEqualTo(200);
      TestClient.Answer answer = client.get("a.test", "/");
      assertThat(answer.status()).isEqualTo(429);
      assertThat(answer.header("retry-after")).isEqualTo("1");
      assertThat(answer.header("proxy-status")).contains("error=http_request_error");
      serve(limited, other);
      assertThat(client.get("a.test", "/").status()).isEqualTo(429);
      assertThat(proxy.rejections(Rejection.RATE_LIMITED)).isEqualTo(2);
      proxy.serve("b.test", origin.port());
      assertThat(client.get("b.test", "/").status()).isEqualTo(200);
      serve(RoutePolicy.NONE, origin);
      assertThat(client.get("a.test", "/").status()).isEqualTo(200);
    }
  }
}
