package io.leat.bench.micro;

import io.leat.proxy.routing.LiveEntry;
import io.leat.proxy.routing.LiveSplit;
import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.routing.LiveTarget;
import io.leat.proxy.routing.RequestView;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.VirtualHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Wildcards, many prefixes on one host, and the pick of a split, in a table of 10,000 hosts. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HostRules {
  private static final int PREFIXES = 100;
  private static final int HOSTS = 10_000;

  private final LiveTable table = SampleTable.live(SampleTable.table(HOSTS, others()));
  private final RequestView wildcard = new WireRequest("a.b.c.wild.example.org", "/");
  private final RequestView[] paths = paths();
  private final LiveSplit three = split(new WireRequest("three.example.org", "/"));
  private int next;

  private static List<VirtualHost> others() {
    List<RouteEntry> entries = new ArrayList<>();
    for (int i = 0; i < PREFIXES; i++) {
      entries.add(SampleTable.entry("/api/v1/service-" + i + "/", SampleTable.split(1)));
    }
    return List.of(
        SampleTable.host("*.wild.example.org", SampleTable.revisionId(1)),
        VirtualHost.of("paths.example.org", entries),
        VirtualHost.of(
            "three.example.org", List.of(SampleTable.entry("/", SampleTable.split(70, 25, 5)))));
  }

  private static RequestView[] paths() {
    RequestView[] all = new RequestView[PREFIXES];
    for (int i = 0; i < PREFIXES; i++) {
      int service = i * 37 % PREFIXES;
      all[i] = new WireRequest("paths.example.org", "/api/v1/service-" + service + "/orders/17");
    }
    return all;
  }

  private LiveSplit split(RequestView request) {
    LiveEntry entry = Objects.requireNonNull(table.current().dispatch(request, true));
    return (LiveSplit) entry.action();
  }

  /** A wildcard that is found after three labels. */
  @Benchmark
  public @Nullable LiveEntry wildcardThreeLabels() {
    return table.current().dispatch(wildcard, true);
  }

  /** The longest of a hundred prefixes, another one each time; the host look-up included. */
  @Benchmark
  public @Nullable LiveEntry prefixOf100() {
    next = next + 1 == PREFIXES ? 0 : next + 1;
    return table.current().dispatch(paths[next], true);
  }

  /** The next of three targets. */
  @Benchmark
  public LiveTarget splitOf3() {
    return three.pick(1);
  }
}
