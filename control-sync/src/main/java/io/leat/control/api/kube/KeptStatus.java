package io.leat.control.api.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec;
import org.jspecify.annotations.Nullable;

/**
 * Tells the status of a resource from the rest: each is written by requests of its own.
 *
 * <p>That of a document is a field of it, whatever a client writes there.
 */
final class KeptStatus {
  private static final String FIELD = "status";

  private KeptStatus() {}

  /** What is stored, with the status that was sent. */
  static Resource replaced(Resource stored, Resource sent) {
    return stored.spec() instanceof Spec.Document have && sent.spec() instanceof Spec.Document given
        ? with(stored, have, ResourceJson.fields(given).get(FIELD))
        : stored.withStatus(sent.status());
  }

  /** What was sent, with the status that is stored, if there is one. */
  static Resource kept(Resource stored, Resource sent) {
    Resource next = new Resource(stored.kind(), stored.metadata(), sent.spec(), stored.status());
    if (stored.spec() instanceof Spec.Document have && sent.spec() instanceof Spec.Document given) {
      JsonNode status = ResourceJson.fields(have).get(FIELD);
      return status == null ? next : with(next, given, status);
    }
    return next;
  }

  private static Resource with(
      Resource resource, Spec.Document document, @Nullable JsonNode status) {
    ObjectNode fields = ResourceJson.fields(document);
    fields.remove(FIELD);
    ObjectNode sorted = fields.objectNode();
    boolean placed = status == null;
    for (String name : (Iterable<String>) fields::fieldNames) {
      if (!placed && name.compareTo(FIELD) > 0) {
        sorted.set(FIELD, status);
        placed = true;
      }
      sorted.set(name, fields.get(name));
    }
    if (!placed) {
      sorted.set(FIELD, status);
    }
    return new Resource(
        resource.kind(),
        resource.metadata(),
        new Spec.Document(sorted.toString()),
        resource.status());
  }
}
