package io.leat.bench.micro;

import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.table.RouteTable;
import io.leat.proxy.table.TableHash;
import io.leat.proxy.table.TableUpdate;
import io.leat.proxy.table.VirtualHost;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** One host changes among a million: checked, hashed, built and swapped in. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TableDelta {
  private static final int HOSTS = 1_000_000;

  private final RouteTable first = SampleTable.table(HOSTS, List.of());
  private final LiveTable table = SampleTable.live(first);
  private long version = first.version();
  private long hash = first.hash();
  private int host;
  private int revision = 1;

  /** The whole way from the delta to the live router. */
  @Benchmark
  public LiveTable.Outcome oneHostOfAMillion() {
    VirtualHost before = SampleTable.host(host, SampleTable.revisionId(host + revision - 1));
    VirtualHost after = SampleTable.host(host, SampleTable.revisionId(host + revision));
    hash += TableHash.of(after) - TableHash.of(before);
    TableUpdate.Delta delta =
        new TableUpdate.Delta(
            version, version + 1, hash, List.of(after), Set.of(), List.of(), Set.of());
    version++;
    host++;
    if (host == HOSTS) {
      host = 0;
      revision++;
    }
    LiveTable.Outcome outcome = table.apply(delta);
    if (!(outcome instanceof LiveTable.Outcome.Acknowledged)) {
      throw new IllegalStateException(outcome.toString());
    }
    return outcome;
  }
}
