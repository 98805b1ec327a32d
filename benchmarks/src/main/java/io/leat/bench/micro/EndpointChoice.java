package io.leat.bench.micro;

import io.leat.proxy.balance.Draw;
import io.leat.proxy.balance.LiveEndpoint;
import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.balance.RequestHold;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Taking a slot of the better of two endpoints and giving it back. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EndpointChoice {
  /** How many endpoints are ready. */
  @Param({"2", "100"})
  public int endpoints;

  /** Requests per endpoint at most; 0 for no limit. */
  @Param({"0", "10"})
  public int limit;

  private final Draw draw = Draw.xorshift(42);
  private LiveRevision revision =
      LiveRevision.of(SampleTable.revision(SampleTable.revisionId(0), 1), null);

  /** Builds the revision. */
  @Setup(Level.Iteration)
  public void fill() {
    revision = LiveRevision.of(SampleTable.revision(SampleTable.revisionId(0), endpoints), null);
  }

  /** Both halves of what one request does. */
  @Benchmark
  public boolean acquireAndRelease() {
    LiveEndpoint endpoint = revision.acquire(draw, limit);
    if (endpoint == null) {
      return false;
    }
    revision.release(endpoint, RequestHold.NONE);
    return true;
  }

  /** The choice and the slot; nothing is given back. */
  @Benchmark
  public @Nullable LiveEndpoint acquire() {
    return revision.acquire(draw, limit == 0 ? 0 : Integer.MAX_VALUE);
  }

  /** The random index alone. */
  @Benchmark
  public int draw() {
    return draw.below(endpoints);
  }
}
