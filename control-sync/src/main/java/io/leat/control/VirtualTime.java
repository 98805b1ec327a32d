package io.leat.control;

import io.leat.control.reconcile.ControlScheduler;
import io.leat.proxy.telemetry.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/**
 * A control thread whose time its owner moves; everything runs on the owner's thread.
 *
 * <p>Not thread-safe.
 */
final class VirtualTime implements ControlScheduler, Ticker {
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(Comparator.comparingLong(Timer::at).thenComparingLong(Timer::order));
  private long now = 1_000_000_000L;
  private long order;

  private record Timer(long at, long order, Runnable task) {}

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public void after(Duration delay, Runnable task) {
    timers.add(new Timer(now + delay.toNanos(), order++, task));
  }

  @Override
  public long nanos() {
    return now;
  }

  /** Runs what is due now. */
  void run() {
    Runnable task;
    while ((task = tasks.poll()) != null) {
      task.run();
    }
  }

  /** Moves on by {@code duration}, running every timer at its time. */
  void advance(Duration duration) {
    run();
    long end = now + duration.toNanos();
    Timer next;
    while ((next = timers.peek()) != null && next.at() <= end) {
      timers.poll();
      now = Math.max(now, next.at());
      next.task().run();
      run();
    }
    now = end;
  }
}
