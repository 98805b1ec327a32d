package io.leat.proxy.accesslog;

import io.leat.proxy.balance.Draw;
import io.leat.proxy.http1.RequestHead;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.InstantSource;
import java.util.Arrays;
import org.jctools.queues.SpscArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The access log of one event loop: full records go to the writer through one bounded queue, empty
 * ones come back through another, so that neither side waits or allocates.
 *
 * <p>The event loop publishes, the writer thread polls and recycles, any thread reads {@link
 * #dropped}.
 */
public final class LoopAccessLog {
  /** Logs nothing. */
  public static final LoopAccessLog OFF =
      new LoopAccessLog(1, 0, () -> 0, InstantSource.system(), null);

  private static final VarHandle DROPPED;
  private static final double ALL = 0x1p32;

  /** Trails that are kept for requests to come; with more at a time, some are made anew. */
  private static final int MOST_IDLE = 1_024;

  private static final int FIRST_IDLE = 16;

  static {
    try {
      DROPPED = MethodHandles.lookup().findVarHandle(LoopAccessLog.class, "dropped", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final SpscArrayQueue<AccessRecord> full;
  private final SpscArrayQueue<AccessRecord> empty;
  private final long threshold;
  private final Draw draw;
  private final InstantSource clock;
  private final @Nullable RequestTaps taps;
  private final int index;
  private long dropped;
  private @Nullable AccessTrail[] idle = {};
  private int idleCount;

  /**
   * A log of one event loop.
   *
   * @param taps who else is told of its requests
   */
  LoopAccessLog(
      int capacity, double sample, Draw draw, InstantSource clock, @Nullable RequestTaps taps) {
    this.full = new SpscArrayQueue<>(capacity);
    this.empty = new SpscArrayQueue<>(capacity);
    this.threshold = (long) (sample * ALL);
    this.draw = draw;
    this.clock = clock;
    this.taps = taps;
    this.index = taps == null ? 0 : taps.register();
    for (int i = 0; on() && i < capacity; i++) {
      empty.offer(new AccessRecord());
    }
  }

  /**
   * A request began; its event loop.
   *
   * @param head null when it could not be understood; read during the call only
   * @param client the address of the client as text; kept
   * @return what is noted of it until its end; {@link AccessTrail#OFF} when nobody wants it
   */
  public AccessTrail begin(@Nullable RequestHead head, byte[] client, long nowNanos) {
    boolean logged = sampled();
    if (!logged && !tapped()) {
      return AccessTrail.OFF;
    }
    AccessTrail trail = take();
    trail.begin(logged, head, client, nowNanos);
    return trail;
  }

  private AccessTrail take() {
    if (idleCount == 0) {
      return new AccessTrail(this);
    }
    AccessTrail last = idle[--idleCount];
    idle[idleCount] = null;
    return last == null ? new AccessTrail(this) : last;
  }

  /** A trail that notes nothing any more; its event loop. */
  void giveBack(AccessTrail trail) {
    if (idleCount == idle.length) {
      if (idleCount == MOST_IDLE) {
        return;
      }
      idle = Arrays.copyOf(idle, Math.max(FIRST_IDLE, 2 * idleCount));
    }
    idle[idleCount++] = trail;
  }

  /** Requests that were not logged because the writer did not keep up; any thread. */
  public long dropped() {
    return (long) DROPPED.getOpaque(this);
  }

  private boolean on() {
    return threshold > 0;
  }

  /** Whether somebody watches requests now. */
  boolean tapped() {
    RequestTaps watched = taps;
    return watched != null && watched.current().length > 0;
  }

  /** Tells those who watch that a request is over. */
  void tap(AccessRecord done) {
    RequestTaps watched = taps;
    if (watched != null) {
      for (RequestTap tap : watched.current()) {
        tap.offer(index, done);
      }
    }
  }

  boolean sampled() {
    return threshold > 0 && Integer.toUnsignedLong(draw.next()) < threshold;
  }

  long timeMillis() {
    return clock.millis();
  }

  /** Hands a record over and returns another one, or the same when the queue is full. */
  AccessRecord publish(AccessRecord done) {
    AccessRecord free = empty.poll();
    if (free == null) {
      DROPPED.setOpaque(this, dropped + 1);
      return done;
    }
    // Never full: no more records are on their way than there are places.
    full.offer(done);
    return free;
  }

  /** The same with a copy, without what stood in header fields. */
  void publishCopy(AccessRecord done) {
    AccessRecord free = empty.poll();
    if (free == null) {
      DROPPED.setOpaque(this, dropped + 1);
    } else {
      free.copy(done);
      full.offer(free);
    }
  }

  @Nullable AccessRecord poll() {
    return full.poll();
  }

  void recycle(AccessRecord written) {
    // What refers to live objects must not keep them from being collected.
    written.clear();
    empty.offer(written);
  }
}
