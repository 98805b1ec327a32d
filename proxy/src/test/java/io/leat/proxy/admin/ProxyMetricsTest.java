package io.leat.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.telemetry.LoopCounters;
import io.leat.proxy.telemetry.MetricRows;
import io.leat.proxy.telemetry.Promtool;
import io.leat.proxy.telemetry.RetryOutcome;
import io.leat.proxy.telemetry.Telemetry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProxyMetricsTest {
  private final Telemetry telemetry = new Telemetry(false);
  private final LoopCounters first = new LoopCounters();
  private final LoopCounters second = new LoopCounters();
  private final TableView table = TableFixture.view();

  private final MetricRows metricRows = new MetricRows();
  private final int[] ids = new int[2];

  @BeforeEach
  void register() {
    metricRows.countedBy(() -> List.of(first, second));
    ids[0] = metricRows.acquire("default/shop", new RevisionId("default", "shop-00001"));
    ids[1] = metricRows.acquire("default/shop", new RevisionId("default", "shop-00002"));
    ProxyMetrics.Gauges gauges =
        new ProxyMetrics.Gauges(
            () -> List.of(first, second),
            metricRows::counts,
            rows -> rows.row(4, "http", "h1"),
            () -> 2,
            () -> 3,
            () -> 512);
    new ProxyMetrics(() -> table, gauges).register(telemetry);
  }

  @AfterEach
  void close() {
    telemetry.close();
  }

  @Test
  void requestsAreTheSumOverTheLoops() throws IOException {
    first.request(ids[0], 200);
    first.request(ids[0], 204);
    second.request(ids[0], 200);
    second.request(ids[0], 503);
    second.request(ids[1], 0);

    assertThat(lines("leat_requests_total"))
        .containsExactly(
            series("2xx", "shop-00001") + " 3.0",
            series("5xx", "shop-00001") + " 1.0",
            series("none", "shop-00002") + " 1.0");
  }

  @Test
  void durationsAreTheSumOverTheLoopsWhereThereAreAny() throws IOException {
    first.durations().add(ids[1], 700_000);
    second.durations().add(ids[1], 2_000_000_000);
    String labels = "{revision=\"default/shop-00002\",route=\"default/shop\"";

    assertThat(lines("leat_request_duration_seconds_bucket"))
        .hasSize(20)
        .contains("leat_request_duration_seconds_bucket" + labels + ",le=\"5.0E-4\"} 0")
        .contains("leat_request_duration_seconds_bucket" + labels + ",le=\"0.001\"} 1")
        .contains("leat_request_duration_seconds_bucket" + labels + ",le=\"+Inf\"} 2");
    assertThat(lines("leat_request_duration_seconds_sum"))
        .containsExactly("leat_request_duration_seconds_sum" + labels + "} 2.0007");
  }

  private static String series(String codeClass, String revision) {
    return "leat_requests_total{code_class=\""
        + codeClass
        + "\",revision=\"default/"
        + revision
        + "\",route=\"default/shop\"}";
  }

  @Test
  void everyReasonOfARejectionIsExposedFromTheStart() throws IOException {
    first.rejection(Rejection.NO_ROUTE);
    second.rejection(Rejection.NO_ROUTE);

    assertThat(lines("leat_rejections_total"))
        .hasSize(Rejection.values().length)
        .contains("leat_rejections_total{reason=\"no_route\"} 2.0")
        .contains("leat_rejections_total{reason=\"hold_full\"} 0.0");
  }

  @Test
  void retriesAndEjectionsAreTheSumOverTheLoops() throws IOException {
    first.retry(RetryOutcome.RESENT);
    second.retry(RetryOutcome.RESENT);
    second.retry(RetryOutcome.OTHER_ENDPOINT);
    first.ejection();

    assertThat(lines("leat_upstream_retries_total"))
        .containsExactly(
            "leat_upstream_retries_total{outcome=\"budget_exhausted\"} 0.0",
            "leat_upstream_retries_total{outcome=\"other_endpoint\"} 1.0",
            "leat_upstream_retries_total{outcome=\"resent\"} 2.0");
    assertThat(lines("leat_upstream_ejections_total"))
        .containsExactly("leat_upstream_ejections_total 1.0");
  }

  @Test
  void connectionsAndHeldBytesComeFromTheirOwners() throws IOException {
    assertThat(lines("leat_connections"))
        .containsExactly("leat_connections{listener=\"http\",protocol=\"h1\"} 4.0");
    assertThat(lines("leat_upstream_connections"))
        .containsExactly(
            "leat_upstream_connections{state=\"active\"} 2.0",
            "leat_upstream_connections{state=\"idle\"} 3.0");
    assertThat(lines("leat_table_"))
        .containsExactly("leat_table_hosts 3.0", "leat_table_version 7.0");
    assertThat(lines("leat_held_bytes")).containsExactly("leat_held_bytes 512.0");
  }

  @Test
  void revisionsThatSawTrafficTellWhatTheyDo() throws IOException {
    table
        .revisions()
        .accept(revision -> {
          if (revision.id().equals(TableFixture.TWO)) {
            busy(revision);
          }
        });

    assertThat(lines("leat_held_requests"))
        .containsExactly("leat_held_requests{revision=\"default/shop-00002\"} 3.0");
    String labels = "{k8s_namespace_name=\"default\",kn_revision_name=\"shop-00002\"}";
    assertThat(lines("kn_revision_request"))
        .containsExactlyInAnyOrder(
            "kn_revision_request_active" + labels + " 2.0",
            "kn_revision_request_queued" + labels + " 3.0",
            "kn_revision_request_concurrency" + labels + " 5.0");
    assertThat(lines("leat_revision_scale"))
        .containsExactly(
            "leat_revision_scale{kind=\"ready\",revision=\"default/shop-00001\"} 1.0",
            "leat_revision_scale{kind=\"ready\",revision=\"default/shop-00002\"} 0.0",
            "leat_revision_scale{kind=\"ready\",revision=\"other/blog-00001\"} 0.0");
  }

  private static void busy(LiveRevision revision) {
    revision.activity().arrived().add(5);
    revision.activity().inFlight().set(2);
    revision.activity().waiting().set(3);
  }

  @Test
  void passesPromtool(@TempDir Path folder) throws Exception {
    first.request(ids[0], 200);
    Promtool.assertAccepts(scrape(), folder);
  }

  private List<String> lines(String prefix) throws IOException {
    return scrape().lines().filter(line -> line.startsWith(prefix)).sorted().toList();
  }

  private String scrape() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    telemetry.scrape(out);
    return out.toString(StandardCharsets.UTF_8);
  }
}
