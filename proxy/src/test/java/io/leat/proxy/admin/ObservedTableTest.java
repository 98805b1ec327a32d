package io.leat.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.table.RouteTable;
import io.leat.proxy.table.TableUpdate;
import io.leat.proxy.telemetry.Telemetry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ObservedTableTest {
  private final AtomicLong now = new AtomicLong(1_000_000_000L);
  private final Readiness readiness = new Readiness();

  @Test
  void countsOutcomesAndTheAgeOfTheLastGoodTable() throws IOException {
    try (Telemetry telemetry = new Telemetry(false)) {
      ObservedTable table =
          new ObservedTable(ObservedTableTest::onlyVersionSeven, readiness, now::get);
      table.register(telemetry);
      readiness.warmedUp();

      now.addAndGet(2_000_000_000L);
      assertThat(table.apply(update(8))).isInstanceOf(LiveTable.Outcome.Refused.class);
      assertThat(readiness.state()).isEqualTo(Readiness.State.STARTING);
      assertThat(scrape(telemetry)).contains("leat_table_age_seconds 2.0\n");

      assertThat(table.apply(update(7))).isEqualTo(new LiveTable.Outcome.Acknowledged(7));
      assertThat(readiness.state()).isEqualTo(Readiness.State.READY);
      now.addAndGet(500_000_000L);
      assertThat(table.apply(update(9))).isInstanceOf(LiveTable.Outcome.Refused.class);

      assertThat(scrape(telemetry))
          .contains("leat_table_age_seconds 0.5\n")
          .contains("leat_table_swaps_total{outcome=\"applied\"} 1.0\n")
          .contains("leat_table_swaps_total{outcome=\"refused\"} 2.0\n");
    }
  }

  private static LiveTable.Outcome onlyVersionSeven(TableUpdate update) {
    return update.version() == 7
        ? new LiveTable.Outcome.Acknowledged(7)
        : new LiveTable.Outcome.Refused(update.version(), "a gap");
  }

  private static TableUpdate update(long version) {
    return new TableUpdate.Snapshot(
        new RouteTable(
            version, TableFixture.table().virtualHosts(), TableFixture.table().revisions()));
  }

  private static String scrape(Telemetry telemetry) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    telemetry.scrape(out);
    return out.toString(StandardCharsets.UTF_8);
  }
}
