package io.leat.proxy.routing;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the live host of a name: an immutable hash table in shards, changed by copying.
 *
 * <p>Open addressing with linear probing, load at most one half, half of the hash beside the entry,
 * and the bytes of the name always compared, since a host is the boundary between tenants. A change
 * copies the shards that it touches and the array of shards, at a million hosts 17 KB; everything
 * else is shared with the version before. Wildcards stand in the same table under another seed; the
 * index knows how many labels they have, so a name costs one probe per such number and not one per
 * label of its own.
 */
final class HostIndex {
  private static final int HOSTS_PER_SHARD = 64;
  private static final int MAX_SHARDS = 2048;
  private static final int LONGEST_NAME = 255;
  private static final int DEPTHS = 64;

  private final long seed;
  private final Shard[] shards;
  private final int size;
  private final int[] wildcardsByDepth;
  private final long wildcardDepths;

  /** Written only by the editor that made it, before the index is published. */
  private static final class Shard {
    static final Shard EMPTY = new Shard(2);

    private final int[] hashes;
    private final @Nullable LiveHost[] hosts;
    private int size;

    Shard(int capacity) {
      this(new int[capacity], new LiveHost[capacity], 0);
    }

    private Shard(int[] hashes, @Nullable LiveHost[] hosts, int size) {
      this.hashes = hashes;
      this.hosts = hosts;
      this.size = size;
    }

    Shard copy() {
      return new Shard(hashes.clone(), hosts.clone(), size);
    }
  }

  private HostIndex(long seed, Shard[] shards, int size, int[] wildcardsByDepth) {
    this.seed = seed;
    this.shards = shards;
    this.size = size;
    this.wildcardsByDepth = wildcardsByDepth;
    long depths = 0;
    for (int depth = 0; depth < DEPTHS; depth++) {
      depths |= wildcardsByDepth[depth] > 0 ? 1L << depth : 0;
    }
    this.wildcardDepths = depths;
  }

  /** An index without hosts. */
  static HostIndex empty(long seed) {
    return new HostIndex(seed, new Shard[] {Shard.EMPTY}, 0, new int[DEPTHS]);
  }

  int size() {
    return size;
  }

  void forEach(Consumer<LiveHost> reader) {
    for (Shard shard : shards) {
      for (LiveHost host : shard.hosts) {
        if (host != null) {
          reader.accept(host);
        }
      }
    }
  }

  /** The host that the table calls {@code name}, a wildcard with its star; for the control side. */
  @Nullable LiveHost get(String name) {
    if (size == 0) {
      return null;
    }
    boolean wildcard = name.startsWith(LiveHost.WILDCARD);
    byte[] key = name.getBytes(StandardCharsets.UTF_8);
    return probe(key, wildcard ? LiveHost.WILDCARD.length() : 0, key.length, wildcard);
  }

  /**
   * The host of a name: exact, else the wildcard with the longest suffix, else null.
   *
   * @param external whether hosts local to the cluster are treated as if they were not there
   */
  @Nullable LiveHost find(byte[] bytes, int start, int nameEnd, boolean external) {
    int end = nameEnd > start && bytes[nameEnd - 1] == '.' ? nameEnd - 1 : nameEnd;
    if (end - start > LONGEST_NAME) {
      return null;
    }
    LiveHost exact = probe(bytes, start, end, false);
    if (exact != null && isVisible(exact, external)) {
      return exact;
    }
    return wildcardDepths == 0 ? null : findWildcard(bytes, start, end, external);
  }

  private @Nullable LiveHost findWildcard(byte[] bytes, int start, int end, boolean external) {
    int left = labels(bytes, start, end);
    for (int at = start; at < end; at++) {
      if (bytes[at] == '.') {
        left--;
        if (at > start && ((wildcardDepths >>> depth(left)) & 1) != 0) {
          LiveHost wildcard = probe(bytes, at + 1, end, true);
          if (wildcard != null && isVisible(wildcard, external)) {
            return wildcard;
          }
        }
      }
    }
    return null;
  }

  private static boolean isVisible(LiveHost host, boolean external) {
    return !external || !host.isClusterLocal();
  }

  private static int labels(byte[] bytes, int start, int end) {
    int labels = 1;
    for (int at = start; at < end; at++) {
      labels += bytes[at] == '.' ? 1 : 0;
    }
    return labels;
  }

  private static int depth(int labels) {
    return Math.min(labels, DEPTHS - 1);
  }

  private @Nullable LiveHost probe(byte[] bytes, int start, int end, boolean wildcard) {
    long hash = HostName.hash(bytes, start, end, wildcard ? ~seed : seed);
    Shard shard = shards[(int) hash & (shards.length - 1)];
    int[] hashes = shard.hashes;
    @Nullable LiveHost[] hosts = shard.hosts;
    int mask = hashes.length - 1;
    int high = (int) (hash >>> 32);
    for (int slot = high & mask; ; slot = (slot + 1) & mask) {
      LiveHost host = hosts[slot];
      if (host == null) {
        return null;
      }
      if (hashes[slot] == high
          && host.isWildcard() == wildcard
          && HostName.same(bytes, start, end, host.key())) {
        return host;
      }
    }
  }

