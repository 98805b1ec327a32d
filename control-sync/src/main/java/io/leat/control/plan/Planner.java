package io.leat.control.plan;

import io.leat.control.compile.TableCompiler;
import io.leat.control.plan.TableDiff.Difference;
import io.leat.control.reconcile.Affected;
import io.leat.control.reconcile.Observations;
import io.leat.control.reconcile.Plan;
import io.leat.control.reconcile.PlanExecutor;
import io.leat.control.reconcile.Reconciler;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.ChangeEvent;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.overlay.OverlayStore;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.EventChannel;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.VirtualHost;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes a change in a copy of the store, and follows it to its end: the same reconcilers and the
 * same compiler, over copies that keep what is written to them, with a world that grants all
 * wishes.
 *
 * <p>Confined to the control thread, for one plan. What was under way before the change is carried
 * to its end first, so that the difference is that of the change alone. The cost is that of what
 * the change touches.
 */
public final class Planner {
  /** Of one resource; reconcilers that plan more often against each other come to no end. */
  private static final int MAX_PLANS = 100;

  private final OverlayStore store;
  private final Map<Kind, Reconciler> reconcilers;
  private final TableCompiler live;
  private final TableCompiler compiler;
  private final ImaginedWorld world;
  private final PlanExecutor executor;
  private final Set<ResourceKey> queue;
  private final Set<ResourceKey> later = new LinkedHashSet<>();
  private final Queue<ChangeEvent> events = new ArrayDeque<>();
  private final Map<ResourceKey, Written> written = new TreeMap<>();
  private boolean settled = true;

  /** What a plan begins with; nothing of it changes. */
  public record Live(
      Map<Kind, Reconciler> reconcilers,
      TableCompiler compiler,
      Observations observations,
      Set<ResourceKey> pending) {}

  /** The first and the last state of a resource that was written. */
  private record Written(boolean asked, @Nullable Resource before, @Nullable Resource after) {}

  /** A planner whose writes go to {@code store}, which holds what the live compiler knows of. */
  public Planner(Live live, OverlayStore store) {
    this.store = store;
    this.reconcilers = live.reconcilers();
    this.live = live.compiler();
    this.compiler = live.compiler().fork();
    this.world = new ImaginedWorld(live.observations(), compiler);
    this.executor = new PlanExecutor(store, world, world, world.sources());
    this.queue = new LinkedHashSet<>(live.pending());
  }

  /** Carries out the mutation and what follows from it. */
  public <T> Planned<T> plan(Function<? super ResourceStore, ? extends T> mutation) {
    try (ResourceStore.Watch _ = store.watch(events::add)) {
      settle();
      written.clear();
      Map<String, Optional<VirtualHost>> hosts = new HashMap<>();
      compiler.touchedHosts().forEach(host -> hosts.put(host, compiler.host(host)));
      Map<RevisionId, Optional<RevisionEndpoints>> revisions = new HashMap<>();
      compiler.touchedRevisions().forEach(id -> revisions.put(id, compiler.revision(id)));
      Map<ChannelId, Optional<EventChannel>> channels = new HashMap<>();
      compiler.touchedChannels().forEach(id -> channels.put(id, compiler.channel(id)));
      T answer = mutation.apply(store);
      takeEvents(true);
      settle();
      return new Planned<>(answer, changes(), difference(hosts, revisions, channels), settled);
    }
  }

  private void settle() {
    Map<ResourceKey, Integer> plans = new HashMap<>();
    while (true) {
      takeEvents(false);
      if (!queue.isEmpty()) {
        ResourceKey key = queue.iterator().next();
        queue.remove(key);
        if (plans.merge(key, 1, Integer::sum) <= MAX_PLANS) {
          reconcile(key);
        } else {
          settled = false;
        }
      } else if (compiler.isDirty()) {
        queue.addAll(store.read(compiler::compile).touched());
      } else if (!later.isEmpty()) {
        queue.addAll(later);
        later.clear();
      } else {
        return;
      }
    }
  }

  private void takeEvents(boolean asked) {
    ChangeEvent event;
    while ((event = events.poll()) != null) {
      ChangeEvent seen = event;
      written.merge(
          seen.resource().key(),
          new Written(asked, seen.before(), seen.after()),
          (first, next) -> new Written(first.asked(), first.before(), next.after()));
      compiler.changed(seen);
      queue.addAll(store.read(view -> Affected.by(seen, view)));
    }
  }

  private void reconcile(ResourceKey key) {
    Reconciler reconciler = reconcilers.get(key.kind());
    if (reconciler == null) {
      return;
    }
    Plan plan =
        store.read(view ->
            view.get(key)
                .map(resource -> reconciler.plan(resource, view, world))
                .orElseGet(() -> reconciler.gone(key, view, world)));
    switch (executor.execute(plan)) {
      case PlanExecutor.Result.Done done -> {
        if (done.requeueAfter() != null) {
          later.add(key);
        }
      }
      case PlanExecutor.Result.Stale _ -> later.add(key);
    }
  }

  private List<PlannedChange> changes() {
    List<PlannedChange> changes = new ArrayList<>();
    for (Written each : written.values()) {
      if (!PlannedChange.same(each.before(), each.after())) {
        changes.add(new PlannedChange(each.asked(), each.before(), each.after()));
      }
    }
    return changes;
  }

  private TableDiff difference(
      Map<String, Optional<VirtualHost>> hosts,
      Map<RevisionId, Optional<RevisionEndpoints>> revisions,
      Map<ChannelId, Optional<EventChannel>> channels) {
    return new TableDiff(
        differences(compiler.touchedHosts(), hosts, live::host, compiler::host),
        differences(compiler.touchedRevisions(), revisions, live::revision, compiler::revision),
        differences(compiler.touchedChannels(), channels, live::channel, compiler::channel));
  }

  /** What differs of the touched names, which stood as in {@code known} or, not in it, as live. */
  private static <K, V> List<Difference<V>> differences(
      Set<K> touched,
      Map<K, Optional<V>> known,
      Function<K, Optional<V>> live,
      Function<K, Optional<V>> planned) {
    List<Difference<V>> differences = new ArrayList<>();
    for (K name : new TreeSet<>(touched)) {
      V before = known.getOrDefault(name, live.apply(name)).orElse(null);
      V after = planned.apply(name).orElse(null);
      if (!Objects.equals(before, after)) {
        differences.add(new Difference<>(before, after));
      }
    }
    return differences;
  }
}
