package io.leat.proxy.routing;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The host that the last request of one connection named, so that the next one for the same name
 * needs no look-up.
 *
 * <p>Valid for one router: another one is noticed by its {@link Router#identity}, of which nothing
 * but itself is kept alive. Only found hosts are remembered, by the exact bytes of the name. Used
 * by the event loop of the connection.
 */
public final class RouteCache {
  private static final byte[] NOTHING = {};

  private final boolean external;
  private @Nullable Object router;
  private @Nullable LiveHost host;
  private byte[] name = NOTHING;

  /**
   * Nothing is remembered yet.
   *
   * @param external whether the client is outside, as for {@link Router#dispatch}
   */
  public RouteCache(boolean external) {
    this.external = external;
  }

  /** As {@link Router#dispatch}. */
  @SuppressWarnings("ReferenceEquality") // an identity has no other kind
  public @Nullable LiveEntry dispatch(Router current, RequestView request) {
    LiveHost known = host;
    if (known != null
        && router == current.identity()
        && HostName.identical(request.bytes(), request.hostStart(), request.hostEnd(), name)) {
      return known.match(request, null);
    }
    LiveHost found = current.find(request, external);
    if (found == null) {
      return null;
    }
    remember(current, found, request);
    return found.match(request, null);
  }

  private void remember(Router current, LiveHost found, RequestView request) {
    int start = request.hostStart();
    int end = request.hostEnd();
    byte[] bytes = request.bytes();
    router = current.identity();
    host = found;
    if (HostName.identical(bytes, start, end, name)) {
      return;
    }
    // The name that the table has serves as copy wherever the client writes it the same way.
    byte[] key = found.key();
    boolean shared = !found.isWildcard() && HostName.identical(bytes, start, end, key);
    name = shared ? key : Arrays.copyOfRange(bytes, start, end);
  }
}
