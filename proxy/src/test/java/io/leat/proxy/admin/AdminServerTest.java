package io.leat.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leat.proxy.config.LeatConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(300)
class AdminServerTest {
  private static final LeatConfig.Admin ANY_PORT = new LeatConfig.Admin("127.0.0.1", 0);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final CountDownLatch watching = new CountDownLatch(1);
  private final CountDownLatch proceed = new CountDownLatch(1);
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final AdminServer server = startServer();

  private AdminServer startServer() {
    AdminRoutes routes =
        new AdminRoutes()
            .at("GET", "/echo", AdminServerTest::echo)
            .at("POST", "/echo", AdminServerTest::echo)
            .at(
                "GET",
                "/fail",
                request -> {
                  throw new IOException("on purpose");
                })
            .below("GET", "/apis", request -> AdminResponse.text(200, "apis " + request.path()))
            .below("GET", "/apis/apps/", _ -> AdminResponse.text(200, "apps"))
            .at(
                "GET",
                "/watch",
                request ->
                    AdminResponse.streamed(
                        "text/plain",
                        out -> {
                          out.write("one\n".getBytes(StandardCharsets.UTF_8));
                          out.flush();
                          watching.countDown();
                          awaitProceed();
                          out.write("two\n".getBytes(StandardCharsets.UTF_8));
                        }))
            .at(
                "GET",
                "/large",
                request ->
                    AdminResponse.streamed(
                        "text/plain",
                        out -> {
                          byte[] line = "0123456789abcdef\n".getBytes(StandardCharsets.UTF_8);
                          for (int i = 0; i < 100_000; i++) {
                            out.write(line);
                          }
                        }))
            .at(
                "GET",
                "/broken",
                request ->
                    AdminResponse.streamed(
                        "text/plain",
                        out -> {
                          out.write("half".getBytes(StandardCharsets.UTF_8));
                          out.flush();
                          throw new IllegalStateException("on purpose");
                        }))
            .at(
                "GET",
                "/thread",
                request ->
                    AdminResponse.text(200, Boolean.toString(Thread.currentThread().isVirtual())));
    try {
      return AdminServer.start(ANY_PORT, routes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void awaitProceed() throws InterruptedException {
    try {
      if (!proceed.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nobody went on");
      }
    } catch (InterruptedException e) {
      interrupted.countDown();
      throw e;
    }
  }

  private static AdminResponse echo(AdminRequest request) {
    return new AdminResponse.Full(
        200,
        "text/plain",
        (request.method()
                + " "
                + request.path()
                + " "
                + request.query()
                + " "
                + request.header("X-Test")
                + " "
                + request.text())
            .getBytes(StandardCharsets.UTF_8),
        Map.of("x-more", "yes"));
  }

  @AfterEach
  void stop() {
    proceed.countDown();
    client.close();
    server.close();
  }

  @Test
  void handsTheRequestToTheRouteOnAVirtualThread() throws Exception {
    HttpResponse<String> answer =
        client.send(
            request("/echo?a=1&a=2&b=%20x")
                .header("X-Test", "t")
                .POST(BodyPublishers.ofString("body"))
                .build(),
            BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("POST /echo {a=[1, 2], b=[ x]} t body");
    assertThat(answer.headers().firstValue("x-more")).contains("yes");
    assertThat(get("/thread").body()).isEqualTo("true\n");
  }

  @ParameterizedTest
  @CsvSource({
    "/apis, 200, apis /apis",
    "/apis/, 200, apis /apis/",
    "/apis/x/y, 200, apis /apis/x/y",
    "/apis/apps, 200, apps",
    "/apis/apps/v1, 200, apps",
    "/apisx, 404, nothing is served under this path",
    "/echo/x, 404, nothing is served under this path",
    "/, 404, nothing is served under this path"
  })
  void theLongestPrefixOfWholeSegmentsWins(String path, int status, String body) throws Exception {
    HttpResponse<String> answer = get(path);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).isEqualTo(body + "\n");
  }

  @Test
  void aKnownPathNamesItsMethods() throws Exception {
    HttpResponse<String> answer =
        client.send(request("/echo").DELETE().build(), BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("allow")).contains("GET, POST");
  }

  @Test
  void aFailingRouteIsA500WithoutDetails() throws Exception {
    HttpResponse<String> answer = get("/fail");
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).doesNotContain("on purpose");
  }

  @Test
  void headHasNoBody() throws Exception {
    HttpResponse<String> answer =
        client.send(request("/apis").HEAD().build(), BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
    assertThat(client.send(request("/watch").HEAD().build(), BodyHandlers.ofString()).statusCode())
        .isEqualTo(200);
  }

  @Test
  void aStreamIsSeenWhileItIsWritten() throws Exception {
    HttpResponse<InputStream> answer =
        client.send(request("/watch").build(), BodyHandlers.ofInputStream());
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
      assertThat(lines.readLine()).isEqualTo("one");
      proceed.countDown();
      assertThat(lines.readLine()).isEqualTo("two");
      assertThat(lines.readLine()).isNull();
    }
  }

  @Test
  void aClientThatLeavesEndsItsStream() throws Exception {
    try (Socket socket = new Socket(server.address().getAddress(), server.address().getPort())) {
      socket
          .getOutputStream()
          .write(
              "GET /watch HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      assertThat(watching.await(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aLargeStreamArrivesWhole() throws Exception {
    assertThat(get("/large").body()).hasSize(1_700_000).endsWith("0123456789abcdef\n");
  }

  @Test
  void aBodyThatBreaksOffDoesNotLookComplete() {
    assertThatThrownBy(() -> get("/broken")).isInstanceOf(IOException.class);
  }

  @Test
  void anHttp10ClientGetsAStreamUntilTheEndOfTheConnection() throws Exception {
    proceed.countDown();
    String answer =
        RawExchange.send(server.address(), "GET /watch HTTP/1.0\r\nHost: localhost\r\n\r\n");
    assertThat(answer).endsWith("\r\n\r\none\ntwo\n").doesNotContain("chunked");
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    StringBuilder bytes = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      bytes.append("GET /apis/").append(i).append(" HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
    bytes.append("GET /apis/last HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    String answer = RawExchange.send(server.address(), bytes.toString());

    int at = 0;
    for (int i = 0; i < 50; i++) {
      at = answer.indexOf("apis /apis/" + i + "\n", at);
      assertThat(at).as("answer %d", i).isPositive();
    }
    assertThat(answer).endsWith("apis /apis/last\n");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, evil.example, ",
    "GET, 127.0.0.1.evil.example:9901, ",
    "GET, 10.0.0.1, ",
    "GET, , ",
    "POST, localhost, http://evil.example",
    "POST, localhost, https://localhost",
    "POST, localhost, null"
  })
  void requestsThatAForeignPageCausedAreRefused(
      String method, @Nullable String host, @Nullable String origin) throws Exception {
    assertThat(exchange(method, host, origin)).startsWith("HTTP/1.1 403 ");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, localhost:9901, ",
    "GET, 127.0.0.1, ",
    "GET, [::1]:9901, ",
    "GET, localhost, http://evil.example",
    "POST, localhost, ",
    "POST, localhost, http://localhost:9901"
  })
  void requestsOfThisMachineAreServed(String method, String host, @Nullable String origin)
      throws Exception {
    assertThat(exchange(method, host, origin)).startsWith("HTTP/1.1 200 ");
  }

  private String exchange(String method, @Nullable String host, @Nullable String origin)
      throws IOException {
    StringBuilder request = new StringBuilder(method).append(" /echo HTTP/1.1\r\n");
    if (host != null) {
      request.append("Host: ").append(host).append("\r\n");
    }
    if (origin != null) {
      request.append("Origin: ").append(origin).append("\r\n");
    }
    request.append("Content-Length: 0\r\nConnection: close\r\n\r\n");
    return RawExchange.send(server.address(), request.toString());
  }

  @Test
  void whatIsNoRequestIsA400() throws Exception {
    assertThat(RawExchange.send(server.address(), "GET  /echo HTTP/9\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ");
    assertThat(
            RawExchange.send(
                server.address(), "GET /echo?a=%zz HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ");
  }

  @Test
  void aBodyAboveTheLimitIsA413() throws Exception {
    HttpResponse<String> answer =
        client.send(
            request("/echo")
                .expectContinue(true)
                .POST(BodyPublishers.ofByteArray(new byte[AdminServer.MAX_BODY_BYTES + 1]))
                .build(),
            BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(413);
  }

  @Test
  void startsOnLoopbackOnly() {
    assertThatThrownBy(
            () -> AdminServer.start(new LeatConfig.Admin("0.0.0.0", 0), new AdminRoutes()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("admin.bind: must be a loopback address")
        .hasMessageContaining("TLS and a token");
  }

  @Test
  void closingEndsWhatStillRuns() throws Exception {
    try (Socket socket = new Socket(server.address().getAddress(), server.address().getPort())) {
      socket
          .getOutputStream()
          .write(
              "GET /watch HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(watching.await(60, TimeUnit.SECONDS)).isTrue();
      server.close();
      assertThat(interrupted.await(0, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aTakenPortIsReported() {
    InetSocketAddress taken = server.address();
    assertThatThrownBy(() ->
            AdminServer.start(
                new LeatConfig.Admin("127.0.0.1", taken.getPort()), new AdminRoutes()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("127.0.0.1:" + taken.getPort());
  }

  @Test
  void aPathAndMethodHaveOneRoute() {
    AdminRoutes routes = new AdminRoutes().at("GET", "/a", AdminServerTest::echo);
    assertThatThrownBy(() -> routes.at("GET", "/a", AdminServerTest::echo))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(request(path).build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + server.address().getPort() + path))
        .timeout(Duration.ofSeconds(60));
  }
}
