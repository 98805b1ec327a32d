package io.leat.proxy.admin;

import io.leat.proxy.table.HeaderEdit;
import io.leat.proxy.table.HeaderEdits;
import java.util.List;

/** Writes what the policy of a route does to requests, where there is anything. */
final class PolicyJson {
  private PolicyJson() {}

  /** The members {@code requestHeaders} and {@code responseHeaders}, in the words of manifests. */
  static void headers(JsonWriter json, HeaderEdits edits) {
    edits(json, "requestHeaders", edits.request());
    edits(json, "responseHeaders", edits.response());
  }

  private static void edits(JsonWriter json, String name, List<HeaderEdit> edits) {
    if (!edits.isEmpty()) {
      json.name(name).beginArray();
      for (HeaderEdit edit : edits) {
        json.value(edit.text());
      }
      json.endArray();
    }
  }
}
