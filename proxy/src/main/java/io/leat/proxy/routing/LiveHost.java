package io.leat.proxy.routing;

import io.leat.proxy.table.RouteMatch;
import io.leat.proxy.table.VirtualHost;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The live form of a {@link VirtualHost}: its entries, ordered so that the longest path that
 * matches is found by one walk along the path.
 *
 * <p>Order of precedence: the longest prefix first; among entries of one prefix those with more
 * headers, so that a tag's entry comes before the default one (Knative Ingress); among those a
 * prefix of whole segments before a literal one; then the order of the table.
 */
public final class LiveHost {
  /** What the names of wildcards begin with. */
  static final String WILDCARD = "*.";

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
  private final @Nullable PathIndex paths;

  LiveHost(VirtualHost host, List<LiveEntry> entries) {
    this.host = host;
    this.wildcard = host.host().startsWith(WILDCARD);
    this.clusterLocal = host.visibility() == VirtualHost.Visibility.CLUSTER_LOCAL;
    this.takesAll =
        entries.size() == 1 && entries.getFirst().entry().match().equals(RouteMatch.ALL)
            ? entries.getFirst()
            : null;
    this.paths = takesAll == null ? new PathIndex(entries, PRECEDENCE) : null;
    String name = wildcard ? host.host().substring(WILDCARD.length()) : host.host();
    this.key = name.getBytes(StandardCharsets.UTF_8);
  }

  /** What the table says. */
  public VirtualHost host() {
    return host;
  }

  /** Every entry; where prefixes extend each other, the entries of the longer one come first. */
  public List<LiveEntry> entries() {
    LiveEntry only = takesAll;
    return paths != null ? paths.entries() : only == null ? List.of() : List.of(only);
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
    LiveEntry all = takesAll;
    if (all != null) {
      boolean path = startsWithSlash(request);
      if (path && trace != null) {
        trace.tried(all, LiveEntry.NONE);
      }
      return path ? all : null;
    }
    return paths == null ? null : match(paths, request, trace);
  }

  private static boolean startsWithSlash(RequestView request) {
    int start = request.pathStart();
    return start < request.pathEnd() && request.bytes()[start] == '/';
  }

  private static @Nullable LiveEntry match(
      PathIndex paths, RequestView request, @Nullable Trace trace) {
    int group = paths.longest(request.bytes(), request.pathStart(), request.pathEnd());
    for (; group >= 0; group = paths.parent(group)) {
      int length = paths.prefixLength(group);
      for (LiveEntry entry : paths.group(group)) {
        int mismatch = entry.mismatch(request, length);
        if (trace != null) {
          trace.tried(entry, mismatch);
        }
        if (mismatch == LiveEntry.NONE) {
          return entry;
        }
      }
    }
    return null;
  }

  /** The entries that {@link #match} has no need to try, because the path starts otherwise. */
  List<LiveEntry> passedOver(RequestView request) {
    return paths != null
        ? paths.passedOver(request.bytes(), request.pathStart(), request.pathEnd())
        : startsWithSlash(request) ? List.of() : entries();
  }

  /** Learns which entries were tried and why they did not take the request. */
  interface Trace {
    /** An entry was tried; {@code mismatch} is what {@link LiveEntry#mismatch} answered. */
    void tried(LiveEntry entry, int mismatch);
  }
}
