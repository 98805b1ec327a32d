package io.leat.proxy.table;

import org.jspecify.annotations.Nullable;

/** What happens to a request that an entry takes. */
public sealed interface RouteAction {

  /** Forward to one of several revisions. */
  record Split(TrafficSplit split) implements RouteAction {}

  /**
   * Answer with a redirect; a part that is null stays as in the request, the query always does.
   *
   * @param status 301, 302, 303, 307 or 308
   * @param authority host, with port when it is not the scheme's own
   * @param path replaces the whole path when it is not null
   */
  record Redirect(
      int status, @Nullable String scheme, @Nullable String authority, @Nullable String path)
      implements RouteAction {
    /** Rejects a status that is no redirect. */
    public Redirect {
      if (status < 301 || status > 308 || (status > 303 && status < 307)) {
        throw new IllegalArgumentException(
            "status: " + status + " (expected: 301, 302, 303, 307 or 308)");
      }
    }
  }

  /** Answer with a fixed body. */
  record Respond(int status, String contentType, String body) implements RouteAction {}

  /** Accept an event for a channel. */
  record FanOut(ChannelId channel) implements RouteAction {}
}
