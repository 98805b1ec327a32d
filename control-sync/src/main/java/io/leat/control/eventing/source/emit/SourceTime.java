package io.leat.control.eventing.source.emit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The time that Sources live by; tests pass one that they move themselves. */
public interface SourceTime {

  /** The time of day. */
  Instant now();

  /** Waits, about as long as said, until interrupted. */
  void pause(Duration length) throws InterruptedException;

  /** The time of a clock, and pauses of real length. */
  static SourceTime of(InstantSource clock) {
    return new SourceTime() {
      private final CountDownLatch never = new CountDownLatch(1);

      @Override
      public Instant now() {
        return clock.instant();
      }

      @Override
      public void pause(Duration length) throws InterruptedException {
        var _ = never.await(length.toNanos(), TimeUnit.NANOSECONDS);
      }
    };
  }
}
