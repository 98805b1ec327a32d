package io.leat.control.serving;

import io.leat.activator.scale.ScaleSettings;
import io.leat.control.manifest.rules.AutoscalingAnnotations;
import io.leat.control.manifest.rules.Durations;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the autoscaler is told of a Revision, from its annotations and what is known of it. */
final class Autoscaling {
  private Autoscaling() {}

  /** As the annotations say. */
  static ScaleSettings settings(Resource revision, ServingConfig config, boolean reachable) {
    AutoscalingAnnotations values = AutoscalingAnnotations.of(revision.metadata().annotations());
    Integer limit =
        revision.spec() instanceof Spec.RevisionSpec spec ? spec.containerConcurrency() : null;
    Duration retention = values.scaleToZeroPodRetentionPeriod();
    Duration grace = config.scaleToZeroGrace();
    return new ScaleSettings(
        values.minScale(),
        values.maxScale(),
        values.initialScale(),
        values.targetPerInstance(
            limit == null ? 0 : limit, config.defaultTarget(), config.targetUtilization()),
        values.window(),
        retention.compareTo(grace) > 0 ? retention : grace,
        reachable);
  }

  /**
   * The settings without an initial scale once that was reached, now or before a restart: an
   * autoscaler that sees only routed revisions would otherwise hold an unrouted one at it for ever.
   *
   * @param ready instances that are ready
   * @param told what the autoscaler was told last
   * @param wasReady whether the stored status says that the revision is ready
   */
  static ScaleSettings afterStart(
      ScaleSettings settings, int ready, Optional<ScaleSettings> told, boolean wasReady) {
    int first = settings.initialScale();
    int reachableFirst = settings.maxScale() > 0 ? Math.min(first, settings.maxScale()) : first;
    boolean reached =
        ready >= reachableFirst || told.map(before -> before.initialScale() == 0).orElse(wasReady);
    return new ScaleSettings(
        settings.minScale(),
        settings.maxScale(),
        reached ? 0 : first,
        settings.target(),
        settings.window(),
        settings.scaleToZeroGrace(),
        settings.reachable());
  }

  /** A duration annotation, or {@code absent} when there is none that can be read. */
  static Duration duration(@Nullable String text, Duration absent) {
    return text == null ? absent : Durations.parse(text).orElse(absent);
  }
}
