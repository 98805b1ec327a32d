package io.leat.proxy.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.telemetry.ForcedClose;
import io.leat.proxy.telemetry.GuardCounts;
import io.leat.proxy.telemetry.LoopCounters;
import io.leat.proxy.telemetry.Telemetry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuardMetricsTest {
  @Test
  void tellsWhatTheGuardsDid() throws IOException {
    LoopCounters first = new LoopCounters();
    LoopCounters second = new LoopCounters();
    first.forcedClose(ForcedClose.SLOW_BODY);
    second.forcedClose(ForcedClose.SLOW_BODY);
    second.forcedClose(ForcedClose.TUNNEL_IDLE);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Telemetry telemetry = new Telemetry(false)) {
      GuardCounts counts = new GuardCounts(2, List.of(3L, 2L, 0L, 0L), 4096, 1, 5, 7);
      new GuardMetrics(() -> List.of(first, second), () -> counts).register(telemetry);
      telemetry.scrape(out);
    }
    assertThat(out.toString(UTF_8).lines())
        .contains(
            "leat_overload_level 2.0",
            "leat_overload_steps_total{step=\"pause_accepting\"} 2.0",
            "leat_buffered_bytes 4096.0",
            "leat_accept_pauses_total{reason=\"connections\"} 1.0",
            "leat_accept_pauses_total{reason=\"memory\"} 5.0",
            "leat_accept_pauses_total{reason=\"descriptors\"} 7.0",
            "leat_connections_closed_total{reason=\"slow_body\"} 2.0",
            "leat_connections_closed_total{reason=\"slow_reader\"} 0.0",
            "leat_connections_closed_total{reason=\"tunnel_idle\"} 1.0");
  }
}
