package io.leat.proxy.upstream;

import io.leat.proxy.telemetry.Ticker;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A clock that stands still until a test moves it, and that can stop the thread that reads it. */
final class TestTicker implements Ticker {
  private static final long LIMIT_SECONDS = 60;

  private final AtomicLong now = new AtomicLong(1_000_000_000_000L);
  private volatile @Nullable Gate gate;

  /** Where whoever reads the clock waits. */
  record Gate(CountDownLatch entered, CountDownLatch opened) {}

  @Override
  public long nanos() {
    Gate closed = gate;
    if (closed != null) {
      closed.entered.countDown();
      await(closed.opened);
    }
    return now.get();
  }

  void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  /** Stops the event loop at its next tick; returns when it stands. */
  void stop() {
    Gate closed = new Gate(new CountDownLatch(1), new CountDownLatch(1));
    gate = closed;
    await(closed.entered);
  }

  void go() {
    Gate closed = gate;
    gate = null;
    if (closed != null) {
      closed.opened.countDown();
    }
  }

  static void await(CountDownLatch latch) {
    try {
      if (!latch.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nothing happened for a minute");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
