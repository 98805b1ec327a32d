package io.leat.control.eventing.source;

import io.leat.control.eventing.source.SourceStatus.State;
import io.leat.control.eventing.source.emit.Backoff;
import io.leat.control.eventing.source.emit.EventSink;
import io.leat.control.eventing.source.emit.SourceEvent;
import io.leat.control.eventing.source.emit.SourceTime;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The way out of one Source, and what is told of it. An event is held until its Channel took it, so
 * that a Source waits and never piles up.
 *
 * <p>Used by the Source's thread; any thread reads the status.
 */
final class Outlet {
  private static final Duration LONGEST_RETRY_AFTER = Duration.ofMinutes(5);

  private final URI channel;
  private final EventSink sink;
  private final SourceTime time;
  private final Runnable changed;
  private final Backoff sending = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10));
  private final Backoff failing = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1));
  private final String incarnation;
  private long ids;
  private volatile SourceStatus status = SourceStatus.starting();

  /**
   * An outlet of one incarnation of a Source.
   *
   * @param changed told when the state or the last error is another
   */
  Outlet(URI channel, EventSink sink, SourceTime time, RandomGenerator random, Runnable changed) {
    this.channel = channel;
    this.sink = sink;
    this.time = time;
    this.changed = changed;
    this.incarnation = padded(time.now().toEpochMilli(), 12) + "-" + padded(random.nextInt(), 8);
  }

  private static String padded(long value, int digits) {
    String hex = Long.toHexString(value);
    return ("0".repeat(16) + hex).substring(16 + hex.length() - digits);
  }

  SourceStatus status() {
    return status;
  }

  /** An id that no other event of the Source has; each is greater than the ones before. */
  String nextId() {
    return incarnation + "-" + padded(++ids, 12);
  }

  /** Hands an event over, however long that takes; one that is never taken is counted and lost. */
  void emit(SourceEvent event) throws InterruptedException {
    while (true) {
      Duration pause = Duration.ZERO;
      String error;
      try {
        EventSink.Answer answer = sink.send(channel, event);
        if (answer.taken()) {
          sending.reset();
          set(status.took(time.now()));
          return;
        }
        error = "POST " + channel + " answered " + answer.status();
        if (answer.refused()) {
          sending.reset();
          set(status.lost(error + ", and an event is lost"));
          return;
        }
        if (answer.retryAfter() != null) {
          pause = shorter(answer.retryAfter(), LONGEST_RETRY_AFTER);
        }
      } catch (IOException e) {
        error = String.valueOf(e.getMessage());
      }
      set(status.failed(error));
      Duration backoff = sending.next();
      time.pause(pause.compareTo(backoff) > 0 ? pause : backoff);
    }
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /** The feed works: what failed before is over. */
  void healthy() {
    failing.reset();
    if (status.state() != State.RUNNING) {
      set(status.well());
    }
  }

  /** Counts a line that is not as it should be. */
  void odd() {
    set(status.odder());
  }

  void in(State state) {
    set(status.in(state));
  }

  /** The feed failed; how long to leave it alone. */
  Duration failed(String error) {
    set(status.failed(error));
    return failing.next();
  }

  private void set(SourceStatus next) {
    SourceStatus before = status;
    status = next;
    if (before.state() != next.state() || !before.lastError().equals(next.lastError())) {
      changed.run();
    }
  }
}
