package io.leat.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TelemetryTest {
  private final Telemetry telemetry = new Telemetry(false);

  @AfterEach
  void close() {
    telemetry.close();
  }

  @Test
  void rowsAreReadWhenScraped() throws IOException {
    AtomicInteger version = new AtomicInteger(3);
    telemetry.value(Metric.TABLE_VERSION, version::get);
    assertThat(scrape(telemetry))
        .contains("# HELP leat_table_version Version of the live route table.\n")
        .contains("# TYPE leat_table_version gauge\n")
        .contains("leat_table_version 3.0\n");

    version.set(4);
    assertThat(scrape(telemetry)).contains("leat_table_version 4.0\n");
  }

  @Test
  void severalSourcesOfOneMetricAreAddedUp() throws IOException {
    telemetry.rows(Metric.REVISION_SCALE, rows -> rows.row(2, "ns/a", "ready"));
    telemetry.rows(Metric.REVISION_SCALE, rows -> rows.row(5, "ns/a", "desired"));
    telemetry.rows(Metric.REJECTIONS, rows -> rows.row(1, "no_route"));
    telemetry.rows(Metric.REJECTIONS, rows -> rows.row(2, "no_route"));

    assertThat(scrape(telemetry))
        .contains("leat_revision_scale{kind=\"ready\",revision=\"ns/a\"} 2.0\n")
        .contains("leat_revision_scale{kind=\"desired\",revision=\"ns/a\"} 5.0\n")
        .contains("leat_rejections_total{reason=\"no_route\"} 3.0\n");
  }

  @Test
  void countersAndHistogramsOfOtherModules() throws IOException {
    CounterSeries reconciles = telemetry.counter(Metric.RECONCILES);
    reconciles.increment("Route", "changed");
    reconciles.increment("Route", "changed");
    telemetry.histogram(Metric.COLD_START_SECONDS).observeNanos(300_000_000, "ready");
    telemetry.histogram(Metric.HOLD_SECONDS).observeNanos(2_000_000);

    assertThat(scrape(telemetry))
        .contains("leat_reconciles_total{kind=\"Route\",outcome=\"changed\"} 2.0\n")
        .contains("leat_cold_start_seconds_bucket{phase=\"ready\",le=\"0.25\"} 0\n")
        .contains("leat_cold_start_seconds_bucket{phase=\"ready\",le=\"0.5\"} 1\n")
        .contains("leat_cold_start_seconds_count{phase=\"ready\"} 1\n")
        .contains("leat_hold_seconds_bucket{le=\"0.0025\"} 1\n");
  }

  @Test
  void aMetricIsOnlyRegisteredAsWhatItIs() {
    assertThatThrownBy(() -> telemetry.counter(Metric.TABLE_VERSION))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> telemetry.histogram(Metric.REQUESTS))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> telemetry.value(Metric.HOLD_SECONDS, () -> 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void everyDeclaredMetricPassesPromtool(@TempDir Path folder) throws Exception {
    try (Telemetry all = new Telemetry(true)) {
      for (Metric metric : Metric.values()) {
        String[] labels = metric.labels().toArray(new String[0]);
        if (metric.type() == Metric.Type.HISTOGRAM) {
          all.histogram(metric).observeNanos(1_000_000, labels);
        } else if (metric != Metric.PROCESS_CPU) {
          all.rows(metric, rows -> rows.row(1, labels));
        }
      }
      String exposition = scrape(all);
      assertThat(exposition).contains("jvm_memory_used_bytes").contains("process_uptime_seconds");
      for (Metric metric : Metric.values()) {
        assertThat(exposition)
            .contains("# TYPE " + metric.series() + " " + metric.type().label() + "\n");
      }
      Promtool.assertAccepts(exposition, folder);
    }
  }

  @Test
  void metricsAreWellFormed() {
    Set<String> names = new HashSet<>();
    for (Metric metric : Metric.values()) {
      assertThat(names.add(metric.series())).as("twice: %s", metric).isTrue();
      assertThat(metric.series()).matches("(leat|kn|process)_[a-z_]+");
      assertThat(metric.series().endsWith("_total"))
          .as(metric.series())
          .isEqualTo(metric.type() == Metric.Type.COUNTER);
      assertThat(metric.help()).endsWith(".").doesNotContain("|");
    }
  }

  @Test
  void metricsDocumentIsCurrent() throws IOException {
    RenderedDocument.assertCurrent("docs/reference/metrics.md", Metric.markdown());
  }

  private static String scrape(Telemetry telemetry) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    telemetry.scrape(out);
    return out.toString(StandardCharsets.UTF_8);
  }
}
