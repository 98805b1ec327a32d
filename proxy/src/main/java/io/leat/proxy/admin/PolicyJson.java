package io.leat.proxy.admin;

import io.leat.proxy.table.HeaderEdit;
import io.leat.proxy.table.HeaderEdits;
import io.leat.proxy.table.Mirror;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes what the policy of a route does to requests, where there is anything. */
final class PolicyJson {
  private PolicyJson() {}

  /** The members {@code requestHeaders} and {@code responseHeaders}, in the words of manifests. */
  static void headers(JsonWriter json, HeaderEdits edits) {
    edits(json, "requestHeaders", edits.request());
    edits(json, "responseHeaders", edits.response());
  }

  /** The member {@code mirror}: {@code NAMESPACE/REVISION=PERCENT%}. */
  static void mirror(JsonWriter json, @Nullable Mirror mirror) {
    if (mirror != null) {
      json.name("mirror").value(mirror.text());
    }
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
