package io.leat.proxy.guard;

import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * How short buffer memory is, in steps that cost clients more and more.
 *
 * <p>What the allocator holds includes memory that it keeps for later, which no client can be asked
 * to give back. So beyond the first threshold the bytes that wait in connections are added up too,
 * and the smaller of both decides: what is held, or {@value #PINNED} times what waits, because a
 * byte that waits may keep a buffer of several. One event loop samples; any thread reads.
 */
public final class Overload {
  private static final int PINNED = 4;
  private static final int PERCENT = 100;
  private static final int HYSTERESIS = 5;
  private static final int[] STEPS = {70, 80, 90, 100};

  private final long max;
  private final LongSupplier allocated;
  private final LongSupplier waiting;
  private final AtomicLongArray entered = new AtomicLongArray(STEPS.length);
  private volatile boolean measuring;
  private volatile int level;

  /**
   * Not overloaded.
   *
   * @param max bytes at the top step
   * @param allocated bytes that the allocator holds
   * @param waiting bytes that wait in connections, correct soon after {@link #measuring}
   */
  public Overload(long max, LongSupplier allocated, LongSupplier waiting) {
    this.max = max;
    this.allocated = allocated;
    this.waiting = waiting;
  }

  /** Looks at the memory again. */
  public void sample() {
    long held = allocated.getAsLong();
    if (percent(held) < STEPS[0] - HYSTERESIS) {
      measuring = false;
      level = 0;
      return;
    }
    long pinned = measuring ? waiting.getAsLong() * PINNED : 0;
    measuring = true;
    enter(levelAt(percent(Math.min(held, pinned)), level));
  }

  /** Counted before it acts, so that whoever sees what a step did finds the step counted. */
  private void enter(int next) {
    for (int step = level; step < next; step++) {
      entered.incrementAndGet(step);
    }
    level = next;
  }

  private long percent(long bytes) {
    return (long) ((double) bytes / max * PERCENT);
  }

  private static int levelAt(long percent, int before) {
    int next = 0;
    for (int step = 0; step < STEPS.length; step++) {
      int threshold = step < before ? STEPS[step] - HYSTERESIS : STEPS[step];
      if (percent >= threshold) {
        next = step + 1;
      }
    }
    return next;
  }

  /** Whether event loops shall add up what waits in their connections. */
  public boolean measuring() {
    return measuring;
  }

  /** The step, 0 to 4. */
  public int level() {
    return level;
  }

  /** How often each of the four steps was entered from below, in their order. */
  public List<Long> entered() {
    return IntStream.range(0, STEPS.length).mapToObj(entered::get).toList();
  }

  /** Bytes that the allocator holds now. */
  public long allocatedBytes() {
    return allocated.getAsLong();
  }

  /** Whether clients that run a request are not read. */
  public boolean pausesReading() {
    return level >= 1;
  }

  /** Whether no connection is accepted. */
  public boolean pausesAccepting() {
    return level >= 2;
  }

  /** Whether idle connections are closed. */
  public boolean shedsIdle() {
    return level >= 3;
  }

  /** Whether new requests are rejected. */
  public boolean rejects() {
    return level >= STEPS.length;
  }
}
