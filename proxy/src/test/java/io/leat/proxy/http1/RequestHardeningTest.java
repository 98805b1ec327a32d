package io.leat.proxy.http1;

import static io.leat.proxy.http.Rejection.BAD_REQUEST;
import static io.leat.proxy.http.Rejection.EXPECTATION_FAILED;
import static io.leat.proxy.http.Rejection.HEADERS_TOO_LARGE;
import static io.leat.proxy.http.Rejection.METHOD_NOT_ALLOWED;
import static io.leat.proxy.http.Rejection.NOT_IMPLEMENTED;
import static io.leat.proxy.http.Rejection.TARGET_TOO_LONG;
import static io.leat.proxy.http.Rejection.VERSION_NOT_SUPPORTED;
import static io.leat.proxy.http1.Wire.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.leat.proxy.http.Rejection;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The verdict on every hostile or odd head of the hardening table; the name is the row. */
class RequestHardeningTest {

  @ParameterizedTest(name = "row {0} {2}: {1}")
  @MethodSource({"framing", "fields", "hosts", "requestLines", "hops", "limits"})
  void row(String row, String head, @Nullable Rejection expected) {
    assertThat(Wire.verdict(head)).as(row).isEqualTo(expected);
  }

  private static Arguments refused(String row, String head) {
    return arguments(row, head, BAD_REQUEST);
  }

  private static Arguments good(String row, String head) {
    return arguments(row, head, null);
  }

  private static String line(String requestLine) {
    return requestLine + "\r\nHost: a.example\r\n\r\n";
  }

