package io.leat.proxy.http1;

import static io.leat.proxy.http1.Wire.get;
import static io.leat.proxy.http1.Wire.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.http.Rejection;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an accepted request head says. */
class RequestHeadTest {

  @ParameterizedTest
  @CsvSource({
    "/, /",
    "/a/b?c=/../d, /a/b?c=/../d",
    "/a/../b, /b",
    "/a/./b/., /a/b/",
    "/a/b/.., /a/",
    "/.., /",
    "/../../etc, /etc",
    "//a///b//, /a/b/",
    "/a//../b, /b",
    "/%2e%2E/a, /a",
    "/a/%2e/b, /a/b",
    "/a/.%2e/b, /b",
    "/a%2eb, /a.b",
    "/a%2fb/.x%2Fc, /a%2fb/.x%2Fc",
    "/.well-known/x, /.well-known/x",
    "/a/..., /a/...",
    "/a/..b/c, /a/..b/c",
    "/a%20b%2520, /a%20b%2520",
    "//?a//b, /?a//b",
    "/a/..?x, /?x",
    "/?, /?"
  })
  void pathIsRoutedAndForwardedInOneNormalForm(String raw, String normal) {
    RequestHead head = request("GET " + raw + " HTTP/1.1\r\nHost: a\r\n\r\n");
    assertThat(Wire.target(head)).isEqualTo(normal);
    String path = normal.contains("?") ? normal.substring(0, normal.indexOf('?')) : normal;
    assertThat(Wire.path(head)).isEqualTo(path);
    RequestHead again = request("GET " + normal + " HTTP/1.1\r\nHost: a\r\n\r\n");
    assertThat(Wire.target(again)).isEqualTo(normal);
  }

  @ParameterizedTest
  @CsvSource({
    "a.example, a.example",
    "A.Example:8080, A.Example",
    "a.example., a.example",
    "a.example.:80, a.example",
    "[2001:db8::1]:80, [2001:db8::1]",
    "127.0.0.1:, 127.0.0.1"
  })
  void hostExcludesPortAndFinalDot(String field, String host) {
    assertThat(Wire.host(request("GET / HTTP/1.1\r\nHost:  " + field + " \r\n\r\n")))
        .isEqualTo(host);
  }

  @ParameterizedTest
  @CsvSource({
    "http://b.example:81/x?y, b.example:81, b.example, /x?y",
    "HTTP://b.example, b.example, b.example, /",
    "http://b.example?y, b.example, b.example, /?y",
    "http://b.example//x/../y, b.example, b.example, /y"
  })
  void authorityOfAbsoluteFormWins(String raw, String authority, String host, String target) {
    RequestHead head = request("GET " + raw + " HTTP/1.1\r\nHost: other\r\n\r\n");
    assertThat(Wire.authority(head)).isEqualTo(authority);
    assertThat(Wire.host(head)).isEqualTo(host);
    assertThat(Wire.target(head)).isEqualTo(target);
    int field = head.findHeader(Wire.bytes("host"));
    assertThat(Wire.text(head.bytes(), head.valueStart(field), head.valueEnd(field)))
        .isEqualTo(authority);
  }

  @Test
  void schemeOfAbsoluteFormIsThatOfTheConnection() {
    var head = new RequestHead(ProxyLimits.DEFAULT);
    head.secure(true);
    String https = "GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n";
    assertThat(Wire.parse(head, https)).isNull();
    assertThat(Wire.parse(head, https.replace("https:", "http:"))).isEqualTo(Rejection.BAD_REQUEST);
  }

  @Test
  void optionsOfTheWholeServer() {
    assertThat(request("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").isOptionsAsterisk()).isTrue();
    RequestHead absolute = request("OPTIONS http://a HTTP/1.1\r\nHost: a\r\n\r\n");
    assertThat(absolute.isOptionsAsterisk()).isTrue();
    assertThat(Wire.target(absolute)).isEqualTo("*");
    assertThat(request("OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n").isOptionsAsterisk()).isFalse();
  }

