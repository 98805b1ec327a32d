package io.leat.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.config.LeatConfig;
import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.telemetry.Metric;
import io.leat.proxy.telemetry.MetricRows;
import io.leat.proxy.telemetry.Promtool;
import io.leat.proxy.telemetry.Telemetry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

@Timeout(300)
class ProcessRoutesTest {
  private final HttpClient client = HttpClient.newHttpClient();
  private final Readiness readiness = new Readiness();
  private final Telemetry telemetry = new Telemetry(true);
  private final AtomicInteger drains = new AtomicInteger();
  private AdminServer server;

  @BeforeEach
  void start() throws IOException {
    AdminRoutes routes = new AdminRoutes();
    new ProcessRoutes(
            readiness, telemetry, new VersionInfo("1.2.3", "1", "33"), drains::incrementAndGet)
        .addTo(routes);
    new TableRoutes(new LiveTable(0x1eaf, new MetricRows()), _ -> TableFixture.view())
        .addTo(routes);
    server = AdminServer.start(new LeatConfig.Admin("localhost", 0), routes);
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
    telemetry.close();
  }

  @Test
  void isHealthyWhileTheProcessWorks() throws Exception {
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    assertThat(get("/healthz").body()).isEqualTo("ok\n");
  }

  @Test
  void isReadyWithATableAndWarmedUpUntilTheDrain() throws Exception {
    assertReadiness(503, "starting");
    readiness.tableApplied();
    assertReadiness(503, "starting");
    readiness.warmedUp();
    assertReadiness(200, "ready");

    assertThat(post("/drain").statusCode()).isEqualTo(202);
    assertThat(post("/drain").body()).isEqualTo("{\"state\":\"draining\"}");
    assertReadiness(503, "draining");
    assertThat(drains).hasValue(1);
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
  }

  private void assertReadiness(int status, String state) throws Exception {
    HttpResponse<String> answer = get("/readyz");
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).isEqualTo(state + "\n");
  }

  @Test
  void aGetDoesNotDrain() throws Exception {
    assertThat(get("/drain").statusCode()).isEqualTo(405);
    assertThat(drains).hasValue(0);
  }

  @Test
  void metricsAreAnExposition(@TempDir Path folder) throws Exception {
    telemetry.value(Metric.TABLE_VERSION, () -> 7);
    HttpResponse<String> answer = get("/metrics");
    assertThat(answer.headers().firstValue("content-type")).contains(Telemetry.CONTENT_TYPE);
    assertThat(answer.body()).contains("leat_table_version 7.0\n").contains("jvm_threads_live");
    Promtool.assertAccepts(answer.body(), folder);
  }

  @Test
  void theTableIsNarrowedToAHost() throws Exception {
    assertThat(get("/debug/table").body()).startsWith("{\"version\":7,").contains("shop-00001");
    HttpResponse<String> narrowed = get("/debug/table?host=blog.other.localhost");
    assertThat(narrowed.headers().firstValue("content-type")).contains("application/json");
    assertThat(narrowed.body()).contains("blog-00001").doesNotContain("shop");
  }

  @Test
  void aRequestThatNoEntryTakesIsExplained() throws Exception {
    HttpResponse<String> answer =
        get("/debug/explain?method=GET&url=http://nobody.localhost/x&header=X-A:%20b");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .startsWith("{\"method\":\"GET\",\"host\":\"nobody.localhost\",\"path\":\"/x\",")
        .contains("\"outcome\":\"reject\"", "\"error\":\"destination_not_found\"");
  }

  @Test
  void aQuestionWithoutAnswerSaysWhatIsMissing() throws Exception {
    assertThat(get("/debug/explain").statusCode()).isEqualTo(400);
    assertThat(get("/debug/explain?url=/x").body())
        .isEqualTo("url: has no host, and no Host header was given\n");
    assertThat(get("/debug/explain?url=http://a/&header=b").statusCode()).isEqualTo(400);
  }

  @Test
  void versionHasTheShapeOfKubernetes() throws Exception {
    HttpResponse<String> answer = get("/version");
    assertThat(answer.headers().firstValue("content-type")).contains("application/json");
    Object parsed = new Load(LoadSettings.builder().build()).loadFromString(answer.body());
    assertThat(parsed).isInstanceOf(Map.class);
    Map<?, ?> version = (Map<?, ?>) parsed;
    assertThat(version.get("major")).isEqualTo("1");
    assertThat(version.get("minor")).isEqualTo("33");
    assertThat(version.get("gitVersion")).isEqualTo("v1.33.0+leat-1.2.3");
    assertThat(version.get("leat")).isEqualTo("1.2.3");
    assertThat(version.keySet().toString())
        .contains("platform", "gitCommit", "gitTreeState", "buildDate", "goVersion", "compiler");
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(request(path).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path) throws IOException, InterruptedException {
    return client.send(
        request(path).POST(BodyPublishers.noBody()).build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
            URI.create("http://localhost:" + server.address().getPort() + path))
        .timeout(Duration.ofSeconds(60));
  }
}
