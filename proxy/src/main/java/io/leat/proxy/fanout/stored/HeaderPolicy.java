package io.leat.proxy.fanout.stored;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which header fields of a request or an answer travel on with its event: an allow-list, so that no
 * internal header ever crosses a Channel.
 *
 * <p>Both letter case and the order of names are forgotten; several values of one name are kept.
 */
public final class HeaderPolicy {
  /** The Channels that an event has passed, oldest first: {@code ns/name, ns/name}. */
  public static final String HOPS = "knative-hops";

  private static final Set<String> NAMES = Set.of("x-request-id", "traceparent", "tracestate");
  private static final Set<String> INTERNAL = Set.of("knative-route", HOPS);
  private static final int MAX_FIELDS = 32;
  private static final int MAX_BYTES = 8192;

  private HeaderPolicy() {}

  /** Whether a field with this lower-case name may leave. */
  public static boolean passes(String name) {
    return NAMES.contains(name)
        || name.startsWith("x-b3-")
        || (name.startsWith("knative-")
            && !name.startsWith("knative-serving-")
            && !INTERNAL.contains(name));
  }

  /**
   * The fields that travel on, names in lower case and values alternating; at most 32 fields and
   * about 8 KiB of them.
   */
  public static List<String> passed(Map<String, List<String>> headers) {
    List<String> kept = new ArrayList<>();
    int bytes = 0;
    for (Map.Entry<String, List<String>> field : headers.entrySet()) {
      String name = field.getKey().toLowerCase(Locale.ROOT);
      if (!passes(name)) {
        continue;
      }
      for (String value : field.getValue()) {
        bytes += name.length() + value.length();
        if (bytes > MAX_BYTES || kept.size() >= 2 * MAX_FIELDS || !legal(value)) {
          continue;
        }
        kept.add(name);
        kept.add(value);
      }
    }
    return kept;
  }

  /** The Channels that {@link #HOPS} names. */
  public static List<String> hops(Map<String, List<String>> headers) {
    List<String> path = new ArrayList<>();
    for (String value : headers.getOrDefault(HOPS, List.of())) {
      for (String each : value.split(",", -1)) {
        if (!each.isBlank() && legal(each)) {
          path.add(each.strip());
        }
      }
    }
    return path;
  }

  /** Whether a value can stand in a header field as it is. */
  public static boolean legal(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7f || c > 0xff) {
        return false;
      }
    }
    return true;
  }
}
