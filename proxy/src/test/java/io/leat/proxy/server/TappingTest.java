package io.leat.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.accesslog.AccessFormat;
import io.leat.proxy.accesslog.AccessLog;
import io.leat.proxy.accesslog.AccessLogSettings;
import io.leat.proxy.admin.AdminRoutes;
import io.leat.proxy.admin.AdminServer;
import io.leat.proxy.admin.TapRoutes;
import io.leat.proxy.config.LeatConfig;
import io.leat.proxy.testing.ProxyFixture;
import io.leat.proxy.testing.TestClient;
import io.leat.proxy.testing.TestOrigin;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests of a proxy, watched through its admin port. */
@Timeout(300)
@SuppressWarnings({"StringConcatToTextBlock", "NullAway.Init"}) // lines on the wire end in CRLF
class TappingTest {
  private final HttpClient http = HttpClient.newHttpClient();
  private AccessLog log;
  private ProxyFixture proxy;
  private AdminServer admin;

  @BeforeEach
  void start() throws IOException {
    AccessLogSettings none = new AccessLogSettings("", AccessFormat.JSON, 1);
    log = AccessLog.open(none, InstantSource.system());
    proxy = ProxyFixture.start(settings -> settings.withAccessLog(log));
    AdminRoutes routes = new AdminRoutes();
    new TapRoutes(log.taps()).addTo(routes);
    admin = AdminServer.start(new LeatConfig.Admin("127.0.0.1", 0), routes);
  }

  @AfterEach
  void stop() {
    http.shutdownNow();
    admin.close();
    proxy.close();
    log.close();
  }

  private HttpResponse<InputStream> tap(String query) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + admin.address().getPort() + "/debug/tap" + query);
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofInputStream());
  }

  private static BufferedReader lines(HttpResponse<InputStream> answer) throws IOException {
    assertThat(answer.statusCode()).isEqualTo(200);
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    assertThat(lines.readLine()).isEqualTo("{\"dropped\":0}");
    return lines;
  }

  @Test
  void requestsAreStreamedAsTheyEnd() throws Exception {
    try (BufferedReader all = lines(tap("?count=2"));
        BufferedReader missed = lines(tap("?status=404&host=Unknown.test"));
        TestOrigin origin = TestOrigin.saying("hello");
        TestClient client = proxy.serve("a.test", origin.port()).client()) {
      client.send(
          "GET /path?secret=1 HTTP/1.1\r\nHost: a.test\r\nX-Request-Id: hidden\r\n"
              + "Authorization: hidden\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(200);
      assertThat(all.readLine())
          .contains("\"method\":\"GET\",\"host\":\"a.test\",\"path\":\"/path\",\"status\":200")
          .contains("\"route\":\"default/a.test\",\"revision\":\"default/a.test\"")
          .doesNotContain("secret", "hidden", "traceparent");
      client.get("unknown.test", "/x");
      assertThat(all.readLine()).contains("\"host\":\"unknown.test\"");
      assertThat(all.readLine()).isNull();
      assertThat(missed.readLine()).contains("\"rejection\":\"no_route\"");
    }
    await().untilAsserted(() -> assertThat(log.taps().isFull()).isFalse());
  }

  @Test
  void aNinthIsRefusedUntilOneLeaves() throws Exception {
    List<BufferedReader> open = new ArrayList<>();
    for (int i = 0; i < log.taps().most(); i++) {
      open.add(lines(tap("")));
    }
    HttpResponse<InputStream> refused = tap("");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(new String(refused.body().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("8 taps are open, and no more may be\n");
    open.getFirst().close();
    await().until(() -> !log.taps().isFull());
    for (BufferedReader each : open) {
      each.close();
    }
  }

  @Test
  void whatCannotBeMeantIsRefused() throws Exception {
    assertThat(tap("?status=6xx").statusCode()).isEqualTo(400);
    assertThat(tap("?count=0").statusCode()).isEqualTo(400);
  }
}
