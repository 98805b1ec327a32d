package io.leat.proxy.fanout.event;

import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The headers of a message, in whatever form the caller has them: a head over bytes, or a map.
 *
 * <p>Names in any case; values with one char per byte (ISO 8859-1), as HTTP carries them.
 */
@FunctionalInterface
public interface HeaderSource {

  /** Gives every header, in order; a header that occurs twice is given twice. */
  void forEach(BiConsumer<String, String> header);

  /** The headers of a map. */
  static HeaderSource of(Map<String, List<String>> headers) {
    return header ->
        headers.forEach((name, values) -> values.forEach(value -> header.accept(name, value)));
  }
}