  static Stream<Arguments> framing() {
    return Stream.of(
        refused("1", get("Content-Length: 3", "Transfer-Encoding: chunked")),
        refused("1", get("transfer-encoding: chunked", "content-length: 0")),
        refused("2", get("Content-Length: 3", "Content-Length: 3")),
        refused("3", get("Content-Length: 3", "content-length: 4")),
        refused("4", get("Content-Length: 1, 1")),
        refused("5", get("Content-Length: +1")),
        refused("5", get("Content-Length: -1")),
        refused("5", get("Content-Length: 0x1")),
        refused("5", get("Content-Length: 1_0")),
        refused("5", get("Content-Length: 1 0")),
        refused("5", get("Content-Length:")),
        refused("5", get("Content-Length: 9223372036854775808")),
        refused("5", get("Content-Length: 18446744073709551617")),
        refused("5", get("Content-Length: 99999999999999999999")),
        good("5", get("Content-Length: 9223372036854775807")),
        good("6", get("Content-Length: 010")),
        good("6", get("Content-Length: 00000000000000000000000000010")),
        refused("7", get("Transfer-Encoding: gzip")),
        refused("7", get("Transfer-Encoding: chunked, gzip")),
        refused("7", get("Transfer-Encoding: identity")),
        refused("7", get("Transfer-Encoding: xchunked")),
        refused("7", get("Transfer-Encoding: chunke")),
        refused("7", get("Transfer-Encoding:")),
        arguments("8", get("Transfer-Encoding: gzip, chunked"), NOT_IMPLEMENTED),
        arguments(
            "8", get("Transfer-Encoding: gzip", "Transfer-Encoding: chunked"), NOT_IMPLEMENTED),
        refused("9", get("Transfer-Encoding: chunked, chunked")),
        refused("9", get("Transfer-Encoding: chunked", "Transfer-Encoding: chunked")),
        refused("9", get("Transfer-Encoding: chunked, gzip, chunked")),
        refused("10", get("Transfer-Encoding: ,chunked")),
        refused("10", get("Transfer-Encoding: chunked,")),
        refused("10", get("Transfer-Encoding: \u000bchunked")),
        refused("10", get("Transfer-Encoding: chunked\f")),
        refused("10", get("Transfer-Encoding: \u00a0chunked")),
        refused("10", get("Transfer-Encoding: chunked;a=b")),
        refused("10", get("Transfer-Encoding: \"chunked\"")),
        good("10", get("Transfer-Encoding: \t CHUNKED \t")),
        refused("11", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"));
  }

  static Stream<Arguments> fields() {
    return Stream.of(
        refused("12", get("Foo : bar")),
        refused("12", get("Foo\t: bar")),
        refused("12", get("Transfer-Encoding : chunked")),
        refused("13", get("Foo: bar", " baz")),
        refused("13", get("Foo: bar", "\tbaz")),
        refused("14", "GET / HTTP/1.1\r\n Host: a\r\nHost: b\r\n\r\n"),
        refused("15", get("Foo")),
        refused("16", get(": bar")),
        refused("17", get("F(oo: bar")),
        refused("17", get("F\u00e9: bar")),
        refused("17", get("F\u0000o: bar")),
        refused("17", get("F\"o: bar")),
        refused("18", get("Foo: a\u0000b")),
        refused("19", get("Foo: a\rb")),
        refused("19", get("Foo: a\r\r")),
        refused("20", get("Foo: a\u0001b")),
        refused("20", get("Foo: a\u007fb")),
        refused("20", get("Foo: a\u001bb")),
        good("20", get("Foo: a\tb \u00e9\u00ff~!")),
        refused("21", "GET / HTTP/1.1\nHost: a\n\n"),
        refused("21", "GET / HTTP/1.1\r\nHost: a\n\r\n"),
        refused("21", get("Foo: a\nContent-Length: 3")));
  }

  static Stream<Arguments> hosts() {
    return Stream.of(
        refused("22", "GET / HTTP/1.1\r\nFoo: a\r\n\r\n"),
        good("22", "GET / HTTP/1.0\r\n\r\n"),
        refused("23", get("Host: a.example")),
        refused("23", get("host: b")),
        refused("23", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"),
        refused("24", "GET / HTTP/1.1\r\nHost: a b/c@\r\n\r\n"),
        refused("24", "GET / HTTP/1.1\r\nHost: user@a\r\n\r\n"),
        refused("24", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
        refused("24", "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n"),
        refused("24", "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n"),
        refused("24", "GET / HTTP/1.1\r\nHost: a:-1\r\n\r\n"),
        refused("24", "GET / HTTP/1.1\r\nHost: a:8 0\r\n\r\n"),
        refused("24", "GET / HTTP/1.1\r\nHost: a:80:80\r\n\r\n"),
        refused("24", "GET / HTTP/1.1\r\nHost: :80\r\n\r\n"),
        refused("24", "GET / HTTP/1.1\r\nHost: a..b\r\n\r\n"),
        refused("24", "GET / HTTP/1.1\r\nHost: .a\r\n\r\n"),
        refused("24", "GET / HTTP/1.1\r\nHost: a%2e\r\n\r\n"),
        refused("24", "GET / HTTP/1.1\r\nHost: a\u00e9\r\n\r\n"),
        refused("24", "GET / HTTP/1.1\r\nHost: http://a\r\n\r\n"),
        refused("24", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"),
        refused("24", "GET / HTTP/1.1\r\nHost: [g::1]\r\n\r\n"),
        refused("24", "GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n"),
        refused("24", "GET / HTTP/1.1\r\nHost: [::1%25eth0]\r\n\r\n"),
        refused("24", "GET / HTTP/1.1\r\nHost: " + "a".repeat(256) + "\r\n\r\n"),
        good("24", "GET / HTTP/1.1\r\nHost: [2001:db8::1]:8080\r\n\r\n"),
        good("24", "GET / HTTP/1.1\r\nHost: A-1.b_c.example.:65535\r\n\r\n"),
        good("24", "GET / HTTP/1.1\r\nHost: 127.0.0.1:\r\n\r\n"),
        good("24", "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        good("25", "GET http://b.example/x HTTP/1.1\r\nHost: a\r\n\r\n"),
        refused("25", "GET http://b.example/x HTTP/1.1\r\n\r\n"),
        refused("25", "GET http://b.example/x HTTP/1.1\r\nHost: a b\r\n\r\n"),
        refused("26", line("GET https://a.example/ HTTP/1.1")),
        refused("26", line("GET http://u:p@a.example/ HTTP/1.1")),
        refused("26", line("GET http:///x HTTP/1.1")),
        refused("26", line("GET http:/x HTTP/1.1")),
        refused("26", line("GET ftp://a.example/ HTTP/1.1")));
  }

  static Stream<Arguments> requestLines() {
    return Stream.of(
        refused("27", line("GET * HTTP/1.1")),
        good("28", line("OPTIONS * HTTP/1.1")),
        refused("28", line("OPTIONS */a HTTP/1.1")),
        arguments("29", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", METHOD_NOT_ALLOWED),
        arguments("30", line("TRACE / HTTP/1.1"), METHOD_NOT_ALLOWED),
        good("31", line("get / HTTP/1.1")),
        good("31", line("M-SEARCH / HTTP/1.1")),
        refused("32", line("G(T / HTTP/1.1")),
        refused("32", line("G\u00e9T / HTTP/1.1")),
        refused("32", line(" / HTTP/1.1")),
        arguments("32", line("G".repeat(65) + " / HTTP/1.1"), NOT_IMPLEMENTED),
        refused("33", line("GET  / HTTP/1.1")),
        refused("33", line("GET /  HTTP/1.1")),
        refused("33", line("GET\t/ HTTP/1.1")),
        refused("33", line("GET /\tHTTP/1.1")),
        refused("33", line("GET /\u000bHTTP/1.1")),
        refused("33", line("GET / HTTP/1.1 ")),
        refused("34", line("GET /a b HTTP/1.1")),
        refused("35", line("GET /a\u0001b HTTP/1.1")),
        refused("35", line("GET /a\u007fb HTTP/1.1")),
        refused("35", line("GET /a?b\u0000 HTTP/1.1")),
        refused("36", line("GET /\u00e9 HTTP/1.1")),
        refused("36", line("GET /?\u00e9 HTTP/1.1")),
        refused("37", line("GET /a#b HTTP/1.1")),
        refused("37", line("GET /a?b#c HTTP/1.1")),
        refused("38", "GET /\r\n\r\n"),
        refused("38", "GET / \r\n\r\n"),
        good("39", line("GET / HTTP/1.2")),
        good("39", line("GET / HTTP/1.9")),
        arguments("40", line("GET / HTTP/2.0"), VERSION_NOT_SUPPORTED),
        arguments("40", line("GET / HTTP/3.0"), VERSION_NOT_SUPPORTED),
        arguments("40", line("GET / HTTP/0.9"), VERSION_NOT_SUPPORTED),
        refused("41", line("GET / http/1.1")),
        refused("41", line("GET / HTTP/1.10")),
        refused("41", line("GET / HTTP/01.1")),
        refused("41", line("GET / HTTP/1")),
        refused("41", line("GET / HTTP/1,1")),
        refused("42", "\r\n" + get()),
        refused("64", line("GET /a%00 HTTP/1.1")),
        refused("64", line("GET /a%0 HTTP/1.1")),
        refused("64", line("GET /a%zz HTTP/1.1")),
        refused("64", line("GET /% HTTP/1.1")),
        refused("64", line("GET /%c0%ae%c0%ae/ HTTP/1.1")),
        refused("64", line("GET /%e0%80%ae HTTP/1.1")),
        refused("64", line("GET /%f0%80%80%ae HTTP/1.1")),
        refused("64", line("GET /a\\..\\b HTTP/1.1")),
        good("64", line("GET /%e0%a4%a4%c3%a9?q=100%&%00 HTTP/1.1")));
  }

  static Stream<Arguments> hops() {
    return Stream.of(
        good("50", get("Connection: close, X-Foo", "X-Foo: 1")),
        refused("50", get("Connection: a b")),
        refused("50", get("Connection: " + "a,".repeat(65))),
        good("50", get("Connection: , ,close,")),
        refused("51", get("Connection: host")),
        refused("51", get("Connection: Content-Length", "Content-Length: 3")),
        refused("51", get("Connection: close, authorization")),
        refused("51", get("Connection: close", "Connection: Cookie")),
        refused("51", get("Connection: x-forwarded-for")),
        refused("51", get("Connection: X-Forwarded-Anything")),
        refused("51", get("Connection: k-network-probe")),
        good(
            "52", get("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AA")),
        arguments("56", get("Expect: foo"), EXPECTATION_FAILED),
        arguments("56", get("Expect: 100-continue, foo"), EXPECTATION_FAILED),
        arguments("56", get("Expect: 100-continue", "Expect: x"), EXPECTATION_FAILED),
        good("57", get("Expect: 100-Continue", "Content-Length: 1")));
  }

  static Stream<Arguments> limits() {
    String longest = "/" + "a".repeat(16 * 1024 - "GET / HTTP/1.1".length());
    String[] many = new String[127];
    java.util.Arrays.fill(many, "Foo: bar");
    String[] tooMany = new String[128];
    java.util.Arrays.fill(tooMany, "Foo: bar");
    String half = "Foo: " + "a".repeat(32 * 1024 - 5);
    return Stream.of(
        good("59", line("GET " + longest + " HTTP/1.1")),
        arguments("59", line("GET " + longest + "a HTTP/1.1"), TARGET_TOO_LONG),
        arguments("59", line("GET " + longest + "\u00e9 HTTP/1.1"), TARGET_TOO_LONG),
        arguments("59", line("GET /" + "a".repeat(200_000) + " HTTP/1.1"), TARGET_TOO_LONG),
        good("60", get(many)),
        arguments("60", get(tooMany), HEADERS_TOO_LARGE),
        good("60", get(half)),
        arguments("60", get(half + "a"), HEADERS_TOO_LARGE),
        arguments("60", get(half, half), HEADERS_TOO_LARGE),
        arguments("60", get(half, half, half, half), HEADERS_TOO_LARGE));
  }
}
