package io.leat.proxy.http1;

import io.netty.buffer.ByteBuf;

/**
 * Writes a request head for the endpoint: neighbouring fields that pass unchanged are copied in one
 * piece, everything that concerns only one hop is written anew.
 */
public final class RequestHeadWriter {
  private static final byte[] HOST = Octets.ascii(" HTTP/1.1\r\nHost: ");
  private static final byte[] LENGTH = Octets.ascii("Content-Length: ");
  private static final byte[] CHUNKED = Octets.ascii("Transfer-Encoding: chunked\r\n");
  private static final byte[] UPGRADE = Octets.ascii("Upgrade: ");
  private static final byte[] CONNECTION_UPGRADE = Octets.ascii("Connection: upgrade\r\n");
  private static final byte[] CONNECTION_TE = Octets.ascii("TE: trailers\r\nConnection: te\r\n");
  private static final byte[] CONNECTION_BOTH =
      Octets.ascii("TE: trailers\r\nConnection: te, upgrade\r\n");
  private static final byte[] FORWARDED = Octets.ascii("Forwarded: ");
  private static final byte[] X_FORWARDED_FOR = Octets.ascii("X-Forwarded-For: ");
  private static final byte[] X_FORWARDED_PROTO = Octets.ascii("X-Forwarded-Proto: ");
  private static final byte[] X_FORWARDED_HOST = Octets.ascii("X-Forwarded-Host: ");
  private static final byte[] VIA_10 = Octets.ascii("Via: 1.0 ");
  private static final byte[] VIA_11 = Octets.ascii("Via: 1.1 ");
  private static final byte[] UNKNOWN = Octets.ascii("unknown");
  private static final byte[] FOR = Octets.ascii("for=");
  private static final byte[] FOR_IPV6 = Octets.ascii("for=\"[");
  private static final byte[] IPV6_END = Octets.ascii("]\"");
  private static final byte[] FORWARDED_HOST = Octets.ascii(";host=");
  private static final byte[] PROTO = Octets.ascii(";proto=");
  private static final byte[] HTTP = Octets.ascii("http");
  private static final byte[] HTTPS = Octets.ascii("https");
  private static final byte[] FORWARDED_FOR = Octets.ascii("Forwarded: for=");
  private static final int USUAL_FORWARDING = 160;
  private static final byte[] HTTP_THEN_FOR = Octets.ascii(";proto=http\r\nX-Forwarded-For: ");
  private static final byte[] HTTPS_THEN_FOR = Octets.ascii(";proto=https\r\nX-Forwarded-For: ");
  private static final byte[] THEN_HTTP =
      Octets.ascii("\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: ");
  private static final byte[] THEN_HTTPS =
      Octets.ascii("\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: ");
  private static final byte[] TRACEPARENT = Octets.ascii("traceparent: ");
  private static final byte[] COLON = Octets.ascii(": ");
  private static final byte[] QUOTE = {'"'};
  private static final byte[] CRLF = Octets.ascii("\r\n");
  private static final byte[] NAME_TRACEPARENT = Octets.ascii("traceparent");
  private static final byte[] NAME_FORWARDED = Octets.ascii("forwarded");
  private static final byte[] NAME_FOR = Octets.ascii("x-forwarded-for");
  private static final byte[] NAME_PROTO = Octets.ascii("x-forwarded-proto");
  private static final byte[] NAME_HOST = Octets.ascii("x-forwarded-host");

  private RequestHeadWriter() {}

