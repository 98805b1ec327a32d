package io.leat.control.store.log;

import java.util.ArrayList;
import java.util.List;

/**
 * The newest events, numbered without gaps, for those who ask for all after a version.
 *
 * <p>A ring that grows up to its bound. Not thread-safe: its store guards it.
 *
 * @param <E> what is kept
 */
public final class RetainedLog<E> {
  private final int most;
  private final List<E> ring = new ArrayList<>();
  private int oldest;
  private long last;

  /**
   * An empty log.
   *
   * @param most events that are kept, at least 1
   * @param last the version before the first event
   */
  public RetainedLog(int most, long last) {
    if (most < 1) {
      throw new IllegalArgumentException("a log keeps at least one event, not " + most);
    }
    this.most = most;
    this.last = last;
  }

  /** Appends the event of the next version and drops what is beyond the bound. */
  public void add(long version, E event) {
    if (version != last + 1) {
      throw new IllegalArgumentException("version " + version + " does not follow " + last);
    }
    last = version;
    if (ring.size() < most) {
      ring.add(event);
    } else {
      ring.set(oldest, event);
      oldest = (oldest + 1) % most;
    }
  }

  /** The version of the newest event. */
  public long last() {
    return last;
  }

  /** The lowest version after which every event is here. */
  public long floor() {
    return last - ring.size();
  }

  /** The events after a version that is not below the floor, in order. */
  public List<E> after(long version) {
    int skipped = (int) Math.max(0, version - floor());
    List<E> events = new ArrayList<>(Math.max(0, ring.size() - skipped));
    for (int i = skipped; i < ring.size(); i++) {
      events.add(ring.get((oldest + i) % ring.size()));
    }
    return events;
  }
}
