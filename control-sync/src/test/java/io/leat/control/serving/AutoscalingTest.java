package io.leat.control.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.activator.scale.ScaleSettings;
import io.leat.control.World;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class AutoscalingTest {

  @Test
  void defaults() {
    assertThat(settings(null, Map.of()))
        .isEqualTo(
            new ScaleSettings(
                0, 0, 1, 70, Duration.ofSeconds(60), World.CONFIG.scaleToZeroGrace(), true));
  }

  @Test
  void bothSpellingsAreRead() {
    ScaleSettings kebab =
        settings(null, Map.of("min-scale", "2", "max-scale", "5", "initial-scale", "3"));
    ScaleSettings camel =
        settings(null, Map.of("minScale", "2", "maxScale", "5", "initialScale", "3"));
    assertThat(kebab).isEqualTo(camel);
    assertThat(kebab.minScale()).isEqualTo(2);
    assertThat(kebab.maxScale()).isEqualTo(5);
    assertThat(kebab.initialScale()).isEqualTo(3);
  }

  @Test
  void targetsAreCappedByTheHardLimitAndScaledByUtilisation() {
    assertThat(settings(10, Map.of()).target()).isEqualTo(7);
    assertThat(settings(10, Map.of("target", "50")).target()).isEqualTo(7);
    assertThat(settings(10, Map.of("target", "4")).target()).isCloseTo(2.8, within());
    assertThat(settings(0, Map.of("target", "200")).target()).isEqualTo(140);
    assertThat(
            settings(null, Map.of("target", "10", "target-utilization-percentage", "100")).target())
        .isEqualTo(10);
  }

  @Test
  void theInitialScaleEndsOnceItWasReached() {
    ScaleSettings three = settings(null, Map.of("initial-scale", "3"));
    Optional<ScaleSettings> none = Optional.empty();
    assertThat(Autoscaling.afterStart(three, 0, none, false)).isEqualTo(three);
    assertThat(Autoscaling.afterStart(three, 2, Optional.of(three), true)).isEqualTo(three);
    ScaleSettings over = Autoscaling.afterStart(three, 3, Optional.of(three), true);
    assertThat(over.initialScale()).isZero();
    assertThat(Autoscaling.afterStart(three, 0, Optional.of(over), true)).isEqualTo(over);
    assertThat(Autoscaling.afterStart(three, 0, none, true)).isEqualTo(over);
    ScaleSettings capped = settings(null, Map.of("initial-scale", "3", "max-scale", "2"));
    assertThat(Autoscaling.afterStart(capped, 2, none, false).initialScale()).isZero();
  }

  @Test
  void aBrokenDurationIsAbsent() {
    Duration absent = Duration.ofSeconds(99);
    assertThat(Autoscaling.duration("1h2m3s", absent)).isEqualTo(Duration.ofSeconds(3723));
    assertThat(Autoscaling.duration("6 and more", absent)).isEqualTo(absent);
    assertThat(Autoscaling.duration(null, absent)).isEqualTo(absent);
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.data.Offset.offset(1e-9);
  }

  private static ScaleSettings settings(
      @Nullable Integer concurrency, Map<String, String> annotations) {
    Map<String, String> prefixed = new TreeMap<>();
    annotations.forEach((key, value) -> prefixed.put("autoscaling.knative.dev/" + key, value));
    Resource revision =
        Resource.of(
            Kind.REVISION,
            Metadata.of("default", "shop-00001").withAnnotations(prefixed),
            new Spec.RevisionSpec(concurrency, null, null, null, null));
    return Autoscaling.settings(revision, World.CONFIG, true);
  }
}
