package io.leat.control.compile;

import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A map that can be forked at no cost: a fork keeps what is written to it, and reads the rest from
 * the map that it was forked from, which must stay as it is meanwhile.
 *
 * <p>Confined to the control thread.
 */
final class ForkedMap<K, V> {
  private final @Nullable ForkedMap<K, V> base;
  private final Map<K, V> own;
  private final Set<K> gone = new HashSet<>();

  /** A map with entries of its own only, in the order of {@code own}. */
  ForkedMap(Map<K, V> own) {
    this(null, own);
  }

  private ForkedMap(@Nullable ForkedMap<K, V> base, Map<K, V> own) {
    this.base = base;
    this.own = own;
  }

  ForkedMap<K, V> fork(Map<K, V> empty) {
    return new ForkedMap<>(this, empty);
  }

  @Nullable V get(K key) {
    V value = own.get(key);
    return value != null || base == null || gone.contains(key) ? value : base.get(key);
  }

  /** Puts a value and gives the one before. */
  @Nullable V put(K key, V value) {
    V before = get(key);
    own.put(key, value);
    gone.remove(key);
    return before;
  }

  /** Removes a value and gives it. */
  @Nullable V remove(K key) {
    V before = get(key);
    own.remove(key);
    if (base != null) {
      gone.add(key);
    }
    return before;
  }

  /** Whether the value of a key was put here, and not in a map that this one was forked from. */
  boolean isOwn(K key) {
    return own.containsKey(key);
  }

  /** Every key that was put or removed here. */
  Set<K> touched() {
    Set<K> touched = new HashSet<>(own.keySet());
    touched.addAll(gone);
    return touched;
  }

  /** Every value; costs as much as there are. */
  Collection<V> values() {
    return all().values();
  }

  /** Shows every entry; costs as much as there are. */
  void forEach(BiConsumer<? super K, ? super V> reader) {
    all().forEach(reader);
  }

  private Map<K, V> all() {
    if (base == null) {
      return own;
    }
    Map<K, V> all = new TreeMap<>(base.all());
    all.keySet().removeAll(gone);
    all.putAll(own);
    return all;
  }
}
