package io.leat.proxy.accesslog;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.time.Instant;

/**
 * How a request becomes a line. Both forms name the same fields in the same order and leave out
 * what a request does not have.
 */
public enum AccessFormat {
  /**
   * One JSON object per line (RFC 8259); bytes outside printable ASCII as {@code \}{@code u00XX}.
   */
  JSON("{\"", "\":", ",\"", "}\n", "\\u00"),

  /** {@code name=value} pairs; bytes outside printable ASCII as {@code \xXX}. */
  TEXT("", "=", " ", "\n", "\\x");

  private static final String[] TEXT_FIELDS = {
    "method", "host", "path", "request_id", "traceparent"
  };

  private final String begin;
  private final String assign;
  private final String next;
  private final String end;
  private final String escape;

  AccessFormat(String begin, String assign, String next, String end, String escape) {
    this.begin = begin;
    this.assign = assign;
    this.next = next;
    this.end = end;
    this.escape = escape;
  }

  void write(AccessRecord request, LineBuffer out) {
    out.ascii(begin).ascii("time").ascii(assign);
    out.add('"').ascii(Instant.ofEpochMilli(request.timeMillis).toString()).add('"');
    value("client", request.client, out);
    for (int field = AccessRecord.METHOD; field <= AccessRecord.PATH; field++) {
      text(field, request, out);
    }
    name("status", out).number(request.status);
    name("bytes_in", out).number(request.bytesIn);
    name("bytes_out", out).number(request.bytesOut);
    name("duration_ms", out).millis(request.durationNanos);
    if (request.revision != null) {
      name("hold_ms", out).millis(request.holdNanos);
    }
    if (request.revision != null && request.upstreamNanos >= 0) {
      name("upstream_ms", out).millis(request.upstreamNanos);
    }
    if (request.route != null) {
      value("route", request.route.getBytes(ISO_8859_1), out);
    }
    if (request.revision != null) {
      value("revision", request.revision.toString().getBytes(ISO_8859_1), out);
    }
    if (request.rejection != null) {
      value("rejection", request.rejection.label().getBytes(ISO_8859_1), out);
    }
    text(AccessRecord.REQUEST_ID, request, out);
    text(AccessRecord.TRACEPARENT, request, out);
    if (request.aborted) {
      name("aborted", out).ascii("true");
    }
    out.ascii(end);
  }

  private LineBuffer name(String name, LineBuffer out) {
    return out.ascii(next).ascii(name).ascii(assign);
  }

  private void value(String name, byte[] value, LineBuffer out) {
    name(name, out).quoted(escape, value, 0, value.length);
  }

  private void text(int field, AccessRecord request, LineBuffer out) {
    int from = request.start(field);
    int to = request.end(field);
    if (to > from) {
      name(TEXT_FIELDS[field], out).quoted(escape, request.text(), from, to);
    }
  }
}
