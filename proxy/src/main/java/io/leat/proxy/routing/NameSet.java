package io.leat.proxy.routing;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A set of host names that costs a few bytes for each: there is one for every revision, and with
 * many hosts the nodes of a {@code HashSet} would be a good part of the heap.
 *
 * <p>Open addressing, at most two thirds full. Confined to the control thread.
 */
final class NameSet {
  private @Nullable String[] names = new @Nullable String[4];
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  /** Shows every name, in no order; the set must not be changed meanwhile. */
  void forEach(Consumer<String> reader) {
    for (String name : names) {
      if (name != null) {
        reader.accept(name);
      }
    }
  }

  void add(String name) {
    int slot = slotOf(name);
    if (names[slot] == null) {
      names[slot] = name;
      size++;
      if (size * 3 > names.length * 2) {
        grow();
      }
    }
  }

  void remove(String name) {
    int gap = slotOf(name);
    if (names[gap] == null) {
      return;
    }
    size--;
    int mask = names.length - 1;
    int at = gap;
    while (true) {
      at = (at + 1) & mask;
      String next = names[at];
      if (next == null) {
        names[gap] = null;
        return;
      }
      // What probed past the gap moves back, so that no probe ends early.
      if (((at - home(next)) & mask) >= ((at - gap) & mask)) {
        names[gap] = next;
        gap = at;
      }
    }
  }

  private void grow() {
    @Nullable String[] before = names;
    names = new @Nullable String[before.length * 2];
    for (String name : before) {
      if (name != null) {
        names[slotOf(name)] = name;
      }
    }
  }

  private int slotOf(String name) {
    int mask = names.length - 1;
    int slot = home(name);
    for (String at = names[slot]; at != null && !at.equals(name); at = names[slot]) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private int home(String name) {
    return ((name.hashCode() * 0x9e3779b9) >>> 8) & (names.length - 1);
  }
}
