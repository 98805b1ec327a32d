package io.leat.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** Durations that several threads add. */
final class SharedDurationsTest {
  private static final int THREADS = 4;
  private static final int EACH = 10_000;

  private final SharedDurations durations = new SharedDurations();

  @Test
  void nothingIsLostBetweenThreads() {
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      for (int i = 0; i < THREADS; i++) {
        threads.execute(() -> {
          for (int n = 0; n < EACH; n++) {
            durations.add(200_000);
          }
        });
      }
    }
    assertThat(durations.count()).isEqualTo(THREADS * EACH);
  }

  @Test
  void isScrapedAsAHistogram() throws IOException {
    durations.add(90_000);
    durations.add(200_000);
    durations.add(300_000_000_000L);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Telemetry telemetry = new Telemetry(false)) {
      telemetry.histogramRows(Metric.LOG_FSYNC, durations.rows());
      telemetry.scrape(out);
    }
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("# TYPE leat_log_fsync_seconds histogram\n")
        .contains("leat_log_fsync_seconds_bucket{le=\"1.0E-4\"} 1\n")
        .contains("leat_log_fsync_seconds_bucket{le=\"2.5E-4\"} 2\n")
        .contains("leat_log_fsync_seconds_bucket{le=\"120.0\"} 2\n")
        .contains("leat_log_fsync_seconds_bucket{le=\"+Inf\"} 3\n")
        .contains("leat_log_fsync_seconds_count 3\n");
  }
}
