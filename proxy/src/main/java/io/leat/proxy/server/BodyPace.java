package io.leat.proxy.server;

import io.leat.proxy.upstream.Deadline;
import io.leat.proxy.upstream.Expiring;
import io.leat.proxy.upstream.LoopContext;
import org.jspecify.annotations.Nullable;

/**
 * Watches that a request body comes at {@code proxy.min-body-rate} over any ten seconds in which it
 * was waited for. Used by one event loop.
 */
final class BodyPace implements Expiring {
  private static final int SECONDS = 10;
  private static final long SECOND_NANOS = 1_000_000_000L;

  /** What it watches. */
  interface Body {
    /** Whether bytes of the body are still to come. */
    boolean incomplete();

    /** Whether they would be read and passed on now. */
    boolean awaited();

    /** It comes too slowly. */
    void tooSlow();
  }

  private final LoopContext loop;
  private final RequestBody received;
  private final Body body;
  private final long minimum;

  private final Deadline deadline = new Deadline(this);

  /** Bytes at the end of each of the last seconds; made for the first body that is waited for. */
  private long @Nullable [] samples;

  private int taken;

  BodyPace(LoopContext loop, RequestBody received, Body body) {
    this.loop = loop;
    this.received = received;
    this.body = body;
    this.minimum = (long) loop.limits().clients().minBodyRate() * SECONDS;
  }

  /** The rest of a body is still to come. */
  void watch() {
    if (minimum > 0 && !deadline.armed()) {
      restart();
      loop.wheel().arm(deadline, loop.now() + SECOND_NANOS);
    }
  }

  /** From now on it counts anew: another body, or nobody waited for this one. */
  void restart() {
    taken = 0;
  }

  @Override
  public void expired(long nowNanos) {
    if (!body.incomplete()) {
      return;
    }
    if (body.awaited()) {
      if (sampleIsTooSlow()) {
        body.tooSlow();
        return;
      }
    } else {
      restart();
    }
    loop.wheel().arm(deadline, nowNanos + SECOND_NANOS);
  }

  private boolean sampleIsTooSlow() {
    long[] ring = samples;
    if (ring == null) {
      ring = new long[SECONDS];
      samples = ring;
    }
    int slot = taken % SECONDS;
    long bytes = received.bytes();
    // The slot holds the sample of ten seconds ago.
    boolean slow = taken >= SECONDS && bytes - ring[slot] < minimum;
    ring[slot] = bytes;
    taken++;
    return slow;
  }

  void stop() {
    loop.wheel().remove(deadline);
  }
}
