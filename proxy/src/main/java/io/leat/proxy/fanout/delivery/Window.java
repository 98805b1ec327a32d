package io.leat.proxy.fanout.delivery;

import io.leat.proxy.log.LogEntry;
import java.util.ArrayDeque;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one subscription has in memory: what is in flight and what may start, with a window for what
 * it is called with and another of the same size for hops, so that what was answered does not wait
 * behind what is yet to be asked. Used by the subscription's event loop.
 *
 * <p>A hop comes as soon as it is durable, ahead of events that were not read yet. Of those that
 * are more than its window only the places are kept, and of those that are more than may wait
 * nothing: they are found when the log is read that far.
 */
final class Window {
  private final ArrayDeque<Item> events = new ArrayDeque<>();
  private final ArrayDeque<Item> hops = new ArrayDeque<>();

  /** Hops and given up events whose bytes are not in memory; they count as waiting. */
  private final ArrayDeque<Item> places = new ArrayDeque<>();

  private int loading;
  private int eventsInFlight;
  private int hopsInFlight;
  private int waiting;
  private long bytes;

  /** The last record that was read in order. */
  private long read = -1;

  /** A hop that is to be read in order, and may share its key with later ones. */
  private long leftBehind = -1;

  /** What was read, or taken ahead, may start. */
  void add(Item item) {
    bytes += item.cost;
    enqueue(item);
  }

  void enqueue(Item item) {
    queue(item).addLast(item);
  }

  /** What waited may start before what was read since. */
  void resume(Item item) {
    waiting--;
    bytes += item.cost;
    queue(item).addFirst(item);
  }

  private ArrayDeque<Item> queue(Item item) {
    return item.isHop() ? hops : events;
  }

  /**
   * What starts now, and is in flight from now on; null for nothing.
   *
   * @param givenUp events before it are not sent, so nothing that hangs keeps them
   */
  @Nullable Item next(int parallelism, long givenUp) {
    if (hopsInFlight < parallelism && !hops.isEmpty()) {
      hopsInFlight++;
      return hops.poll();
    }
    Item next = events.peek();
    boolean isGivenUp = next != null && next.group == null && next.offset < givenUp;
    if (next != null && (isGivenUp || eventsInFlight < parallelism)) {
      eventsInFlight++;
      return events.poll();
    }
    return null;
  }

  /** A member of a group counts as in flight once more. */
  void started() {
    eventsInFlight++;
  }

  /** An item is no longer in flight. */
  void landed(Item item) {
    if (item.isHop()) {
      hopsInFlight--;
    } else {
      eventsInFlight--;
    }
    bytes -= item.cost;
  }

  /** An item that is no longer in flight is started later; its bytes are let go. */
  void park(Item item) {
    landed(item);
    item.payload = null;
    item.cost = 0;
    waiting++;
  }

  void waits() {
    waiting++;
  }

  void waitsNoMore() {
    waiting--;
  }

  /** A record was read in order. */
  void read(LogEntry entry) {
    read = Math.max(read, entry.offset());
  }

  /** Hops up to an offset may lie in the log that are to be read in order. */
  void leaveBehind(long last) {
    leftBehind = Math.max(leftBehind, last);
  }

  /**
   * Whether a hop may come ahead of what was not read yet.
   *
   * @param ordered whether it must not pass one that is to be read in order
   */
  boolean takesAhead(boolean ordered, int mostWaiting) {
    return waiting < mostWaiting && !(ordered && leftBehind > read);
  }

  /** A hop comes ahead of what was not read yet. */
  void addAhead(Item hop, int parallelism, long share) {
    int mine = hopsInFlight + hops.size();
    boolean next = places.isEmpty() && loading == 0;
    if (next && (mine == 0 || (mine < 2 * parallelism && bytes + hop.cost <= share))) {
      add(hop);
    } else {
      hop.payload = null;
      hop.cost = 0;
      waiting++;
      places.add(hop);
    }
  }

  /** What waits is to be started as soon as its bytes are here. */
  void place(Item waiting) {
    places.add(waiting);
  }

  /** The item whose bytes are wanted next; null for none. */
  @Nullable Item nextPlace(int parallelism, long share) {
    boolean wanted = hops.isEmpty() || bytes < share;
    if (places.isEmpty() || !wanted || hops.size() + loading >= parallelism) {
      return null;
    }
    loading++;
    return places.poll();
  }

  /** The bytes of a place are here, or never come. */
  void loaded(Item item, boolean found) {
    loading--;
    if (found) {
      waiting--;
      add(item);
    }
  }

  /** How many records are wanted; 0 while there is enough. */
  int wanted(int parallelism, int mostWaiting) {
    if (events.size() > parallelism / 2 || hops.size() > 2 * parallelism) {
      return 0;
    }
    int room = 2 * parallelism - eventsInFlight - events.size();
    return Math.max(0, Math.min(room, mostWaiting - waiting));
  }

  /** Bytes of what is in memory. */
  long bytes() {
    return bytes;
  }

  /** Whether nothing is in memory. */
  boolean isEmpty() {
    return eventsInFlight + hopsInFlight + events.size() + hops.size() == 0;
  }

  /** Whether nothing is in memory, and nothing waits. */
  boolean isIdle() {
    return waiting == 0 && isEmpty();
  }

  /** Takes out what has not started and is told so. */
  void removeIf(Predicate<Item> unwanted) {
    events.removeIf(each -> {
      boolean removed = unwanted.test(each);
      if (removed) {
        bytes -= each.cost;
      }
      return removed;
    });
  }

  /** Forgets what has not started and what waits; what is in flight lands yet. */
  void clear() {
    events.forEach(each -> bytes -= each.cost);
    hops.forEach(each -> bytes -= each.cost);
    events.clear();
    hops.clear();
    places.clear();
    loading = 0;
    waiting = 0;
  }
}
