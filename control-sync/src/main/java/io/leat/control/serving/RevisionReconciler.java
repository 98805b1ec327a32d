package io.leat.control.serving;

import io.leat.activator.scale.ScaleSettings;
import io.leat.control.reconcile.Change;
import io.leat.control.reconcile.Observations;
import io.leat.control.reconcile.Observations.Ensured;
import io.leat.control.reconcile.Plan;
import io.leat.control.reconcile.Reconciler;
import io.leat.control.resource.Condition;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Status;
import io.leat.control.runtime.InstanceTemplate;
import io.leat.control.runtime.RuntimeObservation;
import io.leat.control.runtime.RuntimeObservation.Instance;
import io.leat.control.store.Labels;
import io.leat.control.store.ResourceView;
import io.leat.proxy.table.Endpoint;
import io.leat.proxy.table.RevisionId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Runs a Revision's instances, shows the ready ones as EndpointSlices, and tells how it is.
 *
 * <p>Fewer instances come in two steps: first their endpoints are marked as terminating, and only
 * once no proxy uses them any more is the runtime asked to stop them.
 */
public final class RevisionReconciler implements Reconciler {
  private static final Duration DRAIN_POLL = Duration.ofMillis(20);

  private final ServingConfig config;
  private final Platform platform;
  private final InstanceTemplates templates;

  /** Fills in what annotations leave open from {@code config}. */
  public RevisionReconciler(ServingConfig config, Platform platform) {
    this.config = config;
    this.platform = platform;
    this.templates = new InstanceTemplates(config);
  }

  @Override
  public Kind kind() {
    return Kind.REVISION;
  }

  @Override
  public Plan plan(Resource revision, ResourceView view, Observations observations) {
    if (!(revision.spec() instanceof Spec.RevisionSpec spec)) {
      return Plan.EMPTY;
    }
    Plan.Builder plan = new Plan.Builder();
    List<String> routes = routesTo(revision, view);
    boolean reachable = !routes.isEmpty();
    String state = reachable ? "active" : isPending(revision, view) ? "pending" : "reserve";
    plan.replace(revision, RoutingState.of(revision, state, routes, observations.now()));
    List<Spec.Container> containers = spec.containers();
    if (containers == null || containers.isEmpty()) {
      return plan.status(revision, external(revision, view)).build();
    }
    String problem = platform.problem(containers);
    if (!problem.isEmpty()) {
      return plan.status(
              revision, status(revision, RevisionConditions.unsupported(problem), null, null))
          .build();
    }
    run(revision, spec, containers.getFirst(), new Inputs(view, observations, reachable), plan);
    return plan.build();
  }

  @Override
  public Plan gone(ResourceKey key, ResourceView view, Observations observations) {
    RevisionId id = new RevisionId(key.namespace(), key.name());
    boolean known =
        observations.ensured(id).isPresent() || observations.scaleSettings(id).isPresent();
    return known ? retire(id, observations, new Plan.Builder()).build() : Plan.EMPTY;
  }

  /** What a plan reads beside the revision itself. */
  private record Inputs(ResourceView view, Observations observations, boolean reachable) {}

  private void run(
      Resource revision,
      Spec.RevisionSpec spec,
      Spec.Container container,
      Inputs inputs,
      Plan.Builder plan) {
    RevisionId id = id(revision);
    Observations observations = inputs.observations();
    InstanceTemplate template = templates.of(revision, spec, container);
    Optional<Ensured> ensured = observations.ensured(id);
    if (ensured.isPresent() && !ensured.get().template().equals(template)) {
      // A revision of this name was deleted and made again before its instances were stopped.
      retire(id, observations, plan);
      return;
    }
    ScaleSettings settings = Autoscaling.settings(revision, config, inputs.reachable());
    RuntimeObservation observed = observations.runtime(id);
    boolean everReady =
        observed.everReady()
            || settings.initialScale() == 0
            || revision.status().isTrue(Conditions.READY);
    int wanted = wanted(revision, settings, everReady, inputs);
    List<Instance> leaving = leaving(observed, wanted);
    if (platform == Platform.LOCAL) {
      EndpointSlices.plan(
          revision,
          InstanceTemplates.portName(container),
          Instances.endpoints(observed, leaving),
          inputs.view(),
          plan);
    }
    Optional<ScaleSettings> told = observations.scaleSettings(id);
    ScaleSettings tell =
        Autoscaling.afterStart(
            settings, Instances.ready(observed), told, revision.status().isTrue(Conditions.READY));
    if (!told.equals(Optional.of(tell))) {
      plan.add(new Change.ConfigureScale(id, tell));
    }
    int asked = ensured.map(Ensured::instances).orElse(-1);
    if (asked != wanted) {
      if (observations.drained(id, Instances.addresses(leaving))) {
        plan.add(new Change.EnsureInstances(id, template, wanted));
      } else {
        plan.add(new Change.Requeue(DRAIN_POLL));
      }
    }
    int ready = Instances.ready(observed) - Instances.readyOf(leaving);
    List<Condition> conditions =
        RevisionConditions.of(
            revision.status(), observed, new RevisionConditions.Scale(ready, wanted, everReady));
    plan.status(revision, status(revision, conditions, ready, wanted));
  }

