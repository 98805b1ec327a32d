package io.leat.proxy.fanout.delivery;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lets one item per lane go at a time, in the order in which they came. Used by one event loop; a
 * lane exists while an item is in it.
 */
final class Lanes {
  private final Map<Long, ArrayDeque<Item>> busy = new HashMap<>();

  /** The lane of a key: a key may share its lane with another, which only makes them wait. */
  static long of(String key, int salt) {
    long hash = 0xcbf29ce484222325L ^ salt;
    for (int i = 0; i < key.length(); i++) {
      hash = (hash ^ key.charAt(i)) * 0x100000001b3L;
    }
    return hash == Item.NO_LANE ? 1 : hash;
  }

  /** Whether an item may go now; if not, {@link #leave} gives it when its turn comes. */
  boolean enter(Item item) {
    ArrayDeque<Item> line = busy.get(item.lane);
    if (line == null) {
      busy.put(item.lane, new ArrayDeque<>(2));
      return true;
    }
    line.add(item);
    return false;
  }

  /** The item that has its lane is done; returns the one whose turn it is now. */
  @Nullable Item leave(Item item) {
    ArrayDeque<Item> line = busy.get(item.lane);
    Item next = line == null ? null : line.poll();
    if (next == null) {
      busy.remove(item.lane);
    }
    return next;
  }

  /** Takes out the events before an offset that wait for their turn. */
  List<Item> release(long before) {
    List<Item> released = new ArrayList<>();
    for (ArrayDeque<Item> line : busy.values()) {
      line.removeIf(each -> {
        boolean goes = !each.isHop() && each.offset < before;
        if (goes) {
          each.lane = Item.NO_LANE;
          released.add(each);
        }
        return goes;
      });
    }
    return released;
  }

  void clear() {
    busy.clear();
  }

  int size() {
    return busy.size();
  }
}
