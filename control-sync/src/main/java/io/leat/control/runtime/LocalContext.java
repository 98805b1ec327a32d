package io.leat.control.runtime;

import io.leat.control.runtime.process.Spawner;
import io.leat.proxy.telemetry.Ticker;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all revisions of one {@link LocalProcesses} share, above all the one thread of its state.
 */
final class LocalContext {

  private static final Logger LOG = LoggerFactory.getLogger(LocalContext.class);

  final LocalProcessSettings settings;
  final Spawner spawner;
  final Changes changes;
  final Ticker ticker;
  final InstantSource clock;
  final Ports ports = new Ports();
  final Map<String, String> parentEnvironment = System.getenv();
  private final ScheduledThreadPoolExecutor loop;

  LocalContext(
      LocalProcessSettings settings,
      Spawner spawner,
      Changes changes,
      Ticker ticker,
      InstantSource clock) {
    this.settings = settings;
    this.spawner = spawner;
    this.changes = changes;
    this.ticker = ticker;
    this.clock = clock;
    this.loop =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("leat-runtime").factory());
    loop.setRemoveOnCancelPolicy(true);
    // What arrives after the end concerns nobody any more.
    loop.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
  }

  /** Runs a step on the thread that owns the state. */
  void run(Runnable step) {
    loop.execute(() -> guarded(step));
  }

  /** The same, later. */
  ScheduledFuture<?> after(Duration delay, Runnable step) {
    return loop.schedule(() -> guarded(step), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  void end() {
    loop.shutdownNow();
  }

  private static void guarded(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      LOG.error("a step of the process runtime failed", e);
    }
  }
}
