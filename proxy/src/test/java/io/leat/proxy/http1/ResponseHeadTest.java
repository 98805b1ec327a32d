package io.leat.proxy.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.http.Rejection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows 67 and 68, and what becomes of a response head on its way to the client. */
class ResponseHeadTest {
  private final ResponseHead head = new ResponseHead(ProxyLimits.DEFAULT);

  private @Nullable Rejection parse(String text, boolean requestWasHead) {
    ByteBuf buffer = Wire.buffer(text);
    try {
      return head.parse(buffer, 0, buffer.readableBytes(), requestWasHead);
    } finally {
      buffer.release();
    }
  }

  private ResponseHead good(String text) {
    assertThat(parse(text, false)).as(text).isNull();
    return head;
  }

  private String write(String text, ResponseRewrite rewrite) {
    ByteBuf out = Unpooled.buffer();
    try {
      int written = ResponseHeadWriter.write(good(text), rewrite, out);
      assertThat(written).isEqualTo(out.readableBytes());
      return out.toString(ISO_8859_1);
    } finally {
      out.release();
    }
  }

  @ParameterizedTest(name = "row 67: {0}")
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\nContent-Length: 1\n\n",
        "HTTP/1.1 200 OK\r\nFoo: a\nb: c\r\n\r\n",
        "HTTP/1.1 200 OK\r\nFoo: a\r\n b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nFoo : a\r\n\r\n",
        "HTTP/1.1 200 OK\r\nFoo: a\u0000\r\n\r\n",
        "HTTP/1.1 200 O\rK\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "http/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n",
        "HTTP/1.1 200\tOK\r\n\r\n",
        "ICY 200 OK\r\n\r\n",
        "\r\n\r\n"
      })
  void refused(String text) {
    assertThat(parse(text, false)).isEqualTo(Rejection.UPSTREAM_PROTOCOL);
  }

  @Test
  void row67Limits() {
    assertThat(parse("HTTP/1.1 200 OK\r\n" + "Foo: bar\r\n".repeat(129) + "\r\n", false))
        .isEqualTo(Rejection.UPSTREAM_PROTOCOL);
    assertThat(parse("HTTP/1.1 200 OK\r\nFoo: " + "a".repeat(90_000) + "\r\n\r\n", false))
        .isEqualTo(Rejection.UPSTREAM_PROTOCOL);
    assertThat(head.exceeds(90_000)).isTrue();
    assertThat(head.exceeds(80_000)).isFalse();
  }

  @ParameterizedTest(name = "row 68: {0} {1} head={2}")
  @CsvSource({
    "200, Content-Length: 5, false, LENGTH, true",
    "200, Transfer-Encoding: chunked, false, CHUNKED, true",
    "200, Foo: bar, false, UNTIL_CLOSE, false",
    "200, Content-Length: 5, true, NONE, true",
    "200, Foo: bar, true, NONE, true",
    "204, Foo: bar, false, NONE, true",
    "204, Content-Length: 5, false, NONE, false",
    "204, Transfer-Encoding: chunked, false, NONE, false",
    "304, Content-Length: 5, false, NONE, true",
    "100, Foo: bar, false, NONE, true",
    "103, Link: x, false, NONE, true",
    "101, Upgrade: x, false, NONE, false",
    "200, 'Content-Length: 0', false, LENGTH, true"
  })
  void bodyRules(int status, String field, boolean head, Framing framing, boolean reusable) {
    assertThat(parse("HTTP/1.1 " + status + " x\r\n" + field + "\r\n\r\n", head)).isNull();
    assertThat(this.head.status()).isEqualTo(status);
    assertThat(this.head.framing()).isEqualTo(framing);
    assertThat(this.head.keepAlive()).isEqualTo(reusable);
    assertThat(this.head.isInformational()).isEqualTo(status == 100 || status == 103);
  }

  @Test
  void reuse() {
    String length = "Content-Length: 1\r\n\r\n";
    assertThat(good("HTTP/1.1 200 OK\r\nConnection: close\r\n" + length).keepAlive()).isFalse();
    assertThat(good("HTTP/1.0 200 OK\r\n" + length).keepAlive()).isFalse();
    assertThat(good("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + length).keepAlive()).isTrue();
  }

  @Test
  void headIsRewritten() {
    String in =
        Wire.lines(
            "HTTP/1.0 200",
            "Server: x",
            "Connection: X-Hop, Set-Cookie",
            "X-Hop: 1",
            "Set-Cookie: a",
            "Set-Cookie: b",
            "Keep-Alive: 5",
            "Upgrade: h2c",
            "Proxy-Authenticate: x",
            "Content-Length: 007",
            "odd_name: 1");
    assertThat(write(in, new ResponseRewrite()))
        .isEqualTo(
            Wire.lines(
                "HTTP/1.1 200 ",
                "Server: x",
                "Set-Cookie: a",
                "Set-Cookie: b",
                "odd_name: 1",
                "Content-Length: 7"));
  }

  @Test
  void connectionIsOurs() {
    var rewrite = new ResponseRewrite();
    rewrite.close = true;
    assertThat(write("HTTP/1.1 200 All Good\r\nContent-Length: 1\r\n\r\n", rewrite))
        .isEqualTo("HTTP/1.1 200 All Good\r\nContent-Length: 1\r\nConnection: close\r\n\r\n");
    rewrite.close = false;
    rewrite.keepAlive10 = true;
    assertThat(write("HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\n", rewrite))
        .isEqualTo("HTTP/1.1 200 \r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\n");
  }

  @Test
  void framingIsOurs() {
    var rewrite = new ResponseRewrite();
    String close = "HTTP/1.1 200 OK\r\nTrailer: a\r\n\r\n";
    assertThat(write(close, rewrite)).isEqualTo(close);
    rewrite.chunked = true;
    assertThat(write(close, rewrite))
        .isEqualTo("HTTP/1.1 200 OK\r\nTrailer: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    String length = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n";
    assertThat(write(length, rewrite)).isEqualTo(length);
    String chunked = "HTTP/1.1 200 OK\r\nTrailer: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    assertThat(write(chunked, new ResponseRewrite())).isEqualTo(chunked);
    rewrite.dechunk = true;
    assertThat(write(chunked, rewrite)).isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
    assertThat(write("HTTP/1.1 204 x\r\nContent-Length: 0\r\n\r\n", rewrite))
        .isEqualTo("HTTP/1.1 204 x\r\n\r\n");
    String unchanged = "HTTP/1.1 304 x\r\nContent-Length: 5\r\n\r\n";
    assertThat(write(unchanged, new ResponseRewrite())).isEqualTo(unchanged);
  }

  @Test
  void switchingProtocols() {
    String in = "HTTP/1.1 101 x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nA: b\r\n\r\n";
    var rewrite = new ResponseRewrite();
    rewrite.keepUpgrade = true;
    assertThat(write(in, rewrite))
        .isEqualTo("HTTP/1.1 101 x\r\nA: b\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Keep-Alive: timeout=5|5",
        "keep-alive: max=100, Timeout = 17|17",
        "Keep-Alive: timeout=0|0",
        "Keep-Alive: timeout=5;x|5",
        "Keep-Alive: timeout=99999999999999999999|1000000",
        "Keep-Alive: timeout|-1",
        "Keep-Alive: timeout=|-1",
        "Keep-Alive: ,,=,timeout=x|-1",
        "Keep-Alive:|-1",
        "Keep-Alives: timeout=5|-1",
        "Proxy-Connection: timeout=5|-1",
      })
  void readsHowLongTheEndpointWaits(String field, int seconds) {
    ResponseHead parsed = good("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n" + field + "\r\n\r\n");
    assertThat(parsed.keepAliveSeconds()).isEqualTo(seconds);
  }
}
