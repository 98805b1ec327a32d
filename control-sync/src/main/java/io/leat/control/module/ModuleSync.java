package io.leat.control.module;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.jobs.JobHandler;
import io.leat.control.jobs.StepOutcome;
import io.leat.control.module.ModuleResource.Written;
import io.leat.control.module.ResourceState.Phase;
import io.leat.control.resource.Kind;
import io.leat.control.store.Author;
import io.leat.control.store.ChangeEvent;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.jobs.EnqueueOutcome;
import io.leat.control.store.jobs.Job;
import io.leat.control.store.jobs.JobRequest;
import io.leat.control.store.jobs.JobStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries resources of modules from state to state, one step per job attempt.
 *
 * <p>The state of the resource says where to go on, never the job, and is written over the version
 * that was read: a worker that lost its job overwrites nothing. Used by any thread.
 */
public final class ModuleSync implements JobHandler {
  /** Jobs that sync a resource. */
  public static final String SYNC = "module-sync";

  /** Jobs that have a completed resource synced again at a time. */
  public static final String WAKE_UP = "module-wake-up";

  private static final Logger LOG = LoggerFactory.getLogger(ModuleSync.class);
  private static final String AGAIN = "again";
  private static final String WAKE_PREFIX = "wake-up ";
  private static final int ATTEMPTS = 20;

  /** How soon a resource looks again at what it depends on. */
  private static final Duration DEPENDENCY_POLL = Duration.ofSeconds(2);

  private final ModuleStore store;
  private final Dependencies dependencies;
  private final EnabledModules modules;
  private final JobStore jobs;
  private final LogBook logs;
  private final InstantSource clock;

  /** Syncs what a store holds. */
  public ModuleSync(
      ModuleStore store, EnabledModules modules, JobStore jobs, LogBook logs, InstantSource clock) {
    this.store = store;
    this.dependencies = new Dependencies(store);
    this.modules = modules;
    this.jobs = jobs;
    this.logs = logs;
    this.clock = clock;
  }

  /** The handlers of both kinds of jobs. */
  public Map<String, JobHandler> handlers() {
    return Map.of(SYNC, this, WAKE_UP, (job, _) -> wakeUp(job));
  }

  static JobRequest job(Urn urn, String step, @Nullable Instant at) {
    return new JobRequest(SYNC, urn.toString(), step, "", at);
  }

  /** Jobs of one key wait for each other, so a wake-up must not have that of the resource. */
  static JobRequest wakeUp(Urn urn, Instant at) {
    String key = WAKE_PREFIX + at.toEpochMilli() + " " + urn;
    return new JobRequest(WAKE_UP, key, "", urn.toString(), at);
  }

  static Optional<Urn> urn(Job job) {
    return Urn.parse(job.kind().equals(WAKE_UP) ? job.payload() : job.key());
  }

  /**
   * Sees to it that nothing is forgotten: what is pending has a job, what lives in this process is
   * synced again, and what is to be looked at again has a wake-up.
   */
  public void resume() {
    for (ModuleResource resource : store.list(null)) {
      boolean lives =
          modules
              .implementation(resource.urn().kind())
              .map(module -> module.descriptor().lives())
              .orElse(false);
      if (resource.state().phase() == Phase.COMPLETED && lives) {
        enqueue(job(resource.urn(), AGAIN, null));
      }
      ModuleService.jobs(resource).forEach(this::enqueue);
    }
  }

  private void enqueue(JobRequest request) {
    if (jobs.enqueueNew(List.of(request)) instanceof EnqueueOutcome.Conflict) {
      LOG.debug("{} has its job already", request.key());
    }
  }

  /** Has resources taken down that are deleted by other ways than their own API. */
  public ResourceStore.Watch watch(
      ResourceStore resources, ModuleService service, Executor executor) {
    return resources.watch(event -> {
      if (isDeleted(event)) {
        executor.execute(() -> takeDown(ModuleDocuments.read(event.resource()).urn(), service));
      }
    });
  }

  private static boolean isDeleted(ChangeEvent event) {
    return event.resource().kind() == Kind.MODULE_RESOURCE
        && event.after() != null
        && event.after().metadata().isDeleting()
        && (event.before() == null || !event.before().metadata().isDeleting());
  }

