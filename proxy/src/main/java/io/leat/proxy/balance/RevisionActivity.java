package io.leat.proxy.balance;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a revision experiences over its whole life, whatever table version is live.
 *
 * <p>Written by event loops and by the hold, read by the autoscaler and by metrics.
 */
public final class RevisionActivity {
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger ejected = new AtomicInteger();
  private final LongAdder arrived = new LongAdder();

  /** Requests that wait for capacity now; the hold writes it. */
  public AtomicInteger waiting() {
    return waiting;
  }

  /** Requests that hold a slot of an endpoint now. */
  public AtomicInteger inFlight() {
    return inFlight;
  }

  /** Endpoints that are ejected now; see {@link OutlierDetector}. */
  public AtomicInteger ejected() {
    return ejected;
  }

  /** Requests that were routed to the revision so far. */
  public LongAdder arrived() {
    return arrived;
  }
}
