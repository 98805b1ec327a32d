package io.leat.proxy.fanout.event;

import io.leat.proxy.fanout.json.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/**
 * The form in which logs keep an event.
 *
 * <p>A version byte (1), the number of attributes, and for each of them: length and bytes of the
 * name, twice the length of the value (one more when it is a literal in JSON) and its bytes. Then 0
 * for no data, or the length of the data plus one, and the data. Numbers are unsigned LEB128 of at
 * most five bytes, texts are UTF-8.
 */
public final class EventBytes {
  /** The first byte of every event. */
  public static final byte VERSION = 1;

  private static final int MAX_ATTRIBUTES = 1 << 16;

  private final byte[] bytes;
  private final int end;
  private int at;

  private EventBytes(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.at = from;
    this.end = to;
  }

  /** The bytes of an event. */
  public static byte[] write(CloudEvent event) {
    byte[] bytes = new byte[sizeOf(event)];
    write(event, bytes, 0);
    return bytes;
  }

  /** How many bytes {@link #write(CloudEvent, byte[], int)} writes. */
  public static int sizeOf(CloudEvent event) {
    int size = 1 + sizeOf(event.attributes().size());
    for (Map.Entry<String, String> attribute : event.attributes().entrySet()) {
      int name = Utf8.length(attribute.getKey());
      int value = Utf8.length(attribute.getValue());
      size += sizeOf(name) + name + sizeOf(2 * value) + value;
    }
    byte[] data = event.data();
    return size + (data == null ? 1 : sizeOf(data.length + 1) + data.length);
  }

  /** Writes an event from {@code at} on. */
  public static void write(CloudEvent event, byte[] into, int at) {
    EventBytes out = new EventBytes(into, at, into.length);
    out.bytes[out.at++] = VERSION;
    out.number(event.attributes().size());
    for (Map.Entry<String, String> attribute : event.attributes().entrySet()) {
      String name = attribute.getKey();
      String value = attribute.getValue();
      out.number(Utf8.length(name));
      out.at = Utf8.put(name, out.bytes, out.at);
      boolean literal = !event.literals().isEmpty() && event.literals().contains(name);
      out.number(2 * Utf8.length(value) + (literal ? 1 : 0));
      out.at = Utf8.put(value, out.bytes, out.at);
    }
    byte[] data = event.data();
    out.number(data == null ? 0 : data.length + 1);
    if (data != null) {
      System.arraycopy(data, 0, out.bytes, out.at, data.length);
    }
  }

  private static int sizeOf(int number) {
    return number == 0 ? 1 : (38 - Integer.numberOfLeadingZeros(number)) / 7;
  }

  private void number(int number) {
    int rest = number;
    while ((rest & ~0x7F) != 0) {
      bytes[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[at++] = (byte) rest;
  }

  /**
   * The event that the bytes hold.
   *
   * @throws CorruptEventException when they hold none, or more
   */
  public static CloudEvent read(byte[] bytes) {
    return read(bytes, 0, bytes.length);
  }

  /**
   * The event that the bytes from {@code from} until {@code to} hold.
   *
   * @throws CorruptEventException when they hold none, or more
   */
  public static CloudEvent read(byte[] bytes, int from, int to) {
    return new EventBytes(bytes, from, to).event();
  }

  private CloudEvent event() {
    if (at >= end || bytes[at] != VERSION) {
      throw corrupt(at >= end ? "nothing" : "version " + bytes[at] + " (expected: 1)");
    }
    at++;
    int count = number();
    if (count > MAX_ATTRIBUTES || count > end - at) {
      throw corrupt(count + " attributes");
    }
    SequencedMap<String, String> attributes = LinkedHashMap.newLinkedHashMap(count);
    Set<String> literals = Set.of();
    for (int i = 0; i < count; i++) {
      String name = name(number());
      int mark = number();
      if (attributes.put(name, text(mark >>> 1)) != null) {
        throw corrupt("an attribute twice");
      }
      if ((mark & 1) == 1) {
        literals = literals.isEmpty() ? new HashSet<>() : literals;
        literals.add(name);
      }
    }
    int mark = number();
    if ((mark != 0 && mark - 1 != end - at) || (mark == 0 && at != end)) {
      throw corrupt((end - at) + " bytes of data (expected: " + Math.max(0, mark - 1) + ")");
    }
    byte[] data = mark == 0 ? null : Arrays.copyOfRange(bytes, at, end);
    try {
      return new CloudEvent(data, attributes, literals);
    } catch (IllegalArgumentException breaksRule) {
      throw corrupt(String.valueOf(breaksRule.getMessage()));
    }
  }

  private int number() {
    int number = 0;
    for (int shift = 0; shift < 35 && at < end; shift += 7) {
      int next = bytes[at++];
      if (shift == 28 && (next & 0xF8) != 0) {
        throw corrupt("a number above 2^31");
      }
      number |= (next & 0x7F) << shift;
      if (next >= 0) {
        return number;
      }
    }
    throw corrupt("a number without end");
  }

  private String name(int length) {
    String known = length > end - at ? null : AttributeNames.in(bytes, at, length);
    if (known == null) {
      return text(length);
    }
    at += length;
    return known;
  }

  private String text(int length) {
    if (length > end - at) {
      throw corrupt("a text of " + length + " bytes, of which " + (end - at) + " are there");
    }
    if (!Utf8.isValid(bytes, at, at + length)) {
      throw corrupt("a text that is not UTF-8");
    }
    String text = new String(bytes, at, length, StandardCharsets.UTF_8);
    at += length;
    return text;
  }

  private CorruptEventException corrupt(String what) {
    return new CorruptEventException("no event at byte " + at + ": " + what);
  }
}
