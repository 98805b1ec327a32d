package io.leat.proxy.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.testing.ProxyFixture;
import io.leat.proxy.testing.TestClient;
import io.leat.proxy.testing.TestOrigin;
import java.io.IOException;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every transport must do alike, on real sockets. One that this machine does not have must say
 * so at the start.
 */
@SuppressWarnings("StringConcatToTextBlock") // lines on the wire end in CRLF
class TransportTest {
  private static final int SIZE = 8 << 20;

  private interface Conversation {
    void with(ProxyFixture proxy) throws Exception;
  }

  private static void on(Transport transport, Conversation conversation) throws Exception {
    if (transport.missing().isPresent()) {
      assertThatThrownBy(() -> ProxyFixture.start(base -> base.withTransport(transport)).close())
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageStartingWith(
              transport.name().toLowerCase(Locale.ROOT) + " does not work here: ");
      return;
    }
    try (ProxyFixture proxy = ProxyFixture.start(base -> base.withTransport(transport))) {
      conversation.with(proxy);
      await().until(() -> proxy.proxy().openConnections() == 0);
      await().until(() -> proxy.proxy().upstreamConnections().active() == 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void keepsConnectionsAlive(Transport transport) throws Exception {
    on(
        transport,
        proxy -> {
          try (TestOrigin origin = TestOrigin.saying("hello");
              TestClient client = proxy.serve("a.test", origin.port()).client()) {
            for (int i = 0; i < 200; i++) {
              assertThat(client.get("a.test", "/").body()).isEqualTo("hello");
            }
            client.send("GET / HTTP/1.1\r\nHost: a.t");
            client.send("est\r\nX: " + "x".repeat(9000) + "\r\n\r\n");
            assertThat(client.answer().body()).isEqualTo("hello");
            assertThat(origin.connections()).isEqualTo(1);
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void passesLargeBodiesBothWays(Transport transport) throws Exception {
    byte[] body = new byte[SIZE];
    new Random(20_26).nextBytes(body);
    on(
        transport,
        proxy -> {
          try (TestOrigin origin =
                  TestOrigin.playing(wire -> {
                    wire.head();
                    byte[] sent = wire.read(SIZE);
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + SIZE + "\r\n\r\n");
                    wire.send(sent);
                  });
              TestClient client = proxy.serve("a.test", origin.port()).client()) {
            client.send("PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: " + SIZE + "\r\n\r\n");
            client.send(body);
            client.head();
            assertThat(client.read(SIZE)).isEqualTo(body);
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void tunnelsWithHalfClose(Transport transport) throws Exception {
    on(
        transport,
        proxy -> {
          try (TestOrigin origin =
                  TestOrigin.playing(wire -> {
                    wire.head();
                    wire.send(
                        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n"
                            + "Connection: upgrade\r\n\r\n");
                    wire.in().transferTo(wire.out());
                    wire.send("last");
                  });
              TestClient client = proxy.serve("a.test", origin.port()).client()) {
            client.send(
                "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\n"
                    + "Upgrade: echo\r\n\r\nearly");
            client.head();
            client.send(" and late");
            client.endOutput();
            assertThat(new String(client.read(18), US_ASCII)).isEqualTo("early and latelast");
            assertThat(client.atEnd()).isTrue();
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void noticesAClientThatLeaves(Transport transport) throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch left = new CountDownLatch(1);
    on(
        transport,
        proxy -> {
          try (TestOrigin origin =
              TestOrigin.playing(wire -> {
                wire.head();
                arrived.countDown();
                if (wire.readHead() == null) {
                  left.countDown();
                }
              })) {
            try (TestClient client = proxy.serve("a.test", origin.port()).client()) {
              client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
              assertThat(arrived.await(60, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(left.await(60, TimeUnit.SECONDS)).isTrue();
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void sendsAgainWhatAClosedConnectionLost(Transport transport) throws Exception {
    AtomicInteger requests = new AtomicInteger();
    on(
        transport,
        proxy -> {
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
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void refusesWhatNobodyAnswers(Transport transport) throws Exception {
    on(
        transport,
        proxy -> {
          proxy.serve("a.test", TestOrigin.deadPort());
          try (TestClient client = proxy.client()) {
            for (int i = 0; i < 20; i++) {
              assertThat(client.get("a.test", "/").status()).isEqualTo(502);
            }
          } catch (IOException e) {
            throw new AssertionError(transport + " lost an answer", e);
          }
        });
  }
}
