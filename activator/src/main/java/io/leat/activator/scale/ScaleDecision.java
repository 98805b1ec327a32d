package io.leat.activator.scale;

/**
 * How many instances a revision should have: the algorithm of Knative's pod autoscaler as far as it
 * concerns concurrency, as one function from what is seen and what was decided before.
 *
 * <p>In this order: the averages become instances through the target; both are bounded by how fast
 * a revision may grow (a thousandfold) and shrink (by half); load of twice what is ready starts or
 * prolongs a panic, during which the revision only grows and which ends when a whole stable window
 * passed without such load; zero is wanted only after the window was empty for the grace period and
 * nothing waits or runs; then initial, minimum and maximum scale.
 *
 * <p>A request that found no capacity ({@code woken}) is not averaged: as many instances as the
 * requests of this moment need are asked for at once and kept as in a panic, because those requests
 * wait while averages fill.
 */
final class ScaleDecision {
  private static final double MAX_UP_RATE = 1000;
  private static final int MAX_DOWN_RATE = 2;
  private static final double PANIC_THRESHOLD = 2.0;
  private static final double MIN_TARGET = 0.01;

  /** Below this a fraction of an instance is an error of rounding and not load. */
  private static final double ROUNDING = 1e-9;

  private ScaleDecision() {}

  /** The next state; {@link ScaleState#desired} is the answer. */
  static ScaleState decide(ScaleObservation seen, ScaleSettings settings, ScaleState before) {
    int ready = Math.max(1, seen.ready());
    int most = (int) Math.min(Integer.MAX_VALUE, MAX_UP_RATE * ready);
    int least = settings.reachable() ? ready / MAX_DOWN_RATE : 0;
    double target = Math.max(MIN_TARGET, settings.target());
    int stable = Math.clamp(instances(seen.stableAverage(), target), least, most);
    int load = instances(seen.panicAverage(), target);
    boolean over = load >= PANIC_THRESHOLD * ready;
    if (seen.woken()) {
      load = Math.max(load, instances(seen.concurrency(), target));
      over |= load > seen.ready();
    }
    boolean panicking = over || panicLasts(seen, settings, before);
    long panicNanos = over ? seen.nowNanos() : before.panicNanos();
    // Requests wait: whatever the averages say, this is no moment to take an instance away.
    int wanted = seen.woken() ? Math.max(stable, before.desired()) : stable;
    int floor = 0;
    if (panicking) {
      floor = before.panicking() ? before.panicFloor() : 0;
      floor = Math.max(floor, Math.max(stable, Math.clamp(load, least, most)));
      wanted = Math.max(wanted, floor);
    }
    boolean started = before.started() || seen.ready() >= initial(settings);
    boolean quiet = started && seen.stableAverage() == 0 && seen.concurrency() == 0;
    long quietNanos = before.quiet() ? before.quietNanos() : seen.nowNanos();
    if (wanted == 0 && !mayBeZero(seen, settings, before, quiet ? quietNanos : seen.nowNanos())) {
      wanted = 1;
    }
    int desired = bounded(wanted, settings, started);
    return new ScaleState(desired, panicking, panicNanos, floor, started, quiet, quietNanos);
  }

  private static int instances(double concurrency, double target) {
    if (concurrency <= 0) {
      return 0;
    }
    double exact = Math.ceil(concurrency / target - ROUNDING);
    return (int) Math.clamp(exact, 1, Integer.MAX_VALUE);
  }

  private static boolean panicLasts(
      ScaleObservation seen, ScaleSettings settings, ScaleState before) {
    return before.panicking()
        && seen.nowNanos() - before.panicNanos() <= settings.window().toNanos();
  }

  private static boolean mayBeZero(
      ScaleObservation seen, ScaleSettings settings, ScaleState before, long quietNanos) {
    if (seen.concurrency() > 0) {
      return false;
    }
    return before.desired() == 0
        || seen.nowNanos() - quietNanos >= settings.scaleToZeroGrace().toNanos();
  }

  /** The initial scale, which a lower maximum makes unreachable otherwise. */
  private static int initial(ScaleSettings settings) {
    return settings.maxScale() > 0
        ? Math.min(settings.initialScale(), settings.maxScale())
        : settings.initialScale();
  }

  private static int bounded(int wanted, ScaleSettings settings, boolean started) {
    int bounded = started ? wanted : Math.max(wanted, initial(settings));
    if (settings.reachable()) {
      bounded = Math.max(bounded, settings.minScale());
    }
    return settings.maxScale() > 0 ? Math.min(bounded, settings.maxScale()) : bounded;
  }
}
