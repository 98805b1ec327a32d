package io.leat.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.compile.TableCompiler;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.serving.RevisionReachability;
import io.leat.control.serving.RouteHosts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random edits, failures and scaling: afterwards nothing is left to do and the table is right. */
final class ControlLoopPropertyTest {

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14, 15, 16})
  void everyStorySettles(long seed) {
    Random random = new Random(seed);
    World world = new World();
    List<String> cut = new ArrayList<>();
    world.runtime.onStop(instance -> {
      if (world.proxy.sendsTo(instance.host() + ":" + instance.port())) {
        cut.add(instance.name());
      }
    });
    Map<String, Resource> files = new LinkedHashMap<>();
    for (int step = 0; step < 60; step++) {
      String at = "seed " + seed + " step " + step;
      edit(random, world, files);
      var _ = world.loop.applyManifests(List.copyOf(files.values()));
      world.time.advance(Duration.ofMillis(random.nextInt(40)));
      if (random.nextInt(3) == 0) {
        world.settle();
        assertThat(world.unsettled()).as(at).isEmpty();
        assertThat(world.time.pending()).as(at).isZero();
        assertThat(world.proxy.table().hash()).as(at).isEqualTo(freshHash(world));
      }
      assertThat(cut).as(at).isEmpty();
    }
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
      case 5 -> world.runtime.fails(World.id(revision));
      case 6 -> world.runtime.startsSlowly(World.id(revision));
      case 7 -> world.runtime.ready(World.id(revision));
      default -> world.loop.scale(World.id(revision), random.nextInt(4));
    }
  }

  private static long freshHash(World world) {
    TableCompiler fresh =
        new TableCompiler(List.of(new RouteHosts(World.CONFIG)), new RevisionReachability());
    for (Kind kind : Kind.values()) {
      world.store.<List<Resource>>read(view -> view.list(kind)).forEach(fresh::mark);
    }
    world.store.read(fresh::compile);
    return fresh.hash();
  }
}
