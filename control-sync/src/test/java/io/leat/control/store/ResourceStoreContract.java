package io.leat.control.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.resource.Condition;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store promises; a subclass per implementation. */
abstract class ResourceStoreContract {
  final AtomicReference<Instant> now = new AtomicReference<>(Instant.ofEpochSecond(1000));
  private ResourceStore store;

  abstract ResourceStore open();

  @BeforeEach
  void openStore() {
    store = open();
  }

  @Test
  void createAssignsWhatTheStoreOwns() {
    Resource stored = created(route("shop", "rev-1"));
    assertThat(stored.metadata().uid()).isNotEmpty();
    assertThat(stored.metadata().generation()).isEqualTo(1);
    assertThat(stored.metadata().resourceVersion()).isPositive();
    assertThat(stored.metadata().creationTimestamp()).isEqualTo(now.get());
    assertThat(store.create(route("shop", "rev-2")))
        .isEqualTo(new StoreOutcome.AlreadyExists(stored));
  }

  @Test
  void generationGrowsWithTheSpecOnly() {
    Resource first = created(route("shop", "rev-1"));
    Resource labelled =
        written(
            store.update(
                first.withMetadata(first.metadata().withLabels(Map.of("team", "checkout")))));
    assertThat(labelled.metadata().generation()).isEqualTo(1);
    assertThat(labelled.metadata().resourceVersion())
        .isGreaterThan(first.metadata().resourceVersion());
    Resource changed =
        written(
            store.update(
                new Resource(
                    Kind.ROUTE, labelled.metadata(), routeTo("rev-2"), labelled.status())));
    assertThat(changed.metadata().generation()).isEqualTo(2);
    assertThat(changed.metadata().uid()).isEqualTo(first.metadata().uid());
    Resource observed =
        written(
            store.updateStatus(changed.key(), changed.metadata().resourceVersion(), ready(true)));
    assertThat(observed.metadata().generation()).isEqualTo(2);
    assertThat(observed.spec()).isEqualTo(routeTo("rev-2"));
  }

  @Test
  void everyWriteComparesTheVersion() {
    Resource first = created(route("shop", "rev-1"));
    Resource second =
        written(store.updateStatus(first.key(), first.metadata().resourceVersion(), ready(true)));
    assertThat(store.update(first)).isEqualTo(new StoreOutcome.Conflict(second));
    assertThat(store.updateStatus(first.key(), first.metadata().resourceVersion(), ready(false)))
        .isEqualTo(new StoreOutcome.Conflict(second));
    assertThat(store.delete(first.key(), first.metadata().resourceVersion()))
        .isEqualTo(new StoreOutcome.Conflict(second));
    ResourceKey absent = new ResourceKey(Kind.ROUTE, "default", "absent");
    assertThat(store.delete(absent, 1)).isEqualTo(new StoreOutcome.NotFound(absent));
    assertThat(store.updateStatus(absent, 1, ready(true)))
        .isEqualTo(new StoreOutcome.NotFound(absent));
    assertThat(store.update(route("absent", "rev-1"))).isEqualTo(new StoreOutcome.NotFound(absent));
  }

  @Test
  void equalWritesChangeNothing() {
    Resource first = created(route("shop", "rev-1"));
    List<ChangeEvent> events = new ArrayList<>();
    try (ResourceStore.Watch watch = store.watch(events::add)) {
      assertThat(store.update(first)).isEqualTo(new StoreOutcome.Written(first, false));
      assertThat(store.updateStatus(first.key(), first.metadata().resourceVersion(), Status.EMPTY))
          .isEqualTo(new StoreOutcome.Written(first, false));
      assertThat(events).isEmpty();
      assertThat(watch).isNotNull();
    }
  }

  @Test
  void conditionsKeepTheTimeOfTheirLastTransition() {
    Resource route = created(route("shop", "rev-1"));
    Resource up = status(route, ready(true));
    Instant first = now.get();
    now.set(first.plusSeconds(60));
    Condition reworded =
        new Condition("Ready", Condition.State.TRUE, "Because", "of a reason", null);
    Resource still = status(up, conditions(reworded));
    assertThat(still.status().conditions().getFirst().lastTransitionTime()).isEqualTo(first);
    Resource down = status(still, ready(false));
    assertThat(down.status().conditions().getFirst().lastTransitionTime()).isEqualTo(now.get());
  }

  @Test
  void deletingAnOwnerDeletesWhatItControls() {
    Resource owner = created(route("owner", "rev-1"));
    Resource child = created(owned("child", owner));
    Resource grandchild = created(owned("grandchild", child));
    Resource stranger = created(route("stranger", "rev-1"));
    List<ResourceKey> deleted = new ArrayList<>();
    try (ResourceStore.Watch watch =
        store.watch(event -> {
          assertThat(event.type()).isEqualTo(ChangeEvent.Type.DELETED);
          deleted.add(event.resource().key());
        })) {
      assertThat(store.delete(owner.key(), owner.metadata().resourceVersion()).succeeded())
          .isTrue();
      assertThat(watch).isNotNull();
    }
    assertThat(deleted).containsExactly(owner.key(), child.key(), grandchild.key());
    assertThat(store.<List<Resource>>read(view -> view.list(Kind.ROUTE))).containsExactly(stranger);
  }

