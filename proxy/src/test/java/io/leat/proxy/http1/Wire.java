package io.leat.proxy.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.http.Rejection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** Texts as they stand on the wire, one Latin-1 character per byte. */
final class Wire {
  static final String NEXT = "GET /next HTTP/1.1\r\nHost: next\r\n\r\n";

  private Wire() {}

  /** Lines with their ends and the empty line after them. */
  static String lines(String... lines) {
    return String.join("\r\n", lines) + "\r\n\r\n";
  }

  static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  static ByteBuf buffer(String text) {
    return Unpooled.wrappedBuffer(bytes(text));
  }

  static String text(byte[] bytes, int start, int end) {
    return new String(bytes, start, end - start, ISO_8859_1);
  }

  static @Nullable Rejection parse(RequestHead head, String text) {
    ByteBuf buffer = buffer(text);
    try {
      return head.parse(buffer, 0, buffer.readableBytes());
    } finally {
      buffer.release();
    }
  }

  static @Nullable Rejection verdict(String text) {
    return parse(new RequestHead(ProxyLimits.DEFAULT), text);
  }

  static RequestHead request(String text) {
    var head = new RequestHead(ProxyLimits.DEFAULT);
    Rejection refused = parse(head, text);
    if (refused != null) {
      throw new AssertionError(refused + " for " + text);
    }
    return head;
  }

  /** A head with one Host field and further lines. */
  static String get(String... lines) {
    var text = new StringBuilder("GET / HTTP/1.1\r\nHost: a.example\r\n");
    for (String line : lines) {
      text.append(line).append("\r\n");
    }
    return text.append("\r\n").toString();
  }

  static String write(RequestHead head, RequestRewrite rewrite) {
    ByteBuf out = Unpooled.buffer(256);
    try {
      int written = RequestHeadWriter.write(head, rewrite, out);
      if (written != out.readableBytes()) {
        throw new AssertionError("said " + written + ", wrote " + out.readableBytes());
      }
      return out.toString(ISO_8859_1);
    } finally {
      out.release();
    }
  }

  static RequestRewrite rewrite() {
    var rewrite = new RequestRewrite();
    rewrite.clientAddress = bytes("192.0.2.7");
    rewrite.via = bytes("leat-1");
    return rewrite;
  }

  static String write(String text) {
    return write(request(text), rewrite());
  }

  static String target(RequestHead head) {
    return text(head.bytes(), head.targetStart(), head.targetEnd());
  }

  static String path(RequestHead head) {
    return text(head.bytes(), head.pathStart(), head.pathEnd());
  }

  static String host(RequestHead head) {
    return text(head.bytes(), head.hostStart(), head.hostEnd());
  }

  static String authority(RequestHead head) {
    return text(head.bytes(), head.authorityStart(), head.authorityEnd());
  }
}
