package io.leat.proxy.routing;

/**
 * The live form of a {@link io.leat.proxy.table.Mirror}. Immutable, read by any event loop.
 *
 * @param target the revision; its requests have no row in the request counters
 * @param percent of the requests of the route
 */
public record LiveMirror(LiveTarget target, int percent) {
  /** The {@link LiveTarget#metricsId} of requests that are counted elsewhere. */
  public static final int NO_ROW = -1;
}
