package io.leat.control.module;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.module.ResourceState.Phase;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.Author;
import io.leat.control.store.HistoryEntry;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.StoreOutcome;
import io.leat.control.store.Write;
import io.leat.control.store.jobs.JobRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Resources of modules in the store, each write over the version that was read.
 *
 * <p>Any thread may call.
 */
public final class ModuleStore {
  /** Deleted resources of a project whose revisions are kept, the newest first to stay. */
  static final int KEPT_HISTORIES = 100;

  private final ResourceStore store;

  /** What the jobs of a stored resource of a module are about. */
  public static Urn urn(Resource stored) {
    return ModuleDocuments.read(stored).urn();
  }

  /** The resources of modules among those of a store. */
  public ModuleStore(ResourceStore store) {
    this.store = store;
  }

  /** What another resource depends on. */
  public record Dependency(Urn urn, Phase phase, JsonNode output) {}

  /**
   * What a resource wanted once.
   *
   * @param id unique for the resource's uid, grows
   * @param reason {@code action:NAME}
   */
  public record Revision(
      long id,
      Urn urn,
      String reason,
      Map<String, String> labels,
      Instant createdAt,
      String createdBy,
      JsonNode configs,
      Map<String, Urn> dependencies) {}

  /** One resource. */
  public Optional<ModuleResource> find(Urn urn) {
    return stored(urn).map(ModuleDocuments::read);
  }

  private Optional<Resource> stored(Urn urn) {
    ResourceKey key = ModuleDocuments.key(urn);
    return store.read(view -> view.get(key));
  }

  /** Every resource of a project, or of all projects, in the order of URNs. */
  public List<ModuleResource> list(@Nullable String project) {
    List<Resource> all =
        store.read(view ->
            project == null
                ? view.list(Kind.MODULE_RESOURCE)
                : view.list(Kind.MODULE_RESOURCE, project));
    List<ModuleResource> found = new ArrayList<>(all.size());
    for (Resource resource : all) {
      if (!isHistory(resource)) {
        found.add(ModuleDocuments.read(resource));
      }
    }
    found.sort(Comparator.comparing(ModuleResource::urn));
    return found;
  }

  /** Those of the same project that depend on a resource. */
  public List<ModuleResource> dependants(Urn urn) {
    return list(urn.project()).stream()
        .filter(other -> other.dependencies().containsValue(urn))
        .toList();
  }

  /** A resource of any kind as something to depend on. */
  public Optional<Dependency> dependency(Urn urn) {
    ResourceKey own = LeatKinds.key(urn).orElse(null);
    if (own == null) {
      return find(urn)
          .map(found -> new Dependency(urn, found.state().phase(), found.state().output()));
    }
    return store
        .read(view -> view.get(own))
        .map(found -> new Dependency(urn, LeatKinds.phase(found), LeatKinds.output(found)));
  }

  /** Adds a resource, together with the jobs that sync it; empty when there is one already. */
  Optional<ModuleResource> create(ModuleResource resource, Author author, List<JobRequest> jobs)
      throws ModuleFailure {
    Resource document = ModuleDocuments.write(resource, null);
    return written(store.write(new Write.Create(document), author, jobs));
  }

  /** Replaces a resource if it still has the version of {@code next}; empty when it has not. */
  Optional<ModuleResource> update(ModuleResource next, Author author, List<JobRequest> jobs)
      throws ModuleFailure {
    Resource stored = stored(next.urn()).orElse(null);
    if (stored == null || stored.metadata().resourceVersion() != next.version()) {
      return Optional.empty();
    }
    Resource document = ModuleDocuments.write(next, stored);
    return written(store.write(new Write.Update(document), author, jobs));
  }

  private static Optional<ModuleResource> written(StoreOutcome outcome) {
    return outcome instanceof StoreOutcome.Written written
        ? Optional.of(ModuleDocuments.read(written.resource()))
        : Optional.empty();
  }

  /** Removes a resource for good if it still has this version; its revisions stay by its uid. */
  boolean remove(ModuleResource resource) throws ModuleFailure {
    Resource stored = stored(resource.urn()).orElse(null);
    if (stored == null || stored.metadata().resourceVersion() != resource.version()) {
      return false;
    }
    keepHistory(resource);
    Resource last = stored;
    if (!stored.metadata().isDeleting()) {
      Write.Delete delete =
          new Write.Delete(
              stored.key(), resource.version(), resource.uid(), Write.Propagation.BACKGROUND);
      if (!(store.delete(delete, Author.LEAT) instanceof StoreOutcome.Written marked)) {
        return false;
      }
      last = marked.resource();
    }
    List<String> others =
        last.metadata().finalizers().stream()
            .filter(name -> !name.equals(ModuleDocuments.FINALIZER))
            .toList();
    if (last.metadata().finalizers().isEmpty()) {
      return true;
    }
    Resource free = last.withMetadata(last.metadata().withFinalizers(others));
    return store.update(free).succeeded();
  }

