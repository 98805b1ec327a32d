package io.leat.proxy.http1;

import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.routing.RequestView;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One request head: checked strictly, indexed, and ready to be routed and rewritten.
 *
 * <p>One object per event loop, reused for every head; all ranges are valid until the next {@link
 * #parse}. A head that is refused leaves the connection unusable: answer and close.
 */
public final class RequestHead extends Head implements RequestView {
  private static final int MAX_LEADING_LINES = 8;
  private static final byte[] HEAD = Octets.ascii("HEAD");
  private static final byte[] GET = Octets.ascii("GET");
  private static final byte[] PUT = Octets.ascii("PUT");
  private static final byte[] DELETE = Octets.ascii("DELETE");
  private static final byte[] OPTIONS = Octets.ascii("OPTIONS");
  private static final byte[] CONTINUE = Octets.ascii("100-continue");
  private static final byte[] TRAILERS = Octets.ascii("trailers");
  private static final byte[] WEBSOCKET = Octets.ascii("websocket");
  private static final byte[] H2C = Octets.ascii("h2c");
  private static final byte[] H2 = Octets.ascii("h2");

  private final RequestLine line = new RequestLine();
  private boolean secure;
  private int authorityStart;
  private int authorityEnd;
  private int hostEnd;
  private boolean expectContinue;
  private boolean wantsUpgrade;
  private boolean acceptsTrailers;

  /** A head that accepts what the limits allow. */
  public RequestHead(ProxyLimits limits) {
    super(limits);
  }

  /** Tells that the connection is encrypted: an absolute-form target must then say https. */
  public void secure(boolean encrypted) {
    secure = encrypted;
  }

  /**
   * Skips a few empty lines before a request (RFC 9112 section 2.2).
   *
   * @return how many bytes the reader index moved
   */
  public static int skipLeadingCrlf(ByteBuf buffer) {
    int start = buffer.readerIndex();
    int p = start;
    while (p + 2 <= buffer.writerIndex()
        && p - start < 2 * MAX_LEADING_LINES
        && buffer.getByte(p) == Octets.CR
        && buffer.getByte(p + 1) == Octets.LF) {
      p += 2;
    }
    buffer.readerIndex(p);
    return p - start;
  }

  /**
   * Judges the beginning of a head whose end has not arrived, so that a client can neither send
   * without limit nor wait for an answer to an HTTP/0.9 request.
   *
   * @return null while more bytes may complete it
   */
  public @Nullable Rejection checkPartial(ByteBuf source, int offset, int length) {
    int searched = Math.min(length, limits.requestLineBytes() + 2);
    int feed = source.indexOf(offset, offset + searched, Octets.LF);
    if (feed < 0) {
      return length >= limits.requestLineBytes() + 2 ? Rejection.TARGET_TOO_LONG : null;
    }
    int versionAt = feed - 10;
    if (versionAt < offset
        || source.getByte(feed - 1) != Octets.CR
        || source.getByte(versionAt) != ' '
        || source.getByte(versionAt + 5) != '/') {
      return Rejection.BAD_REQUEST;
    }
    return offset + length - feed - 1 > limits.headerBytes() + 2
        ? Rejection.HEADERS_TOO_LARGE
        : null;
  }

  /**
   * Parses one whole head, including its empty line.
   *
   * @return null when it is good, else why it is refused
   */
  public @Nullable Rejection parse(ByteBuf source, int offset, int length) {
    if (length > limits.requestLineBytes() + limits.headerBytes() + 4) {
      Rejection refused = checkPartial(source, offset, length);
      return refused == null ? Rejection.HEADERS_TOO_LARGE : refused;
    }
    load(source, offset, length);
    Rejection refused = parseLoaded(false);
    return refused == Rejection.BAD_REQUEST && lineTooLong() ? Rejection.TARGET_TOO_LONG : refused;
  }

  /**
   * Parses the head that begins at a position, if it is good and whole, in one pass that finds its
   * end as well.
   *
   * @return the end of the head; -1 when it must be found otherwise and {@link #parse} has to tell
   */
  public int parseAhead(ByteBuf source, int from, int to) {
    load(source, from, Math.min(to - from, WINDOW));
    return parseLoaded(true) == null ? from + length : -1;
  }

  private @Nullable Rejection parseLoaded(boolean open) {
    Rejection refused = line.parse(bytes, secure);
    minorVersion = line.minorVersion;
    if (refused != null) {
      return refused;
    }
    if (line.end - 2 > limits.requestLineBytes()) {
      return Rejection.TARGET_TOO_LONG;
    }
    refused = parseFields(line.end, open);
    return refused == null ? parseMeaning() : refused;
  }

  private @Nullable Rejection parseMeaning() {
    expectContinue = false;
    wantsUpgrade = false;
    acceptsTrailers = false;
    if (!parseHost()) {
      return Rejection.BAD_REQUEST;
    }
    Rejection refused = parseFraming();
    if (refused != null) {
      return refused;
    }
    if (has(HeaderName.CONNECTION) && !parseConnection()) {
      return Rejection.BAD_REQUEST;
    }
    if (has(HeaderName.EXPECT) && !parseExpect()) {
      return Rejection.EXPECTATION_FAILED;
    }
    if (has(HeaderName.UPGRADE)) {
      parseUpgrade();
    }
    acceptsTrailers = has(HeaderName.TE) && listHas(HeaderName.TE, TRAILERS);
    if (line.abnormal) {
      int to = length + Octets.SLACK;
      reserve(to + line.targetEnd - line.targetStart + 1);
      line.normalise(bytes, to);
    }
    return null;
  }

  private boolean lineTooLong() {
    return Octets.indexOf(bytes, 0, length, '\n') > limits.requestLineBytes() + 1;
  }

  private boolean parseHost() {
    int field = first(HeaderName.HOST);
    if (field < 0) {
      if (minorVersion > 0) {
        return false;
      }
      if (!line.absolute) {
        authorityStart = 0;
        authorityEnd = 0;
        hostEnd = 0;
        return true;
      }
    } else {
      int start = valueStart(field);
      int end = valueEnd(field);
      hostEnd = RequestTarget.hostEnd(bytes, start, end);
      if (hostEnd < 0 || hasTwo(HeaderName.HOST)) {
        return false;
      }
      if (!line.absolute) {
        authorityStart = start;
        authorityEnd = end;
        return true;
      }
      replaceValue(field, line.authorityStart, line.authorityEnd);
    }
    authorityStart = line.authorityStart;
    authorityEnd = line.authorityEnd;
    hostEnd = RequestTarget.hostEnd(bytes, authorityStart, authorityEnd);
    return hostEnd > authorityStart;
  }

  private boolean parseExpect() {
    int field = next(HeaderName.EXPECT, 0);
    for (; field >= 0; field = next(HeaderName.EXPECT, field + 1)) {
      if (!Octets.equalsToken(bytes, valueStart(field), valueEnd(field), CONTINUE)) {
        return false;
      }
    }
    // RFC 9110 section 10.1.1: an expectation of an HTTP/1.0 client is ignored.
    expectContinue = minorVersion > 0 && (framing() == Framing.CHUNKED || contentLength() > 0);
    return true;
  }

  private void parseUpgrade() {
    boolean http2 = listHas(HeaderName.UPGRADE, H2C) || listHas(HeaderName.UPGRADE, H2);
    boolean oddSocket = listHas(HeaderName.UPGRADE, WEBSOCKET) && !line.isMethod(bytes, GET);
    wantsUpgrade = minorVersion > 0 && upgradeOption() && !http2 && !oddSocket;
  }

  /** Whether the client keeps the connection open for another request. */
  public boolean keepAlive() {
    return persistent();
  }

  /** Whether the method is HEAD: the answer has no body. */
  public boolean isHead() {
    return line.isMethod(bytes, HEAD);
  }

  /** Whether the request may be sent again (RFC 9110 section 9.2.2). */
  public boolean isIdempotent() {
    return line.isMethod(bytes, GET)
        || line.isMethod(bytes, HEAD)
        || line.isMethod(bytes, PUT)
        || line.isMethod(bytes, DELETE)
        || line.isMethod(bytes, OPTIONS);
  }

  /** Whether this is {@code OPTIONS *}, which is not routed. */
  public boolean isOptionsAsterisk() {
    return line.asterisk;
  }

  /** Whether the client waits for a 100 before it sends its body. */
  public boolean expectContinue() {
    return expectContinue;
  }

  /** Whether the client validly asks for another protocol than HTTP/2. */
  public boolean wantsUpgrade() {
    return wantsUpgrade;
  }

  /** Whether the client says {@code TE: trailers}. */
  public boolean acceptsTrailers() {
    return acceptsTrailers;
  }

  /**
   * Whether the request went through a proxy with a pseudonym.
   *
   * @param via the pseudonym, as in {@link RequestRewrite#via}
   */
  public boolean passedThrough(byte[] via) {
    return has(HeaderName.VIA) && via.length > 0 && holdsToken(HeaderName.VIA, via);
  }

  /** Whether there is a {@code traceparent} or a {@code tracestate}. */
  public boolean hasTraceContext() {
    return has(HeaderName.TRACE);
  }

  /** Start of the method. */
  public int methodStart() {
    return 0;
  }

  /** End of the method, exclusive. */
  public int methodEnd() {
    return line.methodEnd;
  }

  /** Start of the target in origin-form, as it is forwarded: normalised path and query. */
  public int targetStart() {
    return line.targetStart;
  }

  /** End of the target, exclusive. */
  public int targetEnd() {
    return line.targetEnd;
  }

  @Override
  public int hostStart() {
    return authorityStart;
  }

  @Override
  public int hostEnd() {
    return hostEnd;
  }

  /** Whether host and port are surely a token: a name without a port. */
  boolean authorityIsName() {
    return hostEnd == authorityEnd && bytes[authorityStart] != '[';
  }

  /** Start of host and port as the client means them. */
  public int authorityStart() {
    return authorityStart;
  }

  /** End of host and port, exclusive. */
  public int authorityEnd() {
    return authorityEnd;
  }

  @Override
  public int pathStart() {
    return line.pathStart;
  }

  @Override
  public int pathEnd() {
    return line.pathEnd;
  }
}
