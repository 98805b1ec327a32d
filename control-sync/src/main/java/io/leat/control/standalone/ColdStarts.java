package io.leat.control.standalone;

import io.leat.activator.hold.HoldObserver;
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
 * <p>The phases follow each other: a request waits until instances are asked for ({@code decide}),
 * a process exists ({@code start}), its probe passes ({@code ready}), and the first of those who
 * waited is answered ({@code first_byte}).
 *
 * <p>Told by event loops, the scaler and the runtime; holds at most one instant per phase and
 * revision that is being woken.
 */
final class ColdStarts implements HoldObserver {
  private final HistogramSeries phases;
  private final HistogramSeries waits;
  private final Ticker ticker;
  private final Map<RevisionId, Long> wokenAt = new ConcurrentHashMap<>();

  /** Revisions that somebody waits for, and when an instance became ready; 0 for not yet. */
  private final Map<RevisionId, Long> readyAt = new ConcurrentHashMap<>();

  ColdStarts(Telemetry telemetry, Ticker ticker) {
    this.phases = telemetry.histogram(Metric.COLD_START_SECONDS);
    this.waits = telemetry.histogram(Metric.HOLD_SECONDS);
    this.ticker = ticker;
  }

  /** The first request waits for a revision, or one still does. */
  void woken(RevisionId revision) {
    wokenAt.putIfAbsent(revision, ticker.nanos());
    readyAt.putIfAbsent(revision, 0L);
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
    readyAt.replace(start.revision(), 0L, ticker.nanos());
  }

  @Override
  public void released(RevisionId revision, long waitedNanos) {
    waits.observeNanos(waitedNanos);
    wokenAt.remove(revision);
  }

  @Override
  public void answered(RevisionId revision) {
    Long ready = readyAt.remove(revision);
    if (ready != null && ready != 0) {
      phases.observeNanos(ticker.nanos() - ready, "first_byte");
    }
  }
}
