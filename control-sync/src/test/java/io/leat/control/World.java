package io.leat.control;

import io.leat.activator.scale.ScaleSettings;
import io.leat.control.plan.Planned;
import io.leat.control.reconcile.Plan;
import io.leat.control.reconcile.RevisionTraffic;
import io.leat.control.reconcile.ScaleConfigurator;
import io.leat.control.resource.Condition;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Problem;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Status;
import io.leat.control.serving.Platform;
import io.leat.control.serving.ServingConfig;
import io.leat.control.store.Author;
import io.leat.control.store.MemoryStore;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.ResourceView;
import io.leat.control.store.StoreOutcome;
import io.leat.proxy.balance.Draw;
import io.leat.proxy.table.RevisionId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A whole control plane on the test's thread: fake runtime, fake scaler, one proxy. */
public final class World {
  /** Suffixes of hosts in this world. */
  public static final ServingConfig CONFIG =
      ServingConfig.standalone("localhost", 8080, 8443, Path.of("/srv"));

  final ManualTime time;
  final FakeRuntime runtime = new FakeRuntime();
  final TableMirror proxy = new TableMirror("proxy");
  final Map<RevisionId, ScaleSettings> scale = new HashMap<>();
  final Map<RevisionId, Integer> inFlight = new HashMap<>();
  final Map<RevisionId, RevisionTraffic.Counts> traffic = new HashMap<>();
  final ResourceStore store;
  private final ControlLoop.Eventing eventing;
  final ControlLoop loop;

  /** An empty one. */
  public World() {
    this(Families.serving(CONFIG));
  }

  /** An empty one with other families. */
  public World(Families families) {
    this(families, new ManualTime(), null, ControlLoop.Eventing.NONE);
  }

  /** One of every family, over fakes of what delivers and supplies events. */
  public World(ControlLoop.Eventing eventing) {
    this(Families.all(CONFIG, Platform.LOCAL), new ManualTime(), null, eventing);
  }

  /** One over a store, with a time of its own. */
  public World(ResourceStore existing, Families families) {
    this(families, new ManualTime(), existing, ControlLoop.Eventing.NONE);
  }

  private World(
      Families families,
      ManualTime time,
      @Nullable ResourceStore stored,
      ControlLoop.Eventing eventing) {
    this.eventing = eventing;
    this.time = time;
    AtomicInteger uids = new AtomicInteger();
    store =
        stored != null
            ? stored
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
                Duration.ofSeconds(300),
                (route, revision) -> traffic.getOrDefault(revision, RevisionTraffic.Counts.NONE),
                eventing),
            families);
    loop.connect(proxy);
    time.run();
  }

  /** This process dies; another begins with what is stored, and nothing runs. */
  public World restarted(Families families) {
    loop.close();
    return new World(families, time, store, eventing);
  }

  /** Lets time pass. */
  public void pass(Duration duration) {
    time.advance(duration);
  }

  /** Writes a resource as somebody who uses the API. */
  public void write(Resource resource) {
    StoreOutcome outcome =
        resource.metadata().resourceVersion() == 0
            ? store.create(resource, new Author("test", ""))
            : store.update(resource, new Author("test", ""));
    if (!outcome.succeeded()) {
      throw new AssertionError("not written: " + outcome);
    }
  }

  /** Sets or, with null, takes away an annotation. */
  public void annotate(Kind kind, String name, String key, @Nullable String value) {
    Resource resource = get(kind, name);
    Map<String, String> annotations = new HashMap<>(resource.metadata().annotations());
    if (value == null) {
      annotations.remove(key);
    } else {
      annotations.put(key, value);
    }
    write(resource.withMetadata(resource.metadata().withAnnotations(annotations)));
  }

  /** So many more answers of a revision, some of them errors. */
  public void answered(String revision, long requests, long errors) {
    RevisionTraffic.Counts before = traffic.getOrDefault(id(revision), RevisionTraffic.Counts.NONE);
    traffic.put(
        id(revision),
        new RevisionTraffic.Counts(
            before.requests() + requests, before.errors() + errors, before.durations()));
  }

  /** What the proxy is told. */
  public TableMirror proxy() {
    return proxy;
  }

  /** What runs. */
  public FakeRuntime runtime() {
    return runtime;
  }

  /** What the autoscaler was told. */
  public Map<RevisionId, ScaleSettings> scale() {
    return scale;
  }

  /** The loop. */
  public ControlLoop loop() {
    return loop;
  }

  /** What is stored. */
  public ResourceStore store() {
    return store;
  }

  /** Applies manifests and lets everything that follows happen. */
  public List<Problem> apply(Resource... manifests) {
    List<Problem> problems = new ArrayList<>();
    var _ = loop.applyManifests(List.of(manifests)).thenAccept(problems::addAll);
    settle();
    return problems;
  }

  /** What a mutation would lead to. */
  public <T> Planned<T> rehearse(Function<? super ResourceStore, ? extends T> mutation) {
    CompletableFuture<Planned<T>> answer =
        loop.rehearse(() -> Instant.ofEpochSecond(0, time.nanos()), mutation);
    time.run();
    return answer.join();
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
