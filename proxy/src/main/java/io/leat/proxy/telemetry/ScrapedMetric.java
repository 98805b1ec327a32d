package io.leat.proxy.telemetry;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.MetricType;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A counter or gauge whose values are read from their owners when it is scraped. */
final class ScrapedMetric implements Collector {
  private final Metric metric;
  private final MetricMetadata metadata;
  private final String[] labelNames;
  private final List<Consumer<SeriesSink>> sources = new CopyOnWriteArrayList<>();

  ScrapedMetric(Metric metric) {
    this.metric = metric;
    this.metadata = new MetricMetadata(baseName(metric), metric.help());
    this.labelNames = metric.labels().toArray(new String[0]);
  }

  /** The name without the suffix that the exposition adds to every counter. */
  static String baseName(Metric metric) {
    String series = metric.series();
    return metric.type() == Metric.Type.COUNTER
        ? series.substring(0, series.length() - "_total".length())
        : series;
  }

  void add(Consumer<SeriesSink> source) {
    sources.add(source);
  }

  @Override
  public MetricSnapshot collect() {
    Map<Labels, Double> rows = new HashMap<>();
    SeriesSink into =
        (value, labelValues) -> rows.merge(Labels.of(labelNames, labelValues), value, Double::sum);
    for (Consumer<SeriesSink> source : sources) {
      source.accept(into);
    }
    return metric.type() == Metric.Type.COUNTER ? counter(rows) : gauge(rows);
  }

  private MetricSnapshot counter(Map<Labels, Double> rows) {
    List<CounterDataPointSnapshot> points = new ArrayList<>(rows.size());
    rows.forEach((labels, value) ->
        points.add(CounterDataPointSnapshot.builder().labels(labels).value(value).build()));
    return new CounterSnapshot(metadata, points);
  }

  private MetricSnapshot gauge(Map<Labels, Double> rows) {
    List<GaugeDataPointSnapshot> points = new ArrayList<>(rows.size());
    rows.forEach((labels, value) ->
        points.add(GaugeDataPointSnapshot.builder().labels(labels).value(value).build()));
    return new GaugeSnapshot(metadata, points);
  }

  @Override
  public MetricFamilyDescriptor getMetricFamilyDescriptor() {
    MetricType type = metric.type() == Metric.Type.COUNTER ? MetricType.COUNTER : MetricType.GAUGE;
    return MetricFamilyDescriptor.of(type, metadata, metric.labels());
  }
}
