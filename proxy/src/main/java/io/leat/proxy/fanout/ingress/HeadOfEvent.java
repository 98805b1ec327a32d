package io.leat.proxy.fanout.ingress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.leat.proxy.fanout.event.HeaderSource;
import io.leat.proxy.fanout.stored.HeaderPolicy;
import io.leat.proxy.http1.RequestHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * The head of a request that brings events: of its fields no text is made but of those that mean
 * something. Valid as long as the head.
 */
record HeadOfEvent(RequestHead head) implements HeaderSource {

  /** The fields of the content mode: {@code content-type} and {@code ce-*}. */
  @Override
  public void forEach(BiConsumer<String, String> header) {
    byte[] bytes = head.bytes();
    for (int i = 0; i < head.fieldCount(); i++) {
      int start = head.nameStart(i);
      int length = head.nameEnd(i) - start;
      boolean means =
          (bytes[start] | 0x20) == 'c'
              && length > 2
              && ((bytes[start + 1] | 0x20) == 'e' || length == "content-type".length());
      if (means) {
        header.accept(
            text(head, start, head.nameEnd(i)), text(head, head.valueStart(i), head.valueEnd(i)));
      }
    }
  }

  /** The fields that may travel with the events, by lower-case name. */
  static Map<String, List<String>> travelling(RequestHead head) {
    Map<String, List<String>> fields = Map.of();
    for (int i = 0; i < head.fieldCount(); i++) {
      int first = head.bytes()[head.nameStart(i)] | 0x20;
      if (first != 'k' && first != 't' && first != 'x') {
        continue;
      }
      String name = text(head, head.nameStart(i), head.nameEnd(i)).toLowerCase(Locale.ROOT);
      if (HeaderPolicy.passes(name) || name.equals(HeaderPolicy.HOPS)) {
        fields = fields.isEmpty() ? new TreeMap<>() : fields;
        fields
            .computeIfAbsent(name, _ -> new ArrayList<>(1))
            .add(text(head, head.valueStart(i), head.valueEnd(i)));
      }
    }
    return fields;
  }

  private static String text(RequestHead head, int from, int to) {
    return new String(head.bytes(), from, to - from, ISO_8859_1);
  }
}
