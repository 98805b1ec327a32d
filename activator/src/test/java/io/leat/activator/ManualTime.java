package io.leat.activator;

import io.leat.activator.hold.Timers;
import io.leat.proxy.telemetry.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.Executor;

/** Clock, timers and executor that move only when the test says so; one thread. */
public final class ManualTime implements Ticker, Timers, Executor {
  private final PriorityQueue<Due> timers =
      new PriorityQueue<>(Comparator.comparingLong(Due::nanos).thenComparingLong(Due::order));
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private boolean running;
  private long now = 1_000_000_007L;
  private long order;

  private record Due(long nanos, long order, Runnable task) {}

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public Cancellable after(long nanos, Runnable task) {
    Due due = new Due(now + nanos, order++, task);
    timers.add(due);
    return () -> timers.remove(due);
  }

  /** Timers that were set and neither ran nor were cancelled. */
  public int pending() {
    return timers.size();
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (running) {
      return;
    }
    running = true;
    for (Runnable next = tasks.poll(); next != null; next = tasks.poll()) {
      next.run();
    }
    running = false;
  }

  /** Lets time pass and runs what becomes due on the way, each at its own moment. */
  public void advance(Duration duration) {
    long end = now + duration.toNanos();
    for (Due due = timers.peek(); due != null && due.nanos() <= end; due = timers.peek()) {
      timers.remove(due);
      now = Math.max(now, due.nanos());
      execute(due.task());
    }
    now = end;
  }
}
