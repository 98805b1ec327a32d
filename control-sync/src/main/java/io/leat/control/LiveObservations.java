package io.leat.control;

import io.leat.activator.scale.ScaleSettings;
import io.leat.control.compile.TableCompiler;
import io.leat.control.publish.InFlight;
import io.leat.control.publish.TablePublisher;
import io.leat.control.reconcile.ChannelsObserved;
import io.leat.control.reconcile.Observations;
import io.leat.control.reconcile.PlanExecutor;
import io.leat.control.reconcile.SourceRuns;
import io.leat.control.resource.ResourceKey;
import io.leat.control.runtime.RevisionRuntime;
import io.leat.control.runtime.RuntimeObservation;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.telemetry.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The world as the running loop sees it.
 *
 * <p>Confined to the control thread.
 */
final class LiveObservations implements Observations {
  /**
   * How long after the acknowledgement a request may still be between reading the old router and
   * taking its slot, where no counter shows it.
   */
  private static final Duration SETTLE = Duration.ofMillis(20);

  private final RevisionRuntime runtime;
  private final PlanExecutor executor;
  private final TableCompiler compiler;
  private final TablePublisher publisher;
  private final Draining draining;
  private final TrafficHealth health;
  private final InstantSource clock;
  private final ChannelsObserved channels;
  private final SourceRuns sources;
  private final Map<RevisionId, Integer> desired = new HashMap<>();

  /** What decides how long to wait for requests that are under way. */
  static final class Draining {
    private final InFlight inFlight;
    private final Ticker ticker;
    private final Duration limit;
    private final Map<RevisionId, Wait> waits = new HashMap<>();

    private record Wait(Set<String> addresses, long since) {}

    Draining(InFlight inFlight, Ticker ticker, Duration limit) {
      this.inFlight = inFlight;
      this.ticker = ticker;
      this.limit = limit;
    }

    boolean isOver(RevisionId revision, Set<String> addresses) {
      Wait wait = waits.get(revision);
      if (wait == null || !wait.addresses().equals(addresses)) {
        wait = new Wait(Set.copyOf(addresses), ticker.nanos());
        waits.put(revision, wait);
      }
      long waited = ticker.nanos() - wait.since();
      return waited >= SETTLE.toNanos()
          && (inFlight.draining(revision) == 0 || waited >= limit.toNanos());
    }

    void forget(RevisionId revision) {
      waits.remove(revision);
    }
  }

  LiveObservations(ControlLoop.Ports ports, PlanExecutor executor, PublishSchedule publication) {
    ControlLoop.Time time = ports.time();
    this.runtime = ports.runtime();
    this.executor = executor;
    this.compiler = publication.compiler();
    this.publisher = publication.publisher();
    this.draining = new Draining(ports.inFlight(), time.ticker(), ports.drainLimit());
    this.health = new TrafficHealth(ports.traffic(), time.ticker());
    this.clock = time.clock();
    this.channels = ports.eventing().channels();
    this.sources = ports.eventing().sources();
  }

  @Override
  public Instant now() {
    return clock.instant();
  }

  @Override
  public ChannelsObserved channels() {
    return channels;
  }

  @Override
  public Optional<SourceRuns.Observed> source(ResourceKey source) {
    return sources.observe(source);
  }

  @Override
  public Optional<SourceRuns.SourceRun> ensuredSource(ResourceKey source) {
    return executor.ensuredSource(source);
  }

  @Override
  public Health health(String route, RevisionId revision, String window) {
    return health.of(route, revision, window);
  }

  @Override
  public RuntimeObservation runtime(RevisionId revision) {
    return runtime.observe(revision);
  }

  @Override
  public Optional<Ensured> ensured(RevisionId revision) {
    return executor.ensured(revision);
  }

  @Override
  public OptionalInt desired(RevisionId revision) {
    Integer instances = desired.get(revision);
    return instances == null ? OptionalInt.empty() : OptionalInt.of(instances);
  }

  @Override
  public Optional<ScaleSettings> scaleSettings(RevisionId revision) {
    return executor.scaleSettings(revision);
  }

  @Override
  public Publication publication(ResourceKey resource) {
    long since = compiler.version(resource);
    boolean live = since > 0 && publisher.acknowledged() >= since;
    String problem = compiler.problem(resource);
    return new Publication(
        compiler.hosts(resource),
        live && problem.isEmpty(),
        problem.isEmpty() ? publisher.refusal() : problem,
        compiler.lost(resource));
  }

  @Override
  public boolean drained(RevisionId revision, Set<String> addresses) {
    if (addresses.isEmpty()) {
      return true;
    }
    boolean isInUse =
        compiler.isDirty(revision)
            || compiler.sendsTo(revision, addresses)
            || (publisher.acknowledged() >= 0
                && publisher.acknowledged() < compiler.version(revision));
    if (isInUse) {
      draining.forget(revision);
      return false;
    }
    return draining.isOver(revision, addresses);
  }

  void desire(RevisionId revision, int instances) {
    desired.put(revision, instances);
  }

  void forget(RevisionId revision) {
    desired.remove(revision);
    draining.forget(revision);
    health.forget(revision);
  }
}
