package io.leat.activator.scale;

import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.balance.RevisionActivity;
import io.leat.proxy.table.RevisionId;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One revision under the autoscaler: its settings, its recent past and what was asked for.
 *
 * <p>Belongs to the thread of the autoscaler, except {@link #desired} (read by any) and {@link
 * #wakePending} (set by any).
 */
final class ScaledRevision {
  /**
   * What a second counts in which requests came and went between two samples: too little to ask for
   * more instances, enough to keep one.
   */
  static final double TRACE = 0.01;

  final RevisionId id;
  final AtomicBoolean wakePending = new AtomicBoolean();

  ScaleSettings settings;
  ScaleState state = ScaleState.NEW;
  boolean announced;
  private volatile int desired;

  private ConcurrencyWindow window;
  private double sampleSum;
  private int samples;
  private long arrived;

  ScaledRevision(RevisionId id, ScaleSettings settings) {
    this.id = id;
    this.settings = settings;
    this.window = new ConcurrencyWindow(seconds(settings));
  }

  private static int seconds(ScaleSettings settings) {
    return (int) Math.max(1, settings.window().toSeconds());
  }

  /** What the scale target was last asked for; any thread. */
  int desired() {
    return desired;
  }

  void announced(int instances) {
    announced = true;
    desired = instances;
  }

  void configure(ScaleSettings changed) {
    if (seconds(changed) != window.seconds()) {
      window = window.resized(seconds(changed));
    }
    settings = changed;
  }

  static int concurrency(@Nullable LiveRevision live) {
    if (live == null) {
      return 0;
    }
    RevisionActivity activity = live.activity();
    // A request that is granted between the two reads is missed at worst, never counted twice.
    return activity.inFlight().get() + activity.waiting().get();
  }

  static int ready(@Nullable LiveRevision live) {
    return live == null ? 0 : live.readyEndpoints();
  }

  /** Takes one look at the requests of this moment. */
  void sample(@Nullable LiveRevision live) {
    sampleSum += concurrency(live);
    samples++;
  }

  /** Remembers the requests seen so far, so that only later ones count as arrivals. */
  void forgetArrivals(@Nullable LiveRevision live) {
    arrived = live == null ? 0 : live.activity().arrived().sum();
  }

  /** Ends a second: its samples become one bucket. Returns whether anything happened in it. */
  boolean closeSecond(long second, @Nullable LiveRevision live) {
    if (samples == 0) {
      sample(live);
    }
    double average = sampleSum / samples;
    long before = arrived;
    forgetArrivals(live);
    if (average == 0 && arrived != before) {
      average = TRACE;
    }
    sampleSum = 0;
    samples = 0;
    if (average > 0) {
      window.record(second, average);
    }
    return average > 0;
  }

  /** Brings the state forward. */
  void decide(@Nullable LiveRevision live, long second, boolean woken, long nowNanos) {
    int ready = ready(live);
    if (!announced && state.desired() == 0 && ready > 0) {
      state = ScaleState.found(ready, nowNanos);
    }
    ScaleObservation seen =
        new ScaleObservation(
            window.stable(second), window.panic(second), concurrency(live), ready, woken, nowNanos);
    state = ScaleDecision.decide(seen, settings, state);
  }

  /** Whether one look per second is enough: nothing runs, nothing is wanted, nothing is left. */
  boolean idle(@Nullable LiveRevision live, long second) {
    return state.desired() == 0
        && desired == 0
        && ready(live) == 0
        && concurrency(live) == 0
        && window.stable(second) == 0;
  }
}
