package io.leat.control.api.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.api.apply.FieldOwners;
import io.leat.control.api.apply.ServerSideApply;
import io.leat.control.api.patch.Patch;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.Author;
import io.leat.control.store.Labels;
import io.leat.control.store.StoreOutcome;
import io.leat.control.store.Write;
import io.leat.proxy.admin.AdminRequest;
import io.leat.proxy.admin.AdminResponse;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Answers POST, PUT and PATCH: reads, judges by the rules of manifests, and writes. */
final class Writes {
  private static final int ATTEMPTS = 20;
  private static final int NAME_LENGTH = 63;
  private static final int SUFFIX_LENGTH = 5;
  private static final String MERGE = "application/merge-patch+json";
  private static final String JSON_PATCH = "application/json-patch+json";
  private static final String STRATEGIC = "application/strategic-merge-patch+json";
  private static final String APPLY = "application/apply-patch+yaml";

  private final KubePorts ports;
  private final Consumer<ResourceKey> namespaces;

  /**
   * Writes to the store of {@code ports}.
   *
   * @param namespaces sees to it that the namespace of a new resource exists
   */
  Writes(KubePorts ports, Consumer<ResourceKey> namespaces) {
    this.ports = ports;
    this.namespaces = namespaces;
  }

  /** What a request says beside its body. */
  private record Manner(FieldOwners.Writer writer, boolean force, Incoming.Unknown unknown) {}

  /** Makes the wanted document from the stored one; null when nothing is stored. */
  @FunctionalInterface
  private interface Change {
    Wanted of(@Nullable Resource stored) throws Refusal;
  }

  /**
   * What is to be stored.
   *
   * @param owners null when they follow from what changed
   */
  private record Wanted(ObjectNode document, @Nullable FieldOwners owners) {}

  private Manner manner(Target target, AdminRequest request) throws Refusal {
    String agent = request.header("user-agent");
    String manager = request.parameter("fieldManager");
    if (manager == null || manager.isEmpty()) {
      manager = agent == null ? "unknown" : agent.split("[/ ]", 2)[0];
    }
    if (manager.length() > 128) {
      throw Refusal.badRequest("fieldManager may have at most 128 characters");
    }
    FieldOwners.Writer writer =
        new FieldOwners.Writer(
            manager,
            target.kind().apiVersion(),
            ports.clock().instant().truncatedTo(ChronoUnit.SECONDS).toString(),
            target.status());
    return new Manner(
        writer,
        "true".equals(request.parameter("force")),
        Incoming.Unknown.of(request.parameter("fieldValidation")));
  }

  AdminResponse create(Target target, AdminRequest request) throws Refusal {
    Manner manner = manner(target, request);
    ObjectNode document = body(target, request);
    ObjectNode metadata = address(target, document);
    String namespace = metadata.path("namespace").asText("");
    if (!metadata.path("resourceVersion").asText("").isEmpty()) {
      throw Refusal.badRequest("resourceVersion should not be set on objects to be created");
    }
    String prefix = metadata.path("generateName").asText("");
    metadata.remove("generateName");
    boolean generated = metadata.path("name").asText("").isEmpty() && !prefix.isEmpty();
    for (int attempt = 0; ; attempt++) {
      if (generated) {
        String start = prefix.substring(0, Math.min(prefix.length(), NAME_LENGTH - SUFFIX_LENGTH));
        metadata.put("name", start + ports.suffixes().get());
      }
      try {
        return put(
            null,
            key(target.kind(), namespace, metadata),
            manner,
            stored -> {
              if (stored != null) {
                throw Refusal.alreadyExists(target.kind(), stored.metadata().name());
              }
              return new Wanted(document, null);
            });
      } catch (Refusal refusal) {
        boolean taken = refusal.status().path("reason").asText("").equals("AlreadyExists");
        if (!generated || !taken || attempt == ATTEMPTS) {
          throw refusal;
        }
      }
    }
  }

  private static ResourceKey key(Kind kind, String namespace, ObjectNode metadata) throws Refusal {
    String name = metadata.path("name").asText("");
    if (name.isEmpty()) {
      throw Refusal.badRequest("metadata.name: is required");
    }
    return new ResourceKey(kind, kind.isNamespaced() ? namespace : "", name);
  }

  /** Brings kind and namespace of a document in line with the path; returns its metadata. */
  private static ObjectNode address(Target target, ObjectNode document) throws Refusal {
    agree(document, "apiVersion", target.kind().apiVersion());
    agree(document, "kind", target.kind().kind());
    JsonNode given = document.get("metadata");
    if (given != null && !given.isObject() && !given.isNull()) {
      throw Refusal.badRequest("metadata: must be an object");
    }
    ObjectNode metadata =
        given instanceof ObjectNode object ? object : document.putObject("metadata");
    if (target.kind().isNamespaced()) {
      String inPath = target.namespace();
      agree(metadata, "namespace", inPath == null ? "default" : inPath);
    } else {
      metadata.remove("namespace");
    }
    String name = target.name();
    if (name != null) {
      agree(metadata, "name", name);
    }
    return metadata;
  }

