package io.leat.control.manifest.rules;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the annotations {@code autoscaling.knative.dev/*} of a revision say, defaults filled in.
 *
 * <p>Each key is accepted in kebab-case and in camelCase. Durations are Go style or ISO-8601.
 *
 * @param scalerClass the autoscaler that is meant; the default is the traffic-driven one
 * @param minScale instances that stay while the revision is reachable
 * @param maxScale instances at most; 0 for no limit
 * @param initialScale instances at creation
 * @param activationScale instances to start with when waking from zero; null for as many as needed
 * @param metric {@code concurrency} or {@code rps}; more for other classes
 * @param target aimed value of the metric per instance; null when not set
 * @param targetUtilizationPercentage share of the target that is aimed at, 1 to 100
 * @param targetBurstCapacity requests of headroom; -1 for unlimited
 * @param window averaging window
 * @param panicWindowPercentage panic window as a share of the window
 * @param panicThresholdPercentage load over capacity, in per cent, at which panic starts
 * @param scaleDownDelay how long a lower wish must last before it is followed
 * @param scaleToZeroPodRetentionPeriod how long the last instance stays at least
 * @param metricAggregationAlgorithm {@code linear} or {@code weighted-exponential}
 */
public record AutoscalingAnnotations(
    String scalerClass,
    int minScale,
    int maxScale,
    int initialScale,
    @Nullable Integer activationScale,
    String metric,
    @Nullable Double target,
    @Nullable Double targetUtilizationPercentage,
    double targetBurstCapacity,
    Duration window,
    double panicWindowPercentage,
    double panicThresholdPercentage,
    Duration scaleDownDelay,
    Duration scaleToZeroPodRetentionPeriod,
    String metricAggregationAlgorithm) {

  /** What every key of this record starts with. */
  public static final String PREFIX = "autoscaling.knative.dev/";

  private static final String CONCURRENCY = "concurrency";
  private static final String KPA = "kpa.autoscaling.knative.dev";
  private static final String HPA = "hpa.autoscaling.knative.dev";
  private static final double SMALLEST_TARGET = 0.01;
  private static final Duration HOUR = Duration.ofHours(1);

  /**
   * Annotations as read.
   *
   * @param values a broken value is replaced by its default
   * @param findings broken rules; paths start with the given base
   * @param unknown keys with the prefix that mean nothing here, in the order of the keys
   */
  public record Reading(
      AutoscalingAnnotations values, List<Finding> findings, List<String> unknown) {}

  /** Reads the annotations of a revision or a template; other keys are left alone. */
  public static Reading read(Map<String, String> annotations, String basePath) {
    var findings = new Findings();
    var reader = new AnnotationReader(annotations, basePath, findings);
    AutoscalingAnnotations values = values(reader);
    relations(values, reader);
    List<String> unknown = reader.unknown();
    return new Reading(values, findings.list(), unknown);
  }

  /** The values alone, for annotations that passed validation. */
  public static AutoscalingAnnotations of(Map<String, String> annotations) {
    return read(annotations, "metadata.annotations").values();
  }

  /**
   * The concurrent requests that the scaler aims at per instance, utilisation applied. A target of
   * another metric says nothing about concurrency and is left aside.
   *
   * @param containerConcurrency limit of the revision, 0 for none
   * @param defaultTarget where neither the annotation nor the limit gives a number
   * @param defaultUtilization percentage where the annotation gives none
   */
  public double targetPerInstance(
      int containerConcurrency, int defaultTarget, int defaultUtilization) {
    Double asked = metric.equals(CONCURRENCY) ? target : null;
    double total = containerConcurrency > 0 ? containerConcurrency : defaultTarget;
    if (asked != null) {
      total = containerConcurrency > 0 ? Math.min(asked, containerConcurrency) : asked;
    }
    double percentage =
        targetUtilizationPercentage == null ? defaultUtilization : targetUtilizationPercentage;
    return Math.max(SMALLEST_TARGET, total * percentage / 100);
  }

  static void check(Map<String, String> annotations, String basePath, Findings findings) {
    for (Finding finding : read(annotations, basePath).findings()) {
      findings.add(finding.path(), finding.message());
    }
  }

  private static AutoscalingAnnotations values(AnnotationReader reader) {
    String scalerClass = reader.text("class", KPA);
    return new AutoscalingAnnotations(
        scalerClass,
        reader.integer("min-scale", 0, 0),
        reader.integer("max-scale", 0, 0),
        reader.integer("initial-scale", 1, 0),
        reader.has("activation-scale") ? (Integer) reader.integer("activation-scale", 2, 2) : null,
        metric(reader, scalerClass),
        reader.has("target")
            ? (Double) reader.decimal("target", 100, SMALLEST_TARGET, Double.MAX_VALUE)
            : null,
        reader.has("target-utilization-percentage")
            ? (Double) reader.decimal("target-utilization-percentage", 70, 1, 100)
            : null,
        burst(reader),
        reader.duration("window", Duration.ofMinutes(1), Duration.ofSeconds(6), HOUR),
        reader.decimal("panic-window-percentage", 10, 1, 100),
        reader.decimal("panic-threshold-percentage", 200, 110, 1000),
        reader.duration("scale-down-delay", Duration.ZERO, Duration.ZERO, HOUR),
        reader.duration("scale-to-zero-pod-retention-period", Duration.ZERO, Duration.ZERO, HOUR),
        reader.oneOf(
            "metric-aggregation-algorithm", "linear", List.of("linear", "weighted-exponential")));
  }

  private static String metric(AnnotationReader reader, String scalerClass) {
    return switch (scalerClass) {
      case KPA -> reader.oneOf("metric", CONCURRENCY, List.of(CONCURRENCY, "rps"));
      case HPA -> reader.text("metric", "cpu");
      default -> reader.text("metric", CONCURRENCY);
    };
  }

  private static double burst(AnnotationReader reader) {
    double value = reader.decimal("target-burst-capacity", 211, -1, Double.MAX_VALUE);
    if (value < 0 && value != -1) {
      reader.problem("target-burst-capacity", "must be -1 or at least 0");
      return 211;
    }
    return value;
  }

  private static void relations(AutoscalingAnnotations values, AnnotationReader reader) {
    int max = values.maxScale == 0 ? Integer.MAX_VALUE : values.maxScale;
    if (values.minScale > max) {
      reader.problem("max-scale", "must be at least min-scale, " + values.minScale);
    }
    Integer activation = values.activationScale;
    if (activation != null && activation < values.minScale) {
      reader.problem("activation-scale", "must be at least min-scale, " + values.minScale);
    } else if (activation != null && activation > max) {
      reader.problem("activation-scale", "must be at most max-scale, " + max);
    }
  }
}
