package io.leat.proxy.http1;

import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.http.Rejection;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One response head of an endpoint, checked as strictly as a request: an endpoint that breaks the
 * framing could answer the wrong client.
 *
 * <p>One object per event loop, reused for every head; all ranges are valid until the next {@link
 * #parse}.
 */
public final class ResponseHead extends Head {
  /** Length of {@code HTTP/1.1 200}. */
  private static final int STATUS_END = 12;

  private static final long VERSION = Octets.word(Octets.ascii("HTTP/1.\0"), 0);
  private static final byte[] KEEP_ALIVE = Octets.ascii("keep-alive");
  private static final byte[] TIMEOUT = Octets.ascii("timeout");
  private static final int MAX_SECONDS = 1_000_000;

  private int status;
  private int reasonEnd;
  private boolean reusable;

  /** A head that accepts what the limits allow. */
  public ResponseHead(ProxyLimits limits) {
    super(limits);
  }

  /**
   * Whether a head that has not ended is already longer than the limits allow.
   *
   * @param length bytes received so far
   */
  public boolean exceeds(int length) {
    return length > limits.requestLineBytes() + limits.headerBytes() + 4;
  }

  /**
   * Parses one whole head, including its empty line.
   *
   * @param requestWasHead whether the response answers a HEAD request and has no body
   * @return null when it is good, else {@link Rejection#UPSTREAM_PROTOCOL}
   */
  public @Nullable Rejection parse(ByteBuf source, int offset, int length, boolean requestWasHead) {
    if (exceeds(length)) {
      return Rejection.UPSTREAM_PROTOCOL;
    }
    load(source, offset, length);
    return parseLoaded(requestWasHead, false) ? null : Rejection.UPSTREAM_PROTOCOL;
  }

  /**
   * Parses the head that begins at a position, if it is good and whole, in one pass that finds its
   * end as well.
   *
   * @return the end of the head; -1 when it must be found otherwise and {@link #parse} has to tell
   */
  public int parseAhead(ByteBuf source, int from, int to, boolean requestWasHead) {
    load(source, from, Math.min(to - from, WINDOW / 2));
    return parseLoaded(requestWasHead, true) ? from + length : -1;
  }

  private boolean parseLoaded(boolean requestWasHead, boolean open) {
    int p = parseStatusLine();
    if (p < 0 || parseFields(p, open) != null || parseFraming() != null) {
      return false;
    }
    if (has(HeaderName.CONNECTION)) {
      // An endpoint that names an end-to-end field does not make the proxy drop it.
      parseConnection();
    }
    decideBody(requestWasHead);
    return true;
  }

  /** Returns where the fields begin, or -1. */
  private int parseStatusLine() {
    byte[] b = bytes;
    boolean version =
        Octets.head(Octets.word(b, 0), 7) == VERSION && Octets.isDigit(b[7]) && b[8] == ' ';
    boolean code = b[9] >= '1' && b[9] <= '9' && Octets.isDigit(b[10]) && Octets.isDigit(b[11]);
    if (!version || !code) {
      return -1;
    }
    minorVersion = b[7] == '0' ? 0 : 1;
    status = (b[9] - '0') * 100 + (b[10] - '0') * 10 + (b[11] - '0');
    reasonEnd = Octets.valueStop(b, STATUS_END);
    boolean good =
        (reasonEnd == STATUS_END || b[STATUS_END] == ' ')
            && b[reasonEnd] == Octets.CR
            && b[reasonEnd + 1] == Octets.LF
            && reasonEnd <= limits.requestLineBytes();
    return good ? reasonEnd + 2 : -1;
  }

  /** RFC 9112 section 6.3, rules 1, 2 and 8. */
  private void decideBody(boolean requestWasHead) {
    reusable = persistent() && status != 101;
    if (status < 200 || status == 204) {
      // What such a response announces may still arrive: nothing else may follow it.
      reusable &= framing() != Framing.CHUNKED && contentLength() <= 0;
      framing(Framing.NONE);
    } else if (requestWasHead || status == 304) {
      framing(Framing.NONE);
    } else if (framing() == Framing.NONE) {
      framing(Framing.UNTIL_CLOSE);
      reusable = false;
    }
  }

  /** The status code. */
  public int status() {
    return status;
  }

  /** Whether another head follows: 1xx except 101. */
  public boolean isInformational() {
    return status < 200 && status != 101;
  }

  /** Whether the connection to the endpoint may carry another request after this message. */
  public boolean keepAlive() {
    return reusable;
  }

  /**
   * How long the endpoint keeps the connection open without a request, in seconds: {@code timeout}
   * of {@code Keep-Alive} (RFC 2068 section 19.7.1.1), or -1 when it does not say.
   */
  public int keepAliveSeconds() {
    int field = has(HeaderName.HOP) ? findHeader(KEEP_ALIVE) : -1;
    if (field < 0) {
      return -1;
    }
    int end = valueEnd(field);
    for (int p = valueStart(field); p < end; ) {
      int name = Octets.skipBlanks(bytes, p, end);
      int comma = Octets.indexOf(bytes, name, end, ',');
      int equals = Octets.indexOf(bytes, name, comma, '=');
      if (Octets.equalsToken(bytes, name, Octets.trimEnd(bytes, name, equals), TIMEOUT)) {
        return seconds(Octets.skipBlanks(bytes, Math.min(equals + 1, comma), comma), comma);
      }
      p = comma + 1;
    }
    return -1;
  }

  private int seconds(int start, int end) {
    int value = 0;
    int p = start;
    for (; p < end && Octets.isDigit(bytes[p]); p++) {
      value = Math.min(MAX_SECONDS, value * 10 + (bytes[p] - '0'));
    }
    return p == start ? -1 : value;
  }

  /** Start of the status code; up to {@link #reasonEnd()} follow code and reason. */
  int statusStart() {
    return STATUS_END - 3;
  }

  int reasonEnd() {
    return reasonEnd;
  }
}