  private static void agree(ObjectNode object, String field, String wanted) throws Refusal {
    String given = object.path(field).asText("");
    if (!given.isEmpty() && !given.equals(wanted)) {
      throw Refusal.badRequest(
          "the " + field + " of the body (" + given + ") does not match the path (" + wanted + ")");
    }
    object.put(field, wanted);
  }

  AdminResponse replace(Target target, AdminRequest request) throws Refusal {
    ResourceKey key = target.key();
    Manner manner = manner(target, request);
    ObjectNode document = body(target, request);
    ObjectNode metadata = address(target, document);
    return put(
        target,
        key,
        manner,
        stored -> {
          if (stored == null) {
            throw Refusal.notFound(key.kind(), key.name());
          }
          if (metadata.path("managedFields").isMissingNode()) {
            metadata.set("managedFields", ResourceJson.tree(stored).at("/metadata/managedFields"));
          }
          return new Wanted(document.deepCopy(), null);
        });
  }

  private static ObjectNode body(Target target, AdminRequest request) throws Refusal {
    String type = request.header("content-type");
    String media = type == null ? "application/json" : type.split(";", 2)[0].strip();
    return switch (media) {
      case "application/json", "*/*", "" -> Incoming.object(request, false);
      case "application/yaml", "application/x-yaml" -> Incoming.object(request, true);
      case ProtobufBody.MEDIA_TYPE -> {
        Incoming.limit(request);
        ObjectNode read = ProtobufBody.read(target.kind(), request.body());
        if (read == null) {
          throw unsupported(media);
        }
        yield read;
      }
      default -> throw unsupported(media);
    };
  }

  private static Refusal unsupported(String media) {
    return Refusal.of(
        415,
        "UnsupportedMediaType",
        "the body of the request was in an unknown format: \"" + media + "\" is not accepted");
  }

  AdminResponse patch(Target target, AdminRequest request) throws Refusal {
    ResourceKey key = target.key();
    Manner manner = manner(target, request);
    String type = request.header("content-type");
    String media = type == null ? "" : type.split(";", 2)[0].strip();
    if (media.equals(APPLY)) {
      if (request.parameter("fieldManager") == null) {
        throw Refusal.badRequest("fieldManager is required for apply patch");
      }
      ObjectNode wanted = Incoming.object(request, true);
      ObjectNode metadata = address(target, wanted);
      if (!metadata.path("managedFields").isEmpty()) {
        throw Refusal.badRequest("metadata.managedFields must be nil");
      }
      return put(target, key, manner, stored -> applied(key, stored, wanted, manner));
    }
    Patch patch =
        switch (media) {
          case MERGE -> new Patch.Merge(Incoming.object(request, false));
          case STRATEGIC -> new Patch.Strategic(Incoming.object(request, false));
          case JSON_PATCH -> new Patch.Operations(Incoming.document(request, false));
          default -> throw unsupported(media);
        };
    return put(target, key, manner, stored -> patched(target, stored, patch));
  }

  private static Wanted patched(Target target, @Nullable Resource stored, Patch patch)
      throws Refusal {
    if (stored == null) {
      throw Refusal.notFound(target.kind(), target.key().name());
    }
    return switch (patch.apply(ResourceJson.tree(stored))) {
      case Patch.Patched patched -> {
        var _ = address(target, patched.document());
        yield new Wanted(patched.document(), null);
      }
      case Patch.Unfit unfit -> throw Refusal.of(422, "Invalid", unfit.message());
    };
  }

  private static Wanted applied(
      ResourceKey key, @Nullable Resource stored, ObjectNode wanted, Manner manner) throws Refusal {
    if (stored == null && manner.writer().status()) {
      throw Refusal.notFound(key.kind(), key.name());
    }
    ObjectNode live = stored == null ? null : ResourceJson.tree(stored);
    String managed = stored == null ? "" : stored.metadata().managedFields();
    ServerSideApply.Outcome outcome =
        ServerSideApply.apply(
            live, FieldOwners.parse(managed), wanted, manner.writer(), manner.force());
    return switch (outcome) {
      case ServerSideApply.Applied applied -> {
        String version = wanted.at("/metadata/resourceVersion").asText("");
        if (live != null && !version.isEmpty()) {
          applied.document().withObjectProperty("metadata").put("resourceVersion", version);
        }
        yield new Wanted(applied.document(), applied.owners());
      }
      case ServerSideApply.Conflicting conflicting ->
          throw Refusal.fieldConflicts(conflicting.conflicts());
    };
  }

