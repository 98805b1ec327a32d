package io.leat.control;

import io.leat.activator.scale.ScaleSettings;
import io.leat.control.reconcile.Plan;
import io.leat.control.reconcile.ScaleConfigurator;
import io.leat.control.resource.Condition;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Problem;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Status;
import io.leat.control.serving.ServingConfig;
import io.leat.control.store.MemoryStore;
import io.leat.control.store.ResourceView;
import io.leat.proxy.balance.Draw;
import io.leat.proxy.table.RevisionId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A whole control plane on the test's thread: fake runtime, fake scaler, one proxy. */
public final class World {
  /** Suffixes of hosts in this world. */
  public static final ServingConfig CONFIG =
      ServingConfig.standalone("localhost", 8080, 8443, Path.of("/srv"));

  final ManualTime time = new ManualTime();
  final FakeRuntime runtime = new FakeRuntime();
  final TableMirror proxy = new TableMirror("proxy");
  final Map<RevisionId, ScaleSettings> scale = new HashMap<>();
  final Map<RevisionId, Integer> inFlight = new HashMap<>();
  final MemoryStore store;
  final ControlLoop loop;

  /** An empty one. */
  public World() {
    this(Families.serving(CONFIG));
  }

  /** An empty one with other families. */
  public World(Families families) {
    this(null, families);
  }

  /** One over a store; null for an empty one with this world's time. */
  public World(@Nullable MemoryStore existing, Families families) {
    AtomicInteger uids = new AtomicInteger();
    store =
        existing != null
            ? existing
            : new MemoryStore(
                () -> Instant.ofEpochSecond(0, time.nanos()),
                () -> "uid-" + uids.incrementAndGet());
    ScaleConfigurator scaler =
        new ScaleConfigurator() {
          @Override
          public void configure(RevisionId revision, ScaleSettings settings) {
            scale.put(revision, settings);
          }

          @Override
          public void remove(RevisionId revision) {
            scale.remove(revision);
          }
        };
    loop =
        new ControlLoop(
            new ControlLoop.Ports(
                store,
                runtime,
                scaler,
                revision -> inFlight.getOrDefault(revision, 0),
                new ControlLoop.Time(time, time, Draw.xorshift(1)),
                Duration.ofSeconds(300)),
            families);
    loop.connect(proxy);
    time.run();
  }

  /** Applies manifests and lets everything that follows happen. */
  public List<Problem> apply(Resource... manifests) {
    List<Problem> problems = new ArrayList<>();
    var _ = loop.applyManifests(List.of(manifests)).thenAccept(problems::addAll);
    settle();
    return problems;
  }

  /** Lets two seconds pass. */
  public void settle() {
    time.advance(Duration.ofSeconds(2));
  }

  /** Every resource of a kind. */
  public List<Resource> resources(Kind kind) {
    return store.read(view -> view.list(kind));
  }

  /** Reads what is stored. */
  public <T> T read(Function<? super ResourceView, ? extends T> reader) {
    return store.read(reader);
  }

  /** The hash of the newest table. */
  public long tableHash() {
    return loop.published().hash();
  }

  /** A resource that must exist. */
  public Resource get(Kind kind, String name) {
    ResourceKey key = new ResourceKey(kind, "default", name);
    return store.read(view -> view.get(key).orElseThrow(() -> new AssertionError("no " + key)));
  }

  /** Whether there is one. */
  public boolean has(Kind kind, String name) {
    return store.read(view -> view.get(new ResourceKey(kind, "default", name)).isPresent());
  }

  /** {@code State/Reason} of a condition. */
  public String condition(Kind kind, String name, String type) {
    Status status = get(kind, name).status();
    Condition condition =
        status.condition(type).orElseThrow(() -> new AssertionError("no " + type + ": " + status));
    return condition.state().text() + "/" + condition.reason();
  }

  /** Resources for which there is something left to do. */
  public Map<ResourceKey, Plan> unsettled() {
    Map<ResourceKey, Plan> plans = new HashMap<>();
    for (Kind kind : Kind.values()) {
      for (Resource resource : store.<List<Resource>>read(view -> view.list(kind))) {
        var _ =
            loop.plan(resource.key())
                .thenAccept(plan -> {
                  if (!plan.isEmpty()) {
                    plans.put(resource.key(), plan);
                  }
                });
      }
    }
    time.run();
    return plans;
  }

  /** A revision's name in the table. */
  public static RevisionId id(String revision) {
    return new RevisionId("default", revision);
  }
}