  /**
   * Appends the head for the endpoint: method, target, {@code HTTP/1.1}, {@code Host} first, the
   * end-to-end fields, the framing in canonical form, and what tells of the client.
   *
   * @return bytes written
   */
  public static int write(RequestHead head, RequestRewrite rewrite, ByteBuf out) {
    HeadBuffer text = head.rewritten;
    byte[] bytes = head.bytes();
    byte[] host = rewrite.host;
    text.clear();
    if (head.targetStart() == head.methodEnd() + 1) {
      text.put(bytes, 0, head.targetEnd());
    } else {
      text.put(bytes, 0, head.methodEnd() + 1);
      text.put(bytes, head.targetStart(), head.targetEnd());
    }
    text.put(HOST);
    if (host != null) {
      text.put(host);
    } else {
      text.put(bytes, head.authorityStart(), head.authorityEnd());
    }
    text.put(CRLF);
    writeEndToEnd(head, rewrite, text);
    text.put(rewrite.added);
    writeFraming(head, text);
    writeConnection(head, rewrite.keepUpgrade && head.wantsUpgrade(), text);
    writeSetHeaders(rewrite.setHeaders, text);
    byte[] traceparent = rewrite.traceparent;
    if (traceparent != null && !isNamed(rewrite, NAME_TRACEPARENT)) {
      text.put(TRACEPARENT).put(traceparent).put(CRLF);
    }
    if (rewrite.trustedPeer || rewrite.setHeaders.length > 0) {
      writeForwarding(head, rewrite, text);
    } else {
      writeUsualForwarding(head, rewrite, text);
    }
    if (rewrite.via.length > 0) {
      text.put(head.minorVersion() == 0 ? VIA_10 : VIA_11).put(rewrite.via).put(CRLF);
    }
    return text.put(CRLF).writeTo(out);
  }

  private static void writeAuthority(RequestHead head, HeadBuffer out) {
    out.put(head.bytes(), head.authorityStart(), head.authorityEnd());
  }

  private static void writeEndToEnd(RequestHead head, RequestRewrite rewrite, HeadBuffer out) {
    long dropped = HeaderName.REWRITTEN | 1L << HeaderName.UNDERSCORE;
    dropped |=
        rewrite.trustedPeer
            ? 1L << HeaderName.FORWARDED | 1L << HeaderName.X_FORWARDED_FOR
            : HeaderName.FROM_TRUSTED_HOP;
    if (!head.expectContinue()) {
      dropped |= 1L << HeaderName.EXPECT;
    }
    if (rewrite.dropTrace) {
      dropped |= 1L << HeaderName.TRACE;
    }
    byte[] bytes = head.bytes();
    int fields = head.fieldCount();
    int start = 0;
    int end = 0;
    for (int i = 0; i < fields; i++) {
      if (HeaderName.in(dropped, head.id(i))
          || head.nominated(i)
          || isSet(head, i, rewrite.setHeaders)
          || head.named(i, rewrite.dropped)) {
        continue;
      }
      if (head.nameStart(i) != end) {
        out.put(bytes, start, end);
        start = head.nameStart(i);
      }
      end = head.lineEnd(i);
    }
    out.put(bytes, start, end);
  }

  private static boolean isSet(RequestHead head, int field, byte[][] headers) {
    for (int i = 0; i < headers.length; i += 2) {
      if (Octets.equalsToken(
          head.bytes(), head.nameStart(field), head.nameEnd(field), headers[i])) {
        return true;
      }
    }
    return false;
  }

  private static void writeFraming(RequestHead head, HeadBuffer out) {
    if (head.framing() == Framing.CHUNKED) {
      out.put(CHUNKED);
    } else if (head.framing() == Framing.LENGTH) {
      out.put(LENGTH);
      out.put(head.bytes(), head.lengthStart(), head.lengthEnd()).put(CRLF);
    }
  }

  private static void writeConnection(RequestHead head, boolean upgrade, HeadBuffer out) {
    if (upgrade) {
      int field = head.next(HeaderName.UPGRADE, 0);
      for (; field >= 0; field = head.next(HeaderName.UPGRADE, field + 1)) {
        out.put(UPGRADE);
        writeValue(head, field, out);
        out.put(CRLF);
      }
      out.put(head.acceptsTrailers() ? CONNECTION_BOTH : CONNECTION_UPGRADE);
    } else if (head.acceptsTrailers()) {
      out.put(CONNECTION_TE);
    }
  }

  private static void writeValue(RequestHead head, int field, HeadBuffer out) {
    out.put(head.bytes(), head.valueStart(field), head.valueEnd(field));
  }

  private static void writeSetHeaders(byte[][] headers, HeadBuffer out) {
    for (int i = 0; i < headers.length; i += 2) {
      if (!HeaderName.in(HeaderName.REWRITTEN, HeaderName.of(headers[i], 0, headers[i].length))) {
        out.put(headers[i]).put(COLON).put(headers[i + 1]);
        out.put(CRLF);
      }
    }
  }

