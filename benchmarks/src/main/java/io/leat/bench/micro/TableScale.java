package io.leat.bench.micro;

import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.table.Endpoint;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RevisionLimits;
import io.leat.proxy.table.RouteTable;
import io.leat.proxy.table.TableHash;
import io.leat.proxy.table.TableUpdate;
import io.leat.proxy.table.TrafficSplit;
import io.leat.proxy.table.VirtualHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * How the cost of a change grows with the table: one host, or one revision that one host names,
 * among as many of both.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TableScale {
  /** How many hosts, and as many revisions, the table has. */
  @Param({"10", "10000", "1000000"})
  public int hosts;

  private final VirtualHost[] shapes = {host(5, "/"), host(5, "/a")};
  private final RevisionEndpoints[] revisions = {revision(7, 8080), revision(7, 8081)};
  private LiveTable table = SampleTable.live(RouteTable.EMPTY);
  private int turn;

  private static RevisionId id(int index) {
    return new RevisionId("default", "app-" + index + "-00001");
  }

  private static VirtualHost host(int index, String prefix) {
    return VirtualHost.of(
        SampleTable.hostName(index),
        List.of(SampleTable.entry(prefix, TrafficSplit.to(id(index)))));
  }

  private static RevisionEndpoints revision(int index, int port) {
    return new RevisionEndpoints(
        id(index),
        RevisionLimits.DEFAULT,
        new Reachability.Serving(List.of(Endpoint.http1("10.0.0.1", port))));
  }

  /** Builds the table. */
  @Setup
  public void build() {
    List<VirtualHost> all = new ArrayList<>(hosts);
    List<RevisionEndpoints> named = new ArrayList<>(hosts);
    for (int i = 0; i < hosts; i++) {
      all.add(host(i, "/"));
      named.add(revision(i, 8080));
    }
    table = SampleTable.live(new RouteTable(1, all, named));
  }

  private LiveTable.Outcome apply(
      long change, List<VirtualHost> host, List<RevisionEndpoints> revision) {
    long from = table.current().version();
    long hash = table.current().hash() + change;
    LiveTable.Outcome outcome =
        table.apply(
            new TableUpdate.Delta(from, from + 1, hash, host, Set.of(), revision, Set.of()));
    if (!(outcome instanceof LiveTable.Outcome.Acknowledged)) {
      throw new IllegalStateException(outcome.toString());
    }
    return outcome;
  }

  /** One host gets another path. */
  @Benchmark
  public LiveTable.Outcome oneHost() {
    long before = TableHash.of(shapes[turn]);
    turn = 1 - turn;
    return apply(TableHash.of(shapes[turn]) - before, List.of(shapes[turn]), List.of());
  }

  /** One revision gets another endpoint, and the host that names it is built anew. */
  @Benchmark
  public LiveTable.Outcome oneRevision() {
    long before = TableHash.of(revisions[turn]);
    turn = 1 - turn;
    return apply(TableHash.of(revisions[turn]) - before, List.of(), List.of(revisions[turn]));
  }
}
