package io.leat.control.eventing.kafka;

import java.time.Duration;

/** Waits for threads that were told to end: what they still do must not be cut off. */
final class Ended {
  private Ended() {}

  /** Returns when the thread has ended; an interruption is kept for the caller. */
  static void await(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join(Duration.ofSeconds(60));
      } catch (InterruptedException again) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
