package io.leat.control.reconcile;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Runs tasks one after another on the control thread; any thread may hand them over. */
public interface ControlScheduler {

  /** Runs a task as soon as the control thread is free, in the order of calls. */
  void execute(Runnable task);

  /** Runs a task not before {@code delay} has passed. */
  void after(Duration delay, Runnable task);

  /** Over an executor of exactly one thread; tasks must not throw. */
  static ControlScheduler of(ScheduledExecutorService executor) {
    return new ControlScheduler() {
      @Override
      public void execute(Runnable task) {
        executor.execute(task);
      }

      @Override
      public void after(Duration delay, Runnable task) {
        ScheduledFuture<?> _ = executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
      }
    };
  }
}
