package io.leat.control.reconcile;

import io.leat.proxy.table.RevisionId;
import java.util.List;

/** What the proxies have counted of the requests that a Route sent to a revision. */
public interface RevisionTraffic {
  /** Nobody counts. */
  RevisionTraffic NONE = (route, revision) -> Counts.NONE;

  /**
   * The counts so far; they begin anew with the process.
   *
   * @param route {@code namespace/name}
   */
  Counts counts(String route, RevisionId revision);

  /**
   * Counts that only grow.
   *
   * @param requests that were answered
   * @param errors those of them with a status of the 500s
   * @param durations requests per bucket of {@link io.leat.proxy.telemetry.LoopDurations}; empty
   *     when they are not counted
   */
  record Counts(long requests, long errors, List<Long> durations) {
    /** Nothing yet. */
    public static final Counts NONE = new Counts(0, 0, List.of());

    /** Copies the list. */
    public Counts {
      durations = List.copyOf(durations);
    }
  }
}
