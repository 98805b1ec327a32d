package io.leat.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.accesslog.AccessFormat;
import io.leat.proxy.accesslog.AccessLog;
import io.leat.proxy.accesslog.AccessLogSettings;
import io.leat.proxy.testing.ProxyFixture;
import io.leat.proxy.testing.TestClient;
import io.leat.proxy.testing.TestOrigin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a proxy tells its access log of real requests. */
@SuppressWarnings({"StringConcatToTextBlock", "NullAway.Init"}) // lines on the wire end in CRLF
class AccessLoggingTest {
  @TempDir private Path folder;
  private Path file;
  private AccessLog log;
  private ProxyFixture proxy;

  @BeforeEach
  void start() throws IOException {
    file = folder.resolve("access.log");
    AccessLogSettings to = new AccessLogSettings(file.toString(), AccessFormat.TEXT, 1);
    log = AccessLog.open(to, InstantSource.system());
    proxy = ProxyFixture.start(settings -> settings.withAccessLog(log));
  }

  @AfterEach
  void stop() {
    proxy.close();
    log.close();
  }

  private List<String> lines(int count) {
    await().until(() -> Files.readAllLines(file).size() >= count);
    try {
      List<String> all = Files.readAllLines(file);
      assertThat(all).hasSize(count);
      return all;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void tellsOfForwardedRequests() throws IOException {
    try (TestOrigin origin = TestOrigin.saying("hello");
        TestClient client = proxy.serve("a.test", origin.port()).client()) {
      client.send(
          "POST /some/path?secret=1 HTTP/1.1\r\nHost: a.test:80\r\nX-Request-Id: id\"7\r\n"
              + "traceparent: cc-0000000000000000000000000000000a-000000000000000b-01\r\n"
              + "Content-Length: 4\r\n\r\nbody");
      assertThat(client.answer().status()).isEqualTo(200);
      client.get("a.test", "/second");
    }
    List<String> lines = lines(2);
    assertThat(lines.getFirst())
        .contains(" client=\"127.0.0.1\" method=\"POST\" host=\"a.test\" path=\"/some/path\"")
        .contains(" status=200 bytes_in=4 bytes_out=")
        .contains(" hold_ms=0.000 upstream_ms=")
        .contains(" route=\"default/a.test\" revision=\"default/a.test\"")
        .contains(" request_id=\"id\\x227\"")
        .contains(" traceparent=\"cc-0000000000000000000000000000000a-000000000000000b-01\"")
        .doesNotContain("secret", "aborted", "rejection");
    assertThat(lines.get(1)).contains(" path=\"/second\"").doesNotContain("request_id");
  }

  @Test
  void tellsOfRejections() throws IOException {
    try (TestClient client = proxy.client()) {
      client.get("unknown.test", "/");
      client.send("BROKEN\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(400);
    }
    List<String> lines = lines(2);
    assertThat(lines.getFirst())
        .contains(" host=\"unknown.test\" path=\"/\" status=404")
        .contains(" rejection=\"no_route\"")
        .doesNotContain("route=\"default", "upstream_ms");
    assertThat(lines.get(1))
        .contains(" status=400 ", " rejection=\"bad_request\"")
        .doesNotContain("method=", "BROKEN");
  }

  @Test
  void tellsOfWhatBreaksOff() throws IOException {
    try (TestOrigin origin =
            TestOrigin.responding((head, wire) -> {
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart");
              wire.close();
            });
        TestClient client = proxy.serve("a.test", origin.port()).client()) {
      client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
      client.head();
      assertThat(lines(1).getFirst()).contains(" status=200 ").endsWith(" aborted=true");
    }
  }

  @Test
  void tellsOfClientsThatLeave() throws IOException {
    try (TestOrigin origin = TestOrigin.responding((head, wire) -> wire.atEnd())) {
      proxy.serve("a.test", origin.port());
      try (TestClient client = proxy.client()) {
        client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        await().until(() -> origin.heads().size() == 1);
      }
      assertThat(lines(1).getFirst()).contains(" status=0 ").endsWith(" aborted=true");
    }
  }
}
