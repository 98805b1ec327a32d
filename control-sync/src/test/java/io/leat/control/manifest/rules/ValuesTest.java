package io.leat.control.manifest.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Spec.ConfigurationSpec;
import io.leat.control.resource.Spec.Container;
import io.leat.control.resource.Spec.RevisionSpec;
import io.leat.control.resource.Spec.RevisionTemplate;
import io.leat.control.resource.Spec.ServiceSpec;
import io.leat.control.resource.Spec.TemplateMetadata;
import io.leat.control.resource.Spec.TrafficTarget;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Durations, defaults, annotations, nearest names, and rules between two versions. */
final class ValuesTest {
  @ParameterizedTest
  @CsvSource({
    "30s, 30000",
    "1h2m, 3720000",
    "1.5s, 1500",
    ".5s, 500",
    "300ms, 300",
    "1h0m0.25s, 3600250",
    "-2s, -2000",
    "+2s, 2000",
    "0, 0",
    "PT30S, 30000",
    "pt1m, 60000",
    "P1D, 86400000",
    "-PT1S, -1000"
  })
  void parsesDurations(String text, long millis) {
    assertThat(Durations.parse(text)).contains(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "6", "s", "1 s", "1x", "1s2", "--1s", "P", "PT", "1e3s", "999999999999h", "."})
  void refusesWhatIsNoDuration(String text) {
    assertThat(Durations.parse(text)).isEmpty();
  }

