package io.leat.control.reconcile;

import io.leat.control.resource.ResourceKey;
import io.leat.proxy.balance.Draw;
import io.leat.proxy.telemetry.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keys that wait to be planned: each at most once, and none while it is being worked on.
 *
 * <p>Confined to the control thread. A key added while in work waits until that work is done. A key
 * that failed comes back after a pause that doubles from 5 ms to 30 s, half of it random.
 */
public final class WorkQueue {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final int JITTER_STEPS = 1024;

  private final Ticker ticker;
  private final Draw draw;
  private final ControlScheduler scheduler;
  private final Runnable wake;
  private final Queue<ResourceKey> ready = new ArrayDeque<>();
  private final Set<ResourceKey> queued = new HashSet<>();
  private final Set<ResourceKey> working = new HashSet<>();
  private final Set<ResourceKey> again = new HashSet<>();
  private final Map<ResourceKey, Long> due = new HashMap<>();
  private final Map<ResourceKey, Integer> failures = new HashMap<>();

  /**
   * An empty queue.
   *
   * @param wake called on the control thread when a delayed key became ready
   */
  public WorkQueue(Ticker ticker, Draw draw, ControlScheduler scheduler, Runnable wake) {
    this.ticker = ticker;
    this.draw = draw;
    this.scheduler = scheduler;
    this.wake = wake;
  }

  /** Adds a key unless it waits already. */
  public void add(ResourceKey key) {
    if (working.contains(key)) {
      again.add(key);
    } else if (queued.add(key)) {
      ready.add(key);
    }
  }

  /** Adds a key later; of several such requests the earliest counts. */
  public void addAfter(ResourceKey key, Duration delay) {
    long at = ticker.nanos() + delay.toNanos();
    Long planned = due.get(key);
    if (planned != null && planned - at <= 0) {
      return;
    }
    due.put(key, at);
    scheduler.after(delay, () -> elapsed(key, at));
  }

  /** The next key, in work from now on, or null when none is ready. */
  public @Nullable ResourceKey poll() {
    ResourceKey key = ready.poll();
    if (key != null) {
      queued.remove(key);
      working.add(key);
    }
    return key;
  }

  /** Ends the work on a key; its next failure pauses as if it were the first. */
  public void succeeded(ResourceKey key) {
    failures.remove(key);
    finish(key);
  }

  /** Ends the work on a key and brings it back after a pause. */
  public void failed(ResourceKey key) {
    int count = failures.merge(key, 1, Integer::sum);
    finish(key);
    addAfter(key, pause(count));
  }

  /** Every key that waits, whether it is ready or its time is still to come. */
  public Set<ResourceKey> waiting() {
    Set<ResourceKey> waiting = new LinkedHashSet<>(ready);
    waiting.addAll(again);
    waiting.addAll(due.keySet());
    return waiting;
  }

  /** Keys that are ready to be worked on. */
  public int size() {
    return ready.size();
  }

  private Duration pause(int failure) {
    long nanos = FIRST_PAUSE.toNanos() << Math.min(failure - 1, 20);
    nanos = Math.min(nanos, LONGEST_PAUSE.toNanos());
    long half = nanos / 2;
    return Duration.ofNanos(half + half * draw.below(JITTER_STEPS) / JITTER_STEPS);
  }

  private void elapsed(ResourceKey key, long at) {
    if (due.remove(key, at)) {
      add(key);
      wake.run();
    }
  }

  private void finish(ResourceKey key) {
    working.remove(key);
    if (again.remove(key)) {
      add(key);
    }
  }
}
