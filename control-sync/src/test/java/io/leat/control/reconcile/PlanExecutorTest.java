package io.leat.control.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.activator.scale.ScaleSettings;
import io.leat.control.FakeRuntime;
import io.leat.control.Manifests;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Status;
import io.leat.control.store.MemoryStore;
import io.leat.proxy.table.RevisionId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PlanExecutorTest {
  private static final RevisionId SHOP = new RevisionId("default", "shop-00001");
  private static final ScaleSettings SETTINGS =
      new ScaleSettings(0, 0, 1, 70, Duration.ofSeconds(60), Duration.ofSeconds(30), true);

  private final MemoryStore store = new MemoryStore(() -> Instant.EPOCH, () -> "uid");
  private final FakeRuntime runtime = new FakeRuntime();
  private final List<String> scaler = new ArrayList<>();
  private final PlanExecutor executor =
      new PlanExecutor(
          store,
          runtime,
          new ScaleConfigurator() {
            @Override
            public void configure(RevisionId revision, ScaleSettings settings) {
              scaler.add("configure " + revision);
            }

            @Override
            public void remove(RevisionId revision) {
              scaler.add("remove " + revision);
            }
          });

  @Test
  void aStatusMayFollowAPutOfTheSamePlan() {
    Resource first = stored(Manifests.revision("mine"));
    Resource labelled = first.withMetadata(first.metadata().withLabels(Map.of("team", "checkout")));
    Status status = new Status(1, List.of(), "http://x", null, null, null, null, null, null, null);
    Plan plan = new Plan.Builder().replace(first, labelled).status(first, status).build();
    assertThat(executor.execute(plan)).isEqualTo(new PlanExecutor.Result.Done(null));
    Resource now = store.read(view -> view.get(first.key()).orElseThrow());
    assertThat(now.metadata().labels()).containsKey("team");
    assertThat(now.status().url()).isEqualTo("http://x");
  }

  @Test
  void aLateWriteStopsThePlan() {
    Resource first = stored(Manifests.revision("mine"));
    store.update(first.withMetadata(first.metadata().withLabels(Map.of("other", "writer"))));
    Resource mine = first.withMetadata(first.metadata().withLabels(Map.of("mine", "too")));
    Plan plan =
        new Plan.Builder()
            .replace(first, mine)
            .add(new Change.ConfigureScale(SHOP, SETTINGS))
            .build();
    assertThat(executor.execute(plan)).isEqualTo(new PlanExecutor.Result.Stale(first.key()));
    assertThat(scaler).isEmpty();
    assertThat(executor.scaleSettings(SHOP)).isEmpty();
  }

  @Test
  void whatWasAskedForIsRememberedUntilItIsRemoved() {
    executor.execute(new Plan(List.of(new Change.ConfigureScale(SHOP, SETTINGS))));
    assertThat(executor.scaleSettings(SHOP)).contains(SETTINGS);
    executor.execute(new Plan(List.of(new Change.RemoveInstances(SHOP))));
    assertThat(executor.scaleSettings(SHOP)).isEmpty();
    assertThat(executor.ensured(SHOP)).isEmpty();
    assertThat(scaler).containsExactly("configure " + SHOP, "remove " + SHOP);
  }

  @Test
  void aPlanOfNoDifferenceIsEmpty() {
    Resource first = stored(Manifests.revision("mine"));
    assertThat(new Plan.Builder().replace(first, first).status(first, Status.EMPTY).build())
        .isSameAs(Plan.EMPTY);
  }

  private Resource stored(Resource resource) {
    assertThat(store.create(resource).succeeded()).isTrue();
    return store.read(view -> view.get(resource.key()).orElseThrow());
  }
}
