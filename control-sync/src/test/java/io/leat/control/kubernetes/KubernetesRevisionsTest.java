package io.leat.control.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import io.leat.control.runtime.InstanceTemplate;
import io.leat.control.runtime.RuntimeObservation;
import io.leat.control.runtime.RuntimeObservation.Instance;
import io.leat.control.store.Labels;
import io.leat.control.store.StoreOutcome;
import io.leat.proxy.table.RevisionId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Revisions as Deployments of an API server that has no controller: the test is the controller. */
final class KubernetesRevisionsTest {
  private static final RevisionId ID = new RevisionId("team", "shop-00001");
  private static final InstanceTemplate TEMPLATE =
      new InstanceTemplate(
          List.of(),
          Map.of("COLOUR", "red"),
          "/",
          "shop",
          "shop",
          new InstanceTemplate.Probe.Tcp(),
          Duration.ofSeconds(300),
          Duration.ofSeconds(600));

  private final ApiFixture fixture = new ApiFixture(InstantSource.system(), 100);
  private final AtomicBoolean leading = new AtomicBoolean(true);
  private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor();
  private final Queue<RevisionId> told = new ConcurrentLinkedQueue<>();
  private final Queue<RevisionId> woken = new ConcurrentLinkedQueue<>();
  private KubernetesRevisions revisions;

  @BeforeEach
  void open() {
    revisions =
        new KubernetesRevisions(fixture.api, fixture.store, leading::get, woken::add, worker);
    revisions.onChange(told::add);
    Spec.Container container =
        new Spec.Container(
            null,
            "img",
            null,
            null,
            null,
            null,
            List.of(new Spec.ContainerPort("h2c", 9000, null)),
            null);
    Resource revision =
        Resource.of(
            Kind.REVISION,
            Metadata.of("team", "shop-00001").withLabels(Map.of(Labels.CONFIGURATION, "shop")),
            new Spec.RevisionSpec(null, null, null, null, List.of(container)));
    assertThat(fixture.store.create(revision).succeeded()).isTrue();
  }

  @AfterEach
  void close() {
    revisions.close();
    worker.shutdownNow();
    fixture.close();
  }

  private Optional<Resource> atServer(ResourceKey key) {
    return fixture.server.store().read(view -> view.get(key));
  }

  private void awaitReplicas(int replicas) {
    Awaitility.await()
        .until(() ->
            atServer(Deployments.deploymentOf(ID)).map(Deployments::replicas).orElse(-1)
                == replicas);
  }

  @Test
  void aRevisionIsADeploymentAndAServiceThatAreScaledAndRemoved() {
    revisions.ensure(ID, TEMPLATE, 1);
    awaitReplicas(1);
    Awaitility.await().until(() -> atServer(Deployments.serviceOf(ID)).isPresent());
    Resource deployment = atServer(Deployments.deploymentOf(ID)).orElseThrow();
    assertThat(ResourceJson.write(deployment))
        .contains("\"image\":\"img\"", "\"containerPort\":9000", "\"name\":\"h2c\"")
        .contains("{\"name\":\"PORT\",\"value\":\"9000\"}", "{\"name\":\"COLOUR\"")
        .contains("{\"name\":\"K_REVISION\",\"value\":\"shop-00001\"}")
        .contains("\"terminationGracePeriodSeconds\":300")
        .contains("\"ownerReferences\":[{\"apiVersion\":\"serving.knative.dev/v1\"");
    assertThat(ResourceJson.write(atServer(Deployments.serviceOf(ID)).orElseThrow()))
        .contains("\"selector\":{\"serving.knative.dev/revision\":\"shop-00001\"}")
        .contains("\"clusterIP\":\"None\"");
    revisions.ensure(ID, TEMPLATE, 3);
    awaitReplicas(3);
    revisions.remove(ID);
    Awaitility.await()
        .until(() ->
            atServer(Deployments.deploymentOf(ID)).isEmpty()
                && atServer(Deployments.serviceOf(ID)).isEmpty());
  }

