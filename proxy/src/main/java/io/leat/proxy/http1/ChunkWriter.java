package io.leat.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Frames data whose length is unknown as chunks (RFC 9112 section 7.1). */
public final class ChunkWriter {
  private static final byte[] DIGITS = Octets.ascii("0123456789abcdef");
  private static final ByteBuf CRLF = constant("\r\n");
  private static final ByteBuf LAST = constant("0\r\n\r\n");

  private ChunkWriter() {}

  private static ByteBuf constant(String text) {
    byte[] bytes = Octets.ascii(text);
    ByteBuf direct = Unpooled.directBuffer(bytes.length).writeBytes(bytes);
    return Unpooled.unreleasableBuffer(direct.asReadOnly());
  }

  /**
   * Passes on the readable bytes of a buffer as one chunk; nothing when there are none, since an
   * empty chunk would end the body.
   *
   * @param data goes to the sink or is released
   */
  public static void data(ByteBuf data, BodyReader.Sink sink) {
    int size = data.readableBytes();
    if (size == 0) {
      data.release();
      return;
    }
    ByteBuf line = data.alloc().buffer(10);
    int shift = (31 - Integer.numberOfLeadingZeros(size)) / 4 * 4;
    for (; shift >= 0; shift -= 4) {
      line.writeByte(DIGITS[size >>> shift & 15]);
    }
    sink.accept(line.writeByte('\r').writeByte('\n'));
    sink.accept(data);
    sink.accept(CRLF.duplicate());
  }

  /** The last chunk without trailers; releasing it is allowed and does nothing. */
  public static ByteBuf lastChunk() {
    return LAST.duplicate();
  }
}
