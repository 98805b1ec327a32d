package io.leat.proxy.telemetry;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/**
 * The metrics of the process: components register what {@link Metric} declares, a scrape writes it.
 *
 * <p>Registering and scraping may happen on any thread. What the data path counts is not counted
 * here: it is read from {@link LoopCounters} and live state by the source of a scraped metric.
 */
public final class Telemetry implements AutoCloseable {
  /** The media type of {@link #scrape}. */
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final double[] BUCKETS = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120
  };

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<Metric, ScrapedMetric> scraped = new EnumMap<>(Metric.class);
  private final JvmGcMetrics collections = new JvmGcMetrics();

  /**
   * An empty set of metrics.
   *
   * @param jvmMetrics whether memory, garbage collection, threads, processor and files are added
   */
  public Telemetry(boolean jvmMetrics) {
    if (jvmMetrics) {
      // Their names break the naming rules of Prometheus; process_cpu_seconds_total says it better.
      registry.config().meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"));
      registry.config().meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
      value(Metric.PROCESS_CPU, Telemetry::processorSeconds);
      List<MeterBinder> binders =
          List.of(
              new ClassLoaderMetrics(),
              new JvmMemoryMetrics(),
              new JvmThreadMetrics(),
              new ProcessorMetrics(),
              new UptimeMetrics(),
              new FileDescriptorMetrics(),
              collections);
      for (MeterBinder binder : binders) {
        binder.bindTo(registry);
      }
    }
  }

  private static double processorSeconds() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3;
  }

  /** The registry behind, for libraries that bring Micrometer binders. */
  public PrometheusMeterRegistry registry() {
    return registry;
  }

  /**
   * Adds a source of series to a counter or gauge; one metric may have several sources.
   *
   * @param source called by the scraping thread; what it adds must never fall for a counter
   */
  public synchronized void rows(Metric metric, Consumer<SeriesSink> source) {
    if (metric.type() == Metric.Type.HISTOGRAM) {
      throw new IllegalArgumentException(metric.series() + " is a histogram");
    }
    ScrapedMetric known = scraped.get(metric);
    if (known == null) {
      known = new ScrapedMetric(metric);
      registry.getPrometheusRegistry().register(known);
      scraped.put(metric, known);
    }
    known.add(source);
  }

  /** Adds a source for a metric without labels. */
  public void value(Metric metric, DoubleSupplier source) {
    rows(metric, rows -> rows.row(source.getAsDouble()));
  }

  /** Registers a counter that its owner increments; once per metric. */
  public CounterSeries counter(Metric metric) {
    if (metric.type() != Metric.Type.COUNTER) {
      throw new IllegalArgumentException(metric.series() + " is no counter");
    }
    return new CounterSeries(
        Counter.builder()
            .name(ScrapedMetric.baseName(metric))
            .help(metric.help())
            .labelNames(metric.labels().toArray(new String[0]))
            .withoutExemplars()
            .register(registry.getPrometheusRegistry()));
  }

  /** Registers a histogram of durations from 1 ms to 2 min; once per metric. */
  public HistogramSeries histogram(Metric metric) {
    if (metric.type() != Metric.Type.HISTOGRAM) {
      throw new IllegalArgumentException(metric.series() + " is no histogram");
    }
    return new HistogramSeries(
        Histogram.builder()
            .name(metric.series())
            .help(metric.help())
            .labelNames(metric.labels().toArray(new String[0]))
            .classicOnly()
            .classicUpperBounds(BUCKETS)
            .withoutExemplars()
            .register(registry.getPrometheusRegistry()));
  }

  /**
   * Registers a histogram whose counts its owners keep; once per metric.
   *
   * @param source called by the scraping thread; what it adds must never fall
   */
  public void histogramRows(Metric metric, Consumer<HistogramSink> source) {
    if (metric.type() != Metric.Type.HISTOGRAM) {
      throw new IllegalArgumentException(metric.series() + " is no histogram");
    }
    registry.getPrometheusRegistry().register(new ScrapedHistogram(metric, source));
  }

  /**
   * Writes every series in Prometheus text format 0.0.4.
   *
   * @throws IOException when {@code out} does
   */
  public void scrape(OutputStream out) throws IOException {
    registry.scrape(out, CONTENT_TYPE);
  }

  /** Ends the listeners of the JVM metrics. */
  @Override
  public void close() {
    collections.close();
    registry.close();
  }
}