  @Test
  void onlyWhoLeadsActsAndWhoIsElectedMakesUpForIt() {
    leading.set(false);
    revisions.ensure(ID, TEMPLATE, 2);
    fixture.settle();
    assertThat(atServer(Deployments.deploymentOf(ID))).isEmpty();
    leading.set(true);
    revisions.elected();
    awaitReplicas(2);
  }

  @Test
  void aDeploymentThatSomebodyElseScaledIsBroughtBack() {
    revisions.ensure(ID, TEMPLATE, 1);
    awaitReplicas(1);
    String path = ApiPaths.of(Deployments.deploymentOf(ID)) + "/scale";
    ApiClient.Answer scaled =
        fixture.api.call("PATCH", path, ApiClient.MERGE_PATCH, "{\"spec\":{\"replicas\":5}}");
    assertThat(scaled.body().at("/spec/replicas").asInt()).isEqualTo(5);
    assertThat(scaled.body().path("kind").asText()).isEqualTo("Scale");
    awaitReplicas(1);
  }

  @Test
  void whoDoesNotLeadMayWakeAndWhoLeadsHearsOfIt() {
    revisions.ensure(ID, TEMPLATE, 1);
    awaitReplicas(1);
    revisions.ensure(ID, TEMPLATE, 0);
    awaitReplicas(0);
    fixture.settle();
    assertThat(woken).isEmpty();
    try (KubernetesRevisions other =
        new KubernetesRevisions(fixture.api, fixture.store, () -> false, revision -> {}, worker)) {
      other.wake(ID);
      awaitReplicas(1);
      Awaitility.await().until(() -> woken.contains(ID));
      revisions.ensure(ID, TEMPLATE, 1);
      revisions.ensure(ID, TEMPLATE, 0);
      awaitReplicas(0);
    }
  }

  @Test
  void slicesAndConditionsAreWhatIsObserved() {
    revisions.ensure(ID, TEMPLATE, 1);
    awaitReplicas(1);
    fixture.settle();
    assertThat(revisions.observe(ID)).isEqualTo(RuntimeObservation.NONE);
    Spec.SliceConditions ready = new Spec.SliceConditions(true, true, false);
    Spec.SliceConditions leaving = new Spec.SliceConditions(false, true, true);
    Spec.SliceConditions starting = new Spec.SliceConditions(false, false, false);
    Spec spec =
        new Spec.EndpointSliceSpec(
            "IPv4",
            List.of(
                new Spec.SliceEndpoint(List.of("10.0.0.1"), ready),
                new Spec.SliceEndpoint(List.of("10.0.0.2"), leaving),
                new Spec.SliceEndpoint(List.of("10.0.0.3"), starting)),
            List.of(new Spec.SlicePort("h2c", 9000, "TCP")));
    Resource slice =
        Resource.of(
            Kind.ENDPOINT_SLICE,
            Metadata.of("team", "s").withLabels(Map.of(Labels.REVISION, "shop-00001")),
            spec);
    told.clear();
    StoreOutcome created = fixture.server.store().create(slice);
    assertThat(created.succeeded()).isTrue();
    Awaitility.await().until(() -> told.contains(ID));
    RuntimeObservation seen = revisions.observe(ID);
    assertThat(seen.instances())
        .extracting(Instance::state)
        .containsExactly(Instance.State.READY, Instance.State.STOPPING, Instance.State.STARTING);
    assertThat(seen.everReady()).isTrue();
    assertThat(seen.failure()).isNull();
    assertThat(fixture.server.store().delete(slice.key(), 0).succeeded()).isTrue();
    String status =
        "{\"status\":{\"conditions\":[{\"type\":\"Progressing\",\"status\":\"False\","
            + "\"reason\":\"ProgressDeadlineExceeded\",\"message\":\"no pod\"}]}}";
    ApiClient.Answer patched =
        fixture.api.call(
            "PATCH", ApiPaths.of(Deployments.deploymentOf(ID)), ApiClient.MERGE_PATCH, status);
    assertThat(patched.succeeded()).isTrue();
    fixture.settle();
    RuntimeObservation failed = revisions.observe(ID);
    assertThat(failed.instances()).isEmpty();
    assertThat(Objects.requireNonNull(failed.failure()).reason())
        .isEqualTo("ProgressDeadlineExceeded");
  }
}
