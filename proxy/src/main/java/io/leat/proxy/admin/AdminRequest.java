package io.leat.proxy.admin;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One complete request to the admin port.
 *
 * @param method in upper case; a HEAD arrives as GET
 * @param path decoded, without query
 * @param query decoded parameters in the order given
 * @param headers names in lower case
 * @param body at most {@link AdminServer#MAX_BODY_BYTES}
 */
public record AdminRequest(
    String method,
    String path,
    Map<String, List<String>> query,
    Map<String, List<String>> headers,
    byte[] body) {

  /** The first value of a query parameter, or null. */
  public @Nullable String parameter(String name) {
    return first(query, name);
  }

  /** Every value of a query parameter. */
  public List<String> parameters(String name) {
    return query.getOrDefault(name, List.of());
  }

  /** The first value of a header, or null. */
  public @Nullable String header(String name) {
    return first(headers, name.toLowerCase(Locale.ROOT));
  }

  /** The body as UTF-8. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  private static @Nullable String first(Map<String, List<String>> values, String name) {
    List<String> found = values.get(name);
    return found == null || found.isEmpty() ? null : found.getFirst();
  }
}
