package io.leat.proxy.http1;

import static io.leat.proxy.http1.Wire.bytes;
import static io.leat.proxy.http1.Wire.get;
import static io.leat.proxy.http1.Wire.request;
import static io.leat.proxy.http1.Wire.rewrite;
import static io.leat.proxy.http1.Wire.write;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What becomes of a request head on its way to the endpoint. */
class RequestHeadWriterTest {
  private static final String ADDED =
      Wire.lines(
          "Forwarded: for=192.0.2.7;host=a.example;proto=http",
          "X-Forwarded-For: 192.0.2.7",
          "X-Forwarded-Proto: http",
          "X-Forwarded-Host: a.example",
          "Via: 1.1 leat-1");

  private static String expected(String... lines) {
    String head = get(lines);
    return head.substring(0, head.length() - 2) + ADDED;
  }

  @Test
  void endToEndFieldsKeepOrderAndLetterCase() {
    assertThat(write(get("accept: */*", "X-A:1", "COOKIE: a=b", "x-A:  2 ")))
        .isEqualTo(expected("accept: */*", "X-A:1", "COOKIE: a=b", "x-A:  2 "));
  }

  @Test
  void hostComesFirstAndVersionIsOurs() {
    assertThat(write("PUT /a/../b?c HTTP/1.9\r\nX: 1\r\nHost: a.example\r\nY: 2\r\n\r\n"))
        .startsWith("PUT /b?c HTTP/1.1\r\nHost: a.example\r\nX: 1\r\nY: 2\r\nForwarded");
  }

  @Test
  void row6LengthIsCanonical() {
    assertThat(write(get("Content-Length: 010", "A: b")))
        .isEqualTo(expected("A: b", "Content-Length: 10"));
    assertThat(write(get("Content-Length: 000"))).isEqualTo(expected("Content-Length: 0"));
    assertThat(write(get("TRANSFER-encoding:  Chunked ")))
        .isEqualTo(expected("Transfer-Encoding: chunked"));
  }

  @Test
  void row25AbsoluteFormIsRewritten() {
    String out = write("GET http://a.example/x HTTP/1.1\r\nHost: evil\r\n\r\n");
    assertThat(out).startsWith("GET /x HTTP/1.1\r\nHost: a.example\r\nForwarded");
    assertThat(out).doesNotContain("evil");
  }

  @Test
  void row50FieldsOfTheHopEndHere() {
    String in =
        get(
            "Connection: close, X-Foo, x-bar",
            "X-Foo: 1",
            "X-FOO: 2",
            "X-Bar: 3",
            "Keep-Alive: 5",
            "Proxy-Connection: x",
            "Proxy-Authorization: x",
            "Proxy-Authenticate: x",
            "Proxy: x",
            "TE: gzip",
            "Upgrade: websocket",
            "Stays: 1");
    assertThat(write(in)).isEqualTo(expected("Stays: 1"));
  }

  @Test
  void row50TrailersStayWanted() {
    assertThat(write(get("Connection: TE", "TE: trailers, gzip")))
        .isEqualTo(expected("TE: trailers", "Connection: te"));
  }

  @Test
  void row52And53Upgrades() {
    assertThat(
            write(get("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: A")))
        .isEqualTo(expected());
    String socket = get("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: x");
    assertThat(write(socket)).isEqualTo(expected("Sec-WebSocket-Key: x"));
    RequestRewrite keep = rewrite();
    keep.keepUpgrade = true;
    assertThat(write(request(socket), keep))
        .isEqualTo(expected("Sec-WebSocket-Key: x", "Upgrade: websocket", "Connection: upgrade"));
    assertThat(write(request(get("Connection: upgrade, te", "Upgrade: x", "TE: trailers")), keep))
        .isEqualTo(expected("Upgrade: x", "TE: trailers", "Connection: te, upgrade"));
    assertThat(write(request(get("Connection: upgrade", "Upgrade: h2c")), keep))
        .isEqualTo(expected());
  }

