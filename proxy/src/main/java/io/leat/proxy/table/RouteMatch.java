package io.leat.proxy.table;

import java.util.List;
import java.util.Locale;

/**
 * Which requests of a host an entry takes: a path prefix and headers that must all be equal.
 *
 * @param prefix starts with {@code /}; {@code /} takes every path
 */
public record RouteMatch(PathKind kind, String prefix, List<HeaderMatch> headers) {

  /** Every request of the host. */
  public static final RouteMatch ALL = new RouteMatch(PathKind.LITERAL, "/", List.of());

  /** How {@link RouteMatch#prefix()} is compared. */
  public enum PathKind {
    /** Byte by byte, so {@code /foo} takes {@code /foobar} (Knative Ingress). */
    LITERAL,
    /** By whole segments, so {@code /foo} takes {@code /foo/bar} but not {@code /foobar}. */
    SEGMENT
  }

  /** A header that must be present with exactly this value; the name is kept in lower case. */
  public record HeaderMatch(String name, String value) {
    /** Lower-cases the name. */
    public HeaderMatch {
      name = name.toLowerCase(Locale.ROOT);
    }
  }

  /** Rejects a prefix that does not start with a slash. */
  public RouteMatch {
    if (!prefix.startsWith("/")) {
      throw new IllegalArgumentException("prefix: " + prefix + " (expected: starts with /)");
    }
    headers = List.copyOf(headers);
  }

  /** Every request whose path starts with these bytes. */
  public static RouteMatch literal(String prefix) {
    return new RouteMatch(PathKind.LITERAL, prefix, List.of());
  }
}
