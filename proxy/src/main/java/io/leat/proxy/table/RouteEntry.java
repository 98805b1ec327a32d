package io.leat.proxy.table;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One rule of a virtual host.
 *
 * @param route who asked for it, {@code namespace/name}; a metric label and the answer of explain
 * @param setHeaders request headers that replace the client's, names in lower case; applied before
 *     those of a target
 * @param rewriteHost the Host that the upstream sees, or null for the client's
 * @param policy what the route asks for beside its action
 */
public record RouteEntry(
    String route,
    RouteMatch match,
    RouteAction action,
    Map<String, String> setHeaders,
    @Nullable String rewriteHost,
    RoutePolicy policy) {

  /** Copies the headers. */
  public RouteEntry {
    setHeaders =
        setHeaders.isEmpty() ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(setHeaders));
  }

  /** An entry without a policy. */
  public RouteEntry(
      String route,
      RouteMatch match,
      RouteAction action,
      Map<String, String> setHeaders,
      @Nullable String rewriteHost) {
    this(route, match, action, setHeaders, rewriteHost, RoutePolicy.NONE);
  }

  /** The same with another policy. */
  public RouteEntry withPolicy(RoutePolicy newPolicy) {
    return new RouteEntry(route, match, action, setHeaders, rewriteHost, newPolicy);
  }

  /** An entry that edits nothing. */
  public static RouteEntry of(String route, RouteMatch match, RouteAction action) {
    return new RouteEntry(route, match, action, Map.of(), null);
  }
}
