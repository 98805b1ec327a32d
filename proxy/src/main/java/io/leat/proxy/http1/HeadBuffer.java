package io.leat.proxy.http1;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * The array in which a head is put together from many small pieces, so that the buffer for the
 * socket is written once.
 *
 * <p>Pieces are copied in words, also past their end: for a few bytes a call that copies exactly
 * costs more than the copy.
 */
final class HeadBuffer {
  private static final int WORD = Long.BYTES;
  private static final int SMALL = 8 * WORD;

  private byte[] bytes = new byte[2048];
  private int size;

  void clear() {
    size = 0;
  }

  /** Appends a whole array. */
  HeadBuffer put(byte[] text) {
    int length = text.length;
    if (length < 4 || length > SMALL) {
      return put(text, 0, length);
    }
    int at = grow(length);
    if (length < WORD) {
      Octets.putHalf(bytes, at, Octets.half(text, 0));
      Octets.putHalf(bytes, at + length - 4, Octets.half(text, length - 4));
      return this;
    }
    for (int i = 0; i < length - WORD; i += WORD) {
      Octets.putWord(bytes, at + i, Octets.word(text, i));
    }
    Octets.putWord(bytes, at + length - WORD, Octets.word(text, length - WORD));
    return this;
  }

  /** Appends a range; quickest when the array goes on for a word behind it. */
  HeadBuffer put(byte[] source, int start, int end) {
    int length = end - start;
    int at = grow(length);
    if (length <= SMALL && end + WORD <= source.length) {
      for (int i = 0; i < length; i += WORD) {
        Octets.putWord(bytes, at + i, Octets.word(source, start + i));
      }
    } else {
      System.arraycopy(source, start, bytes, at, length);
    }
    return this;
  }

  /** The array, with room for so many more bytes and a word behind them. */
  byte[] room(int length) {
    int at = grow(length);
    size = at;
    return bytes;
  }

  int size() {
    return size;
  }

  /** Tells where what was written into {@link #room} ends. */
  void size(int end) {
    size = end;
  }

  /** Makes room for a piece and a word behind it; returns where the piece begins. */
  private int grow(int length) {
    int at = size;
    if (at + length + WORD > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(at + length + WORD, bytes.length * 2));
    }
    size = at + length;
    return at;
  }

  /** Appends everything to a buffer and tells how much it was. */
  int writeTo(ByteBuf out) {
    out.writeBytes(bytes, 0, size);
    return size;
  }
}
