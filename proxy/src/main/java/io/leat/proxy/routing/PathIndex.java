package io.leat.proxy.routing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one host by path: a trie over their prefixes, in which each step compares what all
 * prefixes below it share, so a look-up reads the path once however many prefixes there are.
 *
 * <p>Entries of one prefix form a group, in their order of precedence; each group knows the longest
 * other prefix that its own extends. Immutable, read by any event loop.
 */
final class PathIndex {
  private static final int NONE = -1;

  private final byte[][] prefixes;
  private final int[] parents;
  private final LiveEntry[][] groups;
  private final Node root;

  /**
   * A step of the trie.
   *
   * @param label the bytes from the step before to this one, the first of which is in {@code heads}
   *     of that step
   * @param group the group whose prefix ends here, or -1
   * @param heads the first bytes of the labels of the next steps, ascending as unsigned bytes
   */
  private record Node(byte[] label, int group, byte[] heads, Node[] next) {
    @Nullable Node step(byte head) {
      int count = heads.length;
      int low = 0;
      while (count > 8) {
        int half = count >>> 1;
        low += (heads[low + half - 1] & 0xff) < (head & 0xff) ? half : 0;
        count -= half;
      }
      for (int i = low; i < low + count; i++) {
        if (heads[i] == head) {
          return next[i];
        }
      }
      return null;
    }
  }

  PathIndex(List<LiveEntry> entries, Comparator<LiveEntry> precedence) {
    Map<byte[], List<LiveEntry>> byPrefix = new TreeMap<>(Arrays::compareUnsigned);
    for (LiveEntry entry : entries) {
      byte[] prefix = entry.entry().match().prefix().getBytes(StandardCharsets.UTF_8);
      byPrefix.computeIfAbsent(prefix, p -> new ArrayList<>()).add(entry);
    }
    this.prefixes = byPrefix.keySet().toArray(new byte[0][]);
    this.groups = new LiveEntry[prefixes.length][];
    int at = 0;
    for (List<LiveEntry> group : byPrefix.values()) {
      group.sort(precedence);
      groups[at++] = group.toArray(new LiveEntry[0]);
    }
    this.parents = parents(prefixes);
    this.root = node(0, prefixes.length, 0);
  }

  private static int[] parents(byte[][] prefixes) {
    int[] parents = new int[prefixes.length];
    for (int i = 0; i < prefixes.length; i++) {
      int parent = i - 1;
      while (parent >= 0 && !startsWith(prefixes[i], 0, prefixes[i].length, prefixes[parent])) {
        parent = parents[parent];
      }
      parents[i] = Math.max(parent, NONE);
    }
    return parents;
  }

  /** The step for the prefixes {@code from} to {@code to}, which are alike up to {@code start}. */
  private Node node(int from, int to, int start) {
    if (from == to) {
      return new Node(new byte[0], NONE, new byte[0], new Node[0]);
    }
    byte[] first = prefixes[from];
    byte[] last = prefixes[to - 1];
    int end = start + Math.max(0, mismatch(first, last, start));
    // The first in order is the shortest of those that are the beginning of all others.
    boolean endsHere = first.length == end;
    List<Node> next = new ArrayList<>();
    int begin = endsHere ? from + 1 : from;
    for (int i = begin + 1; i <= to; i++) {
      if (i == to || prefixes[i][end] != prefixes[begin][end]) {
        next.add(node(begin, i, end));
        begin = i;
      }
    }
    byte[] heads = new byte[next.size()];
    for (int i = 0; i < heads.length; i++) {
      heads[i] = next.get(i).label[0];
    }
    byte[] label = Arrays.copyOfRange(first, start, end);
    return new Node(label, endsHere ? from : NONE, heads, next.toArray(new Node[0]));
  }

  private static int mismatch(byte[] a, byte[] b, int from) {
    int at = Arrays.mismatch(a, from, a.length, b, from, b.length);
    return at < 0 ? a.length - from : at;
  }

  /** The group of the longest prefix that a path starts with, or -1. */
  int longest(byte[] bytes, int start, int end) {
    int best = NONE;
    int p = start;
    for (Node node = root; node != null; ) {
      byte[] label = node.label;
      if (end - p < label.length || !same(bytes, p, label)) {
        return best;
      }
      p += label.length;
      best = node.group >= 0 ? node.group : best;
      node = p < end ? node.step(bytes[p]) : null;
    }
    return best;
  }

  private static boolean same(byte[] bytes, int start, byte[] label) {
    int length = label.length;
    if (length > 8) {
      return HostName.identical(bytes, start, start + length, label);
    }
    for (int i = 0; i < length; i++) {
      if (bytes[start + i] != label[i]) {
        return false;
      }
    }
    return true;
  }

  /** The group whose prefix is the longest that the prefix of {@code group} extends, or -1. */
  int parent(int group) {
    return parents[group];
  }

  int prefixLength(int group) {
    return prefixes[group].length;
  }

  LiveEntry[] group(int group) {
    return groups[group];
  }

  /** Every entry; where prefixes extend each other, the entries of the longer one come first. */
  List<LiveEntry> entries() {
    List<LiveEntry> all = new ArrayList<>();
    for (int i = groups.length - 1; i >= 0; i--) {
      all.addAll(Arrays.asList(groups[i]));
    }
    return all;
  }

  /** The entries, in the order of {@link #entries}, whose prefix a path does not start with. */
  List<LiveEntry> passedOver(byte[] bytes, int start, int end) {
    List<LiveEntry> all = new ArrayList<>();
    for (int i = groups.length - 1; i >= 0; i--) {
      if (!startsWith(bytes, start, end, prefixes[i])) {
        all.addAll(Arrays.asList(groups[i]));
      }
    }
    return all;
  }

  private static boolean startsWith(byte[] bytes, int start, int end, byte[] prefix) {
    return end - start >= prefix.length
        && Arrays.equals(bytes, start, start + prefix.length, prefix, 0, prefix.length);
  }
}
