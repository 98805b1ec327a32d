package io.leat.control.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Spec;

/** Tells what somebody wants of a resource from what only says how far that is. */
final class Wishes {
  private Wishes() {}

  /**
   * Whether two specs of a kind want the same. The {@code status} of a planned document is no wish:
   * its changes are neither a generation nor history; so are the subscribers that Leat writes into
   * a Channel.
   */
  static boolean same(Spec before, Spec after, Kind kind) {
    if (before.equals(after)) {
      return true;
    }
    if (kind.isChannel()) {
      return MirroredFields.without(before).equals(MirroredFields.without(after));
    }
    return kind.isPlanned()
        && before instanceof Spec.Document old
        && after instanceof Spec.Document now
        && wish(old).equals(wish(now));
  }

  private static JsonNode wish(Spec.Document document) {
    ObjectNode fields = ResourceJson.fields(document);
    fields.remove("status");
    return fields;
  }
}
