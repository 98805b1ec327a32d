package io.leat.control;

import static io.leat.control.Manifests.latest;
import static io.leat.control.Manifests.revision;
import static io.leat.control.Manifests.route;
import static io.leat.control.Manifests.service;
import static io.leat.control.Manifests.slice;
import static io.leat.control.Manifests.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leat.control.plan.Planned;
import io.leat.control.plan.TableText;
import io.leat.control.reconcile.Observations;
import io.leat.control.reconcile.Plan;
import io.leat.control.reconcile.Reconciler;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.ResourceView;
import io.leat.control.store.StoreOutcome;
import io.leat.proxy.table.VirtualHost;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a plan costs, where it ends, and what the table's entries of a resource are. */
final class PlannerTest {
  private static final int ROUTES = 2_000;

  private static Families counting(AtomicInteger plans) {
    Families usual = Families.serving(World.CONFIG);
    List<Reconciler> counting = new ArrayList<>();
    for (Reconciler reconciler : usual.reconcilers()) {
      counting.add(
          new Reconciler() {
            @Override
            public Kind kind() {
              return reconciler.kind();
            }

            @Override
            public Plan plan(Resource resource, ResourceView view, Observations observations) {
              plans.incrementAndGet();
              return reconciler.plan(resource, view, observations);
            }

            @Override
            public Plan gone(ResourceKey key, ResourceView view, Observations observations) {
              return reconciler.gone(key, view, observations);
            }
          });
    }
    return new Families(counting, usual.contributors(), usual.revisions());
  }

  private static StoreOutcome retarget(ResourceStore store, String name, String revision) {
    ResourceKey key = new ResourceKey(Kind.ROUTE, "default", name);
    Resource stored = store.read(view -> view.get(key).orElseThrow());
    Resource wanted = route(name, to(revision, 100));
    return store.update(
        new Resource(Kind.ROUTE, stored.metadata(), wanted.spec(), stored.status()));
  }

  @Test
  void aPlanCostsWhatTheChangeTouches() {
    AtomicInteger plans = new AtomicInteger();
    World world = new World(counting(plans));
    List<Resource> many = new ArrayList<>();
    for (int i = 0; i < ROUTES; i++) {
      many.add(revision("rev" + i));
      many.add(slice("slice" + i, "rev" + i, 1 + i));
      many.add(route("route" + i, to("rev" + i, 100)));
    }
    world.apply(many.toArray(Resource[]::new));
    List<Long> micros = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      int before = plans.get();
      String name = "route" + i;
      long start = System.nanoTime();
      Planned<StoreOutcome> planned = world.rehearse(store -> retarget(store, name, "rev999"));
      micros.add((System.nanoTime() - start) / 1000);
      assertThat(planned.answer().succeeded()).isTrue();
      assertThat(planned.table().hosts()).hasSize(4);
      assertThat(plans.get() - before).as("plans of %s", name).isBetween(3, 20);
    }
    long median = micros.stream().sorted().toList().get(micros.size() / 2);
    System.out.println("plan amid " + ROUTES + " routes, median of 50: " + median + " us");
  }

  @Test
  void reconcilersThatNeverAgreeAreStopped() {
    Families usual = Families.serving(World.CONFIG);
    List<Reconciler> reconcilers = new ArrayList<>(usual.reconcilers());
    reconcilers.add(
        new Reconciler() {
          private int turn;

          @Override
          public Kind kind() {
            return Kind.CONFIG_MAP;
          }

          @Override
          public Plan plan(Resource resource, ResourceView view, Observations observations) {
            Metadata other = resource.metadata().withLabels(Map.of("turn", "" + turn++));
            return new Plan.Builder().replace(resource, resource.withMetadata(other)).build();
          }
        });
    World world = new World(new Families(reconcilers, usual.contributors(), usual.revisions()));
    Resource map =
        Resource.of(Kind.CONFIG_MAP, Metadata.of("default", "m"), new Spec.Document("{}"));
    Planned<StoreOutcome> planned = world.rehearse(store -> store.create(map));
    assertThat(planned.settled()).isFalse();
    assertThat(planned.changes()).hasSize(1);
    assertThat(world.has(Kind.CONFIG_MAP, "m")).isFalse();
  }

  @Test
  void aMutationThatThrowsChangesNothing() {
    World world = new World();
    world.apply(revision("mine"), slice("s", "mine", 9000), route("r", to("mine", 100)));
    long version = world.store.version();
    CompletableFuture<Planned<Object>> answer =
        world.loop.rehearse(
            () -> Instant.EPOCH,
            store -> {
              retarget(store, "r", "other");
              throw new IllegalStateException("expected by the test");
            });
    world.time.run();
    assertThatThrownBy(answer::join).hasRootCauseMessage("expected by the test");
    assertThat(world.store.version()).isEqualTo(version);
    Planned<StoreOutcome> next = world.rehearse(store -> retarget(store, "r", "mine"));
    assertThat(next.isEmpty()).as("%s", next).isTrue();
  }

  @Test
  void theEntriesOfAResourceAreItsHostsOrWhatLeadsToIt() {
    World world = new World();
    world.apply(
        service("shop", "one"),
        revision("mine"),
        slice("s", "mine", 9000),
        route("r", to("mine", 50), latest("shop", 50)));
    assertThat(entries(world, Kind.SERVICE, "shop"))
        .contains("shop.default.localhost: / -> 100% default/shop-00001");
    String shared = "r.default.localhost: / -> 50% default/mine, 50% default/shop-00001";
    assertThat(entries(world, Kind.ROUTE, "r")).contains(shared);
    assertThat(entries(world, Kind.REVISION, "mine")).contains(shared).hasSize(4);
    assertThat(entries(world, Kind.REVISION, "shop-00001")).contains(shared).hasSize(8);
    assertThat(entries(world, Kind.ENDPOINT_SLICE, "s")).isEmpty();
  }

  private static List<String> entries(World world, Kind kind, String name) {
    CompletableFuture<List<VirtualHost>> answer =
        world.loop.tableEntries(new ResourceKey(kind, "default", name));
    world.time.run();
    return answer.join().stream()
        .map(host -> host.host() + ": " + TableText.entry(host.entries().getFirst()))
        .toList();
  }
}
