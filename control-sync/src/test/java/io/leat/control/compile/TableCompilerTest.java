package io.leat.control.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.Manifests;
import io.leat.control.TableMirror;
import io.leat.control.World;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Spec.TrafficTarget;
import io.leat.control.resource.Status;
import io.leat.control.serving.RevisionReachability;
import io.leat.control.serving.RouteHosts;
import io.leat.control.store.MemoryStore;
import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.table.RouteTable;
import io.leat.proxy.table.TableUpdate;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TableCompilerTest {
  private final AtomicLong counter = new AtomicLong();
  private final MemoryStore store =
      new MemoryStore(
          () -> Instant.ofEpochSecond(counter.get() / 3), () -> "uid-" + counter.incrementAndGet());
  private final TableCompiler compiler = compiler();
  private final TableMirror proxy = new TableMirror("proxy");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void incrementalEqualsFromScratch(long seed) {
    Random random = new Random(seed);
    store.watch(compiler::changed);
    for (int step = 0; step < 150; step++) {
      int burst = 1 + random.nextInt(4);
      for (int i = 0; i < burst; i++) {
        change(random);
      }
      publish();
      TableCompiler fresh = compiler();
      for (Kind kind : Kind.values()) {
        store.<List<Resource>>read(view -> view.list(kind)).forEach(fresh::mark);
      }
      store.read(fresh::compile);
      RouteTable expected = fresh.snapshot().table();
      String at = "seed " + seed + " step " + step;
      assertThat(proxy.table().virtualHosts()).as(at).isEqualTo(expected.virtualHosts());
      assertThat(proxy.table().revisions()).as(at).isEqualTo(expected.revisions());
      assertThat(compiler.hash()).as(at).isEqualTo(expected.hash());
    }
    assertThat(compiler.version()).isGreaterThan(50);
  }

  @Test
  void oneChangeAmongTenThousandRoutesVisitsOnlyItsOwn() {
    store.watch(compiler::changed);
    for (int i = 0; i < 10_000; i++) {
      store.create(Manifests.revision("rev-" + i));
      store.create(Manifests.slice("slice-" + i, "rev-" + i, 1000 + i));
      store.create(assigned("route-" + i, "rev-" + i));
    }
    publish();
    assertThat(proxy.table().virtualHosts()).hasSize(40_000);
    long before = compiler.visited();
    reassign("route-77", List.of(Manifests.to("rev-78", 100)));
    publish();
    assertThat(compiler.visited() - before).isLessThanOrEqualTo(3);
    assertThat(proxy.updates().getLast())
        .isInstanceOfSatisfying(
            TableUpdate.Delta.class,
            delta -> {
              assertThat(delta.putHosts()).hasSize(4);
              assertThat(delta.removedRevisions()).hasSize(1);
              assertThat(delta.putRevisions()).isEmpty();
            });
  }

  @Test
  void aWriteThatMeansTheSameTableIsNotPublished() {
    store.watch(compiler::changed);
    store.create(Manifests.revision("rev-1"));
    store.create(assigned("shop", "rev-1"));
    publish();
    long version = compiler.version();
    Resource route = get(Kind.ROUTE, "shop");
    store.update(
        route.withMetadata(route.metadata().withLabels(java.util.Map.of("team", "checkout"))));
    store.create(Manifests.revision("unrelated"));
    assertThat(compiler.isDirty()).isTrue();
    assertThat(store.read(compiler::compile).update()).isEmpty();
    assertThat(compiler.version()).isEqualTo(version);
  }

  private void change(Random random) {
    String route = "r" + random.nextInt(6);
    String revision = "rev-" + random.nextInt(5);
    switch (random.nextInt(7)) {
      case 0 -> store.create(Manifests.revision(revision));
      case 1 -> delete(Kind.REVISION, revision);
      case 2 ->
          store.create(
              Manifests.slice("slice-" + random.nextInt(8), revision, 1000 + random.nextInt(3)));
      case 3 -> delete(Kind.ENDPOINT_SLICE, "slice-" + random.nextInt(8));
      case 4 -> delete(Kind.ROUTE, name(random, route));
      default -> {
        String name = name(random, route);
        store.create(assigned(name, revision));
        long percent = random.nextInt(101);
        // A tag makes "tag-name", which another Route of this test may have as its name.
        reassign(
            name,
            List.of(
                Manifests.to(revision, percent),
                Manifests.tagged("rev-" + random.nextInt(5), 100 - percent, "t")));
      }
    }
  }

  private static String name(Random random, String route) {
    return random.nextInt(3) == 0 ? "t-" + route : route;
  }

  private void publish() {
    store
        .read(compiler::compile)
        .update()
        .ifPresent(update ->
            assertThat(proxy.apply(update))
                .isEqualTo(new LiveTable.Outcome.Acknowledged(update.version())));
  }

  private void reassign(String name, List<TrafficTarget> traffic) {
    Resource route = get(Kind.ROUTE, name);
    store.updateStatus(route.key(), route.metadata().resourceVersion(), traffic(traffic));
  }

  private void delete(Kind kind, String name) {
    ResourceKey key = new ResourceKey(kind, "default", name);
    store
        .<java.util.Optional<Resource>>read(view -> view.get(key))
        .ifPresent(found -> store.delete(key, found.metadata().resourceVersion()));
  }

  private Resource get(Kind kind, String name) {
    return store.read(view -> view.get(new ResourceKey(kind, "default", name)).orElseThrow());
  }

  private static Resource assigned(String name, String revision) {
    TrafficTarget target = Manifests.to(revision, 100);
    return Resource.of(
            Kind.ROUTE,
            io.leat.control.resource.Metadata.of("default", name),
            new Spec.RouteSpec(List.of(target)))
        .withStatus(traffic(List.of(target)));
  }

  private static Status traffic(List<TrafficTarget> traffic) {
    return new Status(1, List.of(), null, null, null, null, traffic, null, null, null);
  }

  private static TableCompiler compiler() {
    return new TableCompiler(List.of(new RouteHosts(World.CONFIG)), new RevisionReachability());
  }
}
