package io.leat.control.standalone;

import io.leat.control.runtime.ColdStart;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.telemetry.HistogramSeries;
import io.leat.proxy.telemetry.Metric;
import io.leat.proxy.telemetry.Telemetry;
import io.leat.proxy.telemetry.Ticker;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Measures how long waking a revision takes, phase by phase, and how long requests waited.
 *
 * <p>Told by event loops, the scaler and the runtime; holds at most one instant per revision that
 * is being woken.
 */
final class ColdStarts {
  private final HistogramSeries phases;
  private final HistogramSeries waits;
  private final Ticker ticker;
  private final Map<RevisionId, Long> wokenAt = new ConcurrentHashMap<>();

  ColdStarts(Telemetry telemetry, Ticker ticker) {
    this.phases = telemetry.histogram(Metric.COLD_START_SECONDS);
    this.waits = telemetry.histogram(Metric.HOLD_SECONDS);
    this.ticker = ticker;
  }

  /** The first request waits for a revision, or one still does. */
  void woken(RevisionId revision) {
    wokenAt.putIfAbsent(revision, ticker.nanos());
  }

  /** The scaler asked for instances. */
  void decided(RevisionId revision, int instances) {
    Long woken = wokenAt.remove(revision);
    if (woken != null && instances > 0) {
      phases.observeNanos(ticker.nanos() - woken, "decide");
    }
  }

  /** An instance became ready. */
  void started(ColdStart start) {
    phases.observeNanos(start.start().toNanos(), "start");
    phases.observeNanos(start.ready().toNanos(), "ready");
  }

  /** A request got capacity. */
  void released(RevisionId revision, long waitedNanos) {
    waits.observeNanos(waitedNanos);
    wokenAt.remove(revision);
  }
}
