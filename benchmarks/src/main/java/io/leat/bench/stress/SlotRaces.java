package io.leat.bench.stress;

import io.leat.proxy.balance.LiveEndpoint;
import io.leat.proxy.guard.AcceptGate;
import io.leat.proxy.table.Endpoint;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/** Counts that event loops share: slots of an endpoint, connections at the gate. */
public final class SlotRaces {
  private SlotRaces() {}

  private static LiveEndpoint endpoint() {
    return new LiveEndpoint(Endpoint.http1("127.0.0.1", 9000));
  }

  /** Two event loops want the last slot. */
  @JCStressTest
  @Outcome(id = "true, false, 1", expect = Expect.ACCEPTABLE, desc = "the first has it")
  @Outcome(id = "false, true, 1", expect = Expect.ACCEPTABLE, desc = "the second has it")
  @Outcome(expect = Expect.FORBIDDEN, desc = "both or none")
  @State
  public static class LastSlot {
    private final LiveEndpoint endpoint = endpoint();

    /** An event loop. */
    @Actor
    public void one(ZZI_Result r) {
      r.r1 = endpoint.tryAcquire(1);
    }

    /** Another. */
    @Actor
    public void two(ZZI_Result r) {
      r.r2 = endpoint.tryAcquire(1);
    }

    /** Afterwards. */
    @Arbiter
    public void after(ZZI_Result r) {
      r.r3 = endpoint.inFlight();
    }
  }

  /** Slots with and without a limit are taken and given back: the count returns to zero. */
  @JCStressTest
  @Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "all came back")
  @Outcome(expect = Expect.FORBIDDEN, desc = "a count was lost")
  @State
  public static class TakeAndGiveBack {
    private final LiveEndpoint endpoint = endpoint();

    /** Without a limit. */
    @Actor
    public void free() {
      if (endpoint.tryAcquire(0)) {
        endpoint.release();
      }
    }

    /** Under a limit. */
    @Actor
    public void limited() {
      if (endpoint.tryAcquire(2)) {
        endpoint.release();
      }
    }

    /** Afterwards. */
    @Arbiter
    public void after(I_Result r) {
      r.r1 = endpoint.inFlight();
    }
  }

  /** Connections come and go at a gate for one: it is open when all have gone. */
  @JCStressTest
  @Outcome(id = "0, false", expect = Expect.ACCEPTABLE, desc = "open again")
  @Outcome(expect = Expect.FORBIDDEN, desc = "shut for good")
  @State
  public static class Gate {
    private final AcceptGate gate = new AcceptGate(1);

    /** A connection. */
    @Actor
    public void one() {
      gate.opened();
      gate.closed();
    }

    /** Another. */
    @Actor
    public void two() {
      gate.opened();
      gate.closed();
    }

    /** Afterwards. */
    @Arbiter
    public void after(IZ_Result r) {
      r.r1 = gate.connections();
      r.r2 = gate.paused();
    }
  }
}
