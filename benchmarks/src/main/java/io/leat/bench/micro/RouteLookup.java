package io.leat.bench.micro;

import io.leat.proxy.balance.Draw;
import io.leat.proxy.routing.LiveEntry;
import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.routing.RequestView;
import io.leat.proxy.routing.RouteCache;
import io.leat.proxy.routing.Router;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** From the bytes of a host and a path to the entry that takes the request. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RouteLookup {
  private static final int REQUESTS = 1 << 16;

  /** How many exact hosts the table has. */
  @Param({"1000", "1000000"})
  public int hosts;

  private final RequestView[] random = new RequestView[REQUESTS];
  private final RequestView same = new WireRequest(SampleTable.hostName(7), "/");
  private LiveTable table = SampleTable.live(SampleTable.table(0, List.of()));
  private final RouteCache connection = new RouteCache(true);
  private int next;

  /** Builds the table and the requests. */
  @Setup
  public void fill() {
    table = SampleTable.live(SampleTable.table(hosts, List.of()));
    Draw draw = Draw.xorshift(42);
    for (int i = 0; i < REQUESTS; i++) {
      random[i] = new WireRequest(SampleTable.hostName(draw.below(hosts)), "/");
    }
  }

  /** The host that the request before on the connection named. */
  @Benchmark
  public @Nullable LiveEntry sameHost() {
    return connection.dispatch(table.current(), same);
  }

  /** Always the same host, looked up each time. */
  @Benchmark
  public @Nullable LiveEntry exactHost() {
    return table.current().dispatch(same, true);
  }

  /** One of 65,536 requests for random hosts; their bytes are cold, too. */
  @Benchmark
  public @Nullable LiveEntry randomHost() {
    next = (next + 1) & (REQUESTS - 1);
    return table.current().dispatch(random[next], true);
  }

  /** The read of the live router. */
  @Benchmark
  public Router snapshot() {
    return table.current();
  }
}
