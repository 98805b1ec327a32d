package io.leat.control.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.runtime.ColdStart;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.telemetry.Telemetry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The phases of a cold start, by a clock that the test moves. */
final class ColdStartsTest {
  private static final RevisionId SHOP = new RevisionId("default", "shop-00001");

  private final Telemetry telemetry = new Telemetry(false);
  private final AtomicLong now = new AtomicLong(1);
  private final ColdStarts coldStarts = new ColdStarts(telemetry, now::get);

  private String scrape() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    telemetry.scrape(out);
    return out.toString(StandardCharsets.UTF_8);
  }

  private void pass(long millis) {
    now.addAndGet(Duration.ofMillis(millis).toNanos());
  }

  private void start() {
    coldStarts.started(
        new ColdStart(SHOP, "shop-1", Duration.ofMillis(50), Duration.ofMillis(300)));
  }

  @Test
  void phasesFollowEachOther() throws IOException {
    coldStarts.woken(SHOP);
    pass(2);
    coldStarts.decided(SHOP, 1);
    pass(350);
    start();
    pass(3);
    coldStarts.released(SHOP, Duration.ofMillis(355).toNanos());
    pass(4);
    coldStarts.answered(SHOP);
    coldStarts.answered(SHOP);
    assertThat(scrape())
        .contains("leat_cold_start_seconds_sum{phase=\"decide\"} 0.002\n")
        .contains("leat_cold_start_seconds_sum{phase=\"start\"} 0.05\n")
        .contains("leat_cold_start_seconds_sum{phase=\"ready\"} 0.3\n")
        .contains("leat_cold_start_seconds_sum{phase=\"first_byte\"} 0.007\n")
        .contains("leat_cold_start_seconds_count{phase=\"first_byte\"} 1\n");
  }

  @Test
  void anInstanceThatNobodyWaitsForAndAnAnswerBeforeOneAreNoColdStart() throws IOException {
    start();
    coldStarts.answered(SHOP);
    coldStarts.woken(SHOP);
    coldStarts.answered(SHOP);
    start();
    coldStarts.answered(SHOP);
    assertThat(scrape()).doesNotContain("phase=\"first_byte\"");
  }
}
