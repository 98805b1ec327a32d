package io.leat.proxy.fanout.event;

import io.leat.proxy.fanout.json.Utf8;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Attribute values as header values and back (CloudEvents HTTP binding, section 3.1.3.2). */
final class HeaderText {
  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

  private HeaderText() {}

  /** The header of a value: printable ASCII without spaces and quotes. */
  static String encode(String value) {
    int plain = 0;
    while (plain < value.length() && isPlain(value.charAt(plain))) {
      plain++;
    }
    if (plain == value.length()) {
      return value;
    }
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    StringBuilder header = new StringBuilder(bytes.length + 32);
    for (byte each : bytes) {
      if (isPlain((char) (each & 0xFF))) {
        header.append((char) each);
      } else {
        header.append('%').append((char) HEX[(each >> 4) & 15]).append((char) HEX[each & 15]);
      }
    }
    return header.toString();
  }

  private static boolean isPlain(char next) {
    return next > ' ' && next <= '~' && next != '"' && next != '%';
  }

  /**
   * The value of a header, one char per byte; null when quotes, percent signs or UTF-8 are broken.
   */
  static @Nullable String decode(String header) {
    String text = header.strip();
    if (isLiteral(text)) {
      return text;
    }
    if (text.startsWith("\"")) {
      text = unquoted(text);
      if (text == null) {
        return null;
      }
    }
    byte[] bytes = new byte[text.length()];
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      char next = text.charAt(i);
      if (next > 0xFF) {
        return null;
      }
      if (next == '%') {
        int high = i + 2 < text.length() ? ValueForms.hex(text.charAt(i + 1)) : -1;
        int low = high < 0 ? -1 : ValueForms.hex(text.charAt(i + 2));
        if (low < 0) {
          return null;
        }
        next = (char) ((high << 4) | low);
        i += 2;
      }
      bytes[length++] = (byte) next;
    }
    return Utf8.isValid(bytes, 0, length)
        ? new String(bytes, 0, length, StandardCharsets.UTF_8)
        : null;
  }

  /** Whether there is nothing to decode. */
  private static boolean isLiteral(String text) {
    for (int i = 0; i < text.length(); i++) {
      char next = text.charAt(i);
      if (next >= 0x80 || next == '%' || (next == '"' && i == 0)) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable String unquoted(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 1; i < text.length(); i++) {
      char next = text.charAt(i);
      if (next == '"') {
        return i == text.length() - 1 ? plain.toString() : null;
      }
      if (next == '\\' && ++i < text.length()) {
        next = text.charAt(i);
      }
      plain.append(next);
    }
    return null;
  }
}
