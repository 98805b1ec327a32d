package io.leat.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.plan.Planned;
import io.leat.control.plan.PlannedChange;
import io.leat.control.plan.TableDiff.Difference;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Problem;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RouteTable;
import io.leat.proxy.table.VirtualHost;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a plan shows is what an apply does, and a plan alone does nothing. */
final class PlanPropertyTest {
  private static final int STEPS = 60;

  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23, 24, 25, 26})
  void anApplyDoesWhatThePlanShowed(long seed) {
    Random random = new Random(seed);
    World world = new World();
    Map<String, Resource> files = new LinkedHashMap<>();
    for (int step = 0; step < STEPS; step++) {
      String at = "seed " + seed + " step " + step;
      edit(random, world, files);
      world.settle();
      Resource[] wanted = files.values().toArray(Resource[]::new);
      Map<ResourceKey, Resource> resources = resources(world);
      RouteTable before = world.proxy.table();
      long versions = world.store.version();

      Planned<List<Problem>> planned = plan(world, wanted);
      assertThat(planned.settled()).as(at).isTrue();
      assertThat(world.store.version()).as(at).isEqualTo(versions);
      assertThat(resources(world)).as(at).isEqualTo(resources);
      assertThat(world.proxy.table()).as(at).isEqualTo(before);

      List<Problem> problems = world.apply(wanted);
      assertThat(planned.answer()).as(at).isEqualTo(problems);
      assertThat(hosts(world.proxy.table())).as(at).isEqualTo(hosts(planned, before));
      assertThat(revisions(world.proxy.table())).as(at).isEqualTo(revisions(planned, before));
      assertChanges(at, planned, resources, resources(world));

      Planned<List<Problem>> again = plan(world, wanted);
      assertThat(again.isEmpty()).as("%s: %s", at, again).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {31, 32, 33})
  void aPlanAmidChangesShowsItsOwnAlone(long seed) {
    Random random = new Random(seed);
    World world = new World();
    Map<String, Resource> files = new LinkedHashMap<>();
    for (int step = 0; step < STEPS; step++) {
      edit(random, world, files);
      Resource[] wanted = files.values().toArray(Resource[]::new);
      var _ = world.loop.applyManifests(List.of(wanted));
      world.time.run();
      world.time.advance(Duration.ofMillis(random.nextInt(4)));
      Planned<List<Problem>> again = plan(world, wanted);
      assertThat(again.isEmpty()).as("seed %d step %d: %s", seed, step, again).isTrue();
    }
    world.settle();
    assertThat(world.unsettled()).isEmpty();
  }

  private static Planned<List<Problem>> plan(World world, Resource... wanted) {
    return world.rehearse(store -> new ManifestSync(store).apply(List.of(wanted)));
  }

  private static void edit(Random random, World world, Map<String, Resource> files) {
    String name = "app" + random.nextInt(3);
    String revision = name + "-0000" + (1 + random.nextInt(5));
    switch (random.nextInt(9)) {
      case 0, 1, 2 -> files.put(name, Manifests.service(name, "v" + random.nextInt(100)));
      case 3 ->
          files.put(
              name,
              Manifests.service(
                  name,
                  "v" + random.nextInt(100),
                  Manifests.to(revision, 50),
                  Manifests.latest(name, 50)));
      case 4 -> files.remove(name);
      case 5 -> {
        files.put("mine", Manifests.revision("mine"));
        files.put("slice", Manifests.slice("slice", "mine", 9000 + random.nextInt(3)));
      }
      case 6 ->
          files.put(
              "route",
              Manifests.route(
                  "route" + random.nextInt(2),
                  Manifests.tagged("mine", 100, "t" + random.nextInt(2))));
      case 7 -> files.remove(random.nextBoolean() ? "slice" : "route");
      default -> world.loop.scale(World.id(revision), random.nextInt(4));
    }
  }

  private static Map<ResourceKey, Resource> resources(World world) {
    Map<ResourceKey, Resource> all = new TreeMap<>();
    for (Kind kind : Kind.values()) {
      world.store.<List<Resource>>read(view -> view.list(kind)).forEach(r -> all.put(r.key(), r));
    }
    return all;
  }

  /** Slices of instances are left out: a plan starts none, so it cannot know their addresses. */
  private static void assertChanges(
      String at,
      Planned<?> planned,
      Map<ResourceKey, Resource> before,
      Map<ResourceKey, Resource> after) {
    Map<ResourceKey, String> shown = new TreeMap<>();
    for (PlannedChange change : planned.changes()) {
      shown.put(change.resource().key(), change.type() + " " + wish(change.after()));
    }
    shown.keySet().removeIf(key -> ofInstances(key, before, after));
    Map<ResourceKey, String> done = new TreeMap<>();
    before.forEach((key, old) -> {
      Resource now = after.get(key);
      if (now == null) {
        done.put(key, "DELETED " + wish(null));
      } else if (!wish(now).equals(wish(old)) || !uid(now).equals(uid(old))) {
        done.put(key, "UPDATED " + wish(now));
      }
    });
    after.forEach((key, now) -> {
      if (!before.containsKey(key)) {
        done.put(key, "CREATED " + wish(now));
      }
    });
    done.keySet().removeIf(key -> ofInstances(key, before, after));
    assertThat(shown).as(at).isEqualTo(done);
  }

  private static String uid(Resource resource) {
    return resource.metadata().uid();
  }

  private static String wish(@Nullable Resource resource) {
    if (resource == null) {
      return "";
    }
    Metadata metadata = resource.metadata();
    String text = resource.spec() + " " + metadata.labels() + " " + metadata.annotations();
    // A uid that a plan gives is none that an apply gives.
    return text.replaceAll("(uid|planned)-[0-9]+", "uid");
  }

  private static boolean ofInstances(
      ResourceKey key, Map<ResourceKey, Resource> before, Map<ResourceKey, Resource> after) {
    Resource either = after.getOrDefault(key, before.get(key));
    return key.kind() == Kind.ENDPOINT_SLICE
        && (either == null || !either.metadata().ownerReferences().isEmpty());
  }

  private static Map<String, VirtualHost> hosts(RouteTable table) {
    return index(table.virtualHosts(), VirtualHost::host);
  }

  private static Map<String, VirtualHost> hosts(Planned<?> planned, RouteTable before) {
    return applied(hosts(before), planned.table().hosts(), VirtualHost::host);
  }

  /** How a revision is reached counts where somebody else runs it. */
  private static Map<RevisionId, String> revisions(RouteTable table) {
    Map<RevisionId, String> shown = new TreeMap<>();
    index(table.revisions(), RevisionEndpoints::id)
        .forEach((id, revision) -> shown.put(id, text(revision)));
    return shown;
  }

  private static Map<RevisionId, String> revisions(Planned<?> planned, RouteTable before) {
    Map<RevisionId, String> shown = new TreeMap<>();
    applied(
            index(before.revisions(), RevisionEndpoints::id),
            planned.table().revisions(),
            RevisionEndpoints::id)
        .forEach((id, revision) -> shown.put(id, text(revision)));
    return shown;
  }

  private static String text(RevisionEndpoints revision) {
    return revision.limits()
        + (revision.id().name().equals("mine") ? " " + revision.reachability() : "");
  }

  private static <K, V> Map<K, V> index(List<V> values, Function<V, K> key) {
    Map<K, V> index = new TreeMap<>();
    values.forEach(value -> index.put(key.apply(value), value));
    return index;
  }

  private static <K, V> Map<K, V> applied(
      Map<K, V> before, List<Difference<V>> differences, Function<V, K> key) {
    Map<K, V> after = new TreeMap<>(before);
    for (Difference<V> difference : differences) {
      V old = difference.before();
      V now = difference.after();
      if (old != null) {
        assertThat(after.remove(key.apply(old))).isEqualTo(old);
      }
      if (now != null) {
        after.put(key.apply(now), now);
      }
    }
    return after;
  }
}
