package io.leat.bench.stress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** Requests that wait while slots are given back, others arrive and clients leave. */
public final class HoldRaces {
  private HoldRaces() {}

  /** A request arrives at full endpoints while one of them becomes free: no wake-up is lost. */
  @JCStressTest
  @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "served, nobody waits")
  @Outcome(expect = Expect.FORBIDDEN, desc = "forgotten")
  @State
  public static class WakeUp {
    private final StressedHold hold = new StressedHold(2);
    private final StressedHold.Call first = hold.running();
    private final StressedHold.Call second = hold.running();
    private final StressedHold.Call late = hold.call();

    /** A slot becomes free. */
    @Actor
    public void free() {
      hold.finish(first);
    }

    /** A request finds every slot taken, or not. */
    @Actor
    public void arrive() {
      hold.arrive(late);
    }

    /** Afterwards. */
    @Arbiter
    public void after(II_Result r) {
      r.r1 = late.grants();
      r.r2 = hold.waiting();
      hold.finish(second);
    }
  }

  /** Two requests meet at the one slot: one has it, the other waits. */
  @JCStressTest
  @Outcome(id = "1, 2, 1", expect = Expect.ACCEPTABLE, desc = "one runs, one waits, counted twice")
  @Outcome(expect = Expect.FORBIDDEN, desc = "more than the capacity, or nobody")
  @State
  public static class OneSlot {
    private final StressedHold hold = new StressedHold(1);
    private final StressedHold.Call one = hold.call();
    private final StressedHold.Call two = hold.call();

    /** A request. */
    @Actor
    public void first() {
      hold.arrive(one);
    }

    /** Another on another event loop. */
    @Actor
    public void second() {
      hold.arrive(two);
    }

    /** Afterwards. */
    @Arbiter
    public void after(III_Result r) {
      r.r1 = one.grants() + two.grants();
      r.r2 = hold.waiting();
      r.r3 = hold.inFlight();
    }
  }

  /** The client at the front leaves while a slot becomes free: the next one gets it. */
  @JCStressTest
  @Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE, desc = "left in time")
  @Outcome(id = "1, 1, 0", expect = Expect.ACCEPTABLE, desc = "left too late, the slot goes on")
  @Outcome(expect = Expect.FORBIDDEN, desc = "a place or a slot is lost")
  @State
  public static class Leave {
    private final StressedHold hold = new StressedHold(1);
    private final StressedHold.Call running = hold.running();
    private final StressedHold.Call front = hold.call();
    private final StressedHold.Call next = hold.call();

    /** Two wait. */
    public Leave() {
      hold.arrive(front);
      hold.arrive(next);
    }

    /** The slot becomes free. */
    @Actor
    public void free() {
      hold.finish(running);
    }

    /** The client leaves. */
    @Actor
    public void leave() {
      hold.cancel(front);
    }

    /** Afterwards. */
    @Arbiter
    public void after(III_Result r) {
      r.r1 = front.grants();
      hold.finishIfGranted(front);
      r.r2 = next.grants();
      hold.finishIfGranted(next);
      r.r3 = hold.waiting() + hold.inFlight();
    }
  }

  /** A client leaves and another arrives while the slot becomes free. */
  @JCStressTest
  @Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE, desc = "left in time")
  @Outcome(id = "1, 1, 0", expect = Expect.ACCEPTABLE, desc = "left too late, the slot goes on")
  @Outcome(expect = Expect.FORBIDDEN, desc = "a place or a slot is lost")
  @State
  public static class LeaveAndArrive {
    private final StressedHold hold = new StressedHold(1);
    private final StressedHold.Call running = hold.running();
    private final StressedHold.Call front = hold.call();
    private final StressedHold.Call late = hold.call();

    /** One waits. */
    public LeaveAndArrive() {
      hold.arrive(front);
    }

    /** The slot becomes free. */
    @Actor
    public void free() {
      hold.finish(running);
    }

    /** The client leaves, and another of the same event loop comes. */
    @Actor
    public void leaveAndArrive() {
      hold.cancel(front);
      hold.arrive(late);
    }

    /** Afterwards. */
    @Arbiter
    public void after(III_Result r) {
      r.r1 = front.grants();
      hold.finishIfGranted(front);
      r.r2 = late.grants();
      hold.finishIfGranted(late);
      r.r3 = hold.waiting() + hold.inFlight();
    }
  }
}
