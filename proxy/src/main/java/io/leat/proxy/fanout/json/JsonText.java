package io.leat.proxy.fanout.json;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes JSON as bytes, piece by piece; the caller keeps the order of pieces right. */
public final class JsonText {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final ByteArrayOutputStream out;

  /** An empty text. */
  public JsonText(int expectedBytes) {
    out = new ByteArrayOutputStream(expectedBytes);
  }

  /** Appends ASCII as it is: brackets, commas, numbers, literals. */
  public JsonText raw(String ascii) {
    for (int i = 0; i < ascii.length(); i++) {
      out.write(ascii.charAt(i));
    }
    return this;
  }

  /** Appends bytes that are JSON already. */
  public JsonText raw(byte[] json) {
    out.write(json, 0, json.length);
    return this;
  }

  /** Appends a string in quotes. A surrogate that stands alone becomes U+FFFD. */
  public JsonText string(String text) {
    out.write('"');
    int plain = 0;
    for (int i = 0; i < text.length(); i++) {
      char next = text.charAt(i);
      if (next < 0x20 || next == '"' || next == '\\') {
        encoded(text.substring(plain, i));
        escaped(next);
        plain = i + 1;
      }
    }
    encoded(text.substring(plain));
    out.write('"');
    return this;
  }

  private void encoded(String text) {
    if (!text.isEmpty()) {
      raw(wellFormed(text).getBytes(StandardCharsets.UTF_8));
    }
  }

  private static String wellFormed(String text) {
    StringBuilder mended = null;
    for (int i = 0; i < text.length(); i++) {
      char next = text.charAt(i);
      if (!Character.isSurrogate(next)) {
        continue;
      }
      if (Character.isHighSurrogate(next)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else {
        mended = mended == null ? new StringBuilder(text) : mended;
        mended.setCharAt(i, '\uFFFD');
      }
    }
    return mended == null ? text : mended.toString();
  }

  private void escaped(char next) {
    switch (next) {
      case '"', '\\' -> raw("\\" + next);
      case '\n' -> raw("\\n");
      case '\r' -> raw("\\r");
      case '\t' -> raw("\\t");
      default -> {
        raw("\\u00");
        out.write(HEX[next >> 4]);
        out.write(HEX[next & 15]);
      }
    }
  }

  /** Everything so far. */
  public byte[] toBytes() {
    return out.toByteArray();
  }
}
