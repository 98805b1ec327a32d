package io.leat.proxy.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One request as a reader without mercy sees it, written apart from the codec of the proxy: the
 * grammar of RFC 9112 as regular expressions, one framing field at most, no leniency.
 *
 * @param line the request line without its end
 * @param fields the field lines, names in lower case
 * @param framing {@code none}, {@code length=N} or {@code chunked=N} with the bytes of data
 * @param end where the next request begins
 */
public record StrictRequest(String line, List<String> fields, String framing, int end) {
  private static final Pattern LINE =
      Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+ (\\*|/[!-\"$-~]*) HTTP/1\\.1");
  private static final Pattern FIELD =
      Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \\t]*([\\t -~\\x80-\\xff]*)");
  private static final Pattern SIZE = Pattern.compile("[0-9a-fA-F]{1,16}");

  /** What is read here was not sent by a proxy in its right mind. */
  public static final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1;

    Malformed(String what) {
      super(what);
    }
  }

  /** The value of a field, or null. */
  public @Nullable String field(String name) {
    for (String each : fields) {
      if (each.startsWith(name + ":")) {
        return each.substring(name.length() + 1).strip();
      }
    }
    return null;
  }

  /**
   * Reads the request that begins at a position.
   *
   * @return null when it is not complete
   */
  public static @Nullable StrictRequest read(String bytes, int from) {
    int headEnd = bytes.indexOf("\r\n\r\n", from);
    if (headEnd < 0) {
      return null;
    }
    List<String> fields = new ArrayList<>();
    String[] lines = bytes.substring(from, headEnd).split("\r\n", -1);
    need(LINE.matcher(lines[0]).matches(), lines[0]);
    for (int i = 1; i < lines.length; i++) {
      fields.add(fieldLine(lines[i]));
    }
    need(count(fields, "host") == 1, "one Host: " + fields);
    int lengths = count(fields, "content-length");
    int codings = count(fields, "transfer-encoding");
    need(lengths + codings <= 1, "one framing: " + fields);
    StrictRequest head = new StrictRequest(lines[0], List.copyOf(fields), "none", headEnd + 4);
    if (codings == 1) {
      need("chunked".equals(head.field("transfer-encoding")), "coding: " + fields);
      return head.chunked(bytes);
    }
    return lengths == 1 ? head.sized(bytes) : head;
  }

  private static String fieldLine(String line) {
    Matcher field = FIELD.matcher(line);
    need(field.matches(), line);
    return field.group(1).toLowerCase(Locale.ROOT) + ":" + field.group(2);
  }

  private static int count(List<String> fields, String name) {
    return (int) fields.stream().filter(each -> each.startsWith(name + ":")).count();
  }

  private @Nullable StrictRequest sized(String bytes) {
    String text = String.valueOf(field("content-length"));
    need(text.matches("0|[1-9][0-9]{0,18}"), "length: " + text);
    long length = Long.parseLong(text);
    boolean whole = length <= bytes.length() - end;
    return whole ? new StrictRequest(line, fields, "length=" + length, end + (int) length) : null;
  }

  private @Nullable StrictRequest chunked(String bytes) {
    int p = end;
    int data = 0;
    while (true) {
      int stop = bytes.indexOf("\r\n", p);
      if (stop < 0) {
        return null;
      }
      String text = bytes.substring(p, stop);
      need(SIZE.matcher(text).matches(), "chunk size: " + text);
      long size = Long.parseLong(text, 16);
      p = stop + 2;
      if (size == 0) {
        return trailers(bytes, p, data);
      }
      if (size + 2 > bytes.length() - p) {
        return null;
      }
      p += (int) size;
      need(bytes.startsWith("\r\n", p), "chunk end");
      p += 2;
      data += (int) size;
    }
  }

  private @Nullable StrictRequest trailers(String bytes, int from, int data) {
    int p = from;
    for (int stop = bytes.indexOf("\r\n", p); stop >= 0; stop = bytes.indexOf("\r\n", p)) {
      if (stop == p) {
        return new StrictRequest(line, fields, "chunked=" + data, stop + 2);
      }
      String trailer = fieldLine(bytes.substring(p, stop));
      need(
          !trailer.startsWith("host:") && !trailer.startsWith("content-length:"),
          "trailer: " + trailer);
      p = stop + 2;
    }
    return null;
  }

  private static void need(boolean good, String what) {
    if (!good) {
      throw new Malformed(what);
    }
  }
}
