package io.leat.proxy.http1;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * The array in which a head is put together from many small pieces, so that the buffer for the
 * socket is written once.
 */
final class HeadBuffer {
  private byte[] bytes = new byte[2048];
  private int size;

  void clear() {
    size = 0;
  }

  HeadBuffer put(byte[] text) {
    return put(text, 0, text.length);
  }

  HeadBuffer put(byte[] source, int start, int end) {
    int length = end - start;
    if (size + length > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + length, bytes.length * 2));
    }
    System.arraycopy(source, start, bytes, size, length);
    size += length;
    return this;
  }

  /** Appends everything to a buffer and tells how much it was. */
  int writeTo(ByteBuf out) {
    out.writeBytes(bytes, 0, size);
    return size;
  }
}