  @Test
  void framing() {
    assertThat(request(get()).framing()).isEqualTo(Framing.NONE);
    assertThat(request(get()).contentLength()).isEqualTo(-1);
    assertThat(request(get("Transfer-Encoding: chunked")).framing()).isEqualTo(Framing.CHUNKED);
    RequestHead length = request(get("Content-Length: 0012"));
    assertThat(length.framing()).isEqualTo(Framing.LENGTH);
    assertThat(length.contentLength()).isEqualTo(12);
    assertThat(request(get("Content-Length: 0")).framing()).isEqualTo(Framing.LENGTH);
  }

  @Test
  void persistence() {
    assertThat(request(get()).keepAlive()).isTrue();
    assertThat(request(get("Connection: Close")).keepAlive()).isFalse();
    assertThat(request(get("Connection: keep-alive, close")).keepAlive()).isFalse();
    assertThat(request("GET / HTTP/1.0\r\n\r\n").keepAlive()).isFalse();
    String keep = "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n";
    assertThat(request(keep).keepAlive()).isTrue();
    assertThat(request(keep).minorVersion()).isZero();
    assertThat(request("GET / HTTP/1.7\r\nHost: a\r\n\r\n").minorVersion()).isEqualTo(1);
  }

  @Test
  void methods() {
    for (String method : new String[] {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"}) {
      assertThat(request(method + " / HTTP/1.1\r\nHost: a\r\n\r\n").isIdempotent()).isTrue();
    }
    for (String method : new String[] {"POST", "PATCH", "get", "GETS", "GE"}) {
      assertThat(request(method + " / HTTP/1.1\r\nHost: a\r\n\r\n").isIdempotent()).isFalse();
    }
    assertThat(request("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").isHead()).isTrue();
    assertThat(request(get()).isHead()).isFalse();
  }

  @Test
  void row57ExpectNeedsABodyAndHttp11() {
    assertThat(request(get("Expect: 100-continue", "Content-Length: 1")).expectContinue()).isTrue();
    assertThat(request(get("Expect: 100-continue", "Transfer-Encoding: chunked")).expectContinue())
        .isTrue();
    assertThat(request(get("Expect: 100-continue")).expectContinue()).isFalse();
    String old = "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n";
    assertThat(request(old).expectContinue()).isFalse();
  }

  @Test
  void row53UpgradeNeedsItsOptionAndItsVersionAndItsMethod() {
    assertThat(request(get("Connection: Upgrade", "Upgrade: websocket")).wantsUpgrade()).isTrue();
    assertThat(request(get("Upgrade: websocket")).wantsUpgrade()).isFalse();
    assertThat(request(get("Connection: upgrade")).wantsUpgrade()).isFalse();
    for (String http2 : new String[] {"h2c", "H2C", "websocket, h2c", "h2c/1", "h2"}) {
      assertThat(request(get("Connection: upgrade", "Upgrade: " + http2)).wantsUpgrade())
          .as(http2)
          .isFalse();
    }
    String old = "GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
    assertThat(request(old).wantsUpgrade()).isFalse();
    String post = "POST / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
    assertThat(request(post).wantsUpgrade()).isFalse();
  }

  @Test
  void trailersAndVia() {
    assertThat(request(get("TE: gzip;q=0.5, Trailers")).acceptsTrailers()).isTrue();
    assertThat(request(get("TE: trailersx")).acceptsTrailers()).isFalse();
    byte[] own = Wire.bytes("leat-1");
    assertThat(request(get("Via: 1.0 fred, 1.1 leat-1 (x)")).passedThrough(own)).isTrue();
    assertThat(request(get("Via: 1.0 a", "Via: 1.1 leat-1")).passedThrough(own)).isTrue();
    assertThat(request(get("Via: 1.1 leat-12, 1.1 xleat-1")).passedThrough(own)).isFalse();
    assertThat(request(get("X-Via: leat-1")).passedThrough(own)).isFalse();
  }

  @Test
  void fieldsAreRangesInTheLetterCaseOfTheClient() {
    RequestHead head = request(get("X-One:  a b \t", "x-two:", "X-ONE: c"));
    assertThat(head.fieldCount()).isEqualTo(4);
    int one = head.findHeader(Wire.bytes("x-one"));
    assertThat(one).isEqualTo(1);
    assertThat(Wire.text(head.bytes(), head.nameStart(one), head.nameEnd(one))).isEqualTo("X-One");
    assertThat(Wire.text(head.bytes(), head.valueStart(one), head.valueEnd(one))).isEqualTo("a b");
    int two = head.findHeader(Wire.bytes("x-two"));
    assertThat(head.valueStart(two)).isEqualTo(head.valueEnd(two));
    assertThat(head.findHeader(Wire.bytes("x-three"))).isEqualTo(-1);
  }

  @Test
  void nothingOfThePreviousHeadStays() {
    var head = new RequestHead(ProxyLimits.DEFAULT);
    String rich =
        Wire.lines(
            "OPTIONS http://a HTTP/1.0",
            "Host: b",
            "Connection: keep-alive, upgrade",
            "TE: trailers",
            "Upgrade: x",
            "Content-Length: 7",
            "Via: 1.1 leat-1");
    assertThat(Wire.parse(head, rich)).isNull();
    assertThat(Wire.parse(head, "POST /x HTTP/1.1\r\nHost: c\r\n\r\n")).isNull();
    assertThat(head.fieldCount()).isEqualTo(1);
    assertThat(head.framing()).isEqualTo(Framing.NONE);
    assertThat(head.contentLength()).isEqualTo(-1);
    assertThat(head.isOptionsAsterisk()).isFalse();
    assertThat(head.wantsUpgrade()).isFalse();
    assertThat(head.acceptsTrailers()).isFalse();
    assertThat(head.passedThrough(Wire.bytes("leat-1"))).isFalse();
    assertThat(Wire.host(head)).isEqualTo("c");
    assertThat(Wire.target(head)).isEqualTo("/x");
  }

  @Test
  void row42LeadingEmptyLinesAreSkippedWithinABound() {
    ByteBuf buffer = Wire.buffer("\r\n\r\n" + get());
    assertThat(RequestHead.skipLeadingCrlf(buffer)).isEqualTo(4);
    assertThat(buffer.getByte(buffer.readerIndex())).isEqualTo((byte) 'G');
    buffer.release();
    ByteBuf many = Wire.buffer("\r\n".repeat(100));
    assertThat(RequestHead.skipLeadingCrlf(many)).isEqualTo(16);
    many.release();
    ByteBuf half = Wire.buffer("\r");
    assertThat(RequestHead.skipLeadingCrlf(half)).isZero();
    half.release();
  }

  @Test
  void anUnfinishedHeadIsJudgedEarly() {
    assertThat(partial("GET /")).isNull();
    assertThat(partial("GET / HTTP/1.1\r\nHost: a\r\n")).isNull();
    assertThat(partial("GET /\r\n")).as("row 38").isEqualTo(Rejection.BAD_REQUEST);
    assertThat(partial("GET / HTTP/1.1\n")).isEqualTo(Rejection.BAD_REQUEST);
    assertThat(partial("\n")).isEqualTo(Rejection.BAD_REQUEST);
    assertThat(partial("GET /" + "a".repeat(20_000))).isEqualTo(Rejection.TARGET_TOO_LONG);
    assertThat(partial("GET / HTTP/1.1\r\nFoo: " + "a".repeat(70_000)))
        .isEqualTo(Rejection.HEADERS_TOO_LARGE);
  }

  private static @Nullable Rejection partial(String text) {
    ByteBuf buffer = Wire.buffer(text);
    try {
      return new RequestHead(ProxyLimits.DEFAULT).checkPartial(buffer, 0, buffer.readableBytes());
    } finally {
      buffer.release();
    }
  }

  @Test
  void headEndIsFoundAtEverySplit() {
    String head = get("Foo: bar");
    ByteBuf buffer = Wire.buffer("xx" + head + Wire.NEXT);
    int end = 2 + head.length();
    for (int split = 2; split < end; split++) {
      assertThat(HeadEnd.find(buffer, 2, split)).isEqualTo(-1);
      assertThat(HeadEnd.find(buffer, Math.max(2, split - 3), end)).isEqualTo(end);
    }
    buffer.release();
    for (String bare :
        new String[] {"GET / HTTP/1.1\nHost: a\n\n", "G\r\nHost: a\n\r\n", "G\r\n\n"}) {
      ByteBuf feeds = Wire.buffer(bare + "more than eight bytes");
      assertThat(HeadEnd.find(feeds, 0, feeds.writerIndex())).isEqualTo(bare.length());
      feeds.release();
    }
  }
}
