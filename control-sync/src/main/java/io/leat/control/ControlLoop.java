package io.leat.control;

import io.leat.activator.scale.ScaleTarget;
import io.leat.control.compile.TableCompiler;
import io.leat.control.plan.Planned;
import io.leat.control.plan.Planner;
import io.leat.control.plan.Rehearsal;
import io.leat.control.plan.TableEntries;
import io.leat.control.publish.InFlight;
import io.leat.control.publish.TableSink;
import io.leat.control.reconcile.Affected;
import io.leat.control.reconcile.ChannelsObserved;
import io.leat.control.reconcile.ControlScheduler;
import io.leat.control.reconcile.Plan;
import io.leat.control.reconcile.PlanExecutor;
import io.leat.control.reconcile.ReconcileCounters;
import io.leat.control.reconcile.ReconcileCounters.Outcome;
import io.leat.control.reconcile.Reconciler;
import io.leat.control.reconcile.RevisionTraffic;
import io.leat.control.reconcile.ScaleConfigurator;
import io.leat.control.reconcile.SourceRuns;
import io.leat.control.reconcile.WorkQueue;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Problem;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.runtime.RevisionRuntime;
import io.leat.control.store.ChangeEvent;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.overlay.OverlayStore;
import io.leat.proxy.balance.Draw;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.VirtualHost;
import io.leat.proxy.telemetry.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the way of one change on one control thread: store, plans, table, proxies.
 *
 * <p>Any thread may call the public methods; they hand over and return. All else is confined to the
 * control thread. The loop settles everything that a change sets off before it compiles, so that a
 * change reaches the proxies as one update.
 */
