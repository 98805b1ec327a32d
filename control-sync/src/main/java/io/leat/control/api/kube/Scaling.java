package io.leat.control.api.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.api.patch.Patch;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import io.leat.control.store.Author;
import io.leat.control.store.StoreOutcome;
import io.leat.proxy.admin.AdminRequest;
import io.leat.proxy.admin.AdminResponse;
import java.util.List;
import java.util.Optional;

/** Answers {@code /scale} of Deployments: {@code autoscaling/v1 Scale}, read, replaced, patched. */
final class Scaling {
  private static final String SUFFIX = "/scale";
  private static final int ATTEMPTS = 20;

  private final KubePorts ports;

  Scaling(KubePorts ports) {
    this.ports = ports;
  }

  /** The answer, if the path names a scale. */
  Optional<AdminResponse> answer(AdminRequest request) throws Refusal {
    String path = request.path();
    if (!path.endsWith(SUFFIX)) {
      return Optional.empty();
    }
    Target target =
        Target.parse(path.substring(0, path.length() - SUFFIX.length()))
            .filter(found -> found.kind() == Kind.DEPLOYMENT && found.name() != null)
            .orElse(null);
    if (target == null) {
      return Optional.empty();
    }
    ResourceKey key = target.key();
    return Optional.of(
        switch (request.method()) {
          case "GET" -> AdminResponse.json(200, scale(stored(key)).toString());
          case "PUT", "PATCH" -> write(key, request);
          default -> throw Refusal.of(405, "MethodNotAllowed", "a scale is read, put or patched");
        });
  }

  private Resource stored(ResourceKey key) throws Refusal {
    return ports
        .store()
        .read(view -> view.get(key))
        .orElseThrow(() -> Refusal.notFound(key.kind(), key.name()));
  }

  private static ObjectNode scale(Resource deployment) {
    ObjectNode document = ResourceJson.tree(deployment);
    ObjectNode scale = JsonNodeFactory.instance.objectNode();
    scale.put("kind", "Scale").put("apiVersion", "autoscaling/v1");
    ObjectNode metadata = scale.putObject("metadata");
    for (String field :
        List.of("name", "namespace", "uid", "resourceVersion", "creationTimestamp")) {
      if (document.path("metadata").has(field)) {
        metadata.set(field, document.path("metadata").path(field));
      }
    }
    scale.putObject("spec").put("replicas", document.at("/spec/replicas").asInt(1));
    scale.putObject("status").put("replicas", document.at("/status/replicas").asInt(0));
    return scale;
  }

  private AdminResponse write(ResourceKey key, AdminRequest request) throws Refusal {
    String agent = request.header("user-agent");
    Author author = new Author(agent == null ? "unknown" : agent.split("[/ ]", 2)[0], "");
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Resource stored = stored(key);
      ObjectNode wanted = wanted(scale(stored), request);
      String version = wanted.at("/metadata/resourceVersion").asText("");
      String have = Long.toString(stored.metadata().resourceVersion());
      if (!version.isEmpty() && !version.equals(have)) {
        throw Refusal.stale(key.kind(), key.name());
      }
      Resource next = scaled(stored, replicas(key, wanted));
      if (ports.store().update(next, author) instanceof StoreOutcome.Written written) {
        return AdminResponse.json(200, scale(written.resource()).toString());
      }
    }
    throw Refusal.stale(key.kind(), key.name());
  }

  private static ObjectNode wanted(ObjectNode scale, AdminRequest request) throws Refusal {
    if (request.method().equals("PUT")) {
      return Incoming.object(request, false);
    }
    String type = request.header("content-type");
    String media = type == null ? "" : type.split(";", 2)[0].strip();
    Patch patch =
        switch (media) {
          case "application/merge-patch+json" -> new Patch.Merge(Incoming.object(request, false));
          case "application/strategic-merge-patch+json" ->
              new Patch.Strategic(Incoming.object(request, false));
          case "application/json-patch+json" ->
              new Patch.Operations(Incoming.document(request, false));
          default ->
              throw Refusal.of(415, "UnsupportedMediaType", "\"" + media + "\" is not accepted");
        };
    return switch (patch.apply(scale)) {
      case Patch.Patched patched -> patched.document();
      case Patch.Unfit unfit -> throw Refusal.of(422, "Invalid", unfit.message());
    };
  }

  private static int replicas(ResourceKey key, ObjectNode wanted) throws Refusal {
    JsonNode replicas = wanted.at("/spec/replicas");
    if (!replicas.isMissingNode() && (!replicas.canConvertToInt() || replicas.asInt() < 0)) {
      throw Refusal.of(
          422,
          "Invalid",
          "Scale \"" + key.name() + "\" is invalid: spec.replicas: must be a number from 0 on");
    }
    // An absent number is 0, as in the original.
    return replicas.asInt(0);
  }

  private static Resource scaled(Resource stored, int replicas) throws Refusal {
    ObjectNode document = ResourceJson.tree(stored);
    document.withObjectProperty("spec").put("replicas", replicas);
    Spec spec = Incoming.read(stored.kind(), document, Incoming.Unknown.IGNORE).resource().spec();
    return new Resource(stored.kind(), stored.metadata(), spec, stored.status());
  }
}
