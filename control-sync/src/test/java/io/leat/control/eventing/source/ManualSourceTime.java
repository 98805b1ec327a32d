package io.leat.control.eventing.source;

import io.leat.control.eventing.source.emit.SourceTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Time that stands still until the test moves it, by one pause after the other. */
final class ManualSourceTime implements SourceTime {
  private final List<Duration> pauses = new ArrayList<>();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private Instant wakes = Instant.MIN;

  @Override
  public synchronized Instant now() {
    return now;
  }

  @Override
  public synchronized void pause(Duration length) throws InterruptedException {
    pauses.add(length);
    Instant until = now.plus(length);
    wakes = until;
    notifyAll();
    while (now.isBefore(until)) {
      wait();
    }
    wakes = Instant.MIN;
  }

  /** Moves the time without waking anybody in between. */
  synchronized void advance(Duration length) {
    now = now.plus(length);
    notifyAll();
  }

  /** Waits until the one thread of this time pauses, and lets that pause pass. */
  synchronized Duration pass() throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (wakes.equals(Instant.MIN)) {
      wait(1000);
      if (System.nanoTime() > deadline) {
        throw new AssertionError("nobody pauses; so far: " + pauses);
      }
    }
    now = wakes;
    wakes = Instant.MIN;
    notifyAll();
    return pauses.getLast();
  }
}
