package io.leat.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.testing.ProxyFixture;
import io.leat.proxy.testing.TestClient;
import io.leat.proxy.testing.TestOrigin;
import io.netty.channel.local.LocalAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** Who reaches hosts that are local to the cluster. */
class VisibilityTest {

  private static boolean external(String literal, int trustedHops) throws IOException {
    InetAddress address = InetAddress.getByName(literal);
    return Peer.external(new InetSocketAddress(address, 4711), trustedHops);
  }

  @Test
  void onlyLoopbackIsThisMachine() throws IOException {
    assertThat(external("127.0.0.1", 0)).isFalse();
    assertThat(external("127.8.9.10", 0)).isFalse();
    assertThat(external("::1", 0)).isFalse();
    assertThat(external("::ffff:127.0.0.1", 0)).isFalse();
    assertThat(external("192.0.2.7", 0)).isTrue();
    assertThat(external("0.0.0.0", 0)).isTrue();
    assertThat(external("2001:db8::1", 0)).isTrue();
    assertThat(external("127.0.0.1", 1)).isTrue();
    assertThat(Peer.external(InetSocketAddress.createUnresolved("localhost", 1), 0)).isTrue();
    assertThat(Peer.external(new LocalAddress("a"), 0)).isTrue();
  }

  @Test
  void aClientOfThisMachineReachesLocalHosts() throws IOException {
    try (TestOrigin origin = TestOrigin.saying("inner");
        ProxyFixture proxy = ProxyFixture.start();
        TestClient client = proxy.serve("a.test", origin.port()).clusterLocal("a.test").client()) {
      assertThat(client.get("a.test", "/").body()).isEqualTo("inner");
    }
  }

  @Test
  void whoComesThroughAProxyDoesNot() throws IOException {
    try (TestOrigin origin = TestOrigin.saying("inner");
        ProxyFixture proxy = ProxyFixture.start(settings -> settings.withTrustedHops(1));
        TestClient client =
            proxy
                .serve("a.test", origin.port())
                .clusterLocal("a.test")
                .serve("b.test", origin.port())
                .client()) {
      assertThat(client.get("a.test", "/").status()).isEqualTo(404);
      assertThat(client.get("b.test", "/").body()).isEqualTo("inner");
    }
  }
}
