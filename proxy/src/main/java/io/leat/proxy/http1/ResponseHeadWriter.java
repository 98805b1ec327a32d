package io.leat.proxy.http1;

import io.netty.buffer.ByteBuf;

/** Writes a response head for the client, with the fields of the endpoint's hop taken out. */
public final class ResponseHeadWriter {
  private static final byte[] VERSION = Octets.ascii("HTTP/1.1 ");
  private static final byte[] LENGTH = Octets.ascii("Content-Length: ");
  private static final byte[] CHUNKED = Octets.ascii("Transfer-Encoding: chunked\r\n");
  private static final byte[] CLOSE = Octets.ascii("Connection: close\r\n");
  private static final byte[] KEEP_ALIVE = Octets.ascii("Connection: keep-alive\r\n");
  private static final byte[] CONNECTION_UPGRADE = Octets.ascii("Connection: upgrade\r\n");
  private static final byte[] UPGRADE = Octets.ascii("Upgrade: ");
  private static final byte[] TRAILER = Octets.ascii("trailer");
  private static final byte[] SPACE_CRLF = Octets.ascii(" \r\n");
  private static final byte[] CRLF = Octets.ascii("\r\n");

  private ResponseHeadWriter() {}

  /**
   * Appends the head for the client.
   *
   * @return bytes written
   */
  public static int write(ResponseHead head, ResponseRewrite rewrite, ByteBuf out) {
    HeadBuffer text = head.rewritten;
    text.clear();
    text.put(VERSION).put(head.bytes(), head.statusStart(), head.reasonEnd());
    // RFC 9112 section 4: the space stays when there is no reason.
    text.put(head.reasonEnd() == head.statusStart() + 3 ? SPACE_CRLF : CRLF);
    writeEndToEnd(head, rewrite, text);
    text.put(rewrite.added);
    writeFraming(head, rewrite, text);
    writeConnection(head, rewrite, text);
    return text.put(CRLF).writeTo(out);
  }

  private static void writeEndToEnd(ResponseHead head, ResponseRewrite rewrite, HeadBuffer out) {
    byte[] bytes = head.bytes();
    int fields = head.fieldCount();
    int start = 0;
    int end = 0;
    for (int i = 0; i < fields; i++) {
      if (HeaderName.in(HeaderName.REWRITTEN, head.id(i))
          || head.nominated(i)
          || head.named(i, rewrite.dropped)
          || (rewrite.dechunk && isTrailer(head, i))) {
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

  private static boolean isTrailer(ResponseHead head, int field) {
    return Octets.equalsToken(head.bytes(), head.nameStart(field), head.nameEnd(field), TRAILER);
  }

  private static void writeFraming(ResponseHead head, ResponseRewrite rewrite, HeadBuffer out) {
    boolean chunked =
        head.framing() == Framing.CHUNKED
            ? !rewrite.dechunk
            : head.framing() == Framing.UNTIL_CLOSE && rewrite.chunked;
    if (chunked) {
      out.put(CHUNKED);
    } else if (head.contentLength() >= 0 && mayTellLength(head.status())) {
      out.put(LENGTH);
      out.put(head.bytes(), head.lengthStart(), head.lengthEnd()).put(CRLF);
    }
  }

  // RFC 9110 section 8.6: never in 1xx and 204; HEAD and 304 tell the length of what is not sent.
  private static boolean mayTellLength(int status) {
    return status >= 200 && status != 204;
  }

  private static void writeConnection(ResponseHead head, ResponseRewrite rewrite, HeadBuffer out) {
    if (head.status() == 101 && rewrite.keepUpgrade) {
      int field = head.next(HeaderName.UPGRADE, 0);
      for (; field >= 0; field = head.next(HeaderName.UPGRADE, field + 1)) {
        out.put(UPGRADE);
        out.put(head.bytes(), head.valueStart(field), head.valueEnd(field)).put(CRLF);
      }
      out.put(CONNECTION_UPGRADE);
    } else if (rewrite.close) {
      out.put(CLOSE);
    } else if (rewrite.keepAlive10) {
      out.put(KEEP_ALIVE);
    }
  }
}
