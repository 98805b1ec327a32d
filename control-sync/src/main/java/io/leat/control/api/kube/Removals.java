package io.leat.control.api.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.Author;
import io.leat.control.store.StoreOutcome;
import io.leat.control.store.Write;
import io.leat.proxy.admin.AdminRequest;
import io.leat.proxy.admin.AdminResponse;

/** Answers DELETE, of one resource or of a collection. */
final class Removals {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final KubePorts ports;
  private final Reads reads;

  Removals(KubePorts ports, Reads reads) {
    this.ports = ports;
    this.reads = reads;
  }

  /** What a DELETE says beside its path. */
  private record Options(Write.Propagation propagation, String uid, String resourceVersion) {}

  private static Options options(AdminRequest request) throws Refusal {
    ObjectNode body =
        request.body().length == 0 ? JSON.objectNode() : Incoming.object(request, false);
    String propagation = parameter(request, body, "propagationPolicy");
    if (propagation.isEmpty()) {
      boolean orphan = parameter(request, body, "orphanDependents").equals("true");
      propagation = orphan ? "Orphan" : "Background";
    }
    JsonNode conditions = body.path("preconditions");
    return new Options(
        switch (propagation) {
          case "Background" -> Write.Propagation.BACKGROUND;
          case "Foreground" -> Write.Propagation.FOREGROUND;
          case "Orphan" -> Write.Propagation.ORPHAN;
          default ->
              throw Refusal.badRequest(
                  "propagationPolicy must be Background, Foreground or Orphan (got \""
                      + propagation
                      + "\")");
        },
        conditions.path("uid").asText(""),
        conditions.path("resourceVersion").asText(""));
  }

  private static String parameter(AdminRequest request, ObjectNode body, String name) {
    String value = request.parameter(name);
    return value == null ? body.path(name).asText("") : value;
  }

  AdminResponse one(Target target, AdminRequest request) throws Refusal {
    ResourceKey key = target.key();
    if (target.status()) {
      throw Refusal.of(405, "MethodNotAllowed", "a status cannot be deleted");
    }
    Options options = options(request);
    Resource stored =
        ports
            .store()
            .read(view -> view.get(key))
            .orElseThrow(() -> Refusal.notFound(key.kind(), key.name()));
    precondition(stored, options);
    if (key.kind() == Kind.NAMESPACE) {
      if (key.name().equals(Namespaces.DEFAULT)) {
        throw Refusal.forbidden(key.kind(), key.name(), "this namespace may not be deleted");
      }
      empty(key.name(), author(request));
    }
    return remove(stored, options, author(request));
  }

  private static Author author(AdminRequest request) {
    String agent = request.header("user-agent");
    return new Author(agent == null ? "unknown" : agent.split("[/ ]", 2)[0], "");
  }

  private static void precondition(Resource stored, Options options) throws Refusal {
    String uid = stored.metadata().uid();
    String version = Long.toString(stored.metadata().resourceVersion());
    String name = stored.metadata().name();
    if (!options.uid().isEmpty() && !options.uid().equals(uid)) {
      String why = "Precondition failed: UID in precondition: " + options.uid();
      throw Refusal.conflict(stored.kind(), name, why + ", UID in object meta: " + uid);
    }
    if (!options.resourceVersion().isEmpty() && !options.resourceVersion().equals(version)) {
      String why = "Precondition failed: ResourceVersion in precondition: ";
      throw Refusal.conflict(stored.kind(), name, why + options.resourceVersion());
    }
  }

  private AdminResponse remove(Resource stored, Options options, Author author) throws Refusal {
    long version = options.resourceVersion().isEmpty() ? 0 : stored.metadata().resourceVersion();
    Write.Delete delete =
        new Write.Delete(stored.key(), version, options.uid(), options.propagation());
    return switch (ports.store().delete(delete, author)) {
      case StoreOutcome.Written written -> {
        Resource last = written.resource();
        yield last.metadata().finalizers().isEmpty()
            ? success(last)
            : AdminResponse.json(200, ResourceJson.tree(ports.shown().apply(last)).toString());
      }
      case StoreOutcome.NotFound _ ->
          throw Refusal.notFound(stored.kind(), stored.metadata().name());
      case StoreOutcome.Conflict _, StoreOutcome.AlreadyExists _ ->
          throw Refusal.stale(stored.kind(), stored.metadata().name());
    };
  }

  private static AdminResponse success(Resource resource) {
    ObjectNode status = JSON.objectNode().put("kind", "Status").put("apiVersion", "v1");
    status.putObject("metadata");
    status.put("status", "Success");
    ObjectNode details = status.putObject("details");
    details.put("name", resource.metadata().name());
    if (!resource.kind().group().isEmpty()) {
      details.put("group", resource.kind().group());
    }
    details.put("kind", resource.kind().plural()).put("uid", resource.metadata().uid());
    return AdminResponse.json(200, status.toString());
  }

  /** Deletes what a namespace holds; what is created meanwhile makes it spring up again. */
  private void empty(String namespace, Author author) {
    for (Kind kind : Kind.values()) {
      if (kind.isNamespaced()) {
        for (Resource resource : ports.store().read(view -> view.list(kind, namespace))) {
          delete(resource, Write.Propagation.BACKGROUND, author);
        }
      }
    }
  }

  private void delete(Resource resource, Write.Propagation propagation, Author author) {
    // Gone already is as good.
    var _ = ports.store().delete(new Write.Delete(resource.key(), 0, "", propagation), author);
  }

  AdminResponse collection(Target target, AdminRequest request) throws Refusal {
    Options options = options(request);
    if (target.namespace() == null || target.kind() == Kind.NAMESPACE) {
      throw Refusal.of(
          405, "MethodNotAllowed", "a collection is deleted in one namespace at a time");
    }
    Reads.Snapshot selected = reads.select(target, request);
    Author author = author(request);
    selected.resources().forEach(resource -> delete(resource, options.propagation(), author));
    ObjectNode body = Reads.objects(target.kind(), selected.resources());
    body.withObjectProperty("metadata").put("resourceVersion", Long.toString(selected.version()));
    return AdminResponse.json(200, body.toString());
  }
}
