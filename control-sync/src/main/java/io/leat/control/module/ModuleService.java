package io.leat.control.module;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.leat.control.module.ModuleFailure.Code;
import io.leat.control.module.ModuleResource.LastAction;
import io.leat.control.module.ModuleResource.Written;
import io.leat.control.module.ResourceState.Phase;
import io.leat.control.module.schema.ParamSchema;
import io.leat.control.store.Author;
import io.leat.control.store.jobs.JobRequest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What users do to resources of modules: each action is planned, and stored together with the job
 * that carries it out, or refused.
 *
 * <p>Any thread may call. Reading never writes.
 */
public final class ModuleService {
  private static final Logger LOG = LoggerFactory.getLogger(ModuleService.class);
  private static final int ATTEMPTS = 20;

  /** The step of a deletion that only has to be written down. */
  static final String NOTHING_LEFT = "nothing-left";

  private static final JsonNode NOTHING = JsonNodeFactory.instance.objectNode();

  private final ModuleStore store;
  private final Dependencies dependencies;
  private final EnabledModules modules;
  private final InstantSource clock;
  private final Runnable wake;

  /** A service that has workers woken when there is something to do for them. */
  public ModuleService(
      ModuleStore store, EnabledModules modules, InstantSource clock, Runnable wake) {
    this.store = store;
    this.dependencies = new Dependencies(store);
    this.modules = modules;
    this.clock = clock;
    this.wake = wake;
  }

  /**
   * Who asks, and how.
   *
   * @param version what the resource has to be at; 0 for any
   */
  public record Caller(String user, boolean dryRun, long version) {}

  /** A resource to be made. */
  public record Wanted(
      Urn urn, JsonNode configs, Map<String, Urn> dependencies, Map<String, String> labels) {}

  /** Makes a resource, or shows what it would be. */
  public ModuleResource create(Wanted wanted, Caller caller) throws ModuleFailure {
    checkNames(wanted.urn());
    Module module = modules.usable(wanted.urn().kind(), wanted.urn().project());
    if (store.find(wanted.urn()).isPresent()) {
      throw ModuleFailure.exists(wanted.urn());
    }
    dependencies.checkCycle(wanted.urn(), wanted.dependencies().values());
    Map<String, JsonNode> outputs =
        dependencies.require(wanted.urn().project(), wanted.dependencies());
    Dependencies.checkKinds(module.descriptor(), wanted.dependencies());
    Instant now = clock.instant();
    ModuleResource fresh =
        new ModuleResource(
            wanted.urn(),
            "",
            0,
            0,
            merged(Map.of(), wanted.labels()),
            new Written(now, caller.user(), now, caller.user()),
            NOTHING,
            wanted.dependencies(),
            new LastAction(ModuleResource.CREATE, 1),
            ResourceState.completed(NOTHING));
    Module.Asked asked = new Module.Asked(ModuleResource.CREATE, wanted.configs());
    checkParams(module.descriptor(), asked);
    Module.Planned planned = plan(module, new Module.Expanded(fresh, outputs), asked);
    ModuleResource next = with(fresh, planned);
    if (caller.dryRun()) {
      return next;
    }
    ModuleResource made =
        store
            .create(next, new Author(caller.user(), "action:create"), jobs(next))
            .orElseThrow(() -> ModuleFailure.exists(wanted.urn()));
    wake.run();
    return made;
  }

  private static ModuleResource with(ModuleResource resource, Module.Planned planned) {
    return new ModuleResource(
        resource.urn(),
        resource.uid(),
        resource.version(),
        resource.generation(),
        resource.labels(),
        resource.written(),
        planned.configs(),
        resource.dependencies(),
        resource.lastAction(),
        planned.state());
  }

