package io.leat.proxy.admin;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which route answers what: an exact path wins, then the longest prefix of whole segments.
 *
 * <p>Filled before the server starts, read by any thread afterwards.
 */
public final class AdminRoutes {
  private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE");

  private final Map<String, Map<String, AdminRoute>> exact = new HashMap<>();
  private final Map<String, Map<String, AdminRoute>> prefixes = new HashMap<>();

  /** What a path leads to: the route, or null with the methods that it has. */
  record Found(@Nullable AdminRoute route, Set<String> methods) {}

  /** Answers one path. A change of state must not be a GET. */
  public AdminRoutes at(String method, String path, AdminRoute route) {
    put(exact, method, path, route);
    return this;
  }

  /** Answers a path and everything below it: {@code /apis} takes {@code /apis/x}. */
  public AdminRoutes below(String method, String prefix, AdminRoute route) {
    String trimmed =
        prefix.length() > 1 && prefix.endsWith("/")
            ? prefix.substring(0, prefix.length() - 1)
            : prefix;
    put(prefixes, method, trimmed, route);
    return this;
  }

  private static void put(
      Map<String, Map<String, AdminRoute>> into, String method, String path, AdminRoute route) {
    if (!METHODS.contains(method) || !path.startsWith("/")) {
      throw new IllegalArgumentException("route: " + method + " " + path);
    }
    AdminRoute previous =
        into.computeIfAbsent(path, _ -> new TreeMap<>()).putIfAbsent(method, route);
    if (previous != null) {
      throw new IllegalArgumentException("route registered twice: " + method + " " + path);
    }
  }

  /** The most specific path that is known, whatever its methods; null when none is. */
  @Nullable Found find(String method, String path) {
    Map<String, AdminRoute> byMethod = exact.get(path);
    String prefix = path;
    while (byMethod == null) {
      byMethod = prefixes.get(prefix);
      if (byMethod == null) {
        if (prefix.equals("/") || prefix.isEmpty()) {
          return null;
        }
        int slash = prefix.lastIndexOf('/');
        prefix = slash <= 0 ? "/" : prefix.substring(0, slash);
      }
    }
    return new Found(byMethod.get(method.toUpperCase(Locale.ROOT)), byMethod.keySet());
  }
}