public final class ControlLoop implements ScaleTarget, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlLoop.class);
  private static final Duration REHEARSAL = Duration.ofSeconds(30);

  private final Ports ports;
  private final Map<Kind, Reconciler> reconcilers = new EnumMap<>(Kind.class);
  private final WorkQueue queue;
  private final Queue<ChangeEvent> events = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean awake = new AtomicBoolean();
  private final PlanExecutor executor;
  private final PublishSchedule publication;
  private final LiveObservations observations;
  private final ManifestSync manifests;
  private final ReconcileCounters counters = new ReconcileCounters();
  private final ResourceStore.Watch watch;
  private final List<CompletableFuture<Void>> waiting = new ArrayList<>();
  private volatile boolean closed;

  /**
   * What the loop works with.
   *
   * @param drainLimit how long an instance that takes no new requests is kept for those it has
   * @param traffic what rollouts are judged by
   * @param eventing what delivers events and what supplies them
   */
  public record Ports(
      ResourceStore store,
      RevisionRuntime runtime,
      ScaleConfigurator scaler,
      InFlight inFlight,
      Time time,
      Duration drainLimit,
      RevisionTraffic traffic,
      Eventing eventing) {

    /** Ports of a loop without a data plane of Channels. */
    public Ports(
        ResourceStore store,
        RevisionRuntime runtime,
        ScaleConfigurator scaler,
        InFlight inFlight,
        Time time,
        Duration drainLimit,
        RevisionTraffic traffic) {
      this(store, runtime, scaler, inFlight, time, drainLimit, traffic, Eventing.NONE);
    }

    /** Ports of a loop that judges no rollout. */
    public Ports(
        ResourceStore store,
        RevisionRuntime runtime,
        ScaleConfigurator scaler,
        InFlight inFlight,
        Time time,
        Duration drainLimit) {
      this(store, runtime, scaler, inFlight, time, drainLimit, RevisionTraffic.NONE);
    }
  }

  /** What delivers the events of Channels, and what runs Sources. */
  public record Eventing(ChannelsObserved channels, SourceRuns sources) {
    /** Neither is there. */
    public static final Eventing NONE = new Eventing(ChannelsObserved.UNKNOWN, SourceRuns.NONE);
  }

  /**
   * The control thread, its clocks, and the jitter of its pauses.
   *
   * @param clock the time of day, for what outlives the process
   */
  public record Time(ControlScheduler scheduler, Ticker ticker, Draw draw, InstantSource clock) {

    /** A time of day that goes with the ticker. */
    public Time(ControlScheduler scheduler, Ticker ticker, Draw draw) {
      this(scheduler, ticker, draw, () -> Instant.ofEpochSecond(0, ticker.nanos()));
    }
  }

  /**
   * A loop over what the store holds already; it begins at once, on the control thread.
   *
   * <p>Before anything is planned, the table that the store asks for is published: what the status
   * of a resource says of proxies then holds again after a restart, and is not written anew.
   */
  public ControlLoop(Ports ports, Families families) {
    this(ports, families, List.of());
  }

  /** A loop whose first table goes to {@code proxies}. */
  public ControlLoop(Ports ports, Families families, List<TableSink> proxies) {
    this.ports = ports;
    Time time = ports.time();
    for (Reconciler reconciler : families.reconcilers()) {
      reconcilers.put(reconciler.kind(), reconciler);
    }
    TableCompiler compiler = new TableCompiler(families.contributors(), families.revisions());
    this.queue = new WorkQueue(time.ticker(), time.draw(), time.scheduler(), this::wake);
    this.publication = new PublishSchedule(compiler, ports.store(), time, queue::add, this::wake);
    this.executor =
        new PlanExecutor(
            ports.store(), ports.runtime(), ports.scaler(), ports.eventing().sources());
    this.observations = new LiveObservations(ports, executor, publication);
    this.manifests = new ManifestSync(ports.store());
    this.watch = ports.store().watch(this::changed);
    ports.runtime().onChange(revision -> onControl(() -> queue.add(key(revision))));
    ports.eventing().channels().onChange(id -> onControl(() -> channelChanged(id)));
    ports.eventing().sources().onChange(source -> onControl(() -> queue.add(source)));
    List<TableSink> first = List.copyOf(proxies);
    onControl(() -> {
      first.forEach(publication::connect);
      readAll();
    });
  }

  /**
   * Makes the store hold exactly these resources of those that come from files. What stands in the
   * way of a resource is reported, and that resource stays as it was.
   */
  public CompletableFuture<List<Problem>> applyManifests(List<Resource> resources) {
    CompletableFuture<List<Problem>> answer = new CompletableFuture<>();
    List<Resource> copy = List.copyOf(resources);
    onControl(() -> {
      try {
        answer.complete(manifests.apply(copy));
      } catch (RuntimeException broken) {
        answer.completeExceptionally(broken);
        throw broken;
      }
    });
    return answer;
  }

  /** What would be done for a resource now; nothing is done. */
  public CompletableFuture<Plan> plan(ResourceKey key) {
    CompletableFuture<Plan> answer = new CompletableFuture<>();
    onControl(() -> {
      try {
        answer.complete(planOf(key));
      } catch (RuntimeException broken) {
        answer.completeExceptionally(broken);
        throw broken;
      }
    });
    return answer;
  }

  /**
   * What a mutation would lead to, in the store and in the table, supposing that new revisions
   * become ready; nothing is done. The mutation sees a store of its own, on the control thread.
   */
  public <T> CompletableFuture<Planned<T>> rehearse(
      InstantSource clock, Function<? super ResourceStore, ? extends T> mutation) {
    return askControl(() -> {
      try (OverlayStore copy = OverlayStore.over(ports.store(), clock)) {
        // Afterwards all that the copy holds is compiled, marked or queued.
        takeEvents();
        Planner.Live live =
            new Planner.Live(reconcilers, publication.compiler(), observations, queue.waiting());
        return new Planner(live, copy).plan(mutation);
      }
    });
  }

  /** The same as a port, for callers that wait. */
  public Rehearsal rehearsal(InstantSource clock) {
    return new Rehearsal() {
      @Override
      public <T> Planned<T> of(Function<? super ResourceStore, ? extends T> mutation) {
        CompletableFuture<Planned<T>> answer = rehearse(clock, mutation);
        return answer.orTimeout(REHEARSAL.toSeconds(), TimeUnit.SECONDS).join();
      }
    };
  }

  /** The hosts that a resource has brought into the newest table, or the rules that lead to it. */
  public CompletableFuture<List<VirtualHost>> tableEntries(ResourceKey key) {
    return askControl(
        () -> ports.store().read(view -> TableEntries.of(key, view, publication.compiler())));
  }

  /** Completes once nothing is left to plan or to publish of what was known when it was called. */
  public CompletableFuture<Void> settled() {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    onControl(() -> waiting.add(answer));
    return answer;
  }

  /** Plans for everything again, because what may be done has changed though no resource has. */
  public void resync() {
    onControl(this::readAll);
  }

  /** Adds a proxy: it gets the table as it is, then every change. */
  public void connect(TableSink sink) {
    onControl(() -> publication.connect(sink));
  }

  /** Forgets a proxy. */
  public void disconnect(String name) {
    onControl(() -> publication.disconnect(name));
  }

  @Override
  public void scale(RevisionId revision, int instances) {
    onControl(() -> {
      observations.desire(revision, instances);
      queue.add(key(revision));
    });
  }

  /** How many plans were made, and what became of them. */
  public ReconcileCounters counters() {
    return counters;
  }

  /** The newest table and who serves it; read from any thread. */
  public PublishSchedule.State published() {
    return publication.state();
  }

  /** Stops to look; instances keep running and proxies keep what they have. */
  @Override
  public void close() {
    closed = true;
    watch.close();
  }

  private void changed(ChangeEvent event) {
    events.add(event);
    wake();
  }

  private void wake() {
    if (awake.compareAndSet(false, true)) {
      ports.time().scheduler().execute(this::run);
    }
  }

  /** The data plane is elsewhere with a Channel, which concerns its Subscriptions as well. */
  private void channelChanged(ChannelId id) {
    for (Kind kind : Kind.values()) {
      if (kind.isChannel()) {
        ResourceKey key = new ResourceKey(kind, id.namespace(), id.name());
        queue.add(key);
        ports.store().<List<Resource>>read(view -> view.referencing(key)).stream()
            .map(Resource::key)
            .forEach(queue::add);
      }
    }
  }

  private <T> CompletableFuture<T> askControl(Supplier<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    onControl(() -> {
      try {
        answer.complete(question.get());
      } catch (RuntimeException broken) {
        answer.completeExceptionally(broken);
        throw broken;
      }
    });
    return answer;
  }

  private void onControl(Runnable task) {
    ports
        .time()
        .scheduler()
        .execute(() -> {
          try {
            task.run();
          } catch (RuntimeException broken) {
            LOG.error("a control task failed", broken);
          }
          wake();
        });
  }

  private void readAll() {
    for (Kind kind : Kind.values()) {
      for (Resource resource : ports.store().read(view -> view.list(kind))) {
        publication.compiler().mark(resource);
        queue.add(resource.key());
      }
    }
    takeEvents();
    publication.publish();
  }

  private void run() {
    awake.set(false);
    while (!closed) {
      takeEvents();
      ResourceKey key = queue.poll();
      if (key != null) {
        reconcile(key);
        if (publication.isOverdue()) {
          takeEvents();
          publication.publish();
        }
      } else if (!publication.publishIfDue()) {
        tellSettled();
        return;
      }
    }
  }

  private void tellSettled() {
    // A table that only waits for its moment is still to come.
    if (!publication.compiler().isDirty()) {
      waiting.forEach(answer -> answer.complete(null));
      waiting.clear();
    }
  }

  private void takeEvents() {
    ChangeEvent event;
    while ((event = events.poll()) != null) {
      ChangeEvent seen = event;
      publication.compiler().changed(seen);
      ports.store().read(view -> Affected.by(seen, view)).forEach(queue::add);
    }
  }

  private Plan planOf(ResourceKey key) {
    Reconciler reconciler = reconcilers.get(key.kind());
    if (reconciler == null) {
      return Plan.EMPTY;
    }
    return ports
        .store()
        .read(view ->
            view.get(key)
                .map(resource -> reconciler.plan(resource, view, observations))
                .orElseGet(() -> reconciler.gone(key, view, observations)));
  }

  private void reconcile(ResourceKey key) {
    try {
      Plan plan = planOf(key);
      switch (executor.execute(plan)) {
        case PlanExecutor.Result.Done done -> {
          counters.count(key.kind(), plan.isEmpty() ? Outcome.SETTLED : Outcome.CHANGED);
          queue.succeeded(key);
          forgetIfGone(key, plan);
          if (done.requeueAfter() != null) {
            queue.addAfter(key, done.requeueAfter());
          }
        }
        case PlanExecutor.Result.Stale stale -> {
          counters.count(key.kind(), Outcome.STALE);
          LOG.debug("{} was written while {} was planned", stale.key(), key);
          queue.failed(key);
        }
      }
    } catch (RuntimeException broken) {
      counters.count(key.kind(), Outcome.FAILED);
      LOG.error("{} could not be reconciled and is tried again", key, broken);
      queue.failed(key);
    }
  }

  private void forgetIfGone(ResourceKey key, Plan plan) {
    boolean gone =
        key.kind() == Kind.REVISION
            && plan.isEmpty()
            && ports.store().read(view -> view.get(key)).isEmpty();
    if (gone) {
      observations.forget(new RevisionId(key.namespace(), key.name()));
    }
  }

  private static ResourceKey key(RevisionId revision) {
    return new ResourceKey(Kind.REVISION, revision.namespace(), revision.name());
  }
}