  private void takeDown(Urn urn, ModuleService service) {
    try {
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        ModuleResource current = store.find(urn).orElse(null);
        if (current == null || current.isDeleting()) {
          return;
        }
        ModuleResource next =
            current.acted(ModuleResource.DELETE, current.configs(), current.labels());
        Module module = modules.implementation(urn.kind()).orElse(null);
        next = next.withState(service.deletion(module, current));
        if (store.update(next, Author.LEAT, ModuleService.jobs(next)).isPresent()) {
          service.wake();
          return;
        }
      }
    } catch (ModuleFailure failure) {
      LOG.error("{} cannot be taken down", urn, failure);
    }
  }

  private StepOutcome wakeUp(Job job) {
    Urn urn = urn(job).orElse(null);
    ModuleResource resource = urn == null ? null : store.find(urn).orElse(null);
    if (resource != null && isDue(resource)) {
      enqueue(job(resource.urn(), "", null));
    }
    return new StepOutcome.Done();
  }

  /** Whether a completed resource is to be looked at again. */
  private boolean isDue(ModuleResource resource) {
    Instant next = resource.state().nextSyncAt();
    return resource.state().phase() == Phase.COMPLETED
        && next != null
        && !clock.instant().isBefore(next);
  }

  @Override
  public StepOutcome run(Job job, Lease lease) throws Exception {
    ModuleResource current = urn(job).flatMap(store::find).orElse(null);
    if (current == null) {
      return new StepOutcome.Done();
    }
    boolean pending = current.state().phase() == Phase.PENDING;
    boolean again = job.step().equals(AGAIN) && current.state().phase() == Phase.COMPLETED;
    if (!pending && !again && !isDue(current)) {
      return new StepOutcome.Done();
    }
    String missing = current.isDeleting() ? "" : dependencies.missing(current);
    if (!missing.isEmpty()) {
      return waitFor(current, missing);
    }
    try {
      Module.Synced synced = sync(current);
      // Who lost the job meanwhile must not write, even where nobody else wrote yet.
      return lease.renew() ? save(current, synced) : new StepOutcome.Done();
    } catch (ModuleFailure failure) {
      if (failure.code() != ModuleFailure.Code.BAD_REQUEST) {
        throw failure;
      }
      note(
          current,
          state -> state.failed(Phase.ERROR, state.syncRetries() + 1, failure.text(), null));
      return new StepOutcome.Failed(failure.text());
    }
  }

  private Module.Synced sync(ModuleResource current) throws Exception {
    Urn urn = current.urn();
    JsonNode data = current.state().moduleData();
    if (current.isDeleting()
        && data != null
        && data.path("step").asText().equals(ModuleService.NOTHING_LEFT)) {
      return Module.Synced.silent(ResourceState.deleted());
    }
    Module module =
        modules
            .implementation(urn.kind())
            .orElseThrow(
                () -> ModuleFailure.badRequest("driver not found for kind '" + urn.kind() + "'"));
    return module.sync(new Module.Expanded(current, dependencies.outputs(current)));
  }

  private StepOutcome waitFor(ModuleResource current, String missing) throws ModuleFailure {
    if (!current.state().waitingFor().equals(missing)) {
      note(current, state -> state.waiting(missing, state.nextSyncAt()));
    }
    return new StepOutcome.Wait(missing, clock.instant().plus(DEPENDENCY_POLL));
  }

  private StepOutcome save(ModuleResource current, Module.Synced synced) throws ModuleFailure {
    synced.log().forEach(line -> logs.add(current.urn(), current.urn().kind(), line));
    Phase phase = synced.state().phase();
    if (current.isDeleting() && (phase == Phase.DELETED || phase == Phase.COMPLETED)) {
      return removed(current);
    }
    if (phase == Phase.DELETED) {
      throw new ModuleFailure(
          ModuleFailure.Code.INTERNAL, "nobody asked that '" + current.urn() + "' goes");
    }
    ResourceState clean = synced.state().failed(phase, 0, "", synced.state().nextSyncAt());
    ResourceState next =
        phase == Phase.ERROR ? clean.failed(phase, 0, synced.state().syncLastError(), null) : clean;
    // A step that only has to be asked again leaves no trace in the store.
    boolean saved = next.at(null).equals(current.state().at(null)) || note(current, _ -> next);
    if (!saved || phase == Phase.PENDING) {
      // What somebody else wrote meanwhile counts, and may need another look.
      Instant at = next.nextSyncAt();
      boolean later = saved && at != null;
      return new StepOutcome.Next("", "", later && at != null ? at : clock.instant());
    }
    return new StepOutcome.Done();
  }

  private StepOutcome removed(ModuleResource current) throws ModuleFailure {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      ModuleResource latest = store.find(current.urn()).orElse(null);
      if (latest == null || !latest.uid().equals(current.uid()) || store.remove(latest)) {
        logs.forget(current.urn());
        return new StepOutcome.Done();
      }
    }
    throw new ModuleFailure(
        ModuleFailure.Code.CONFLICT, "'" + current.urn() + "' is written again and again");
  }

  /** Makes one state from another. */
  private interface Transition {
    ResourceState of(ResourceState state);
  }

  /**
   * Writes a state if nothing that matters happened since the resource was read: no action, and no
   * other worker. Labels and the like may have changed.
   */
  private boolean note(ModuleResource read, Transition transition) throws ModuleFailure {
    ModuleResource latest = read;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Written written = latest.written().by(clock.instant(), Author.LEAT.who());
      ModuleResource next = latest.withState(transition.of(latest.state())).withWritten(written);
      List<JobRequest> follow =
          next.state().phase() == Phase.COMPLETED ? ModuleService.jobs(next) : List.of();
      if (store.update(next, Author.LEAT, follow).isPresent()) {
        return true;
      }
      ModuleResource stored = store.find(read.urn()).orElse(null);
      if (stored == null
          || !stored.uid().equals(read.uid())
          || !stored.lastAction().equals(read.lastAction())
          || !stored.state().equals(read.state())) {
        return false;
      }
      latest = stored;
    }
    return false;
  }

  @Override
  public void retrying(Job job, String error, Instant next) {
    failed(job, state -> state.failed(state.phase(), job.attempts(), error, next));
  }

  @Override
  public void gaveUp(Job job, String error) {
    failed(job, state -> state.failed(Phase.ERROR, job.attempts(), error, null));
  }

  private void failed(Job job, Transition transition) {
    ModuleResource current = urn(job).flatMap(store::find).orElse(null);
    if (current == null || current.state().phase() == Phase.ERROR) {
      return;
    }
    try {
      if (!note(current, transition)) {
        LOG.info("what became of a step of {} was overtaken", current.urn());
      }
    } catch (ModuleFailure failure) {
      throw new IllegalStateException("the error of " + current.urn() + " cannot be kept", failure);
    }
  }
}
