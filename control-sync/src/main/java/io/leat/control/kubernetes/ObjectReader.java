package io.leat.control.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.manifest.ManifestReader;
import io.leat.control.manifest.ManifestSet;
import io.leat.control.manifest.rules.Finding;
import io.leat.control.manifest.rules.Validation;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Problem;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.References;
import java.util.List;

/** Reads objects of an API server with the reader and the rules that judge manifests. */
final class ObjectReader {
  private static final ManifestReader READER = ManifestReader.forClients(true);
  private static final Validation RULES = Validation.cluster();

  private ObjectReader() {}

  /** What an object is. */
  sealed interface Read {

    /** Which resource it is. */
    ResourceKey key();

    /** One that means something. */
    record Valid(Resource resource) implements Read {
      @Override
      public ResourceKey key() {
        return resource.key();
      }
    }

    /**
     * One whose shape or values make no sense.
     *
     * @param problems what is wrong, a sentence each, at least one
     */
    record Invalid(ResourceKey key, ObjectNode object, List<String> problems) implements Read {
      /** Copies the list. */
      public Invalid {
        problems = List.copyOf(problems);
      }
    }
  }

  /**
   * Reads one object of a kind. Rules count for what users write; what a controller made is taken
   * as it is.
   */
  static Read read(Kind kind, JsonNode given) {
    ObjectNode object =
        given instanceof ObjectNode node ? node : JsonNodeFactory.instance.objectNode();
    // Items of lists do not say what they are.
    object.put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
    if (object.get("metadata") instanceof ObjectNode metadata) {
      // Nobody here looks at the account of fields, which is often larger than the rest.
      metadata.remove(List.of("managedFields", "generateName", "selfLink"));
    }
    ResourceKey key =
        new ResourceKey(
            kind,
            object.at("/metadata/namespace").asText(""),
            object.at("/metadata/name").asText(""));
    ManifestSet set = READER.read("object.json", object.toString());
    if (!set.isValid()) {
      return new Read.Invalid(
          key, object, set.problems().stream().map(ObjectReader::text).toList());
    }
    Resource resource = set.manifests().getFirst().resource();
    if (resource.metadata().resourceVersion() == 0) {
      String version = object.at("/metadata/resourceVersion").asText("");
      String problem = "metadata.resourceVersion must be a number (got \"" + version + "\")";
      return new Read.Invalid(key, object, List.of(problem));
    }
    List<Finding> findings =
        References.controllerReference(resource).isPresent() ? List.of() : RULES.findings(resource);
    return findings.isEmpty()
        ? new Read.Valid(resource)
        : new Read.Invalid(key, object, findings.stream().map(Finding::toString).toList());
  }

  private static String text(Problem problem) {
    return problem.path().isEmpty() ? problem.message() : problem.path() + " " + problem.message();
  }
}
