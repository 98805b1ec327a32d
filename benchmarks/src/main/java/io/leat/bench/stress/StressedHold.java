package io.leat.bench.stress;

import io.leat.activator.hold.HoldObserver;
import io.leat.activator.hold.HoldPorts;
import io.leat.activator.hold.RevisionHolds;
import io.leat.proxy.balance.Draw;
import io.leat.proxy.balance.HeldRequest;
import io.leat.proxy.balance.LiveEndpoint;
import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.config.HoldLimits;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.table.Endpoint;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RevisionLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One revision that serves one request at a time at each endpoint, and its hold without timers: a
 * reminder would hide a lost wake-up. Any thread.
 */
final class StressedHold {
  private static final int FIRST_PORT = 9000;
  private static final HoldPorts PORTS =
      new HoldPorts(
          (nanos, task) -> () -> {},
          () -> 0,
          () -> Draw.xorshift(7),
          revision -> {},
          HoldObserver.NONE);

  private final RevisionHolds holds = new RevisionHolds(HoldLimits.DEFAULT, 4, PORTS);
  private final LiveRevision revision;

  StressedHold(int endpoints) {
    List<Endpoint> list = new ArrayList<>();
    for (int i = 0; i < endpoints; i++) {
      list.add(Endpoint.http1("127.0.0.1", FIRST_PORT + i));
    }
    RevisionLimits limits = RevisionLimits.DEFAULT.withContainerConcurrency(1);
    RevisionId id = new RevisionId("default", "stressed");
    this.revision =
        LiveRevision.of(new RevisionEndpoints(id, limits, new Reachability.Serving(list)), null);
  }

  /** A request; its thread owns it until it is held. */
  static final class Call extends HeldRequest {
    private final AtomicInteger grants = new AtomicInteger();
    private volatile @Nullable LiveEndpoint endpoint;

    @Override
    public void granted(LiveRevision took, LiveEndpoint slot) {
      endpoint = slot;
      grants.incrementAndGet();
    }

    @Override
    public void refused(Rejection rejection) {
      throw new IllegalStateException("refused: " + rejection);
    }

    int grants() {
      return grants.get();
    }
  }

  Call call() {
    return new Call();
  }

  /** A call that has a slot; there is one free. */
  Call running() {
    Call call = new Call();
    arrive(call);
    return call;
  }

  /** As an exchange does it: a slot when nobody waits and one is free, else the line. */
  void arrive(Call call) {
    if (revision.activity().waiting().get() == 0) {
      LiveEndpoint slot = revision.acquire(PORTS.draws().get());
      if (slot != null) {
        call.granted(revision, slot);
        return;
      }
    }
    holds.hold(revision, call);
  }

  void cancel(Call call) {
    holds.cancel(call);
  }

  /** Gives back the slot of a call that has one. */
  void finish(Call call) {
    LiveEndpoint slot = call.endpoint;
    if (slot == null) {
      throw new IllegalStateException("has no slot");
    }
    call.endpoint = null;
    revision.release(slot, holds);
  }

  /** As the exchange of a client that left: a slot that came nevertheless goes back. */
  void finishIfGranted(Call call) {
    if (call.endpoint != null) {
      finish(call);
    }
  }

  int waiting() {
    return revision.activity().waiting().get() + holds.snapshot().requests();
  }

  int inFlight() {
    int sum = 0;
    for (int i = 0; i < revision.readyEndpoints(); i++) {
      sum += revision.readyEndpoint(i).inFlight();
    }
    // Both counts say the same when nothing moves.
    return sum == revision.activity().inFlight().get() ? sum : -1;
  }
}
