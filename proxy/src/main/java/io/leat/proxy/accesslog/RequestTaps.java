package io.leat.proxy.accesslog;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Those who watch the requests of a process as they end: so many at a time.
 *
 * <p>Any thread opens and closes taps; event loops read one field per request, and nothing more
 * while nobody watches.
 */
public final class RequestTaps {
  private final int most;
  private final InstantSource clock;
  private volatile RequestTap[] open = {};
  private int loops;

  RequestTaps(int most, InstantSource clock) {
    this.most = most;
    this.clock = clock;
  }

  /** One event loop more; returns its index. */
  synchronized int register() {
    return loops++;
  }

  /** Taps that may be open at a time. */
  public int most() {
    return most;
  }

  /** Whether no further tap can be opened now. */
  public boolean isFull() {
    return open.length >= most;
  }

  /** Begins to watch; null when as many as allowed do. The caller closes it. */
  public synchronized @Nullable RequestTap open(TapFilter filter) {
    if (isFull()) {
      return null;
    }
    RequestTap tap = new RequestTap(this, filter, loops, clock);
    RequestTap[] more = Arrays.copyOf(open, open.length + 1);
    more[open.length] = tap;
    open = more;
    return tap;
  }

  synchronized void remove(RequestTap tap) {
    List<RequestTap> left = new ArrayList<>(Arrays.asList(open));
    left.remove(tap);
    open = left.toArray(RequestTap[]::new);
  }

  /** Whom an event loop tells of a request; not to be changed. */
  RequestTap[] current() {
    return open;
  }
}
