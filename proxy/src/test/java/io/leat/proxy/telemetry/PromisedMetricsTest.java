package io.leat.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Names, types and labels of metrics that dashboards and alerts were promised. */
final class PromisedMetricsTest {
  private static final String PROMISED =
      """
      counter leat_requests_total{route,revision,code_class}
      histogram leat_request_duration_seconds{route,revision}
      counter leat_rejections_total{reason}
      gauge leat_table_version
      counter leat_table_swaps_total{outcome}
      gauge leat_table_age_seconds
      gauge leat_upstream_connections{state}
      gauge leat_held_requests{revision}
      gauge leat_held_bytes
      histogram leat_hold_seconds
      histogram leat_cold_start_seconds{phase}
      gauge leat_revision_scale{revision,kind}
      counter leat_channel_events_total{channel,outcome}
      counter leat_deliveries_total{channel,subscription,outcome}
      gauge leat_channel_backlog_events{channel,subscription}
      histogram leat_log_fsync_seconds
      counter leat_reconciles_total{kind,outcome}
      gauge leat_publish_lag_versions
      gauge leat_connections{listener,protocol}
      """;

  /** A line of the list. */
  record Promise(Metric.Type type, String name, List<String> labels) {
    static Promise of(String line) {
      int space = line.indexOf(' ');
      int brace = line.indexOf('{');
      String labels = brace < 0 ? "" : line.substring(brace + 1, line.length() - 1);
      return new Promise(
          Metric.Type.valueOf(line.substring(0, space).toUpperCase(java.util.Locale.ROOT)),
          brace < 0 ? line.substring(space + 1) : line.substring(space + 1, brace),
          labels.isEmpty() ? List.of() : List.of(labels.split(",", -1)));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Promise> promises() {
    return PROMISED.lines().map(Promise::of);
  }

  @ParameterizedTest
  @MethodSource("promises")
  void isThere(Promise promise) {
    assertThat(Metric.values())
        .filteredOn(each -> each.series().equals(promise.name()))
        .singleElement()
        .satisfies(metric -> {
          assertThat(metric.type()).isEqualTo(promise.type());
          assertThat(metric.labels()).isEqualTo(promise.labels());
        });
  }
}
