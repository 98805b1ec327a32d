package io.leat.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.leat.proxy.table.VirtualHost;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class HostIndexTest {
  private final long seed = Long.getLong("leat.seed", System.nanoTime());
  private final Random random = new Random(seed);

  private static LiveHost live(String name) {
    return new LiveHost(VirtualHost.of(name, List.of()), List.of());
  }

  private static @Nullable LiveHost find(HostIndex index, String name) {
    byte[] bytes = ("..x" + name + "y.").getBytes(StandardCharsets.ISO_8859_1);
    return index.find(bytes, 3, 3 + name.length(), false);
  }

  /** What the index should answer, by the rules of the table alone. */
  private static @Nullable LiveHost expected(Map<String, LiveHost> model, String asked) {
    String name = asked.toLowerCase(Locale.ROOT);
    name = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    if (name.length() > 255) {
      return null;
    }
    LiveHost exact = model.get(name);
    for (int dot = name.indexOf('.', 1);
        exact == null && dot > 0;
        dot = name.indexOf('.', dot + 1)) {
      exact = model.get("*." + name.substring(dot + 1));
    }
    return exact;
  }

  private String label(int length) {
    StringBuilder label = new StringBuilder();
    for (int i = 0; i < length; i++) {
      label.append("abz09-_".charAt(random.nextInt(7)));
    }
    return label.toString();
  }

  private String name() {
    int[] lengths = {1, 2, 7, 8, 9, 15, 16, 17, 63, 254, 255, 256, 300};
    return switch (random.nextInt(5)) {
      case 0 -> label(lengths[random.nextInt(lengths.length)]);
      case 1 -> label(1) + "." + label(1) + "." + label(1);
      case 2 -> label(3) + "." + label(2) + ".test";
      case 3 -> "h" + random.nextInt(3_000) + ".test";
      default -> label(2) + "." + label(1) + ".example.test";
    };
  }

  private String anyCase(String name) {
    StringBuilder mixed = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      mixed.append(random.nextBoolean() ? Character.toUpperCase(c) : c);
    }
    return mixed.append(random.nextInt(4) == 0 ? "." : "").toString();
  }

  private void step(List<LiveHost> puts, List<LiveHost> removals, Map<String, LiveHost> model) {
    Set<String> named = new HashSet<>();
    int most = random.nextInt(10) == 0 ? 400 : 8;
    for (int i = random.nextInt(most); i > 0; i--) {
      String name = random.nextInt(4) == 0 ? "*." + name() : name();
      if (!named.add(name)) {
        continue;
      }
      LiveHost known = model.get(name);
      if (random.nextInt(3) == 0) {
        removals.add(known == null ? live(name) : known);
      } else {
        puts.add(live(name));
      }
    }
    removals.forEach(host -> model.remove(host.host().host()));
    puts.forEach(host -> model.put(host.host().host(), host));
  }

  @Test
  void findsWhatAHashMapFinds() {
    System.out.println("HostIndexTest: -Dleat.seed=" + seed);
    HostIndex index = HostIndex.empty(random.nextLong());
    Map<String, LiveHost> model = new HashMap<>();
    for (int round = 0; round < 600; round++) {
      Map<String, LiveHost> before = new HashMap<>(model);
      HostIndex old = index;
      List<LiveHost> puts = new ArrayList<>();
      List<LiveHost> removals = new ArrayList<>();
      step(puts, removals, model);
      index = index.with(puts, removals);
      assertThat(index.size()).as("seed %d round %d", seed, round).isEqualTo(model.size());
      for (int i = 0; i < 60; i++) {
        String asked = anyCase(random.nextBoolean() ? name() : any(puts, removals));
        String why = "seed " + seed + " round " + round + " asked " + asked;
        assertThat(find(index, asked)).as(why).isSameAs(expected(model, asked));
        assertThat(find(old, asked)).as(why + " before").isSameAs(expected(before, asked));
      }
    }
    Map<String, LiveHost> seen = new HashMap<>();
    index.forEach(host -> seen.put(host.host().host(), host));
    assertThat(seen).as("seed %d", seed).isEqualTo(model);
    assertThat(index.with(List.of(), List.copyOf(model.values())).size()).isZero();
  }

  private String any(List<LiveHost> puts, List<LiveHost> removals) {
    List<LiveHost> from = random.nextBoolean() || removals.isEmpty() ? puts : removals;
    if (from.isEmpty()) {
      return name();
    }
    String name = from.get(random.nextInt(from.size())).host().host();
    return name.startsWith("*") ? label(1 + random.nextInt(9)) + name.substring(1) : name;
  }

  @Test
  void aWildcardTakesNamesBelowItButNotItself() {
    HostIndex index =
        HostIndex.empty(7)
            .with(
                List.of(live("*.example.test"), live("*.b.example.test"), live("c.example.test")),
                List.of());
    assertThat(find(index, "a.example.test")).isSameAs(find(index, "x.y.EXAMPLE.test."));
    assertThat(find(index, "a.b.example.test")).isNotSameAs(find(index, "a.example.test"));
    assertThat(find(index, "c.example.test")).isNotSameAs(find(index, "a.example.test"));
    assertThat(find(index, "example.test")).isNull();
    assertThat(find(index, ".example.test")).isNull();
    assertThat(find(index, "aexample.test")).isNull();
    assertThat(find(index, "")).isNull();
    assertThat(find(index, ".")).isNull();
  }

  @Test
  void onlyAsciiLettersAreFolded() {
    HostIndex index =
        HostIndex.empty(7).with(List.of(live("a{z}.test"), live("@`.test")), List.of());
    assertThat(find(index, "A{Z}.TEST")).isNotNull();
    assertThat(find(index, "A[Z].TEST")).isNull();
    assertThat(find(index, "``.test")).isNull();
    assertThat(find(index, "@@.test")).isNull();
    HostIndex other = HostIndex.empty(7).with(List.of(live("aaaaaaa\u00e9.test")), List.of());
    assertThat(find(other, "aaaaaaa\u00c3\u00a9.test")).as("in UTF-8").isNotNull();
    assertThat(find(other, "aaaaaaa\u00c3\u0089.test")).isNull();
  }

  @Test
  void pairsThatCancelInAConstantMultiplierDoNotCollideUnderEverySeed() {
    byte[] one = "aaaaaaa-aaaaaaaa".getBytes(StandardCharsets.ISO_8859_1);
    byte[] other = "aaaaaaamaaaiaaaa".getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; i < 1_000; i++) {
      long any = random.nextLong();
      assertThat(HostName.hash(one, 0, one.length, any))
          .as("seed %d", seed)
          .isNotEqualTo(HostName.hash(other, 0, other.length, any));
    }
  }

  @Test
  void theHashSpreadsOverShardsAndSlots() {
    int[] low = new int[256];
    int[] high = new int[256];
    long any = random.nextLong();
    for (int i = 0; i < 25_600; i++) {
      byte[] name = ("app-" + i + ".apps.example.test").getBytes(StandardCharsets.ISO_8859_1);
      long hash = HostName.hash(name, 0, name.length, any);
      low[(int) hash & 255]++;
      high[(int) (hash >>> 32) & 255]++;
    }
    for (int i = 0; i < 256; i++) {
      assertThat(low[i]).as("seed %d", seed).isBetween(40, 180);
      assertThat(high[i]).as("seed %d", seed).isBetween(40, 180);
    }
  }

  @Test
  void anUpdateAmongManyHostsCopiesLittle() {
    List<LiveHost> hosts = new ArrayList<>();
    for (int i = 0; i < 600_000; i++) {
      hosts.add(live("site-" + i + ".example.test"));
    }
    HostIndex index = HostIndex.empty(11).with(hosts, List.of());
    LiveHost changed = live("site-77.example.test");
    index.with(List.of(changed), List.of());
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().threadId();
    long before = threads.getThreadAllocatedBytes(thread);
    HostIndex next = index.with(List.of(changed), List.of());
    long allocated = threads.getThreadAllocatedBytes(thread) - before;
    assertThat(find(next, "site-77.example.test")).isSameAs(changed);
    assertThat(find(index, "site-77.example.test")).isSameAs(hosts.get(77));
    assertThat(allocated).isLessThan(20 * 1024);
  }

  @Test
  void namesOfManyLabelsFindTheirWildcard() {
    LiveHost deep = live("*." + "d.".repeat(70) + "example");
    LiveHost shallow = live("*.example");
    HostIndex index = HostIndex.empty(3).with(List.of(deep, shallow), List.of());
    assertThat(find(index, "x." + "d.".repeat(70) + "example")).isSameAs(deep);
    assertThat(find(index, "x." + "d.".repeat(69) + "example")).isSameAs(shallow);
    assertThat(find(index, "a.".repeat(123) + "example")).isSameAs(shallow);
    assertThat(find(index, "a.".repeat(130) + "example")).as("too long").isNull();
  }

  @Test
  void hostsLocalToTheClusterAreAbsentFromOutside() {
    LiveHost exact = local("a.example.test");
    LiveHost below = local("*.eu.example.test");
    LiveHost wide = live("*.example.test");
    HostIndex index = HostIndex.empty(3).with(List.of(exact, below, wide), List.of());
    assertThat(find(index, "a.example.test")).isSameAs(exact);
    assertThat(find(index, "x.eu.example.test")).isSameAs(below);
    for (String name : List.of("a.example.test", "x.eu.example.test")) {
      byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
      assertThat(index.find(bytes, 0, bytes.length, true)).as(name).isSameAs(wide);
    }
    assertThat(index.find("example.test".getBytes(StandardCharsets.ISO_8859_1), 0, 12, true))
        .isNull();
  }

  private static LiveHost local(String name) {
    return new LiveHost(
        new VirtualHost(name, VirtualHost.Visibility.CLUSTER_LOCAL, List.of()), List.of());
  }
}
