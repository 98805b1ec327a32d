package io.leat.proxy.fanout.stored;

import io.leat.proxy.fanout.event.CloudEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The header fields that travel on with what a subscriber answered. */
public final class Traces {
  private static final String PARENT = "traceparent";
  private static final String STATE = "tracestate";

  private Traces() {}

  /**
   * Those of the answer that may pass; when it says nothing of a trace, neither in a field nor in
   * its event, that of the event that led to it.
   */
  public static List<String> fields(
      StoredEvent from, CloudEvent next, Map<String, List<String>> answer) {
    List<String> fields = HeaderPolicy.passed(answer);
    if (names(fields, PARENT) || next.attribute(PARENT) != null) {
      return fields;
    }
    List<String> kept = new ArrayList<>(fields);
    boolean asField = names(from.fields(), PARENT);
    for (String name : new String[] {PARENT, STATE}) {
      String value = asField ? value(from.fields(), name) : from.event().attribute(name);
      if (value != null && HeaderPolicy.legal(value)) {
        kept.add(name);
        kept.add(value);
      }
    }
    return kept;
  }

  private static boolean names(List<String> fields, String name) {
    return value(fields, name) != null;
  }

  private static @Nullable String value(List<String> fields, String name) {
    for (int i = 0; i < fields.size(); i += 2) {
      if (fields.get(i).equals(name)) {
        return fields.get(i + 1);
      }
    }
    return null;
  }
}