  /** What a resource wanted so far, the newest first; null for the uid of the living one. */
  public List<Revision> revisions(Urn urn, @Nullable String uid) throws ModuleFailure {
    ModuleResource living = find(urn).orElse(null);
    if (living != null && (uid == null || uid.equals(living.uid()))) {
      return living(urn);
    }
    if (uid == null) {
      throw ModuleFailure.notFound(urn);
    }
    ResourceKey key = historyKey(urn, uid);
    JsonNode kept =
        store
            .read(view -> view.get(key))
            .map(found -> ModuleDocuments.fields(found.spec()).at("/spec/revisions"))
            .orElseThrow(() -> ModuleFailure.notFound(urn));
    List<Revision> revisions = new ArrayList<>();
    kept.forEach(entry -> revisions.add(revision(urn, entry)));
    return revisions;
  }

  private List<Revision> living(Urn urn) {
    List<Revision> revisions = new ArrayList<>();
    for (HistoryEntry entry : store.history(ModuleDocuments.key(urn))) {
      ModuleDocuments.Wanted wanted = ModuleDocuments.wanted(entry.spec());
      revisions.addFirst(
          new Revision(
              entry.generation(),
              urn,
              "action:" + wanted.action(),
              wanted.labels(),
              entry.time(),
              entry.who(),
              wanted.configs(),
              wanted.dependencies()));
    }
    return revisions;
  }

  private static boolean isHistory(Resource resource) {
    String name = resource.metadata().name();
    return name.indexOf('.') != name.lastIndexOf('.');
  }

  private static ResourceKey historyKey(Urn urn, String uid) {
    ResourceKey key = ModuleDocuments.key(urn);
    return new ResourceKey(key.kind(), key.namespace(), key.name() + "." + uid);
  }

  private void keepHistory(ModuleResource resource) throws ModuleFailure {
    ObjectNode fields = JsonNodeFactory.instance.objectNode();
    ObjectNode spec = fields.putObject("spec");
    spec.put("kind", resource.urn().kind()).put("name", resource.urn().name());
    ArrayNode revisions = spec.putArray("revisions");
    living(resource.urn()).forEach(revision -> revisions.add(tree(revision)));
    fields.putObject("status").put("status", Phase.DELETED.text());
    Metadata metadata = ModuleDocuments.metadata(historyKey(resource.urn(), resource.uid()));
    // A crash between the history and the removal leaves it there already.
    var _ = store.create(ModuleDocuments.document(fields, metadata));
    List<Resource> kept =
        store.read(view -> view.list(Kind.MODULE_RESOURCE, resource.urn().project())).stream()
            .filter(ModuleStore::isHistory)
            .sorted(Comparator.comparingLong(found -> found.metadata().resourceVersion()))
            .toList();
    for (Resource oldest : kept.subList(0, Math.max(0, kept.size() - KEPT_HISTORIES))) {
      var _ = store.delete(oldest.key(), oldest.metadata().resourceVersion());
    }
  }

  private static ObjectNode tree(Revision revision) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("id", revision.id()).put("reason", revision.reason());
    ObjectNode labels = node.putObject("labels");
    revision.labels().forEach(labels::put);
    node.put("createdAt", revision.createdAt().toString()).put("createdBy", revision.createdBy());
    node.set("configs", revision.configs());
    ObjectNode dependencies = node.putObject("dependencies");
    revision.dependencies().forEach((key, urn) -> dependencies.put(key, urn.toString()));
    return node;
  }

  private static Revision revision(Urn urn, JsonNode node) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.set("spec", node);
    ModuleDocuments.Wanted wanted =
        ModuleDocuments.wanted(new io.leat.control.resource.Spec.Document(document.toString()));
    return new Revision(
        node.path("id").asLong(),
        urn,
        node.path("reason").asText(),
        wanted.labels(),
        Instant.parse(node.path("createdAt").asText()),
        node.path("createdBy").asText(),
        wanted.configs(),
        wanted.dependencies());
  }
}
