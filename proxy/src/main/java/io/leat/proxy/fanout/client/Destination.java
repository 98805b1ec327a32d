package io.leat.proxy.fanout.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.routing.LivePolicy;
import io.leat.proxy.routing.LiveTarget;
import io.leat.proxy.table.Endpoint;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RevisionLimits;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a URI leads when the live table does not know its host: one endpoint, kept so that its
 * connections are found again. Used by one event loop.
 *
 * @param requestLine of a POST there, with the {@code Host} field and its line end
 */
// A destination is never compared.
@SuppressWarnings("ArrayRecordComponent")
record Destination(byte[] requestLine, LiveTarget outside) {
  private static final byte[][] NO_HEADERS = {};
  private static final int HTTP_PORT = 80;

  /** No limits: whoever sends watches the time itself. */
  private static final RevisionLimits UNLIMITED =
      new RevisionLimits(0, Duration.ZERO, Duration.ZERO, Duration.ZERO);

  /** The destination of an absolute http URI, or null when it is none. */
  static @Nullable Destination of(String uri) {
    URI parsed;
    try {
      parsed = new URI(uri);
    } catch (URISyntaxException malformed) {
      return null;
    }
    String host = parsed.getHost();
    if (host == null || !"http".equalsIgnoreCase(parsed.getScheme())) {
      return null;
    }
    int port = parsed.getPort() < 0 ? HTTP_PORT : parsed.getPort();
    if (port < 1 || port > 65_535) {
      return null;
    }
    String path = parsed.getRawPath();
    String query = parsed.getRawQuery();
    String target =
        (path == null || path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query);
    String authority = parsed.getPort() < 0 ? host : host + ":" + port;
    String line = "POST " + target + " HTTP/1.1\r\nHost: " + authority + "\r\n";
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    RevisionEndpoints shape =
        new RevisionEndpoints(
            new RevisionId("", authority),
            UNLIMITED,
            new Reachability.Serving(List.of(Endpoint.http1(bare, port))));
    LiveRevision revision = LiveRevision.of(shape, null);
    return new Destination(
        line.getBytes(ISO_8859_1),
        new LiveTarget(0, revision, NO_HEADERS, 0, UNLIMITED, LivePolicy.NONE));
  }
}
