package io.leat.control.reconcile;

import io.leat.activator.scale.ScaleSettings;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.runtime.RevisionRuntime;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.StoreOutcome;
import io.leat.proxy.table.RevisionId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Carries out plans: the only code of the reconcile loop with effects.
 *
 * <p>Confined to the control thread. It remembers what it asked of the runtime and the autoscaler,
 * which makes those requests observable to plans.
 */
public final class PlanExecutor {
  private final ResourceStore store;
  private final RevisionRuntime runtime;
  private final ScaleConfigurator scaler;
  private final SourceRuns sources;
  private final Map<ResourceKey, SourceRuns.SourceRun> ensuredSources = new HashMap<>();
  private final Map<RevisionId, Observations.Ensured> ensured = new HashMap<>();
  private final Map<RevisionId, ScaleSettings> settings = new HashMap<>();

  /** What became of a plan. */
  public sealed interface Result {
    /** All steps were taken. */
    record Done(@Nullable Duration requeueAfter) implements Result {}

    /** Somebody wrote a resource since the plan was made; the rest was left undone. */
    record Stale(ResourceKey key) implements Result {}
  }

  /** An executor that asked for nothing yet. */
  public PlanExecutor(ResourceStore store, RevisionRuntime runtime, ScaleConfigurator scaler) {
    this(store, runtime, scaler, SourceRuns.NONE);
  }

  /** The same for plans that concern Sources, too. */
  public PlanExecutor(
      ResourceStore store, RevisionRuntime runtime, ScaleConfigurator scaler, SourceRuns sources) {
    this.sources = sources;
    this.store = store;
    this.runtime = runtime;
    this.scaler = scaler;
  }

  /** What was last asked of the runtime. */
  public Optional<Observations.Ensured> ensured(RevisionId revision) {
    return Optional.ofNullable(ensured.get(revision));
  }

  /** How a Source was last asked to run. */
  public Optional<SourceRuns.SourceRun> ensuredSource(ResourceKey source) {
    return Optional.ofNullable(ensuredSources.get(source));
  }

  /** What the autoscaler was last told. */
  public Optional<ScaleSettings> scaleSettings(RevisionId revision) {
    return Optional.ofNullable(settings.get(revision));
  }

  /** Takes the steps of a plan in order, and stops at the first write that came too late. */
  public Result execute(Plan plan) {
    if (plan.isEmpty()) {
      return new Result.Done(null);
    }
    Map<ResourceKey, Long> written = new HashMap<>();
    Duration requeue = null;
    for (Change change : plan.changes()) {
      switch (change) {
        case Change.Put put -> {
          StoreOutcome outcome = put(put.resource());
          if (!(outcome instanceof StoreOutcome.Written done)) {
            return new Result.Stale(put.resource().key());
          }
          written.put(put.resource().key(), done.resource().metadata().resourceVersion());
        }
        case Change.PutStatus put -> {
          long version = written.getOrDefault(put.key(), put.resourceVersion());
          if (!store.updateStatus(put.key(), version, put.status()).succeeded()) {
            return new Result.Stale(put.key());
          }
        }
        case Change.Delete delete -> {
          StoreOutcome outcome = store.delete(delete.key(), delete.resourceVersion());
          if (outcome instanceof StoreOutcome.Conflict) {
            return new Result.Stale(delete.key());
          }
        }
        case Change.Requeue again -> requeue = again.after();
        default -> instruct(change);
      }
    }
    return new Result.Done(requeue);
  }

  private void instruct(Change change) {
    switch (change) {
      case Change.EnsureInstances ensure -> {
        runtime.ensure(ensure.revision(), ensure.template(), ensure.instances());
        ensured.put(
            ensure.revision(), new Observations.Ensured(ensure.template(), ensure.instances()));
      }
      case Change.RemoveInstances remove -> {
        runtime.remove(remove.revision());
        scaler.remove(remove.revision());
        ensured.remove(remove.revision());
        settings.remove(remove.revision());
      }
      case Change.ConfigureScale configure -> {
        scaler.configure(configure.revision(), configure.settings());
        settings.put(configure.revision(), configure.settings());
      }
      case Change.EnsureSource ensure -> {
        sources.ensure(ensure.run());
        ensuredSources.put(ensure.run().source(), ensure.run());
      }
      case Change.RemoveSource remove -> {
        sources.remove(remove.source());
        ensuredSources.remove(remove.source());
      }
      default -> throw new IllegalArgumentException("no instruction: " + change);
    }
  }

  private StoreOutcome put(Resource resource) {
    return resource.metadata().resourceVersion() == 0
        ? store.create(resource)
        : store.update(resource);
  }
}
