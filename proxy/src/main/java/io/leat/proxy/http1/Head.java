package io.leat.proxy.http1;

import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.http.Rejection;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the heads of requests and responses share beyond their fields: the rules about message
 * length (RFC 9112 section 6) and connection options (RFC 9110 section 7.6.1).
 */
abstract sealed class Head extends FieldIndex permits RequestHead, ResponseHead {
  private static final int MAX_CONNECTION_OPTIONS = 64;
  private static final byte[] CHUNKED = Octets.ascii("chunked");
  private static final byte[] CLOSE = Octets.ascii("close");
  private static final byte[] KEEP_ALIVE = Octets.ascii("keep-alive");
  private static final long KEEP_ALI = Octets.word(KEEP_ALIVE, 0);
  private static final long EP_ALIVE = Octets.word(KEEP_ALIVE, 2);

  int minorVersion;

  private Framing framing = Framing.NONE;
  private long contentLength = -1;
  private int lengthStart;
  private int lengthEnd;
  private boolean close;
  private boolean keepAliveOption;
  private boolean upgradeOption;

  Head(ProxyLimits limits) {
    super(limits);
  }

  /** Whether the name of a field is one of a few, which are in lower case. */
  final boolean named(int field, byte[][] names) {
    for (byte[] name : names) {
      if (Octets.equalsToken(bytes(), nameStart(field), nameEnd(field), name)) {
        return true;
      }
    }
    return false;
  }

  /** How many bytes after the head belong to the message. */
  public final Framing framing() {
    return framing;
  }

  /** The value of {@code Content-Length}, or -1 without one. */
  public final long contentLength() {
    return contentLength;
  }

  /** 0 for HTTP/1.0; 1 for HTTP/1.1 and every later minor version. */
  public final int minorVersion() {
    return minorVersion;
  }

  /** First significant digit of the {@code Content-Length}. */
  final int lengthStart() {
    return lengthStart;
  }

  final int lengthEnd() {
    return lengthEnd;
  }

  final boolean closeOption() {
    return close;
  }

  final boolean upgradeOption() {
    return upgradeOption;
  }

  /** Whether the sender keeps the connection open (RFC 9112 section 9.3). */
  final boolean persistent() {
    return !close && (minorVersion > 0 || keepAliveOption);
  }

  /** The protocols that {@code Upgrade} names (RFC 9110 section 7.8), in lower case. */
  public final List<String> upgradeProtocols() {
    List<String> protocols = new ArrayList<>();
    int field = next(HeaderName.UPGRADE, 0);
    for (; field >= 0; field = next(HeaderName.UPGRADE, field + 1)) {
      int start = valueStart(field);
      String value = new String(bytes, start, valueEnd(field) - start, StandardCharsets.ISO_8859_1);
      for (String each : value.split(",", -1)) {
        if (!each.isBlank()) {
          protocols.add(each.strip().toLowerCase(Locale.ROOT));
        }
      }
    }
    return protocols;
  }

  final void framing(Framing value) {
    framing = value;
  }

  final void load(ByteBuf source, int offset, int size) {
    copy(source, offset, size);
    framing = Framing.NONE;
    contentLength = -1;
    close = false;
    keepAliveOption = false;
    upgradeOption = false;
  }

  /** Reads {@code Content-Length} and {@code Transfer-Encoding}, without any benefit of doubt. */
  final @Nullable Rejection parseFraming() {
    boolean coded = has(HeaderName.TRANSFER_ENCODING);
    if (has(HeaderName.CONTENT_LENGTH)) {
      return coded || hasTwo(HeaderName.CONTENT_LENGTH)
          ? Rejection.BAD_REQUEST
          : parseContentLength(first(HeaderName.CONTENT_LENGTH));
    }
    if (!coded) {
      return null;
    }
    return minorVersion == 0 ? Rejection.BAD_REQUEST : parseTransferEncoding();
  }

