package io.leat.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.testing.ProxyFixture;
import io.leat.proxy.testing.TestClient;
import io.leat.proxy.testing.TestOrigin;
import io.leat.proxy.testing.Wire;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Trace context of requests that pass, on real sockets. */
@SuppressWarnings("StringConcatToTextBlock") // lines on the wire end in CRLF
class TracingTest {
  private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

  @Test
  void passesOnWhatComesAndStartsWhatIsSampled() throws IOException {
    try (ProxyFixture proxy = ProxyFixture.start(settings -> settings.withTraceSample(1));
        TestOrigin origin = TestOrigin.saying("ok");
        TestClient client = proxy.client()) {
      proxy.serve("a.test", origin.port());
      client.send(
          "GET / HTTP/1.1\r\nHost: a.test\r\ntraceparent: "
              + PARENT
              + "\r\ntracestate: a=1\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(200);
      assertThat(Wire.header(origin.heads().getFirst(), "traceparent")).isEqualTo(PARENT);
      assertThat(Wire.header(origin.heads().getFirst(), "tracestate")).isEqualTo("a=1");
      Set<String> started = new HashSet<>();
      for (int i = 0; i < 50; i++) {
        client.get("a.test", "/");
        String parent = Wire.header(origin.heads().getLast(), "traceparent");
        assertThat(parent).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
        started.add(parent);
      }
      assertThat(started).hasSize(50);
    }
  }

  @Test
  void startsNothingUnlessAsked() throws IOException {
    try (ProxyFixture proxy = ProxyFixture.start();
        TestOrigin origin = TestOrigin.saying("ok");
        TestClient client = proxy.client()) {
      proxy.serve("a.test", origin.port());
      client.get("a.test", "/");
      assertThat(Wire.header(origin.heads().getFirst(), "traceparent")).isNull();
    }
  }
}
