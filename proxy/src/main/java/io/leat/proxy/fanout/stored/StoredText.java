package io.leat.proxy.fanout.stored;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The texts and numbers of a record's payload, in place: what {@link java.io.DataInput} calls
 * modified UTF-8 behind an unsigned short. Used by one thread.
 */
final class StoredText {
  private static final int LONGEST = 65_535;

  private final byte[] bytes;
  private int at;

  /** Reads what follows a version byte, which has to be the one given. */
  StoredText(byte[] bytes, int version) throws IOException {
    this.bytes = bytes;
    int found = bytes[skip(1)];
    if (found != version) {
      throw new IOException("version " + found);
    }
  }

  byte[] bytes() {
    return bytes;
  }

  /** Passes some bytes over, and tells where they begin. */
  int skip(int length) throws IOException {
    int from = at;
    if (length < 0 || length > bytes.length - from) {
      throw new EOFException("length " + length);
    }
    at += length;
    return from;
  }

  boolean flag() throws IOException {
    return bytes[skip(1)] != 0;
  }

  /** An int that is the length of something. */
  int length() throws IOException {
    int from = skip(4);
    return ((bytes[from] & 0xFF) << 24)
        | ((bytes[from + 1] & 0xFF) << 16)
        | ((bytes[from + 2] & 0xFF) << 8)
        | (bytes[from + 3] & 0xFF);
  }

  private int count() throws IOException {
    int from = skip(2);
    return ((bytes[from] & 0xFF) << 8) | (bytes[from + 1] & 0xFF);
  }

  String text() throws IOException {
    int length = count();
    int from = skip(length);
    for (int i = from; i < at; i++) {
      if (bytes[i] <= 0) {
        return new DataInputStream(new ByteArrayInputStream(bytes, from - 2, length + 2)).readUTF();
      }
    }
    return new String(bytes, from, length, ISO_8859_1);
  }

  List<String> texts() throws IOException {
    int count = count();
    if (count <= 1) {
      return count == 0 ? List.of() : List.of(text());
    }
    List<String> texts = new ArrayList<>(Math.min(count, 64));
    for (int i = 0; i < count; i++) {
      texts.add(text());
    }
    return texts;
  }

  /** Bytes that {@link #put} writes. */
  static int sizeOf(List<String> texts) {
    int size = 2;
    for (String each : texts) {
      size += 2 + sizeOf(each);
    }
    return size;
  }

  private static int sizeOf(String text) {
    int size = 0;
    for (int i = 0; i < text.length(); i++) {
      char next = text.charAt(i);
      size += next != 0 && next < 0x80 ? 1 : next < 0x800 ? 2 : 3;
    }
    if (size > LONGEST) {
      throw new IllegalArgumentException("text: " + size + " bytes (expected: <= " + LONGEST + ")");
    }
    return size;
  }

  /** Writes a count and texts, and tells where they end. */
  static int put(List<String> texts, byte[] into, int from) {
    int end = number(texts.size(), into, from);
    for (String each : texts) {
      end = put(each, into, number(sizeOf(each), into, end));
    }
    return end;
  }

  private static int number(int number, byte[] into, int from) {
    into[from] = (byte) (number >>> 8);
    into[from + 1] = (byte) number;
    return from + 2;
  }

  private static int put(String text, byte[] into, int from) {
    int end = from;
    for (int i = 0; i < text.length(); i++) {
      char next = text.charAt(i);
      if (next != 0 && next < 0x80) {
        into[end++] = (byte) next;
      } else if (next < 0x800) {
        into[end++] = (byte) (0xC0 | (next >> 6));
        into[end++] = (byte) (0x80 | (next & 0x3F));
      } else {
        into[end++] = (byte) (0xE0 | (next >> 12));
        into[end++] = (byte) (0x80 | ((next >> 6) & 0x3F));
        into[end++] = (byte) (0x80 | (next & 0x3F));
      }
    }
    return end;
  }
}
