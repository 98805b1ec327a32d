package io.leat.proxy.accesslog;

import java.io.IOException;
import java.io.OutputStream;
import java.time.InstantSource;

/**
 * One reader of finished requests. Each event loop copies those that a filter takes into a bounded
 * queue of its own; one that finds no place is dropped and counted, and nobody waits.
 *
 * <p>Event loops offer, one other thread drains and closes. Fields of headers are not copied.
 */
public final class RequestTap implements AutoCloseable {
  /** Places of all event loops together; each has at least {@value #LEAST_PLACES}. */
  static final int PLACES = 1_024;

  private static final int LEAST_PLACES = 32;

  private final RequestTaps taps;
  private final TapFilter filter;
  private final LoopAccessLog[] loops;
  private final LineBuffer lines = new LineBuffer();

  RequestTap(RequestTaps taps, TapFilter filter, int loopCount, InstantSource clock) {
    this.taps = taps;
    this.filter = filter;
    this.loops = new LoopAccessLog[loopCount];
    int places = Math.max(LEAST_PLACES, PLACES / Math.max(1, loopCount));
    for (int i = 0; i < loopCount; i++) {
      loops[i] = new LoopAccessLog(places, 1, () -> 0, clock, null);
    }
  }

  /** A request of an event loop is over. */
  void offer(int loop, AccessRecord done) {
    // A loop that began after the tap has no queue in it.
    if (loop < loops.length && filter.takes(done)) {
      loops[loop].publishCopy(done);
    }
  }

  /**
   * Writes what ended since the last call, a JSON object per line as in the access log.
   *
   * @return how many requests, at most {@code most}
   */
  public int drain(OutputStream out, int most) throws IOException {
    int count = 0;
    for (LoopAccessLog loop : loops) {
      AccessRecord request = count < most ? loop.poll() : null;
      while (request != null) {
        count++;
        AccessFormat.JSON.write(request, lines);
        loop.recycle(request);
        request = count < most ? loop.poll() : null;
      }
    }
    if (count > 0) {
      lines.writeTo(out);
    }
    return count;
  }

  /** Requests that the filter takes and that found no place. */
  public long dropped() {
    long sum = 0;
    for (LoopAccessLog loop : loops) {
      sum += loop.dropped();
    }
    return sum;
  }

  /** Ends the watching. */
  @Override
  public void close() {
    taps.remove(this);
  }
}