  /** Kubernetes chooses who leaves, unless all do. */
  private List<Instance> leaving(RuntimeObservation observed, int wanted) {
    return platform == Platform.KUBERNETES && wanted > 0
        ? List.of()
        : Instances.leaving(observed, wanted);
  }

  private static Plan.Builder retire(RevisionId id, Observations observations, Plan.Builder plan) {
    Set<String> addresses =
        new TreeSet<>(Instances.addresses(observations.runtime(id).instances()));
    return observations.drained(id, addresses)
        ? plan.add(new Change.RemoveInstances(id)).add(new Change.Requeue(Duration.ZERO))
        : plan.add(new Change.Requeue(DRAIN_POLL));
  }

  private int wanted(Resource revision, ScaleSettings settings, boolean everReady, Inputs inputs) {
    RevisionId id = id(revision);
    Observations observations = inputs.observations();
    if (revision.metadata().isDeleting() && !inputs.reachable()) {
      return 0;
    }
    int least = inputs.reachable() ? settings.minScale() : 0;
    int wanted;
    if (everReady) {
      int asked =
          observations
              .ensured(id)
              .map(Ensured::instances)
              .orElseGet(() -> before(revision, inputs));
      wanted = Math.max(least, observations.desired(id).orElse(asked));
    } else if (inputs.reachable() || isNewest(revision, inputs.view())) {
      int first = Math.max(settings.initialScale(), settings.minScale());
      wanted = Math.max(first, observations.desired(id).orElse(0));
    } else {
      wanted = 0;
    }
    return settings.maxScale() > 0 ? Math.min(wanted, settings.maxScale()) : wanted;
  }

  /** What ran when this process was started: its predecessor's capacity is still needed. */
  private int before(Resource revision, Inputs inputs) {
    if (platform == Platform.KUBERNETES) {
      return Instances.staying(inputs.observations().runtime(id(revision)));
    }
    Integer desired = revision.status().desiredReplicas();
    return inputs.reachable() && desired != null ? desired : 0;
  }

  /** Whether a revision may still get its first traffic. */
  private static boolean isPending(Resource revision, ResourceView view) {
    return revision.metadata().labels().containsKey(Labels.CONFIGURATION)
        && !revision.status().isTrue(Conditions.READY)
        && isNewest(revision, view);
  }

  private static boolean isNewest(Resource revision, ResourceView view) {
    String configuration = revision.metadata().labels().get(Labels.CONFIGURATION);
    if (configuration == null) {
      return true;
    }
    ResourceKey key =
        new ResourceKey(Kind.CONFIGURATION, revision.metadata().namespace(), configuration);
    return view.get(key)
        .map(owner -> owner.status().latestCreatedRevisionName())
        .map(newest -> newest.equals(revision.metadata().name()))
        .orElse(true);
  }

  private static Status external(Resource revision, ResourceView view) {
    List<Endpoint> endpoints = RevisionReachability.endpointsOf(id(revision), view);
    int ready = (int) endpoints.stream().filter(e -> e.state() == Endpoint.State.READY).count();
    return status(revision, RevisionConditions.external(ready), ready, null);
  }

  /** The first names in order: a bounded list that most changes of Routes leave as it is. */
  private static List<String> routesTo(Resource revision, ResourceView view) {
    return view.namesReferencing(revision.key(), Kind.ROUTE, RoutingState.MOST_ROUTES);
  }

  private static Status status(
      Resource revision,
      List<Condition> conditions,
      @Nullable Integer actual,
      @Nullable Integer desired) {
    return new Status(
        revision.metadata().generation(),
        conditions,
        null,
        null,
        null,
        null,
        null,
        actual,
        desired,
        null);
  }

  private static RevisionId id(Resource revision) {
    return new RevisionId(revision.metadata().namespace(), revision.metadata().name());
  }
}