  @Test
  void theViewFindsByKindNamespaceOwnerLabelAndReference() {
    Resource route = created(route("shop", "rev-1"));
    Resource revision = created(revision("rev-1", "shop"));
    Resource other = created(revision("rev-2", "cart"));
    Resource slice = created(slice("slice-a", "rev-1"));
    store.read(view -> {
      assertThat(view.get(route.key())).contains(route);
      assertThat(view.list(Kind.REVISION)).containsExactly(revision, other);
      assertThat(view.list(Kind.REVISION, "default")).containsExactly(revision, other);
      assertThat(view.list(Kind.REVISION, "elsewhere")).isEmpty();
      assertThat(view.labelled(Kind.REVISION, "default", Labels.CONFIGURATION, "shop"))
          .containsExactly(revision);
      assertThat(view.labelled(Kind.ENDPOINT_SLICE, "default", Labels.REVISION, "rev-1"))
          .containsExactly(slice);
      assertThat(view.referencing(revision.key())).containsExactly(route, slice);
      return true;
    });
    Resource moved =
        written(
            store.update(
                new Resource(Kind.ROUTE, route.metadata(), routeTo("rev-2"), route.status())));
    store.read(view -> {
      assertThat(view.referencing(revision.key())).containsExactly(slice);
      assertThat(view.referencing(other.key())).containsExactly(moved);
      return true;
    });
  }

  @Test
  void watchersSeeEveryWriteInOrder() {
    List<ChangeEvent> events = new ArrayList<>();
    ResourceStore.Watch watch = store.watch(events::add);
    Resource first = created(route("shop", "rev-1"));
    Resource second = status(first, ready(true));
    store.delete(second.key(), second.metadata().resourceVersion());
    watch.close();
    created(route("later", "rev-1"));
    assertThat(events)
        .containsExactly(
            new ChangeEvent(ChangeEvent.Type.CREATED, null, first),
            new ChangeEvent(ChangeEvent.Type.UPDATED, first, second),
            new ChangeEvent(ChangeEvent.Type.DELETED, second, null));
  }

  @Test
  void concurrentWritersLoseNothingAndReadersSeeWholeStates() throws Exception {
    Resource counter = created(route("counter", "rev-0"));
    int writers = 4;
    int perWriter = 200;
    CountDownLatch start = new CountDownLatch(1);
    List<Future<Integer>> conflicts = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(writers)) {
      for (int i = 0; i < writers; i++) {
        conflicts.add(executor.submit(() -> increment(counter.key(), perWriter, start)));
      }
      start.countDown();
      for (Future<Integer> conflict : conflicts) {
        assertThat(conflict.get()).isNotNegative();
      }
    }
    Resource end = store.read(view -> view.get(counter.key()).orElseThrow());
    assertThat(end.metadata().generation()).isEqualTo(1L + (long) writers * perWriter);
    assertThat(end.spec()).isEqualTo(routeTo("rev-" + writers * perWriter));
  }

  private int increment(ResourceKey key, int times, CountDownLatch start)
      throws InterruptedException {
    start.await();
    int conflicts = 0;
    for (int done = 0; done < times; ) {
      Resource now = store.read(view -> view.get(key).orElseThrow());
      long next = now.metadata().generation();
      StoreOutcome outcome =
          store.update(
              new Resource(key.kind(), now.metadata(), routeTo("rev-" + next), now.status()));
      if (outcome.succeeded()) {
        done++;
      } else {
        conflicts++;
      }
    }
    return conflicts;
  }

  private Resource created(Resource resource) {
    return written(store.create(resource));
  }

  private Resource status(Resource resource, Status status) {
    return written(
        store.updateStatus(resource.key(), resource.metadata().resourceVersion(), status));
  }

  private static Resource written(StoreOutcome outcome) {
    assertThat(outcome).isInstanceOf(StoreOutcome.Written.class);
    return ((StoreOutcome.Written) outcome).resource();
  }

  private static Resource owned(String name, Resource owner) {
    Metadata metadata = Metadata.of("default", name).withOwners(References.controlledBy(owner));
    return Resource.of(Kind.ROUTE, metadata, routeTo("rev-1"));
  }

  private static Resource route(String name, String revision) {
    return Resource.of(Kind.ROUTE, Metadata.of("default", name), routeTo(revision));
  }

  private static Spec routeTo(String revision) {
    return new Spec.RouteSpec(
        List.of(new Spec.TrafficTarget(revision, null, false, 100L, null, null)));
  }

  private static Resource revision(String name, String configuration) {
    return Resource.of(
        Kind.REVISION,
        Metadata.of("default", name).withLabels(Map.of(Labels.CONFIGURATION, configuration)),
        new Spec.RevisionSpec(null, null, null, null, null));
  }

  private static Resource slice(String name, String revision) {
    return Resource.of(
        Kind.ENDPOINT_SLICE,
        Metadata.of("default", name).withLabels(Map.of(Labels.REVISION, revision)),
        new Spec.EndpointSliceSpec("IPv4", List.of(), List.of()));
  }

  private static Status ready(boolean ready) {
    return conditions(ready ? Condition.isTrue("Ready") : Condition.isFalse("Ready", "Broken", ""));
  }

  private static Status conditions(Condition... conditions) {
    return new Status(1, List.of(conditions), null, null, null, null, null, null, null, null);
  }
}
