package io.leat.bench.micro;

import io.leat.activator.hold.HoldObserver;
import io.leat.activator.hold.HoldPorts;
import io.leat.activator.hold.RevisionHolds;
import io.leat.proxy.balance.Draw;
import io.leat.proxy.balance.HeldRequest;
import io.leat.proxy.balance.LiveEndpoint;
import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.balance.RequestHold;
import io.leat.proxy.config.HoldLimits;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionLimits;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What waiting costs: a request that passes through the hold, and the news of a free slot. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HoldTurn {
  private static final int PACE = 4;

  private final LiveRevision serving =
      LiveRevision.of(SampleTable.revision(SampleTable.revisionId(0), 2), null);
  private final LiveRevision dormant =
      LiveRevision.of(
          new RevisionEndpoints(
              SampleTable.revisionId(1), RevisionLimits.DEFAULT, new Reachability.Dormant()),
          null);
  private final Passing passing = new Passing();
  private final RevisionHolds holds =
      new RevisionHolds(
          HoldLimits.DEFAULT,
          PACE,
          new HoldPorts(
              (nanos, task) -> () -> {},
              () -> 0,
              () -> Draw.xorshift(42),
              revision -> {},
              HoldObserver.NONE));

  /** One request waits for the dormant revision. */
  public HoldTurn() {
    holds.hold(dormant, new Passing());
  }

  /** A request that gives its slot back as soon as it has one. */
  private static final class Passing extends HeldRequest {
    private int granted;

    Passing() {
      heldBytes = 512;
    }

    @Override
    public void granted(LiveRevision revision, LiveEndpoint endpoint) {
      granted++;
      revision.release(endpoint, RequestHold.NONE);
    }

    @Override
    public void refused(Rejection rejection) {
      throw new IllegalStateException(rejection.toString());
    }
  }

  /** Into the line and out of it, with both budgets, the slot and its return. */
  @Benchmark
  public int holdAndGrant() {
    holds.hold(serving, passing);
    return passing.granted;
  }

  /** A slot became free where a request waits, which looks in vain; run it with two threads. */
  @Benchmark
  public void capacityFreed() {
    holds.capacityFreed(dormant);
  }
}