  @Test
  void row57ExpectationPasses() {
    assertThat(write(get("Expect: 100-continue", "Content-Length: 1")))
        .isEqualTo(expected("Expect: 100-continue", "Content-Length: 1"));
    assertThat(
            write(
                "POST / HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"))
        .doesNotContain("Expect")
        .contains("Via: 1.0 leat-1\r\n");
  }

  @Test
  void row63UnderscoresAreDropped() {
    assertThat(write(get("Foo_Bar: 1", "Content_Length: 3", "Foo-Bar: 2")))
        .isEqualTo(expected("Foo-Bar: 2"));
  }

  private static final String CLAIMS =
      get(
          "X-Forwarded-For: 198.51.100.1",
          "Forwarded: for=198.51.100.1",
          "X-Forwarded-Proto: https",
          "X-Forwarded-Host: other",
          "X-Forwarded-Port: 1",
          "X-Real-IP: 198.51.100.1",
          "Knative-Serving-Revision: r",
          "K-Network-Probe: p",
          "Keep: 1");

  @Test
  void row65ClaimsOfAStrangerAreDropped() {
    assertThat(write(CLAIMS)).isEqualTo(expected("Keep: 1"));
  }

  @Test
  void row65ClaimsOfATrustedHopAreContinued() {
    RequestRewrite trusted = rewrite();
    trusted.trustedPeer = true;
    assertThat(write(request(CLAIMS), trusted))
        .isEqualTo(
            get(
                "X-Forwarded-Proto: https",
                "X-Forwarded-Host: other",
                "X-Forwarded-Port: 1",
                "X-Real-IP: 198.51.100.1",
                "Knative-Serving-Revision: r",
                "K-Network-Probe: p",
                "Keep: 1",
                "Forwarded: for=198.51.100.1, for=192.0.2.7;host=a.example;proto=http",
                "X-Forwarded-For: 198.51.100.1, 192.0.2.7",
                "Via: 1.1 leat-1"));
  }

  @Test
  void forwardedQuotesWhatIsNoToken() {
    RequestRewrite rewrite = rewrite();
    rewrite.clientAddress = bytes("2001:db8::1");
    rewrite.tls = true;
    assertThat(write(request("GET / HTTP/1.1\r\nHost: a:8443\r\n\r\n"), rewrite))
        .contains("Forwarded: for=\"[2001:db8::1]\";host=\"a:8443\";proto=https\r\n")
        .contains("X-Forwarded-For: 2001:db8::1\r\nX-Forwarded-Proto: https\r\n")
        .contains("X-Forwarded-Host: a:8443\r\n");
    rewrite.clientAddress = bytes("");
    assertThat(write(request("GET / HTTP/1.0\r\n\r\n"), rewrite))
        .startsWith("GET / HTTP/1.1\r\nHost: \r\nForwarded: for=unknown;proto=https\r\n")
        .contains("X-Forwarded-For: unknown\r\n")
        .doesNotContain("X-Forwarded-Host");
  }

  @Test
  void row66ViaGrows() {
    assertThat(write(get("Via: 1.0 fred"))).isEqualTo(expected("Via: 1.0 fred"));
    RequestRewrite silent = rewrite();
    silent.via = bytes("");
    assertThat(write(request(get()), silent)).doesNotContain("Via");
  }

  @Test
  void setHeadersReplace() {
    RequestRewrite rewrite = rewrite();
    rewrite.host = bytes("inner.example");
    rewrite.setHeaders =
        new byte[][] {
          bytes("x-a"), bytes("new"), bytes("x-forwarded-proto"), bytes("https"),
          bytes("content-length"), bytes("99"), bytes("knative-serving-revision"), bytes("r1"),
        };
    assertThat(write(request(get("X-A: old", "x-a: older", "B: 1", "K-B: 2")), rewrite))
        .isEqualTo(
            "GET / HTTP/1.1\r\nHost: inner.example\r\nB: 1\r\n"
                + "x-a: new\r\nx-forwarded-proto: https\r\nknative-serving-revision: r1\r\n"
                + ADDED.replace("X-Forwarded-Proto: http\r\n", ""));
  }
}
