package io.leat.proxy.telemetry;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.MetricType;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A histogram whose counts are read from their owners when it is scraped. */
final class ScrapedHistogram implements Collector {
  private static final double[] BOUNDS = LoopDurations.bounds();

  private final Metric metric;
  private final MetricMetadata metadata;
  private final String[] labelNames;
  private final Consumer<HistogramSink> source;

  ScrapedHistogram(Metric metric, Consumer<HistogramSink> source) {
    this.metric = metric;
    this.metadata = new MetricMetadata(metric.series(), metric.help());
    this.labelNames = metric.labels().toArray(new String[0]);
    this.source = source;
  }

  @Override
  public MetricSnapshot collect() {
    List<HistogramDataPointSnapshot> points = new ArrayList<>();
    source.accept((counts, sumSeconds, labelValues) -> {
      ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
      for (int i = 0; i < BOUNDS.length; i++) {
        buckets.bucket(BOUNDS[i], counts[i]);
      }
      points.add(
          HistogramDataPointSnapshot.builder()
              .labels(Labels.of(labelNames, labelValues))
              .classicHistogramBuckets(buckets.build())
              .sum(sumSeconds)
              .build());
    });
    return new HistogramSnapshot(metadata, points);
  }

  @Override
  public MetricFamilyDescriptor getMetricFamilyDescriptor() {
    return MetricFamilyDescriptor.of(MetricType.HISTOGRAM, metadata, metric.labels());
  }
}
