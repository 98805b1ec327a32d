package io.leat.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.RouteMatch;
import io.leat.proxy.table.RouteMatch.HeaderMatch;
import io.leat.proxy.table.RouteMatch.PathKind;
import io.leat.proxy.table.VirtualHost;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class LiveHostTest {
  private static final String[] NAMES = {"x-tag", "x-other"};
  private final long seed = Long.getLong("leat.seed", System.nanoTime());
  private final Random random = new Random(seed);

  private static LiveHost host(List<RouteEntry> entries) {
    List<LiveEntry> live = new ArrayList<>();
    for (RouteEntry entry : entries) {
      live.add(
          LiveEntry.of(
              entry,
              new LiveAction.Respond(new RouteAction.Respond(200, "text/plain", "ok")),
              LivePolicy.NONE));
    }
    return new LiveHost(VirtualHost.of("a.test", entries), live);
  }

  private static RouteEntry entry(String name, RouteMatch match) {
    return RouteEntry.of(name, match, new RouteAction.Respond(200, "text/plain", "ok"));
  }

  private static @Nullable String taken(LiveHost host, String path, String... headers) {
    LiveEntry entry = host.match(new RawRequest("a.test", path, headers), null);
    return entry == null ? null : entry.entry().route();
  }

  /** The rules, one entry after the other: longest path, then most headers, then whole segments. */
  private static @Nullable String linear(
      List<RouteEntry> entries, String path, Map<String, String> headers) {
    RouteEntry best = null;
    for (RouteEntry entry : entries) {
      if (takes(entry.match(), path, headers) && (best == null || isBetter(entry, best))) {
        best = entry;
      }
    }
    return best == null ? null : best.route();
  }

  private static boolean takes(RouteMatch match, String path, Map<String, String> headers) {
    String prefix = match.prefix();
    boolean segment =
        path.equals(prefix) || path.startsWith(prefix.endsWith("/") ? prefix : prefix + "/");
    boolean fits = match.kind() == PathKind.LITERAL ? path.startsWith(prefix) : segment;
    return fits && match.headers().stream().allMatch(h -> h.value().equals(headers.get(h.name())));
  }

  private static boolean isBetter(RouteEntry one, RouteEntry other) {
    int longer = one.match().prefix().length() - other.match().prefix().length();
    int more = one.match().headers().size() - other.match().headers().size();
    if (longer != 0 || more != 0) {
      return longer != 0 ? longer > 0 : more > 0;
    }
    return one.match().kind() == PathKind.SEGMENT && other.match().kind() == PathKind.LITERAL;
  }

  private String path(int most) {
    StringBuilder path = new StringBuilder("/");
    for (int i = random.nextInt(most); i > 0; i--) {
      path.append("ab/\u00e9".charAt(random.nextInt(random.nextInt(8) == 0 ? 4 : 3)));
    }
    return path.toString();
  }

  private List<RouteEntry> entries() {
    List<RouteEntry> entries = new ArrayList<>();
    Set<RouteMatch> known = new HashSet<>();
    int most = random.nextInt(5) == 0 ? 120 : 12;
    for (int i = random.nextInt(most); i > 0; i--) {
      List<HeaderMatch> headers = new ArrayList<>();
      for (String name : NAMES) {
        if (random.nextInt(3) == 0) {
          headers.add(new HeaderMatch(name, "v" + random.nextInt(2)));
        }
      }
      PathKind kind = random.nextBoolean() ? PathKind.LITERAL : PathKind.SEGMENT;
      // A header of its own name keeps two entries from being equally good.
      boolean single = headers.size() == 1;
      RouteMatch match = new RouteMatch(kind, ascii(path(7)), single ? List.of() : headers);
      if (known.add(match)) {
        entries.add(entry("route-" + i, match));
      }
    }
    return entries;
  }

  private static String ascii(String path) {
    return path.replace('\u00e9', 'c');
  }

  @Test
  void takesWhatALinearSearchTakes() {
    System.out.println("LiveHostTest: -Dleat.seed=" + seed);
    int taken = 0;
    for (int round = 0; round < 2_000; round++) {
      List<RouteEntry> entries = entries();
      LiveHost host = host(entries);
      for (int i = 0; i < 40; i++) {
        String path = path(9);
        Map<String, String> headers = new TreeMap<>();
        List<String> flat = new ArrayList<>();
        for (String name : NAMES) {
          if (random.nextBoolean()) {
            headers.put(name, "v" + random.nextInt(3));
            flat.addAll(List.of(name, headers.getOrDefault(name, "")));
          }
        }
        String expected = linear(entries, path, headers);
        taken += expected == null ? 0 : 1;
        assertThat(taken(host, path, flat.toArray(new String[0])))
            .as(
                "seed %d round %d path %s headers %s entries %s",
                seed, round, path, headers, entries)
            .isEqualTo(expected);
      }
    }
    assertThat(taken).isGreaterThan(10_000);
  }

  @Test
  void aLiteralPrefixEndsAnywhereAndASegmentPrefixAtASlash() {
    LiveHost host =
        host(
            List.of(
                entry("literal", RouteMatch.literal("/foo")),
                entry("segment", new RouteMatch(PathKind.SEGMENT, "/foo/bar", List.of()))));
    assertThat(taken(host, "/foobar")).isEqualTo("literal");
    assertThat(taken(host, "/foo/bar")).isEqualTo("segment");
    assertThat(taken(host, "/foo/bar/x")).isEqualTo("segment");
    assertThat(taken(host, "/foo/barx")).isEqualTo("literal");
    assertThat(taken(host, "/fo")).isNull();
  }

  @Test
  void headersComeFirstAtOnePathButALongerPathComesBeforeThem() {
    LiveHost host =
        host(
            List.of(
                entry("all", RouteMatch.ALL),
                entry(
                    "tag",
                    new RouteMatch(
                        PathKind.LITERAL, "/", List.of(new HeaderMatch("X-Tag", "blue")))),
                entry("path", RouteMatch.literal("/path"))));
    assertThat(taken(host, "/")).isEqualTo("all");
    assertThat(taken(host, "/", "x-tag", "blue")).isEqualTo("tag");
    assertThat(taken(host, "/", "x-tag", "bluer")).isEqualTo("all");
    assertThat(taken(host, "/", "x-tag", "")).isEqualTo("all");
    assertThat(taken(host, "/path", "x-tag", "blue")).isEqualTo("path");
    assertThat(host.entries())
        .extracting(e -> e.entry().route())
        .containsExactly("path", "tag", "all");
  }

  @Test
  void aHostWithoutEntriesTakesNothing() {
    assertThat(taken(host(List.of()), "/")).isNull();
  }
}
