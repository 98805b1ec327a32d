package io.leat.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ShardedMapTest {

  @Test
  void answersAsAMapDoesAndKeepsOldVersions() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Map<Integer, String> model = new HashMap<>();
    ShardedMap<Integer, String> map = ShardedMap.empty();
    for (int round = 0; round < 200; round++) {
      Map<Integer, String> before = new HashMap<>(model);
      ShardedMap<Integer, String> mapBefore = map;
      Map<Integer, String> puts = new HashMap<>();
      Set<Integer> removals = new HashSet<>();
      for (int i = random.nextInt(round % 20 == 0 ? 3_000 : 20); i > 0; i--) {
        puts.put(random.nextInt(20_000), "v" + round);
        removals.add(random.nextInt(20_000));
      }
      model.keySet().removeAll(removals);
      model.putAll(puts);
      map = map.with(puts, removals);
      check(map, model, seed);
      check(mapBefore, before, seed);
    }
    assertThat(model).hasSizeGreaterThan(2_048);
  }

  private static void check(
      ShardedMap<Integer, String> map, Map<Integer, String> model, long seed) {
    assertThat(map.size()).as("seed %d", seed).isEqualTo(model.size());
    int[] seen = new int[1];
    map.forEach(value -> seen[0]++);
    assertThat(seen[0]).isEqualTo(model.size());
    for (int key = 0; key < 20_000; key += 37) {
      assertThat(map.get(key)).as("%d, seed %d", key, seed).isEqualTo(model.get(key));
    }
  }
}
