package io.leat.proxy.admin;

import io.leat.proxy.accesslog.RequestTap;
import io.leat.proxy.accesslog.RequestTaps;
import io.leat.proxy.accesslog.TapFilter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code GET /debug/tap}: requests as they end, a JSON object per line, until the client leaves.
 *
 * <p>The parameters {@code host}, {@code status}, {@code method}, {@code path} and {@code route}
 * narrow as {@link TapFilter} says; {@code count} ends after so many. A line {@code {"dropped":N}}
 * tells of requests that the client was too slow for, and the first one that the stream has begun;
 * an empty one says now and then that the stream is alive. With {@link RequestTaps#most} streams
 * open, a further one is answered 429.
 */
public final class TapRoutes {
  private static final String NDJSON = "application/x-ndjson";
  private static final List<String> FILTERS = List.of("host", "status", "method", "path", "route");
  private static final int BATCH = 256;
  private static final long PAUSE_NANOS = 20_000_000;

  /** Pauses between two empty lines: 15 s. */
  private static final int ALIVE_PAUSES = 750;

  private final RequestTaps taps;
  private final String full;

  /** The route over the requests of one process. */
  public TapRoutes(RequestTaps taps) {
    this.taps = taps;
    this.full = taps.most() + " taps are open, and no more may be";
  }

  /** Adds the route. */
  public void addTo(AdminRoutes routes) {
    routes.at("GET", "/debug/tap", this::tap);
  }

  private AdminResponse tap(AdminRequest request) {
    Map<String, String> wanted = new HashMap<>();
    for (String name : FILTERS) {
      String value = request.parameter(name);
      if (value != null) {
        wanted.put(name, value);
      }
    }
    String count = request.parameter("count");
    if (count != null && !count.matches("[1-9][0-9]{0,8}")) {
      return AdminResponse.text(400, "count: must be a number from 1 (got " + count + ")");
    }
    TapFilter filter;
    try {
      filter = TapFilter.of(wanted);
    } catch (IllegalArgumentException e) {
      return AdminResponse.text(400, String.valueOf(e.getMessage()));
    }
    if (taps.isFull()) {
      return AdminResponse.text(429, full);
    }
    long most = count == null ? Long.MAX_VALUE : Long.parseLong(count);
    return AdminResponse.streamed(NDJSON, out -> stream(filter, most, out));
  }

  /** Opens only now: what never gets here has nothing to close. */
  private void stream(TapFilter filter, long most, OutputStream out)
      throws IOException, InterruptedException {
    RequestTap opened = taps.open(filter);
    if (opened == null) {
      line("{\"error\":\"" + full + "\"}", out);
      return;
    }
    try (RequestTap tap = opened) {
      follow(tap, most, out);
    }
  }

  private static void follow(RequestTap tap, long most, OutputStream out)
      throws IOException, InterruptedException {
    // The client knows by this line that what ends from now on will be told.
    line("{\"dropped\":0}", out);
    long told = 0;
    long left = most;
    int pauses = 0;
    while (left > 0) {
      int now = tap.drain(out, (int) Math.min(BATCH, left));
      left -= now;
      long dropped = tap.dropped();
      if (dropped > told) {
        line("{\"dropped\":" + (dropped - told) + "}", out);
        told = dropped;
      } else if (now > 0) {
        out.flush();
      } else if (++pauses % ALIVE_PAUSES == 0) {
        line("", out);
      } else {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      if (Thread.interrupted()) {
        throw new InterruptedException("the client left, or the server ends");
      }
    }
  }

  private static void line(String text, OutputStream out) throws IOException {
    out.write((text + "\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }
}
