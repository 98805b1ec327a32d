package io.leat.proxy.table;

import java.util.List;
import java.util.Locale;

/**
 * One host name and its rules.
 *
 * @param host in lower case without a port and a final dot: exact, or {@code *.suffix} for every
 *     name below it
 * @param visibility who may reach it
 * @param entries in any order; the router tries the longest path first, and at one path those with
 *     more headers first
 */
public record VirtualHost(String host, Visibility visibility, List<RouteEntry> entries) {

  /** Which listeners serve a host. */
  public enum Visibility {
    /** Every listener. */
    EXTERNAL,
    /** Only clients of this machine or cluster. */
    CLUSTER_LOCAL
  }

  /** Lower-cases the host, takes a final dot away, and copies the entries. */
  public VirtualHost {
    host = host.toLowerCase(Locale.ROOT);
    host = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    entries = List.copyOf(entries);
    if (host.isEmpty()
        || host.indexOf('*', 1) >= 0
        || (host.startsWith("*") && !host.startsWith("*."))) {
      throw new IllegalArgumentException("host: " + host + " (expected: a name, or *.suffix)");
    }
  }

  /** An external host. */
  public static VirtualHost of(String host, List<RouteEntry> entries) {
    return new VirtualHost(host, Visibility.EXTERNAL, entries);
  }
}
