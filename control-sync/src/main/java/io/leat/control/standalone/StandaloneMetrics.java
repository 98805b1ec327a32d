package io.leat.control.standalone;

import io.leat.activator.hold.RevisionHolds;
import io.leat.activator.scale.Autoscaler;
import io.leat.control.ControlLoop;
import io.leat.control.PublishSchedule;
import io.leat.control.reconcile.ReconcileCounters;
import io.leat.control.reconcile.RevisionTraffic;
import io.leat.control.resource.Kind;
import io.leat.proxy.Proxy;
import io.leat.proxy.admin.GuardMetrics;
import io.leat.proxy.admin.ProxyMetrics;
import io.leat.proxy.admin.TableView;
import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.routing.Router;
import io.leat.proxy.telemetry.Metric;
import io.leat.proxy.telemetry.MetricRows;
import io.leat.proxy.telemetry.Telemetry;
import java.util.Locale;

/** Connects what the parts of a standalone Leat count with the metrics that show it. */
final class StandaloneMetrics {
  /** Columns 1xx to 5xx of {@link io.leat.proxy.telemetry.LoopCounters}. */
  private static final int CODE_CLASSES = 5;

  private final Telemetry telemetry;
  private final LiveTable table;
  private final MetricRows rows;

  StandaloneMetrics(Telemetry telemetry, LiveTable table, MetricRows rows) {
    this.telemetry = telemetry;
    this.table = table;
    this.rows = rows;
  }

  /** All of a router, for those who read all of it. */
  static TableView view(Router router) {
    return new TableView(
        router.version(),
        router.hash(),
        router.hostCount(),
        reader -> router.forEachHost(host -> reader.accept(host.host())),
        reader -> router.revisions().forEach(reader),
        reader -> router.channels().forEach(reader));
  }

  /** What rollouts are judged by: the requests that rows count. */
  static RevisionTraffic traffic(MetricRows rows) {
    return (route, revision) ->
        rows.counts(new MetricRows.Pair(route, revision))
            .map(counts -> {
              long answered = 0;
              for (int column = 0; column < CODE_CLASSES; column++) {
                answered += counts.byColumn().get(column);
              }
              long errors = counts.byColumn().get(CODE_CLASSES - 1);
              return new RevisionTraffic.Counts(answered, errors, counts.durations());
            })
            .orElse(RevisionTraffic.Counts.NONE);
  }

  void register(Proxy proxy, RevisionHolds holds, Autoscaler autoscaler, ControlLoop loop) {
    rows.countedBy(proxy::counters);
    ProxyMetrics.Gauges gauges =
        new ProxyMetrics.Gauges(
            proxy::counters,
            rows::counts,
            sink -> sink.row(proxy.openConnections(), "http", "http/1.1"),
            () -> proxy.upstreamConnections().active(),
            () -> proxy.upstreamConnections().idle(),
            () -> holds.snapshot().bytes());
    new ProxyMetrics(() -> view(table.current()), gauges).register(telemetry);
    new GuardMetrics(proxy::counters, proxy::guards).register(telemetry);
    telemetry.rows(
        Metric.REVISION_SCALE,
        sink ->
            autoscaler.forEachDesired(
                (revision, desired) -> sink.row(desired, revision.toString(), "desired")));
    telemetry.rows(
        Metric.RECONCILES,
        sink -> {
          for (Kind kind : Kind.values()) {
            for (ReconcileCounters.Outcome outcome : ReconcileCounters.Outcome.values()) {
              String label = outcome.name().toLowerCase(Locale.ROOT);
              sink.row((double) loop.counters().total(kind, outcome), kind.kind(), label);
            }
          }
        });
    telemetry.value(
        Metric.PUBLISH_LAG,
        () -> {
          PublishSchedule.State state = loop.published();
          return state.acknowledged() < 0 ? 0 : state.version() - state.acknowledged();
        });
  }
}
