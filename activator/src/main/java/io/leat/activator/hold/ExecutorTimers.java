package io.leat.activator.hold;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** {@link Timers} on a scheduled executor; tasks run on its threads. */
public final class ExecutorTimers implements Timers {
  private final ScheduledExecutorService executor;

  /** Schedules on {@code executor}, whose life stays the caller's business. */
  public ExecutorTimers(ScheduledExecutorService executor) {
    this.executor = executor;
  }

  @Override
  public Cancellable after(long nanos, Runnable task) {
    ScheduledFuture<?> scheduled = executor.schedule(task, nanos, TimeUnit.NANOSECONDS);
    return () -> scheduled.cancel(false);
  }
}
