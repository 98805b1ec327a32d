package io.leat.control.module;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.module.ModuleService.Caller;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.Author;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.StoreOutcome;
import io.leat.control.store.Write;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which kinds of modules a project may use, with the configs of the project for them.
 *
 * <p>Any thread may call.
 */
public final class EnabledModules {
  /** The kind in the URNs of modules. */
  public static final String KIND = "module";

  private static final int ATTEMPTS = 20;

  private final ResourceStore store;
  private final Map<String, Module> modules;
  private final InstantSource clock;

  /** The modules that a store has enabled, of those that there are. */
  public EnabledModules(ResourceStore store, Map<String, Module> modules, InstantSource clock) {
    this.store = store;
    this.modules = Map.copyOf(modules);
    this.clock = clock;
  }

  /** A module that a project may use; its URN names the project, and the kind as its name. */
  public record Enabled(
      Urn urn, JsonNode configs, Instant createdAt, Instant updatedAt, long version) {}

  /** The implementation of a kind. */
  public Optional<Module> implementation(String kind) {
    return Optional.ofNullable(modules.get(kind));
  }

  /**
   * The implementation of a kind that a project may use.
   *
   * @throws ModuleFailure as bad request when it may not, or nobody implements it
   */
  Module usable(String kind, String project) throws ModuleFailure {
    if (find(urn(kind, project)).isEmpty()) {
      throw ModuleFailure.badRequest(
          "kind '" + kind + "' is not valid in project '" + project + "'");
    }
    return implementation(kind)
        .orElseThrow(() -> ModuleFailure.badRequest("driver not found for kind '" + kind + "'"));
  }

  static Urn urn(String kind, String project) {
    return new Urn(KIND, project, kind);
  }

  private static ResourceKey key(Urn urn) {
    return new ResourceKey(Kind.MODULE, urn.project(), urn.name());
  }

  /** One module of a project. */
  public Optional<Enabled> find(Urn urn) {
    return store.read(view -> view.get(key(urn))).map(EnabledModules::read);
  }

  private static Enabled read(Resource stored) {
    Metadata metadata = stored.metadata();
    JsonNode document = ModuleDocuments.fields(stored.spec());
    String updated = document.at("/status/updatedAt").asText("");
    Instant created =
        Instant.parse(document.at("/status/createdAt").asText(Instant.EPOCH.toString()));
    return new Enabled(
        urn(metadata.name(), metadata.namespace()),
        document.at("/spec/configs"),
        created,
        updated.isEmpty() ? created : Instant.parse(updated),
        metadata.resourceVersion());
  }

  /** The modules of a project, or of all. */
  public List<Enabled> list(@Nullable String project) {
    List<Resource> found =
        store.read(
            view -> project == null ? view.list(Kind.MODULE) : view.list(Kind.MODULE, project));
    List<Enabled> enabled = new ArrayList<>(found.size());
    found.forEach(resource -> enabled.add(read(resource)));
    return enabled;
  }

  /** Lets a project use a kind. */
  public Enabled enable(String kind, String project, JsonNode configs, String user)
      throws ModuleFailure {
    if (!Urn.isWord(kind)) {
      throw ModuleFailure.badRequest("name must match " + "^[A-Za-z][A-Za-z0-9_-]+$");
    }
    if (!Urn.isWord(project)) {
      throw ModuleFailure.badRequest("project must match ^[A-Za-z][A-Za-z0-9_-]+$");
    }
    if (!modules.containsKey(kind)) {
      throw ModuleFailure.badRequest("driver not found for kind '" + kind + "'");
    }
    Urn urn = urn(kind, project);
    Instant now = clock.instant();
    Resource document = document(urn, configs, now, now, ModuleDocuments.metadata(key(urn)));
    if (store.create(document, new Author(user, "enable")) instanceof StoreOutcome.Written made) {
      return read(made.resource());
    }
    throw new ModuleFailure(
        ModuleFailure.Code.ALREADY_EXISTS, "module with urn '" + urn + "' already exists");
  }

  /** Replaces the configs of a project for a kind. */
  public Enabled update(Urn urn, JsonNode configs, Caller caller) throws ModuleFailure {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Resource stored = store.read(view -> view.get(key(urn))).orElse(null);
      if (stored == null) {
        throw notFound(urn);
      }
      ModuleService.checkVersion(stored.metadata().resourceVersion(), caller);
      Resource next =
          document(urn, configs, read(stored).createdAt(), clock.instant(), stored.metadata());
      if (store.update(next, new Author(caller.user(), "update"))
          instanceof StoreOutcome.Written written) {
        return read(written.resource());
      }
    }
    throw new ModuleFailure(
        ModuleFailure.Code.CONFLICT, "module with urn '" + urn + "' is written by others");
  }

  /** Takes a kind away from a project that has no resource of it. */
  public void disable(Urn urn, Caller caller) throws ModuleFailure {
    ModuleService.checkVersion(find(urn).orElseThrow(() -> notFound(urn)).version(), caller);
    for (ModuleResource resource : new ModuleStore(store).list(urn.project())) {
      if (resource.urn().kind().equals(urn.name())) {
        throw new ModuleFailure(
            ModuleFailure.Code.CONFLICT,
            "resource '" + urn + "' is used by '" + resource.urn() + "'");
      }
    }
    var _ =
        store.delete(
            new Write.Delete(key(urn), 0, "", Write.Propagation.BACKGROUND),
            new Author(caller.user(), "disable"));
  }

  private static ModuleFailure notFound(Urn urn) {
    return new ModuleFailure(
        ModuleFailure.Code.NOT_FOUND, "module with urn '" + urn + "' not found");
  }

  private static Resource document(
      Urn urn, JsonNode configs, Instant created, Instant updated, Metadata metadata)
      throws ModuleFailure {
    ObjectNode fields = JsonNodeFactory.instance.objectNode();
    fields.putObject("spec").put("kind", urn.name()).set("configs", configs);
    fields
        .putObject("status")
        .put("createdAt", created.toString())
        .put("updatedAt", updated.toString());
    return ModuleDocuments.document(Kind.MODULE, fields, metadata);
  }
}