  private static void writeForwarding(RequestHead head, RequestRewrite rewrite, HeadBuffer out) {
    byte[] proto = rewrite.tls ? HTTPS : HTTP;
    boolean hasHost = head.authorityEnd() > head.authorityStart();
    if (!isNamed(rewrite, NAME_FORWARDED)) {
      out.put(FORWARDED);
      writeTrusted(head, rewrite, HeaderName.FORWARDED, out);
      writeFor(rewrite.clientAddress, out);
      if (hasHost) {
        writeForwardedHost(head, out);
      }
      out.put(PROTO).put(proto).put(CRLF);
    }
    if (!isNamed(rewrite, NAME_FOR)) {
      out.put(X_FORWARDED_FOR);
      writeTrusted(head, rewrite, HeaderName.X_FORWARDED_FOR, out);
      out.put(rewrite.clientAddress.length > 0 ? rewrite.clientAddress : UNKNOWN).put(CRLF);
    }
    if (!kept(head, rewrite, HeaderName.X_FORWARDED_PROTO, NAME_PROTO)) {
      out.put(X_FORWARDED_PROTO).put(proto).put(CRLF);
    }
    if (hasHost && !kept(head, rewrite, HeaderName.X_FORWARDED_HOST, NAME_HOST)) {
      out.put(X_FORWARDED_HOST);
      writeAuthority(head, out);
      out.put(CRLF);
    }
  }

  /** As {@link #writeForwarding} where nobody but this proxy says where a request comes from. */
  private static void writeUsualForwarding(
      RequestHead head, RequestRewrite rewrite, HeadBuffer out) {
    byte[] address = rewrite.clientAddress;
    int start = head.authorityStart();
    int end = head.authorityEnd();
    if (start == end || !head.authorityIsName() || address.length < 4 || Octets.hasColon(address)) {
      writeForwarding(head, rewrite, out);
      return;
    }
    byte[] host = head.bytes();
    // One array and one position for all pieces: fields would be written and read at each.
    byte[] text = out.room(USUAL_FORWARDING + 2 * (address.length + end - start));
    int at = Octets.append(text, out.size(), FORWARDED_FOR);
    at = Octets.append(text, at, address);
    at = Octets.append(text, at, FORWARDED_HOST);
    at = Octets.append(text, at, host, start, end);
    at = Octets.append(text, at, rewrite.tls ? HTTPS_THEN_FOR : HTTP_THEN_FOR);
    at = Octets.append(text, at, address);
    at = Octets.append(text, at, rewrite.tls ? THEN_HTTPS : THEN_HTTP);
    at = Octets.append(text, at, host, start, end);
    text[at] = Octets.CR;
    text[at + 1] = Octets.LF;
    out.size(at + 2);
  }

  private static boolean kept(RequestHead head, RequestRewrite rewrite, int id, byte[] name) {
    return (rewrite.trustedPeer && head.has(id)) || isNamed(rewrite, name);
  }

  private static boolean isNamed(RequestRewrite rewrite, byte[] name) {
    byte[][] headers = rewrite.setHeaders;
    for (int i = 0; i < headers.length; i += 2) {
      if (Octets.equalsToken(headers[i], 0, headers[i].length, name)) {
        return true;
      }
    }
    return false;
  }

  /** Writes what a trusted peer said before us, as the beginning of one list. */
  private static void writeTrusted(
      RequestHead head, RequestRewrite rewrite, int id, HeadBuffer out) {
    if (!rewrite.trustedPeer || !head.has(id)) {
      return;
    }
    TrustedTail.write(head, id, rewrite.trustedHops, out);
  }

  private static void writeFor(byte[] address, HeadBuffer out) {
    if (address.length == 0) {
      out.put(FOR).put(UNKNOWN);
    } else if (Octets.hasColon(address)) {
      out.put(FOR_IPV6).put(address).put(IPV6_END);
    } else {
      out.put(FOR).put(address);
    }
  }

  // RFC 7239 section 4: a host with a port or brackets is no token and is quoted.
  private static void writeForwardedHost(RequestHead head, HeadBuffer out) {
    out.put(FORWARDED_HOST);
    if (head.authorityIsName()
        || Octets.isToken(head.bytes(), head.authorityStart(), head.authorityEnd())) {
      writeAuthority(head, out);
    } else {
      out.put(QUOTE);
      writeAuthority(head, out);
      out.put(QUOTE);
    }
  }
}