  private static void checkNames(Urn urn) throws ModuleFailure {
    if (!Urn.isWord(urn.kind())) {
      throw ModuleFailure.badRequest("kind must match ^[A-Za-z][A-Za-z0-9_-]+$");
    }
    if (!Urn.isWord(urn.project())) {
      throw ModuleFailure.badRequest("project must match ^[A-Za-z][A-Za-z0-9_-]+$");
    }
    if (!Urn.isName(urn.name())) {
      throw ModuleFailure.badRequest("name must match ^\\d*[A-Za-z0-9_-]+$");
    }
  }

  private static void checkParams(ModuleDescriptor descriptor, Module.Asked asked)
      throws ModuleFailure {
    ModuleDescriptor.Action action =
        descriptor
            .action(asked.action())
            .orElseThrow(() ->
                ModuleFailure.badRequest(
                    "action '"
                        + asked.action()
                        + "' is not valid on kind '"
                        + descriptor.kind()
                        + "'"));
    List<String> problems = ParamSchema.problems(action.paramSchema(), asked.params());
    if (!problems.isEmpty()) {
      throw ModuleFailure.badRequest(String.join("; ", problems));
    }
  }

  private static Module.Planned plan(Module module, Module.Expanded current, Module.Asked asked)
      throws ModuleFailure {
    try {
      return module.plan(current, asked);
    } catch (RuntimeException broken) {
      LOG.warn("the plan of {} for {} failed", asked.action(), current.resource().urn(), broken);
      throw new ModuleFailure(Code.INTERNAL, "plan() failed: " + broken.getMessage());
    } catch (ModuleFailure failure) {
      if (failure.code() == Code.INTERNAL) {
        throw new ModuleFailure(Code.INTERNAL, "plan() failed: " + failure.text());
      }
      throw failure;
    }
  }

  private static Map<String, String> merged(Map<String, String> old, Map<String, String> changes) {
    Map<String, String> merged = new TreeMap<>(old);
    changes.forEach((key, value) -> {
      if (value.isEmpty()) {
        merged.remove(key);
      } else {
        merged.put(key, value);
      }
    });
    return merged;
  }

  /** What carries a state on. */
  static List<JobRequest> jobs(ModuleResource resource) {
    Instant next = resource.state().nextSyncAt();
    return switch (resource.state().phase()) {
      case PENDING -> List.of(ModuleSync.job(resource.urn(), "", null));
      case COMPLETED -> next == null ? List.of() : List.of(ModuleSync.wakeUp(resource.urn(), next));
      case ERROR, DELETED -> List.of();
    };
  }

