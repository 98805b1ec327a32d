package io.leat.control.eventing.source.emit;

import java.time.Duration;

/** Pauses after failures in a row, each twice as long as the one before; used by one thread. */
public final class Backoff {
  private final Duration first;
  private final Duration longest;
  private Duration next;

  /** Pauses from the first to the longest. */
  public Backoff(Duration first, Duration longest) {
    this.first = first;
    this.longest = longest;
    this.next = first;
  }

  /** The pause after one more failure. */
  public Duration next() {
    Duration pause = next;
    Duration doubled = pause.multipliedBy(2);
    next = doubled.compareTo(longest) > 0 ? longest : doubled;
    return pause;
  }

  /** Begins anew after a success. */
  public void reset() {
    next = first;
  }
}