  private @Nullable Rejection parseContentLength(int field) {
    int p = valueStart(field);
    int end = valueEnd(field);
    while (p < end - 1 && bytes[p] == '0') {
      p++;
    }
    if (p == end || end - p > 19) {
      return Rejection.BAD_REQUEST;
    }
    lengthStart = p;
    lengthEnd = end;
    long value = 0;
    for (; p < end; p++) {
      if (!Octets.isDigit(bytes[p])) {
        return Rejection.BAD_REQUEST;
      }
      value = value * 10 + (bytes[p] - '0');
    }
    if (value < 0) {
      return Rejection.BAD_REQUEST;
    }
    contentLength = value;
    framing = Framing.LENGTH;
    return null;
  }

  private @Nullable Rejection parseTransferEncoding() {
    int codings = 0;
    int chunkings = 0;
    boolean chunkedLast = false;
    int field = first(HeaderName.TRANSFER_ENCODING);
    for (; field >= 0; field = next(HeaderName.TRANSFER_ENCODING, field + 1)) {
      int p = valueStart(field);
      int end = valueEnd(field);
      do {
        int start = Octets.skipBlanks(bytes, p, end);
        int comma = Octets.indexOf(bytes, start, end, ',');
        int stop = Octets.trimEnd(bytes, start, comma);
        if (!Octets.isToken(bytes, start, stop)) {
          return Rejection.BAD_REQUEST;
        }
        chunkedLast = Octets.equalsToken(bytes, start, stop, CHUNKED);
        codings++;
        chunkings += chunkedLast ? 1 : 0;
        p = comma + 1;
      } while (p <= end);
    }
    if (!chunkedLast || chunkings > 1) {
      return Rejection.BAD_REQUEST;
    }
    framing = Framing.CHUNKED;
    return codings > 1 ? Rejection.NOT_IMPLEMENTED : null;
  }

  /**
   * Reads the connection options and marks the fields that they name.
   *
   * @return false when an option is malformed or names a field that must reach the other end
   */
  final boolean parseConnection() {
    if (!hasTwo(HeaderName.CONNECTION) && isKeepAlive(first(HeaderName.CONNECTION))) {
      keepAliveOption = true;
      return true;
    }
    int options = 0;
    boolean good = true;
    int field = first(HeaderName.CONNECTION);
    for (; field >= 0; field = next(HeaderName.CONNECTION, field + 1)) {
      int end = valueEnd(field);
      for (int p = valueStart(field); p < end; ) {
        int start = Octets.skipBlanks(bytes, p, end);
        int comma = Octets.indexOf(bytes, start, end, ',');
        int stop = Octets.trimEnd(bytes, start, comma);
        if (stop > start) {
          good &= ++options <= MAX_CONNECTION_OPTIONS && option(start, stop);
        }
        p = comma + 1;
      }
    }
    return good;
  }

  private boolean isKeepAlive(int field) {
    int start = valueStart(field);
    return valueEnd(field) - start == KEEP_ALIVE.length
        && Octets.fold(Octets.word(bytes, start)) == KEEP_ALI
        && Octets.fold(Octets.word(bytes, start + 2)) == EP_ALIVE;
  }

  private boolean option(int start, int stop) {
    if (Octets.equalsToken(bytes, start, stop, CLOSE)) {
      close = true;
      return true;
    }
    if (Octets.equalsToken(bytes, start, stop, KEEP_ALIVE)) {
      keepAliveOption = true;
      return true;
    }
    if (!Octets.isToken(bytes, start, stop)) {
      return false;
    }
    int id = HeaderName.of(bytes, start, stop);
    upgradeOption |= id == HeaderName.UPGRADE;
    if (HeaderName.in(HeaderName.NOT_NOMINATED, id)) {
      return false;
    }
    if (!HeaderName.in(HeaderName.REWRITTEN, id)) {
      nominate(start, stop);
    }
    return true;
  }
}