  /**
   * Carries out an action on a resource, or shows what would become of it.
   *
   * @param labels added to those of the resource; an empty value takes one away
   */
  public ModuleResource act(Urn urn, Module.Asked asked, Map<String, String> labels, Caller caller)
      throws ModuleFailure {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      ModuleResource current = store.find(urn).orElseThrow(() -> ModuleFailure.notFound(urn));
      checkVersion(current.version(), caller);
      Module module = implementation(urn);
      checkState(current, module, asked);
      ModuleResource next = planned(current, module, asked, labels);
      if (caller.dryRun()) {
        return next;
      }
      Written written = next.written().by(clock.instant(), caller.user());
      Author author = new Author(caller.user(), "action:" + asked.action());
      Optional<ModuleResource> stored = store.update(next.withWritten(written), author, jobs(next));
      if (stored.isPresent()) {
        wake.run();
        return stored.get();
      }
    }
    throw new ModuleFailure(Code.CONFLICT, "resource with urn '" + urn + "' is written by others");
  }

  private Module implementation(Urn urn) throws ModuleFailure {
    return modules
        .implementation(urn.kind())
        .orElseThrow(
            () -> ModuleFailure.badRequest("driver not found for kind '" + urn.kind() + "'"));
  }

  /** Refuses what is meant for another version than the stored one. */
  static void checkVersion(long stored, Caller caller) throws ModuleFailure {
    if (caller.version() != 0 && caller.version() != stored) {
      throw new ModuleFailure(
          Code.PRECONDITION,
          "version conflict: expected " + caller.version() + ", stored " + stored);
    }
  }

  private static void checkState(ModuleResource current, Module module, Module.Asked asked)
      throws ModuleFailure {
    boolean anytime =
        !current.isDeleting()
            && module
                .descriptor()
                .action(asked.action())
                .map(ModuleDescriptor.Action::anytime)
                .orElse(false);
    if (!current.state().phase().isTerminal() && !anytime) {
      throw ModuleFailure.badRequest(
          "cannot perform '"
              + asked.action()
              + "' on resource in '"
              + current.state().phase().text()
              + "'");
    }
  }

  private ModuleResource planned(
      ModuleResource current, Module module, Module.Asked asked, Map<String, String> labels)
      throws ModuleFailure {
    Module.Planned planned;
    if (asked.action().equals(ModuleResource.DELETE)) {
      planned = new Module.Planned(current.configs(), deletion(module, current));
    } else {
      checkParams(module.descriptor(), asked);
      planned = plan(module, new Module.Expanded(current, dependencies.outputs(current)), asked);
    }
    Map<String, String> merged = merged(current.labels(), labels);
    return current.acted(asked.action(), planned.configs(), merged).withState(planned.state());
  }

  /**
   * The state in which a resource is taken down, always by a worker: also one whose module has
   * nothing to do for that.
   */
  ResourceState deletion(@Nullable Module module, ModuleResource current) throws ModuleFailure {
    JsonNode output = current.state().output();
    ResourceState nothing =
        ResourceState.pending(
            output, JsonNodeFactory.instance.objectNode().put("step", NOTHING_LEFT));
    if (module == null || module.descriptor().action(ModuleResource.DELETE).isEmpty()) {
      return nothing;
    }
    Module.Asked asked = new Module.Asked(ModuleResource.DELETE, NOTHING);
    ResourceState state =
        plan(module, new Module.Expanded(current, dependencies.outputs(current)), asked).state();
    return state.phase() == Phase.PENDING ? state : nothing;
  }

  /** Has the workers look for work. */
  void wake() {
    wake.run();
  }

  /** Begins to take a resource down; it is there until its module has done so. */
  public ModuleResource delete(Urn urn, Caller caller) throws ModuleFailure {
    ModuleResource current = store.find(urn).orElseThrow(() -> ModuleFailure.notFound(urn));
    if (current.state().phase().isTerminal()) {
      List<ModuleResource> dependants = store.dependants(urn);
      if (!dependants.isEmpty()) {
        throw new ModuleFailure(
            Code.CONFLICT,
            "resource '" + urn + "' is used by '" + dependants.getFirst().urn() + "'");
      }
    }
    return act(urn, new Module.Asked(ModuleResource.DELETE, NOTHING), Map.of(), caller);
  }

  /** A resource as it looks now. */
  public ModuleResource get(Urn urn) throws ModuleFailure {
    ModuleResource found = store.find(urn).orElseThrow(() -> ModuleFailure.notFound(urn));
    Module module = modules.implementation(urn.kind()).orElse(null);
    if (module == null || found.state().phase() != Phase.COMPLETED) {
      return found;
    }
    return found.withState(found.state().withOutput(module.output(found)));
  }

  /** The resources of a project, or of all, as they were written last. */
  public List<ModuleResource> list(@Nullable String project) {
    return store.list(project);
  }

  /** What a resource wanted so far, the newest first. */
  public List<ModuleStore.Revision> revisions(Urn urn, @Nullable String uid) throws ModuleFailure {
    return store.revisions(urn, uid);
  }

  /**
   * Whether a resource has logs.
   *
   * @throws ModuleFailure when it is not there, or has none
   */
  public void checkLogs(Urn urn) throws ModuleFailure {
    if (store.find(urn).isEmpty()) {
      throw ModuleFailure.notFound(urn);
    }
    if (!implementation(urn).descriptor().logs()) {
      throw ModuleFailure.noLogs(urn);
    }
  }
}
