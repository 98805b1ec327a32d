package io.leat.activator.scale;

import io.leat.activator.hold.Timers;
import io.leat.activator.hold.WakeListener;
import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.table.RevisionId;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the requests of every revision and asks for as many instances as they need.
 *
 * <p>Ten times a second it samples the revisions that live, once a second those at zero; at every
 * decision interval, at once when a request finds no capacity, and with every sample while requests
 * wait for a first instance, it decides and tells the {@link ScaleTarget} what changed. Any thread
 * may call the public methods; all work happens on the executor, one task at a time, so a
 * revision's state has one writer.
 *
 * <p>A scaler that starts anew finds instances that it did not ask for: it keeps them until a
 * window has passed. It never asks for zero instances of a revision for which it never asked for
 * any, because at that moment it may simply not see them yet.
 */
public final class Autoscaler implements WakeListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Autoscaler.class);
  private static final long SAMPLE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long SAMPLES_PER_SECOND = 10;

  private final Function<RevisionId, @Nullable LiveRevision> lookup;
  private final ScaleTarget target;
  private final ScaleListener listener;
  private final ScaleClock clock;
  private final long samplesPerDecision;
  private final Map<RevisionId, ScaledRevision> revisions = new ConcurrentHashMap<>();
  private volatile boolean closed;

  // From here on: the executor's.
  private final Set<ScaledRevision> active = new LinkedHashSet<>();
  private final long originNanos;
  private long sampled;
  private long decided;
  private long second;
  private Timers.@Nullable Cancellable timer;

  /**
   * Knows no revision and does not tick yet.
   *
   * @param lookup finds the live form of a revision, null when the live table does not name it
   */
  public Autoscaler(
      Function<RevisionId, @Nullable LiveRevision> lookup,
      ScaleTarget target,
      ScaleListener listener,
      ScaleClock clock) {
    this.lookup = lookup;
    this.target = target;
    this.listener = listener;
    this.clock = clock;
    this.originNanos = clock.ticker().nanos();
    this.samplesPerDecision = Math.max(1, clock.decisionInterval().toNanos() / SAMPLE_NANOS);
  }

  /** Begins to sample and to decide. */
  public void start() {
    clock.executor().execute(this::tick);
  }

  /** Stops; nothing is scaled from now on. */
  @Override
  public void close() {
    closed = true;
    clock
        .executor()
        .execute(() -> {
          if (timer != null) {
            timer.cancel();
          }
        });
  }

  /**
   * Registers a revision or changes its settings, and decides about it at once.
   *
   * <p>The initial scale is asked for until it was ready once. For a revision that was ready in an
   * earlier life of this process, pass settings with an initial scale of 0.
   */
  public void configure(RevisionId revision, ScaleSettings settings) {
    clock.executor().execute(() -> apply(revision, settings));
  }

  private void apply(RevisionId id, ScaleSettings settings) {
    ScaledRevision revision = revisions.get(id);
    LiveRevision live = lookup.apply(id);
    if (revision == null) {
      revision = new ScaledRevision(id, settings);
      revision.forgetArrivals(live);
      revisions.put(id, revision);
    } else {
      revision.configure(settings);
    }
    active.add(revision);
    decide(revision, live, live != null && live.activity().waiting().get() > 0);
  }

  /** Forgets a revision and leaves its instances as they are. */
  public void remove(RevisionId revision) {
    clock
        .executor()
        .execute(() -> {
          ScaledRevision removed = revisions.remove(revision);
          if (removed != null) {
            active.remove(removed);
          }
        });
  }

  /**
   * {@inheritDoc}
   *
   * <p>A revision that is not registered is left alone; the hold reminds within a second.
   */
  @Override
  public void wake(RevisionId id) {
    ScaledRevision revision = revisions.get(id);
    if (revision == null || !revision.wakePending.compareAndSet(false, true)) {
      return;
    }
    clock
        .executor()
        .execute(() -> {
          revision.wakePending.set(false);
          if (revisions.get(id) == revision) {
            active.add(revision);
            decide(revision, lookup.apply(id), true);
          }
        });
  }

  /** The instances last asked for; 0 when none ever were. */
  public int desired(RevisionId id) {
    ScaledRevision revision = revisions.get(id);
    return revision == null ? 0 : revision.desired();
  }

  /** Shows the instances last asked for of every registered revision. */
  public void forEachDesired(ObjIntConsumer<RevisionId> reader) {
    revisions.forEach((id, revision) -> reader.accept(id, revision.desired()));
  }

  private void tick() {
    if (closed) {
      return;
    }
    long sample = (clock.ticker().nanos() - originNanos) / SAMPLE_NANOS;
    if (sample > sampled) {
      sampled = sample;
      try {
        advance(sample);
      } catch (RuntimeException e) {
        // A port failed for one revision; all others still need the next tick.
        LOG.error("autoscaler: a tick failed", e);
      }
    }
    long next = originNanos + (sampled + 1) * SAMPLE_NANOS;
    timer =
        clock
            .timers()
            .after(
                Math.max(0, next - clock.ticker().nanos()),
                () -> clock.executor().execute(this::tick));
  }

  private void advance(long sample) {
    long current = (sample - 1) / SAMPLES_PER_SECOND;
    if (current > second) {
      // The thread came late and the second ended without its last samples.
      closeSecond();
      second = current;
    }
    for (ScaledRevision revision : active) {
      LiveRevision live = lookup.apply(revision.id);
      revision.sample(live);
      if (live != null && live.readyEndpoints() == 0 && live.activity().waiting().get() > 0) {
        // The first request of a burst woke the revision; by now its followers are here as well.
        decide(revision, live, true);
      }
    }
    if (sample % SAMPLES_PER_SECOND == 0) {
      closeSecond();
      second++;
    }
    if (sample - decided >= samplesPerDecision) {
      decided = sample;
      decideAll();
    }
  }

  private void closeSecond() {
    for (ScaledRevision revision : revisions.values()) {
      LiveRevision live = lookup.apply(revision.id);
      if (revision.closeSecond(second, live) || ScaledRevision.ready(live) > 0) {
        active.add(revision);
      }
    }
  }

  private void decideAll() {
    for (Iterator<ScaledRevision> each = active.iterator(); each.hasNext(); ) {
      ScaledRevision revision = each.next();
      LiveRevision live = lookup.apply(revision.id);
      decide(revision, live, false);
      if (revision.idle(live, second - 1)) {
        each.remove();
      }
    }
  }

  private void decide(ScaledRevision revision, @Nullable LiveRevision live, boolean woken) {
    if (closed) {
      return;
    }
    revision.decide(live, second - 1, woken, clock.ticker().nanos());
    int desired = revision.state.desired();
    if (desired == revision.desired()) {
      return;
    }
    try {
      target.scale(revision.id, desired);
    } catch (RuntimeException e) {
      LOG.error("revision {}: asking for {} instances failed", revision.id, desired, e);
      return;
    }
    revision.announced(desired);
    listener.desiredChanged(revision.id, desired);
  }
}
