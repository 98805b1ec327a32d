package io.leat.proxy.accesslog;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** The bytes of lines that are not written yet. Used by the writer thread. */
final class LineBuffer {
  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };
  private static final long NANOS_PER_MICRO = 1_000;
  private static final long MICROS_PER_MILLI = 1_000;

  private byte[] bytes = new byte[64 * 1024];
  private int size;

  int size() {
    return size;
  }

  LineBuffer add(int octet) {
    if (size == bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * size);
    }
    bytes[size++] = (byte) octet;
    return this;
  }

  /** Text of ours, without anything to escape. */
  LineBuffer ascii(String text) {
    for (int i = 0; i < text.length(); i++) {
      add(text.charAt(i));
    }
    return this;
  }

  LineBuffer number(long value) {
    return ascii(Long.toString(value));
  }

  /** Milliseconds with three decimals. */
  LineBuffer millis(long nanos) {
    long micros = Math.max(0, nanos) / NANOS_PER_MICRO;
    number(micros / MICROS_PER_MILLI).add('.');
    int rest = (int) (micros % MICROS_PER_MILLI);
    return add('0' + rest / 100).add('0' + rest / 10 % 10).add('0' + rest % 10);
  }

  /**
   * Bytes of a client in quotes: what could end the value or the line, or is no printable ASCII,
   * becomes {@code prefix} and two hexadecimal digits.
   */
  LineBuffer quoted(String prefix, byte[] source, int start, int end) {
    add('"');
    for (int i = start; i < end; i++) {
      int octet = source[i] & 0xff;
      if (octet < 0x20 || octet >= 0x7f || octet == '"' || octet == '\\') {
        ascii(prefix).add(HEX[octet >> 4]).add(HEX[octet & 15]);
      } else {
        add(octet);
      }
    }
    return add('"');
  }

  void writeTo(OutputStream out) throws IOException {
    try {
      out.write(bytes, 0, size);
      out.flush();
    } finally {
      size = 0;
    }
  }
}