  /** The index after a change; hosts are replaced by name, unknown ones among removals ignored. */
  HostIndex with(Collection<LiveHost> puts, Collection<LiveHost> removals) {
    long most = (long) size + puts.size();
    Shard[] next = shards;
    if (most > 2L * shards.length * HOSTS_PER_SHARD && shards.length < MAX_SHARDS) {
      next = resized(most);
    } else if (!puts.isEmpty() || !removals.isEmpty()) {
      next = shards.clone();
    }
    Editor editor = new Editor(seed, next, wildcardsByDepth.clone());
    removals.forEach(editor::remove);
    puts.forEach(editor::put);
    return new HostIndex(seed, next, size + editor.sizeChange, editor.wildcardsByDepth);
  }

  private Shard[] resized(long most) {
    long count = Long.highestOneBit(Math.max(1, most / HOSTS_PER_SHARD)) * 2;
    Shard[] next = new Shard[(int) Math.min(count, MAX_SHARDS)];
    Arrays.fill(next, Shard.EMPTY);
    forEach(new Editor(seed, next, new int[DEPTHS])::put);
    return next;
  }

  /** Edits shards that it copied before. */
  private static final class Editor {
    private final long seed;
    private final Shard[] next;
    private final BitSet own = new BitSet();
    private final int[] wildcardsByDepth;
    private int sizeChange;

    Editor(long seed, Shard[] next, int[] wildcardsByDepth) {
      this.seed = seed;
      this.next = next;
      this.wildcardsByDepth = wildcardsByDepth;
    }

    void put(LiveHost host) {
      long hash = hashOf(host);
      Shard shard = owned((int) hash & (next.length - 1), 1);
      int high = (int) (hash >>> 32);
      int slot = slotOf(shard, host, high);
      if (shard.hosts[slot] == null) {
        shard.size++;
        count(host, 1);
      }
      shard.hosts[slot] = host;
      shard.hashes[slot] = high;
    }

    void remove(LiveHost host) {
      long hash = hashOf(host);
      int index = (int) hash & (next.length - 1);
      int slot = slotOf(next[index], host, (int) (hash >>> 32));
      if (next[index].hosts[slot] != null) {
        Shard shard = owned(index, 0);
        closeGap(shard, slot);
        shard.size--;
        count(host, -1);
      }
    }

    private void count(LiveHost host, int change) {
      sizeChange += change;
      if (host.isWildcard()) {
        wildcardsByDepth[depth(labels(host.key(), 0, host.key().length))] += change;
      }
    }

    /** Moves back what probed past the slot, so that no probe ends early. */
    private static void closeGap(Shard shard, int slot) {
      int mask = shard.hosts.length - 1;
      int gap = slot;
      for (int at = (gap + 1) & mask; shard.hosts[at] != null; at = (at + 1) & mask) {
        int fromHome = (at - shard.hashes[at]) & mask;
        if (fromHome >= ((at - gap) & mask)) {
          shard.hosts[gap] = shard.hosts[at];
          shard.hashes[gap] = shard.hashes[at];
          gap = at;
        }
      }
      shard.hosts[gap] = null;
    }

    private Shard owned(int index, int room) {
      Shard shard = next[index];
      if ((shard.size + room) * 2 > shard.hosts.length) {
        next[index] = larger(shard, shard.hosts.length * 2);
      } else if (!own.get(index)) {
        next[index] = shard.copy();
      }
      own.set(index);
      return next[index];
    }

    private static Shard larger(Shard shard, int capacity) {
      Shard larger = new Shard(capacity);
      for (int i = 0; i < shard.hosts.length; i++) {
        LiveHost host = shard.hosts[i];
        if (host != null) {
          int slot = slotOf(larger, host, shard.hashes[i]);
          larger.hosts[slot] = host;
          larger.hashes[slot] = shard.hashes[i];
        }
      }
      larger.size = shard.size;
      return larger;
    }

    private long hashOf(LiveHost host) {
      byte[] key = host.key();
      return HostName.hash(key, 0, key.length, host.isWildcard() ? ~seed : seed);
    }

    private static int slotOf(Shard shard, LiveHost host, int high) {
      int mask = shard.hosts.length - 1;
      int slot = high & mask;
      for (LiveHost at = shard.hosts[slot]; at != null; at = shard.hosts[slot]) {
        if (shard.hashes[slot] == high
            && at.isWildcard() == host.isWildcard()
            && Arrays.equals(at.key(), host.key())) {
          return slot;
        }
        slot = (slot + 1) & mask;
      }
      return slot;
    }
  }
}