  @Test
  void formatsWhatItParses() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int i = 0; i < 1000; i++) {
      Duration duration = Duration.ofNanos(random.nextLong() >> random.nextInt(60));
      String text = Durations.format(duration);
      assertThat(Durations.parse(text)).as("seed %d %s", seed, text).contains(duration);
    }
  }

  @Test
  void fillsInTheDefaultsOfKnative() {
    RevisionSpec empty = revision(null, null, null);
    assertThat(Defaults.containerConcurrency(empty)).isZero();
    assertThat(Defaults.timeoutSeconds(empty)).isEqualTo(300);
    assertThat(Defaults.responseStartTimeoutSeconds(empty)).isEqualTo(300);
    assertThat(Defaults.idleTimeoutSeconds(empty)).isZero();
    RevisionSpec set = revision(7, 60, null);
    assertThat(Defaults.containerConcurrency(set)).isEqualTo(7);
    assertThat(Defaults.timeoutSeconds(set)).isEqualTo(60);
    assertThat(Defaults.responseStartTimeoutSeconds(set)).isEqualTo(60);
    assertThat(Defaults.responseStartTimeoutSeconds(revision(null, 60, 20))).isEqualTo(20);
    assertThat(Defaults.timeoutSeconds(revision(null, 0, null))).isEqualTo(300);
    var service = new ServiceSpec(new RevisionTemplate(null, empty), null);
    assertThat(Defaults.traffic(service))
        .containsExactly(new TrafficTarget(null, null, true, 100L, null, null));
    assertThat(Defaults.latestRevision(target("a", null))).isFalse();
    assertThat(Defaults.latestRevision(target(null, null))).isTrue();
    assertThat(Defaults.percent(target("a", null))).isZero();
  }

  @Test
  void readsAnnotationsInBothSpellings() {
    AutoscalingAnnotations values =
        AutoscalingAnnotations.of(
            Map.of(
                "autoscaling.knative.dev/minScale", "1",
                "autoscaling.knative.dev/max-scale", "3",
                "autoscaling.knative.dev/target", "50",
                "autoscaling.knative.dev/window", "6s",
                "autoscaling.knative.dev/scaleToZeroPodRetentionPeriod", "1m",
                "autoscaling.knative.dev/activationScale", "2",
                "unrelated", "x"));
    assertThat(values.minScale()).isEqualTo(1);
    assertThat(values.maxScale()).isEqualTo(3);
    assertThat(values.initialScale()).isEqualTo(1);
    assertThat(values.activationScale()).isEqualTo(2);
    assertThat(values.window()).isEqualTo(Duration.ofSeconds(6));
    assertThat(values.scaleToZeroPodRetentionPeriod()).isEqualTo(Duration.ofMinutes(1));
    assertThat(values.targetPerInstance(0, 100, 70)).isEqualTo(35);
    assertThat(values.targetPerInstance(10, 100, 70)).isEqualTo(7);
  }

  @Test
  void fillsInTheDefaultsOfAnnotations() {
    AutoscalingAnnotations values = AutoscalingAnnotations.of(Map.of());
    assertThat(values.metric()).isEqualTo("concurrency");
    assertThat(values.target()).isNull();
    assertThat(values.targetPerInstance(0, 100, 70)).isEqualTo(70);
    assertThat(values.window()).isEqualTo(Duration.ofSeconds(60));
    assertThat(values.targetBurstCapacity()).isEqualTo(211);
    assertThat(values.panicWindowPercentage()).isEqualTo(10);
    assertThat(values.panicThresholdPercentage()).isEqualTo(200);
    assertThat(values.scaleDownDelay()).isZero();
    assertThat(values.metricAggregationAlgorithm()).isEqualTo("linear");
    assertThat(
            AutoscalingAnnotations.of(Map.of("autoscaling.knative.dev/metric", "rps"))
                .targetPerInstance(5, 100, 70))
        .isEqualTo(3.5);
  }

  @Test
  void namesWhatHasNoEffect() {
    Spec.Container container =
        new Spec.Container(
            null,
            null,
            List.of("run"),
            null,
            null,
            null,
            null,
            new Spec.ContainerProbe(null, new Spec.TcpSocket(80), null, null, 5, null, null, null));
    Spec.RevisionTemplate template =
        new Spec.RevisionTemplate(
            new Spec.TemplateMetadata(
                null,
                null,
                Map.of(
                    "autoscaling.knative.dev/minScale", "1",
                    "autoscaling.knative.dev/activation-scale", "2")),
            new Spec.RevisionSpec(null, null, null, null, List.of(container)));
    assertThat(
            Unhonoured.paths(
                Resource.of(
                    Kind.CONFIGURATION,
                    Metadata.of("default", "shop"),
                    new Spec.ConfigurationSpec(template))))
        .containsExactly(
            "spec.template.metadata.annotations[autoscaling.knative.dev/activation-scale]",
            "spec.template.spec.containers[0].readinessProbe.periodSeconds",
            "spec.template.spec.containers[0].readinessProbe.tcpSocket.port");
  }

  @Test
  void replacesBrokenAnnotationsByDefaults() {
    AutoscalingAnnotations.Reading reading =
        AutoscalingAnnotations.read(
            Map.of(
                "autoscaling.knative.dev/min-scale", "many",
                "autoscaling.knative.dev/flavour", "vanilla"),
            "metadata.annotations");
    assertThat(reading.values().minScale()).isZero();
    assertThat(reading.findings())
        .extracting(Finding::toString)
        .containsExactly(
            "metadata.annotations[autoscaling.knative.dev/min-scale]: must be an integer (got"
                + " \"many\")");
    assertThat(reading.unknown()).containsExactly("autoscaling.knative.dev/flavour");
  }

  @ParameterizedTest
  @CsvSource({"percnt, percent", "Tag, tag", "revision-name, revisionName", "tga, tag"})
  void findsTheNearestName(String word, String expected) {
    List<String> names = List.of("revisionName", "percent", "tag", "configurationName");
    assertThat(NearestName.of(word, names)).isEqualTo(expected);
  }

  @Test
  void findsNoNameForAnotherWord() {
    assertThat(NearestName.of("colour", List.of("percent", "tag"))).isNull();
    assertThat(NearestName.of("x".repeat(100_000), List.of("percent"))).isNull();
  }

  @Test
  void clusterModeWantsAnImage() {
    Resource resource = configuration(null, "run");
    assertThat(Validation.standalone().findings(resource)).isEmpty();
    assertThat(Validation.cluster().findings(resource))
        .containsExactly(new Finding("spec.template.spec.containers[0].image", "is required"));
  }

  @Test
  void aNamedTemplateChangesWithItsName() {
    Resource before = configuration("shop-one", "run");
    assertThat(Validation.standalone().changeFindings(before, configuration("shop-one", "run")))
        .isEmpty();
    assertThat(Validation.standalone().changeFindings(before, configuration("shop-two", "walk")))
        .isEmpty();
    assertThat(Validation.standalone().changeFindings(before, configuration("shop-one", "walk")))
        .extracting(Finding::toString)
        .containsExactly(
            "spec.template: must not change while spec.template.metadata.name stays \"shop-one\"");
  }

  @Test
  void aRevisionNeverChanges() {
    Metadata metadata = Metadata.of("default", "a");
    Resource before = Resource.of(Kind.REVISION, metadata, revision(1, null, null));
    Resource after = Resource.of(Kind.REVISION, metadata, revision(2, null, null));
    assertThat(Validation.standalone().changeFindings(before, before)).isEmpty();
    assertThat(Validation.standalone().changeFindings(before, after))
        .containsExactly(new Finding("spec", "is immutable: a change needs a new revision"));
  }

  private static Resource configuration(@Nullable String templateName, String program) {
    var container = new Container(null, null, List.of(program), null, null, null, null, null);
    var spec = new RevisionSpec(null, null, null, null, List.of(container));
    var template =
        new RevisionTemplate(
            templateName == null ? null : new TemplateMetadata(templateName, null, null), spec);
    return Resource.of(
        Kind.CONFIGURATION, Metadata.of("default", "shop"), new ConfigurationSpec(template));
  }

  private static RevisionSpec revision(
      @Nullable Integer concurrency, @Nullable Integer timeout, @Nullable Integer start) {
    return new RevisionSpec(concurrency, timeout, start, null, null);
  }

  private static TrafficTarget target(@Nullable String revision, @Nullable Long percent) {
    return new TrafficTarget(revision, null, null, percent, null, null);
  }
}
