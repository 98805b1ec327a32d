package io.leat.control.kubernetes;

import io.leat.control.ControlLoop;
import io.leat.control.Families;
import io.leat.control.reconcile.Reconciler;
import io.leat.control.resource.Kind;
import io.leat.control.runtime.RevisionRuntime;
import io.leat.control.store.Labels;
import io.leat.control.store.ResourceStore;
import io.leat.proxy.balance.Draw;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.telemetry.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a Kubernetes API server, and what a Leat needs of it: a store, a runtime, and the
 * right to write.
 *
 * <p>Opened, followed and closed by the thread that starts and stops Leat.
 */
public final class Kubernetes implements AutoCloseable {

  /** What users write and Leat makes of it, and the Services that Subscriptions may name. */
  private static final List<Kind> WHOLE =
      List.of(
          Kind.SERVICE,
          Kind.CONFIGURATION,
          Kind.REVISION,
          Kind.ROUTE,
          Kind.DOMAIN_MAPPING,
          Kind.CHANNEL,
          Kind.SUBSCRIPTION,
          Kind.SOURCE,
          Kind.PROVISIONER,
          Kind.EVENT_TYPE,
          Kind.SUBSCRIPTION_SET,
          Kind.MESSAGING_CHANNEL,
          Kind.IN_MEMORY_CHANNEL,
          Kind.MESSAGING_SUBSCRIPTION,
          Kind.CORE_SERVICE);

  private static final List<Kind> OF_REVISIONS = List.of(Kind.ENDPOINT_SLICE, Kind.DEPLOYMENT);
  private static final String LEASE = "leat";

  private final ApiClient api;
  private final ScheduledExecutorService worker;
  private final KubernetesStore store;
  private final KubernetesRevisions runtime;
  private final Leadership leadership;
  private final List<Reflector> reflectors = new ArrayList<>();
  private final CompletableFuture<ControlLoop> loop = new CompletableFuture<>();

  /**
   * Which server, and what of it.
   *
   * @param kubeconfig null for the one that the environment or the pod's service account names
   * @param namespaces those that are served; empty for all
   * @param identity names this process among those that may lead; no two have the same
   */
  public record Settings(@Nullable Path kubeconfig, List<String> namespaces, String identity) {
    /** Copies the list. */
    public Settings {
      namespaces = List.copyOf(namespaces);
    }
  }

  /** Clocks and chance. */
  public record Time(InstantSource clock, Ticker ticker, Draw draw) {}

  /**
   * Connects and begins to mirror; {@link #awaitMirror} says when reads mean something.
   *
   * @param messages takes lines for a person
   * @throws ApiUnavailableException when no server is named
   */
  public static Kubernetes open(Settings settings, Time time, Consumer<String> messages) {
    return new Kubernetes(ApiClient.connect(settings.kubeconfig()), settings, time, messages);
  }

  private Kubernetes(ApiClient api, Settings settings, Time time, Consumer<String> messages) {
    this.api = api;
    this.worker =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("leat-kubernetes").factory());
    Mirror mirror = new Mirror(ResourceStore.DEFAULT_RETAINED_EVENTS);
    this.store = new KubernetesStore(api, mirror, time.clock());
    List<String> namespaces = settings.namespaces();
    this.leadership =
        new Leadership(
            api,
            new Leadership.Candidate(
                namespaces.isEmpty() ? api.namespace() : namespaces.getFirst(),
                LEASE,
                settings.identity()),
            time.ticker(),
            time.clock(),
            this::turned);
    this.runtime =
        new KubernetesRevisions(
            api, store, leadership::leading, revision -> scale(revision, 1), worker);
    Reflector.Ports ports =
        new Reflector.Ports(
            api, mirror, new Reports(api, leadership::leading, worker, messages), time.draw());
    if (namespaces.isEmpty()) {
      mirror(null, ports);
    } else {
      namespaces.forEach(namespace -> mirror(namespace, ports));
    }
    reflectors.forEach(Reflector::start);
  }

  private void mirror(@Nullable String namespace, Reflector.Ports ports) {
    for (Kind kind : WHOLE) {
      reflectors.add(new Reflector(new Reflector.Collection(kind, namespace, ""), ports));
    }
    for (Kind kind : OF_REVISIONS) {
      reflectors.add(
          new Reflector(new Reflector.Collection(kind, namespace, Labels.REVISION), ports));
    }
  }

  /**
   * Waits until every collection was read once.
   *
   * @throws ApiUnavailableException when that takes longer than {@code most}, with the reason
   */
  public void awaitMirror(Duration most) {
    CompletableFuture<?>[] all =
        reflectors.stream().map(Reflector::listed).toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(all).get(most.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException late) {
      String problem =
          reflectors.stream()
              .map(Reflector::problem)
              .filter(text -> !text.isEmpty())
              .findFirst()
              .orElse("it is slow");
      throw new ApiUnavailableException(
          "nothing can be read from the API server at " + api.url() + ": " + problem, late);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiUnavailableException("interrupted", e);
    }
  }

  /** The server's resources. */
  public ResourceStore store() {
    return store;
  }

  /** Revisions as Deployments. */
  public RevisionRuntime runtime() {
    return runtime;
  }

  /** The same families, which write only while this Leat leads. */
  public Families led(Families families) {
    List<Reconciler> reconcilers = new ArrayList<>();
    for (Reconciler reconciler : families.reconcilers()) {
      reconcilers.add(new LedReconciler(reconciler, leadership::leading, leadership::holds));
    }
    return new Families(reconcilers, families.contributors(), families.revisions());
  }

  /** Stands for election; a loop that begins to lead, or leads no more, looks at all again. */
  public void follow(ControlLoop control) {
    loop.complete(control);
    leadership.start();
  }

  private void scale(RevisionId revision, int instances) {
    var _ = loop.thenAccept(control -> control.scale(revision, instances));
  }

  /** Requests wait here for a revision without instances. */
  public void wake(RevisionId revision) {
    runtime.wake(revision);
  }

  private void turned() {
    if (leadership.leading()) {
      runtime.elected();
    }
    var _ = loop.thenAccept(ControlLoop::resync);
  }

  /** Whether this Leat may write now. */
  public boolean leading() {
    return leadership.leading();
  }

  /** Whether this Leat led last, as far as it has heard; on while the server is silent. */
  public boolean holds() {
    return leadership.holds();
  }

  /** Gives up the lead and the connection; what was read stays readable. */
  @Override
  public void close() {
    leadership.close();
    reflectors.forEach(Reflector::close);
    runtime.close();
    worker.shutdownNow();
    api.close();
  }
}