  /**
   * Carries out a change, again when somebody else wrote meanwhile and the client named no version.
   *
   * @param target null when only a creation is meant
   */
  private AdminResponse put(@Nullable Target target, ResourceKey key, Manner manner, Change change)
      throws Refusal {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Resource stored = ports.store().read(view -> view.get(key)).orElse(null);
      Wanted wanted = change.of(stored);
      Incoming incoming = Incoming.read(key.kind(), wanted.document(), manner.unknown());
      if (stored == null) {
        Resource resource = created(incoming, wanted, manner);
        incoming.check(ports.validation(), null, ports.store());
        namespaces.accept(key);
        if (ports.store().create(resource, author(manner))
            instanceof StoreOutcome.Written written) {
          return answer(201, written.resource(), incoming);
        }
        continue;
      }
      precondition(stored, incoming.resource());
      boolean status = target != null && target.status();
      Resource next = merged(stored, incoming, wanted, manner);
      if (!status) {
        new Incoming(next, List.of()).check(ports.validation(), stored, ports.store());
      }
      StoreOutcome outcome = status ? writeStatus(next, manner) : write(next, manner);
      if (outcome instanceof StoreOutcome.Written written) {
        return answer(200, written.resource(), incoming);
      }
      if (outcome instanceof StoreOutcome.NotFound) {
        throw Refusal.notFound(key.kind(), key.name());
      }
    }
    throw Refusal.stale(key.kind(), key.name());
  }

  private StoreOutcome write(Resource next, Manner manner) {
    return ports.store().update(next, author(manner));
  }

  private StoreOutcome writeStatus(Resource next, Manner manner) {
    Write write =
        next.kind().isDocument()
            ? new Write.Update(next, true)
            : new Write.UpdateStatus(next.key(), next.metadata().resourceVersion(), next.status());
    return ports.store().write(write, author(manner));
  }

  private static Author author(Manner manner) {
    return new Author(manner.writer().manager(), "");
  }

  private static void precondition(Resource stored, Resource sent) throws Refusal {
    Metadata have = stored.metadata();
    Metadata given = sent.metadata();
    if (given.resourceVersion() != 0 && given.resourceVersion() != have.resourceVersion()) {
      throw Refusal.stale(stored.kind(), have.name());
    }
    if (!given.uid().isEmpty() && !given.uid().equals(have.uid())) {
      throw Refusal.conflict(
          stored.kind(),
          have.name(),
          "Precondition failed: UID in precondition: "
              + given.uid()
              + ", UID in object meta: "
              + have.uid());
    }
  }

  private static Resource created(Incoming incoming, Wanted wanted, Manner manner) {
    Resource resource = incoming.resource();
    Metadata given = resource.metadata();
    Metadata metadata =
        Metadata.of(given.namespace(), given.name())
            .withLabels(given.labels())
            .withAnnotations(withSource(given.annotations(), null))
            .withOwners(given.ownerReferences())
            .withFinalizers(given.finalizers());
    Resource plain = Resource.of(resource.kind(), metadata, resource.spec());
    FieldOwners owners = wanted.owners();
    if (owners == null) {
      owners = FieldOwners.parse("").updated(null, ResourceJson.tree(plain), manner.writer());
    }
    return plain.withMetadata(metadata.withManagedFields(owners.json()));
  }

  private static Resource merged(Resource stored, Incoming incoming, Wanted wanted, Manner manner) {
    Resource sent = incoming.resource();
    Metadata given = sent.metadata();
    Resource next;
    if (manner.writer().status()) {
      next = KeptStatus.replaced(stored, sent);
    } else {
      Metadata metadata =
          stored
              .metadata()
              .withLabels(given.labels())
              .withAnnotations(withSource(given.annotations(), stored))
              .withOwners(given.ownerReferences())
              .withFinalizers(given.finalizers());
      next = KeptStatus.kept(stored, sent).withMetadata(metadata);
    }
    FieldOwners owners = wanted.owners();
    if (owners == null) {
      owners =
          FieldOwners.parse(given.managedFields())
              .updated(ResourceJson.tree(stored), ResourceJson.tree(next), manner.writer());
    }
    return next.withMetadata(next.metadata().withManagedFields(owners.json()));
  }

  /** Whether files own a resource is not for clients to say. */
  private static Map<String, String> withSource(
      Map<String, String> annotations, @Nullable Resource stored) {
    Map<String, String> result = new TreeMap<>(annotations);
    result.remove(Labels.SOURCE);
    String source = stored == null ? null : stored.metadata().annotations().get(Labels.SOURCE);
    if (source != null) {
      result.put(Labels.SOURCE, source);
    }
    return result;
  }

  private AdminResponse answer(int code, Resource resource, Incoming incoming) {
    String body = ResourceJson.tree(ports.shown().apply(resource)).toString();
    return new AdminResponse.Full(
        code,
        AdminResponse.JSON,
        body.getBytes(StandardCharsets.UTF_8),
        Incoming.headers(incoming.warnings()));
  }
}
