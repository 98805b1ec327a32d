package io.leat.bench.store;

import io.leat.activator.scale.ScaleSettings;
import io.leat.control.ControlLoop;
import io.leat.control.Families;
import io.leat.control.publish.ProxySink;
import io.leat.control.reconcile.ControlScheduler;
import io.leat.control.reconcile.ReconcileCounters.Outcome;
import io.leat.control.reconcile.ScaleConfigurator;
import io.leat.control.resource.Kind;
import io.leat.control.runtime.InstanceTemplate;
import io.leat.control.runtime.RevisionRuntime;
import io.leat.control.runtime.RuntimeObservation;
import io.leat.control.serving.ServingConfig;
import io.leat.control.store.ResourceStore;
import io.leat.proxy.balance.Draw;
import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.TableUpdate;
import io.leat.proxy.table.VirtualHost;
import io.leat.proxy.telemetry.MetricRows;
import io.leat.proxy.telemetry.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * The control plane and one live table over a store, without instances: every revision of the
 * samples runs elsewhere.
 *
 * <p>The control thread notes when an awaited assignment became live; any thread awaits.
 */
final class Plane implements AutoCloseable {
  private static final long SEED = 0x5eed_0123_4567_89abL;
  private static final Duration DRAIN = Duration.ofSeconds(30);
  private static final long MOST_MINUTES = 5;

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("control").factory());
  private final Map<String, Awaited> awaited = new ConcurrentHashMap<>();
  private final LiveTable table = new LiveTable(SEED, new MetricRows(), 2);
  private final ControlLoop loop;

  /** Somebody waits until a host's first target is a revision. */
  private record Awaited(String revision, Consumer<Long> done) {}

  Plane(ResourceStore store) {
    ProxySink sink = new ProxySink("bench", table, this::apply);
    this.loop =
        new ControlLoop(
            new ControlLoop.Ports(
                store,
                new Nothing(),
                new Unscaled(),
                sink,
                new ControlLoop.Time(
                    ControlScheduler.of(thread), Ticker.system(), Draw.xorshift(SEED)),
                DRAIN),
            Families.serving(ServingConfig.standalone("localhost", 8080, 8443, Path.of("/"))),
            List.of(sink));
  }

  private LiveTable.Outcome apply(TableUpdate update) {
    LiveTable.Outcome outcome = table.apply(update);
    long now = System.nanoTime();
    if (update instanceof TableUpdate.Delta delta) {
      delta.putHosts().forEach(host -> tell(host, now));
    }
    return outcome;
  }

  private void tell(VirtualHost host, long now) {
    Awaited waiting = awaited.get(host.host());
    if (waiting != null
        && host.entries().getFirst().action() instanceof RouteAction.Split split
        && split.split().targets().getFirst().revision().name().equals(waiting.revision())) {
      awaited.remove(host.host());
      waiting.done().accept(now);
    }
  }

  /** Calls {@code done} with the time, once a host's first target is a revision. */
  void await(String host, String revision, Consumer<Long> done) {
    awaited.put(host, new Awaited(revision, done));
  }

  /** How many changes were not seen yet. */
  int awaited() {
    return awaited.size();
  }

  /** How many plans were made so far. */
  long plans() {
    long plans = 0;
    for (Kind kind : Kind.values()) {
      for (Outcome outcome : Outcome.values()) {
        plans += loop.counters().total(kind, outcome);
      }
    }
    return plans;
  }

  ControlLoop loop() {
    return loop;
  }

  LiveTable table() {
    return table;
  }

  /** Waits until nothing is left to plan or to publish, and the table is live. */
  void settle() throws Exception {
    try {
      loop.settled().get(MOST_MINUTES, TimeUnit.MINUTES);
    } catch (TimeoutException e) {
      throw new IllegalStateException("the control plane did not settle", e);
    }
  }

  @Override
  public void close() {
    loop.close();
    thread.shutdownNow();
  }

  /** A runtime that is never asked for anything. */
  private static final class Nothing implements RevisionRuntime {
    @Override
    public void ensure(RevisionId revision, InstanceTemplate template, int instances) {
      throw new IllegalStateException("no sample has containers: " + revision);
    }

    @Override
    public void remove(RevisionId revision) {
      throw new IllegalStateException("nothing runs: " + revision);
    }

    @Override
    public RuntimeObservation observe(RevisionId revision) {
      return RuntimeObservation.NONE;
    }

    @Override
    public void onChange(Consumer<RevisionId> listener) {
      // Nothing changes by itself here.
    }

    @Override
    public void close() {
      // Nothing runs.
    }
  }

  /** An autoscaler that is never asked for anything. */
  private static final class Unscaled implements ScaleConfigurator {
    @Override
    public void configure(RevisionId revision, ScaleSettings settings) {
      throw new IllegalStateException("nothing is scaled: " + revision);
    }

    @Override
    public void remove(RevisionId revision) {
      throw new IllegalStateException("nothing is scaled: " + revision);
    }
  }
}
