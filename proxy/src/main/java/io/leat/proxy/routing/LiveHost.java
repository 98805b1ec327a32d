package io.leat.proxy.routing;

import io.leat.proxy.table.RouteMatch;
import io.leat.proxy.table.VirtualHost;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The live form of a {@link VirtualHost}: its entries, ordered so that the longest path that
 * matches is found by one binary search.
 *
 * <p>Order of precedence: the longest prefix first; among entries of one prefix those with more
 * headers, so that a tag's entry comes before the default one (Knative Ingress); among those a
 * prefix of whole segments before a literal one; then the order of the table.
 *
 * <p>Prefixes stand in byte order, each with the index of the longest other prefix that it extends.
 * The last prefix not above a path in that order either starts the path or extends every prefix
 * that does, so what remains is to walk up from there.
 */
public final class LiveHost {
  private static final String WILDCARD = "*.";
  private static final int NO_PARENT = -1;
  private static final Comparator<LiveEntry> PRECEDENCE =
      Comparator.comparingInt((LiveEntry e) -> -e.headers().length)
          .thenComparing(e -> e.entry().match().kind(), Comparator.reverseOrder());

  private final VirtualHost host;
  private final byte[] key;
  // Copied out of the table, and the commonest shape decided when built: with many hosts every
  // object between here and the answer is a cache miss.
  private final boolean wildcard;
  private final boolean clusterLocal;
  private final @Nullable LiveEntry takesAll;
  private final byte[][] prefixes;
  private final int[] parents;
  private final LiveEntry[][] groups;

  LiveHost(VirtualHost host, List<LiveEntry> entries) {
    this.host = host;
    this.wildcard = host.host().startsWith(WILDCARD);
    this.clusterLocal = host.visibility() == VirtualHost.Visibility.CLUSTER_LOCAL;
    this.takesAll =
        entries.size() == 1 && entries.getFirst().entry().match().equals(RouteMatch.ALL)
            ? entries.getFirst()
            : null;
    String name = wildcard ? host.host().substring(WILDCARD.length()) : host.host();
    this.key = name.getBytes(StandardCharsets.UTF_8);
    Map<byte[], List<LiveEntry>> byPrefix = new TreeMap<>(Arrays::compareUnsigned);
    for (LiveEntry entry : entries) {
      byte[] prefix = entry.entry().match().prefix().getBytes(StandardCharsets.UTF_8);
      byPrefix.computeIfAbsent(prefix, p -> new ArrayList<>()).add(entry);
    }
    this.prefixes = new byte[byPrefix.size()][];
    this.groups = new LiveEntry[byPrefix.size()][];
    int at = 0;
    for (Map.Entry<byte[], List<LiveEntry>> group : byPrefix.entrySet()) {
      group.getValue().sort(PRECEDENCE);
      prefixes[at] = group.getKey();
      groups[at] = group.getValue().toArray(new LiveEntry[0]);
      at++;
    }
    this.parents = parents(prefixes);
  }

  private static int[] parents(byte[][] prefixes) {
    int[] parents = new int[prefixes.length];
    for (int i = 0; i < prefixes.length; i++) {
      int parent = i - 1;
      while (parent >= 0 && !startsWith(prefixes[i], 0, prefixes[i].length, prefixes[parent])) {
        parent = parents[parent];
      }
      parents[i] = Math.max(parent, NO_PARENT);
    }
    return parents;
  }

  /** What the table says. */
  public VirtualHost host() {
    return host;
  }

  /** Every entry; where prefixes extend each other, the entries of the longer one come first. */
  public List<LiveEntry> entries() {
    List<LiveEntry> all = new ArrayList<>();
    for (int i = groups.length - 1; i >= 0; i--) {
      all.addAll(Arrays.asList(groups[i]));
    }
    return all;
  }

  boolean isWildcard() {
    return wildcard;
  }

  boolean isClusterLocal() {
    return clusterLocal;
  }

  byte[] key() {
    return key;
  }

  /** The entry that takes the request, or null; {@code trace} is told what was tried. */
  @Nullable LiveEntry match(RequestView request, @Nullable Trace trace) {
    byte[] bytes = request.bytes();
    int start = request.pathStart();
    int end = request.pathEnd();
    if (takesAll != null && trace == null && start < end && bytes[start] == '/') {
      return takesAll;
    }
    for (int i = floor(bytes, start, end); i >= 0; i = parents[i]) {
      byte[] prefix = prefixes[i];
      if (startsWith(bytes, start, end, prefix)) {
        for (LiveEntry entry : groups[i]) {
          int mismatch = entry.mismatch(request, prefix.length);
          if (trace != null) {
            trace.tried(entry, mismatch);
          }
          if (mismatch == LiveEntry.NONE) {
            return entry;
          }
        }
      }
    }
    return null;
  }

  /** The entries that {@link #match} has no need to try, because the path starts otherwise. */
  List<LiveEntry> passedOver(RequestView request) {
    List<LiveEntry> all = new ArrayList<>();
    for (int i = groups.length - 1; i >= 0; i--) {
      if (!startsWith(request.bytes(), request.pathStart(), request.pathEnd(), prefixes[i])) {
        all.addAll(Arrays.asList(groups[i]));
      }
    }
    return all;
  }

  private int floor(byte[] bytes, int start, int end) {
    int low = 0;
    int high = prefixes.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      byte[] prefix = prefixes[middle];
      if (Arrays.compareUnsigned(prefix, 0, prefix.length, bytes, start, end) <= 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high;
  }

  private static boolean startsWith(byte[] bytes, int start, int end, byte[] prefix) {
    return end - start >= prefix.length
        && Arrays.equals(bytes, start, start + prefix.length, prefix, 0, prefix.length);
  }

  /** Learns which entries were tried and why they did not take the request. */
  interface Trace {
    /** An entry was tried; {@code mismatch} is what {@link LiveEntry#mismatch} answered. */
    void tried(LiveEntry entry, int mismatch);
  }
}
