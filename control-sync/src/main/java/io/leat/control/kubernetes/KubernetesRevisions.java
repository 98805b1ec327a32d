package io.leat.control.kubernetes;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import io.leat.control.runtime.InstanceTemplate;
import io.leat.control.runtime.RevisionRuntime;
import io.leat.control.runtime.RuntimeObservation;
import io.leat.control.runtime.RuntimeObservation.Instance;
import io.leat.control.store.Author;
import io.leat.control.store.ChangeEvent;
import io.leat.control.store.Labels;
import io.leat.control.store.References;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.StoreOutcome;
import io.leat.control.store.Write;
import io.leat.proxy.table.RevisionId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs revisions as Deployments, scaled through their {@code /scale}; what is ready is read from
 * EndpointSlices.
 *
 * <p>Every instance remembers what was asked for; only the one that leads acts on it, on one thread
 * of its own. A Deployment that somebody else scaled is brought back. Nothing is stopped when Leat
 * ends: pods outlive it.
 */
final class KubernetesRevisions implements RevisionRuntime {
  private static final Logger LOG = LoggerFactory.getLogger(KubernetesRevisions.class);
  private static final long RETRY_MILLIS = 1_000;

  private final ApiClient api;
  private final ResourceStore store;
  private final BooleanSupplier leading;
  private final Consumer<RevisionId> woken;
  private final ScheduledExecutorService worker;
  private final ResourceStore.Watch watch;
  private final List<Consumer<RevisionId>> listeners = new CopyOnWriteArrayList<>();
  private final AtomicLong numbers = new AtomicLong();
  private final Map<RevisionId, Wish> wishes = new ConcurrentHashMap<>();
  private final Map<RevisionId, Applied> applied = new ConcurrentHashMap<>();
  private final Set<RevisionId> everReady = ConcurrentHashMap.newKeySet();

  /**
   * What was asked for.
   *
   * @param number tells wishes from each other, though they may be for the same
   * @param template null once the revision is to go
   */
  private record Wish(long number, @Nullable InstanceTemplate template, int instances) {}

  /**
   * What this Leat made of a Deployment last.
   *
   * @param wish the number of the wish that was carried out
   * @param version the Deployment's from then on: older news of it says nothing
   */
  private record Applied(long wish, long version) {}

  /**
   * A runtime over a store and its server.
   *
   * @param woken told where this Leat leads and another one needs a first instance
   * @param worker one thread
   */
  KubernetesRevisions(
      ApiClient api,
      ResourceStore store,
      BooleanSupplier leading,
      Consumer<RevisionId> woken,
      ScheduledExecutorService worker) {
    this.api = api;
    this.store = store;
    this.leading = leading;
    this.woken = woken;
    this.worker = worker;
    this.watch = store.watch(this::changed);
  }

  @Override
  public void ensure(RevisionId revision, InstanceTemplate template, int instances) {
    wishes.put(revision, new Wish(numbers.incrementAndGet(), template, instances));
    act(revision, 0);
  }

  @Override
  public void remove(RevisionId revision) {
    wishes.put(revision, new Wish(numbers.incrementAndGet(), null, 0));
    everReady.remove(revision);
    applied.remove(revision);
    act(revision, 0);
  }

  /**
   * Requests wait here for a revision without instances. Who does not lead may ask the server for
   * the first instance, and nothing else; who leads learns of that from the Deployment.
   */
  void wake(RevisionId revision) {
    if (leading.getAsBoolean()) {
      return;
    }
    try {
      worker.execute(() -> wakeOnce(revision));
    } catch (RejectedExecutionException ended) {
      LOG.debug("{} sleeps on: Leat ends", revision);
    }
  }

  private void wakeOnce(RevisionId revision) {
    Resource deployment = find(Deployments.deploymentOf(revision));
    if (deployment == null || Deployments.replicas(deployment) != 0 || leading.getAsBoolean()) {
      return;
    }
    try {
      var _ = scale(deployment, 1);
    } catch (IllegalStateException | ApiUnavailableException failed) {
      // The hold asks again within a second.
      LOG.warn("{} is not woken: {}", revision, failed.getMessage());
    }
  }

  /** This Leat leads from now on: what was asked for before is made so. */
  void elected() {
    // Another one led meanwhile: what this one did says nothing any more.
    applied.clear();
    wishes.keySet().forEach(revision -> act(revision, 0));
  }

  @Override
  public RuntimeObservation observe(RevisionId revision) {
    return store.read(view -> {
      List<Instance> instances = Pods.of(revision, view);
      boolean ready = instances.stream().anyMatch(one -> one.state() == Instance.State.READY);
      if (ready) {
        everReady.add(revision);
      }
      RuntimeObservation.Failure failure =
          ready
              ? null
              : view.get(Deployments.deploymentOf(revision)).map(Pods::failure).orElse(null);
      return new RuntimeObservation(instances, failure, everReady.contains(revision));
    });
  }

