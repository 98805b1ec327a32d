package io.leat.proxy.admin;

import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.balance.RevisionActivity;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.telemetry.HistogramSink;
import io.leat.proxy.telemetry.LoopCounters;
import io.leat.proxy.telemetry.LoopDurations;
import io.leat.proxy.telemetry.Metric;
import io.leat.proxy.telemetry.MetricRows;
import io.leat.proxy.telemetry.MirrorOutcome;
import io.leat.proxy.telemetry.RetryOutcome;
import io.leat.proxy.telemetry.SeriesSink;
import io.leat.proxy.telemetry.TakeoverOutcome;
import io.leat.proxy.telemetry.Telemetry;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * The metrics of the data path, read from its counters and from the live table when scraped.
 *
 * <p>Runs on the scraping thread; what it reads may be a few requests behind.
 */
public final class ProxyMetrics {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final String[] CODE_CLASSES = {"1xx", "2xx", "3xx", "4xx", "5xx", "none"};

  private final Supplier<TableView> table;
  private final Gauges gauges;

  /**
   * What the server and the hold tell.
   *
   * @param loops the counters of every event loop
   * @param rows what every pair of route and revision has counted
   * @param connections adds a row per listener and protocol: open connections of clients
   * @param upstreamActive connections to endpoints that carry a request
   * @param upstreamIdle pooled connections to endpoints
   * @param heldBytes memory that waiting requests keep
   */
  public record Gauges(
      Supplier<List<LoopCounters>> loops,
      Supplier<List<MetricRows.Counts>> rows,
      Consumer<SeriesSink> connections,
      IntSupplier upstreamActive,
      IntSupplier upstreamIdle,
      LongSupplier heldBytes) {}

  /** The metrics of one proxy. */
  public ProxyMetrics(Supplier<TableView> table, Gauges gauges) {
    this.table = table;
    this.gauges = gauges;
  }

  /** Registers all of them; once per telemetry. */
  public void register(Telemetry telemetry) {
    telemetry.value(Metric.TABLE_VERSION, () -> (double) table.get().version());
    telemetry.value(Metric.TABLE_HOSTS, () -> table.get().hostCount());
    telemetry.rows(Metric.REQUESTS, this::requests);
    telemetry.histogramRows(Metric.REQUEST_DURATION, this::durations);
    telemetry.rows(Metric.REJECTIONS, this::rejections);
    telemetry.rows(Metric.CONNECTIONS, gauges.connections);
    telemetry.rows(
        Metric.UPSTREAM_CONNECTIONS,
        rows -> {
          rows.row(gauges.upstreamActive.getAsInt(), "active");
          rows.row(gauges.upstreamIdle.getAsInt(), "idle");
        });
    telemetry.rows(Metric.UPSTREAM_RETRIES, this::retries);
    telemetry.rows(Metric.MIRRORED, this::mirrors);
    telemetry.rows(Metric.UPSTREAM_TAKEOVERS, this::takeovers);
    telemetry.value(
        Metric.UPSTREAM_EJECTIONS,
        () -> (double) gauges.loops.get().stream().mapToLong(LoopCounters::ejections).sum());
    telemetry.value(Metric.HELD_BYTES, () -> (double) gauges.heldBytes.getAsLong());
    telemetry.rows(Metric.HELD_REQUESTS, this::held);
    telemetry.rows(Metric.REVISION_SCALE, this::ready);
    telemetry.rows(
        Metric.KN_REQUEST_ACTIVE, rows -> knative(rows, activity -> activity.inFlight().get()));
    telemetry.rows(
        Metric.KN_REQUEST_QUEUED, rows -> knative(rows, activity -> activity.waiting().get()));
    telemetry.rows(
        Metric.KN_REQUEST_CONCURRENCY,
        rows -> knative(rows, activity -> activity.inFlight().get() + activity.waiting().get()));
  }

  private void requests(SeriesSink sink) {
    for (MetricRows.Counts counts : gauges.rows.get()) {
      MetricRows.Pair pair = counts.pair();
      for (int column = 0; column < LoopCounters.COLUMNS; column++) {
        long sum = counts.byColumn().get(column);
        if (sum > 0) {
          sink.row((double) sum, pair.route(), pair.revision().toString(), CODE_CLASSES[column]);
        }
      }
    }
  }

  private void durations(HistogramSink sink) {
    for (MetricRows.Counts counts : gauges.rows.get()) {
      long[] buckets = new long[LoopDurations.BUCKETS];
      long sum = 0;
      for (int i = 0; i < buckets.length; i++) {
        buckets[i] = counts.durations().get(i);
        sum += buckets[i];
      }
      if (sum > 0) {
        double seconds = counts.durations().get(LoopDurations.BUCKETS) / NANOS_PER_SECOND;
        MetricRows.Pair pair = counts.pair();
        sink.row(buckets, seconds, pair.route(), pair.revision().toString());
      }
    }
  }

  private void rejections(SeriesSink sink) {
    List<LoopCounters> loops = gauges.loops.get();
    for (Rejection rejection : Rejection.values()) {
      long sum = 0;
      for (LoopCounters loop : loops) {
        sum += loop.rejections(rejection);
      }
      sink.row((double) sum, rejection.label());
    }
  }

  private void retries(SeriesSink sink) {
    List<LoopCounters> loops = gauges.loops.get();
    for (RetryOutcome outcome : RetryOutcome.values()) {
      long sum = loops.stream().mapToLong(loop -> loop.retries(outcome)).sum();
      sink.row((double) sum, outcome.label());
    }
  }

  private void takeovers(SeriesSink sink) {
    List<LoopCounters> loops = gauges.loops.get();
    for (TakeoverOutcome outcome : TakeoverOutcome.values()) {
      long sum = loops.stream().mapToLong(loop -> loop.takeovers(outcome)).sum();
      sink.row((double) sum, outcome.label());
    }
  }

  private void mirrors(SeriesSink sink) {
    List<LoopCounters> loops = gauges.loops.get();
    for (MirrorOutcome outcome : MirrorOutcome.values()) {
      long sum = loops.stream().mapToLong(loop -> loop.mirrors(outcome)).sum();
      sink.row((double) sum, outcome.label());
    }
  }

  private void held(SeriesSink sink) {
    eachUsed(revision -> sink.row(revision.activity().waiting().get(), revision.id().toString()));
  }

  private void ready(SeriesSink sink) {
    table
        .get()
        .revisions()
        .accept(revision -> sink.row(revision.readyEndpoints(), revision.id().toString(), "ready"));
  }

  private void knative(SeriesSink sink, ToIntFunction<RevisionActivity> value) {
    eachUsed(revision -> {
      RevisionId id = revision.id();
      sink.row(value.applyAsInt(revision.activity()), id.namespace(), id.name());
    });
  }

  /** Revisions that never got a request have nothing to tell; there may be very many of them. */
  private void eachUsed(Consumer<LiveRevision> reader) {
    table
        .get()
        .revisions()
        .accept(revision -> {
          RevisionActivity activity = revision.activity();
          if (activity.arrived().sum() > 0
              || activity.waiting().get() > 0
              || activity.inFlight().get() > 0) {
            reader.accept(revision);
          }
        });
  }
}
