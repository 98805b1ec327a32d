package io.leat.proxy.routing;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map in shards, changed by copying those that a change touches.
 *
 * <p>For look-ups beside the path of a request: a change of one entry among many stays cheap, and
 * every version is complete.
 */
final class ShardedMap<K, V> {
  private static final int ENTRIES_PER_SHARD = 64;
  private static final int MIN_BITS = 4;
  private static final int MAX_BITS = 12;

  private final List<Map<K, V>> shards;
  private final int bits;
  private final int size;

  private ShardedMap(List<Map<K, V>> shards, int bits, int size) {
    this.shards = shards;
    this.bits = bits;
    this.size = size;
  }

  static <K, V> ShardedMap<K, V> empty() {
    return new ShardedMap<>(Collections.nCopies(1 << MIN_BITS, Map.of()), MIN_BITS, 0);
  }

  int size() {
    return size;
  }

  @Nullable V get(K key) {
    return shards.get(shardOf(key, bits)).get(key);
  }

  void forEach(Consumer<V> reader) {
    for (Map<K, V> shard : shards) {
      shard.values().forEach(reader);
    }
  }

  /** The map after a change; removals first. */
  ShardedMap<K, V> with(Map<K, V> puts, Collection<K> removals) {
    if (puts.isEmpty() && removals.isEmpty()) {
      return this;
    }
    int nextBits = bits;
    while (nextBits < MAX_BITS
        && (long) size + puts.size() > (2L * ENTRIES_PER_SHARD) << nextBits) {
      nextBits++;
    }
    List<Map<K, V>> next = nextBits == bits ? new ArrayList<>(shards) : split(nextBits);
    Map<Integer, Map<K, V>> own = new HashMap<>();
    for (K key : removals) {
      own(own, next, shardOf(key, nextBits)).remove(key);
    }
    for (Map.Entry<K, V> put : puts.entrySet()) {
      own(own, next, shardOf(put.getKey(), nextBits)).put(put.getKey(), put.getValue());
    }
    int nextSize = size;
    for (Map.Entry<Integer, Map<K, V>> changed : own.entrySet()) {
      Map<K, V> before = next.set(changed.getKey(), changed.getValue());
      nextSize += changed.getValue().size() - before.size();
    }
    return new ShardedMap<>(next, nextBits, nextSize);
  }

  private static <K, V> Map<K, V> own(
      Map<Integer, Map<K, V>> own, List<Map<K, V>> shards, int index) {
    return own.computeIfAbsent(index, i -> new HashMap<>(shards.get(i)));
  }

  private List<Map<K, V>> split(int nextBits) {
    List<Map<K, V>> next = new ArrayList<>(1 << nextBits);
    for (int i = 0; i < 1 << nextBits; i++) {
      next.add(new HashMap<>());
    }
    for (Map<K, V> shard : shards) {
      shard.forEach((key, value) -> next.get(shardOf(key, nextBits)).put(key, value));
    }
    return next;
  }

  private static int shardOf(Object key, int bits) {
    return (key.hashCode() * 0x9e3779b9) >>> (Integer.SIZE - bits);
  }
}