  @Override
  public void onChange(Consumer<RevisionId> listener) {
    listeners.add(listener);
  }

  private void changed(ChangeEvent event) {
    Resource resource = event.resource();
    String name = resource.metadata().labels().get(Labels.REVISION);
    if (name == null) {
      return;
    }
    RevisionId revision = new RevisionId(resource.metadata().namespace(), name);
    switch (resource.kind()) {
      case ENDPOINT_SLICE -> listeners.forEach(listener -> listener.accept(revision));
      case DEPLOYMENT -> {
        listeners.forEach(listener -> listener.accept(revision));
        act(revision, 0);
      }
      default -> {
        // No other kind tells how instances are.
      }
    }
  }

  private void act(RevisionId revision, long delay) {
    try {
      var _ = worker.schedule(() -> attempt(revision), delay, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException ended) {
      LOG.debug("{} stays as it is: Leat ends", revision);
    }
  }

  private void attempt(RevisionId revision) {
    Wish wish = wishes.get(revision);
    if (wish == null || !leading.getAsBoolean()) {
      return;
    }
    try {
      if (wish.template() == null) {
        delete(Deployments.deploymentOf(revision));
        delete(Deployments.serviceOf(revision));
        wishes.remove(revision, wish);
      } else {
        apply(revision, wish, wish.template());
      }
    } catch (ApiUnavailableException silent) {
      LOG.debug("{} is tried again", revision, silent);
      act(revision, RETRY_MILLIS);
    } catch (IllegalStateException refused) {
      LOG.warn("{} is tried again: {}", revision, refused.getMessage());
      act(revision, 10 * RETRY_MILLIS);
    }
  }

  private void apply(RevisionId revision, Wish wish, InstanceTemplate template) {
    ResourceKey key = new ResourceKey(Kind.REVISION, revision.namespace(), revision.name());
    Resource owner = find(key);
    if (owner == null
        || !(owner.spec() instanceof Spec.RevisionSpec spec)
        || spec.containers() == null
        || spec.containers().isEmpty()) {
      return;
    }
    Spec.Container container = spec.containers().getFirst();
    Resource deployment = find(Deployments.deploymentOf(revision));
    if (deployment == null) {
      create(owner, Deployments.deployment(owner, container, template, wish.instances()));
    } else if (References.controls(owner, deployment)) {
      rescale(revision, deployment, wish);
    }
    if (find(Deployments.serviceOf(revision)) == null) {
      create(owner, Deployments.service(owner, container));
    }
  }

  private @Nullable Resource find(ResourceKey key) {
    return store.read(view -> view.get(key)).orElse(null);
  }

  private void create(Resource owner, Resource wanted) {
    if (store.create(wanted) instanceof StoreOutcome.AlreadyExists exists
        && !References.controls(owner, exists.current())) {
      throw new IllegalStateException("there is a " + wanted.key() + " of somebody else");
    }
  }

  private void rescale(RevisionId revision, Resource deployment, Wish wish) {
    Applied last = applied.get(revision);
    long version = deployment.metadata().resourceVersion();
    if (last != null && version < last.version()) {
      return;
    }
    if (Deployments.replicas(deployment) == wish.instances()) {
      applied.put(revision, new Applied(wish.number(), version));
    } else if (wish.instances() == 0 && last != null && last.wish() == wish.number()) {
      // It was at zero by our own hand: another Leat has requests that wait.
      woken.accept(revision);
    } else {
      long scaled = scale(deployment, wish.instances());
      applied.put(revision, new Applied(wish.number(), scaled));
    }
  }

  /** Gives the version of the Deployment after that. */
  private long scale(Resource deployment, int instances) {
    String path = ApiPaths.of(deployment.key()) + "/scale?fieldManager=leat";
    String patch = "{\"spec\":{\"replicas\":" + instances + "}}";
    ApiClient.Answer answer = api.call("PATCH", path, ApiClient.MERGE_PATCH, patch);
    if (!answer.succeeded()) {
      throw new IllegalStateException(deployment.key() + " is not scaled: " + answer.message());
    }
    return answer.body().at("/metadata/resourceVersion").asLong(0);
  }

  private void delete(ResourceKey key) {
    Resource current = find(key);
    boolean ours =
        current != null
            && References.controllerReference(current)
                .map(owner -> owner.kind().equals(Kind.REVISION.kind()))
                .orElse(false);
    if (ours) {
      Write.Delete delete = new Write.Delete(key, 0, "", Write.Propagation.BACKGROUND);
      var _ = store.delete(delete, Author.LEAT);
    }
  }

  /** Looks no longer; what runs goes on. */
  @Override
  public void close() {
    watch.close();
  }
}
