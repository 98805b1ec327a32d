package io.leat.proxy.balance;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Takes endpoints that fail again and again out of the choice for a while (passive outlier
 * ejection), as seen by the event loop that owns it.
 *
 * <p>A failure is one of the gateway: refused, reset before an answer, broken framing. What an
 * application answers, a 503 of its own included, is an answer. {@link #FAILURES} in a row, counted
 * over all event loops in {@link LiveEndpoint}, eject for one second; an endpoint that fails again
 * right after its return stays out twice as long, up to 30 seconds. At most half of a revision's
 * endpoints are out at a time, so one that is alone always gets its requests, and is found well
 * again by the first of them. Picking reads one flag and knows no time; the loop that ejected also
 * readmits. Used by one event loop.
 */
public final class OutlierDetector {
  /** Failures in a row that eject. */
  static final int FAILURES = 3;

  private static final long BASE_NANOS = 1_000_000_000L;
  private static final long MAX_NANOS = 30 * BASE_NANOS;
  private static final int MAX_DOUBLINGS = 5;

  private final ArrayDeque<Ejection> ejections = new ArrayDeque<>();

  /** One decision of this loop; no longer in force when an answer readmitted the endpoint. */
  private record Ejection(LiveRevision revision, LiveEndpoint endpoint, long untilNanos) {}

  /**
   * The endpoint failed a request before it answered.
   *
   * @return whether this ejected it
   */
  public boolean failed(LiveRevision revision, LiveEndpoint endpoint, long nowNanos) {
    if (endpoint.ejected() || endpoint.countFailure() < FAILURES || !takePlace(revision)) {
      return false;
    }
    long until = nowNanos + duration(endpoint.ejections());
    // Zero means not ejected.
    until = until == 0 ? 1 : until;
    if (!endpoint.eject(until)) {
      freePlace(revision);
      return false;
    }
    ejections.add(new Ejection(revision, endpoint, until));
    return true;
  }

  /** The endpoint began an answer: whatever was held against it is forgotten. */
  public void answered(LiveRevision revision, LiveEndpoint endpoint) {
    if (endpoint.suspect()) {
      long until = endpoint.ejectedUntil();
      if (until != 0 && endpoint.readmit(until)) {
        freePlace(revision);
      }
      endpoint.forgive();
    }
  }

  /** Readmits, on probation, those whose time is over. */
  public void advance(long nowNanos) {
    for (int left = ejections.size(); left > 0; left--) {
      Ejection ejection = ejections.remove();
      if (ejection.untilNanos - nowNanos > 0) {
        ejections.add(ejection);
      } else if (ejection.endpoint.readmit(ejection.untilNanos)) {
        freePlace(ejection.revision);
      }
    }
  }

  private static long duration(int before) {
    return before >= MAX_DOUBLINGS ? MAX_NANOS : BASE_NANOS << before;
  }

  private static boolean takePlace(LiveRevision revision) {
    AtomicInteger ejected = revision.activity().ejected();
    while (true) {
      int now = ejected.get();
      if ((now + 1) * 2 > revision.readyEndpoints()) {
        return false;
      }
      if (ejected.compareAndSet(now, now + 1)) {
        return true;
      }
    }
  }

  private static void freePlace(LiveRevision revision) {
    revision.activity().ejected().decrementAndGet();
  }
}
