package io.leat.proxy.fanout.role;

import io.leat.proxy.fanout.event.HeaderSource;
import java.util.List;
import java.util.Map;

/**
 * What a subscriber answered with success.
 *
 * @param status 200 to 299
 * @param headers by lower-case name; values with one char per byte (ISO 8859-1)
 * @param body whole, empty for none; nobody changes it
 */
// A record of bytes is never compared.
@SuppressWarnings("ArrayRecordComponent")
public record Reply(int status, Map<String, List<String>> headers, byte[] body) {

  /**
   * Whether there is no content that could be an event: an event without data has no body either,
   * but its version in a header; and 202 never carries an event.
   */
  boolean isEmpty() {
    return status == 202 || (body.length == 0 && !headers.containsKey("ce-specversion"));
  }

  HeaderSource source() {
    return HeaderSource.of(headers);
  }

  List<String> header(String name) {
    return headers.getOrDefault(name, List.of());
  }
}
