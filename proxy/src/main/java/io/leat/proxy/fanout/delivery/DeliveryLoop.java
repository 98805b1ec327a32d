package io.leat.proxy.fanout.delivery;

/** The event loop that owns some subscriptions: its tasks, its timers, and its courier. */
public interface DeliveryLoop {

  /** Runs a task on the loop; any thread. A loop that has ended forgets it. */
  void execute(Runnable task);

  /** Runs a task after a time, in nanoseconds and never early; called on the loop. */
  void after(long nanos, Runnable task);

  /** Who sends; used on the loop. */
  Courier courier();
}
