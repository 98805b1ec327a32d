package io.leat.proxy.http;

/**
 * Every reason for which Leat answers a request itself with an error.
 *
 * <p>Each answer carries {@code Proxy-Status: leat; error=TOKEN; details="…"} (RFC 9209), a short
 * {@code text/plain} body, and counts in {@code leat_rejections_total{reason}} under {@link
 * #label()}.
 */
public enum Rejection {
  NO_ROUTE(404, "destination_not_found", Blame.DOWNSTREAM, "no route for this host or path"),
  REVISION_UNAVAILABLE(
      503, "destination_unavailable", Blame.SELF, "the revision cannot serve and cannot be woken"),
  HOLD_FULL(503, "leat_hold_full", Blame.SELF, "too many requests wait for this revision"),
  HOLD_TIMEOUT(503, "leat_hold_timeout", Blame.SELF, "the request waited too long for capacity"),
  DRAINING(503, "destination_unavailable", Blame.SELF, "this proxy is stopping"),
  OVERLOADED(503, "destination_unavailable", Blame.SELF, "this proxy is out of buffer memory"),
  CONNECTION_LIMIT(
      503,
      "connection_limit_reached",
      Blame.SELF,
      "too many connections to the endpoints are in use"),
  RESPONSE_TIMEOUT(
      504, "http_response_timeout", Blame.UPSTREAM, "the revision did not answer in time"),
  CONNECT_REFUSED(502, "connection_refused", Blame.UPSTREAM, "the endpoint refused the connection"),
  CONNECT_TIMEOUT(
      502, "connection_timeout", Blame.UPSTREAM, "connecting to the endpoint timed out"),
  UPSTREAM_CLOSED(
      502, "connection_terminated", Blame.UPSTREAM, "the endpoint closed before it answered"),
  UPSTREAM_PROTOCOL(
      502, "http_protocol_error", Blame.UPSTREAM, "the endpoint broke the HTTP framing"),
  BAD_REQUEST(400, "http_request_error", Blame.DOWNSTREAM, "malformed request"),
  METHOD_NOT_ALLOWED(405, "http_request_error", Blame.DOWNSTREAM, "method not allowed here"),
  REQUEST_TIMEOUT(408, "http_request_error", Blame.DOWNSTREAM, "the request came too slowly"),
  BODY_TOO_LARGE(413, "http_request_error", Blame.DOWNSTREAM, "request body too large"),
  TARGET_TOO_LONG(414, "http_request_error", Blame.DOWNSTREAM, "request target too long"),
  EXPECTATION_FAILED(417, "http_request_error", Blame.DOWNSTREAM, "unknown expectation"),
  RATE_LIMITED(429, "http_request_error", Blame.DOWNSTREAM, "too many requests for this route"),
  HEADERS_TOO_LARGE(431, "http_request_error", Blame.DOWNSTREAM, "header fields too large"),
  NOT_IMPLEMENTED(501, "http_request_error", Blame.DOWNSTREAM, "transfer coding not supported"),
  VERSION_NOT_SUPPORTED(505, "http_request_error", Blame.DOWNSTREAM, "HTTP version not supported"),
  LOOP_DETECTED(508, "proxy_loop_detected", Blame.DOWNSTREAM, "the request passed here before"),
  EVENT_UNREADABLE(
      400, "leat_event_unreadable", Blame.DOWNSTREAM, "not an event by the rules of CloudEvents"),
  EVENT_SCHEMA(
      400, "leat_event_schema", Blame.DOWNSTREAM, "the data breaks the schema of its type"),
  CHANNEL_NOT_FOUND(404, "leat_channel_not_found", Blame.DOWNSTREAM, "no channel here"),
  EVENT_METHOD(405, "leat_event_method", Blame.DOWNSTREAM, "a channel takes POST only"),
  EVENT_FORMAT(415, "leat_event_format", Blame.DOWNSTREAM, "unknown format of events"),
  CHANNEL_FULL(429, "leat_channel_full", Blame.SELF, "the channel holds as much as it may"),
  CHANNEL_UNAVAILABLE(
      503, "leat_channel_unavailable", Blame.SELF, "the channel cannot keep events now");

  /** Whose fault the outcome is. */
  public enum Blame {
    DOWNSTREAM,
    UPSTREAM,
    SELF
  }

  private final int status;
  private final String token;
  private final Blame blame;
  private final String details;

  Rejection(int status, String token, Blame blame, String details) {
    this.status = status;
    this.token = token;
    this.blame = blame;
    this.details = details;
  }

  /** The HTTP status code. */
  public int status() {
    return status;
  }

  /** The RFC 9209 error token, or one of Leat's own ({@code leat_…}). */
  public String token() {
    return token;
  }

  /** Whose fault it is. */
  public Blame blame() {
    return blame;
  }

  /** One short sentence without quotes or client input. */
  public String details() {
    return details;
  }

  /** The value of the metric label {@code reason}. */
  public String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /** Whether the answer carries {@code Retry-After}. */
  public boolean retryAfter() {
    return status == 503 || status == 429;
  }
}
