package io.leat.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AskedRequestTest {

  @ParameterizedTest
  @CsvSource({
    "http://shop.localhost/a/b?c=d, shop.localhost, /a/b",
    "http://shop.localhost:8080, shop.localhost, /",
    "https://[::1]:8443/x%20y, [::1], /x%20y",
    "http://shop.localhost/ä, shop.localhost, /%C3%A4",
    "//shop.localhost/x, shop.localhost, /x"
  })
  void readsTheUrl(String url, String host, String path) {
    AskedRequest asked = AskedRequest.of("get", url, List.of());
    assertThat(asked.method()).isEqualTo("GET");
    assertThat(range(asked, asked.hostStart(), asked.hostEnd())).isEqualTo(host);
    assertThat(range(asked, asked.pathStart(), asked.pathEnd())).isEqualTo(path);
  }

  @Test
  void findsHeadersByTheirLowerCaseName() {
    AskedRequest asked =
        AskedRequest.of(
            "GET", "/x", List.of("X-One:  first ", "Host: shop.localhost:80", "x-one: second"));

    int field = asked.findHeader("x-one".getBytes(StandardCharsets.US_ASCII));
    assertThat(range(asked, asked.valueStart(field), asked.valueEnd(field))).isEqualTo("first");
    assertThat(asked.findHeader("x-two".getBytes(StandardCharsets.US_ASCII))).isEqualTo(-1);
    assertThat(asked.host()).isEqualTo("shop.localhost");
  }

  @Test
  void saysWhatIsWrong() {
    assertThatThrownBy(() -> AskedRequest.of("GET", "/x", List.of()))
        .hasMessage("url: has no host, and no Host header was given");
    assertThatThrownBy(() -> AskedRequest.of("GET", "http://a b/", List.of()))
        .hasMessageStartingWith("url: ");
    assertThatThrownBy(() -> AskedRequest.of("GET", "http://a/", List.of("nonsense")))
        .hasMessage("header: must be 'Name: value'");
  }

  private static String range(AskedRequest asked, int start, int end) {
    return new String(asked.bytes(), start, end - start, StandardCharsets.ISO_8859_1);
  }
}
