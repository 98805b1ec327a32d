package io.leat.control.serving;

import io.leat.control.reconcile.Observations;
import io.leat.control.reconcile.Plan;
import io.leat.control.reconcile.Reconciler;
import io.leat.control.resource.Condition;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Spec.TrafficTarget;
import io.leat.control.resource.Status;
import io.leat.control.store.Labels;
import io.leat.control.store.References;
import io.leat.control.store.ResourceView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Keeps one Configuration and one Route of a Service's name, and mirrors how they are. */
public final class ServiceReconciler implements Reconciler {

  /** Has no settings. */
  public ServiceReconciler() {}

  @Override
  public Kind kind() {
    return Kind.SERVICE;
  }

  @Override
  public Plan plan(Resource service, ResourceView view, Observations observations) {
    if (!(service.spec() instanceof Spec.ServiceSpec spec) || service.metadata().isDeleting()) {
      // What is on its way out gets no children that would have to go as well.
      return Plan.EMPTY;
    }
    Plan.Builder plan = new Plan.Builder();
    Resource configuration =
        child(service, Kind.CONFIGURATION, new Spec.ConfigurationSpec(spec.template()), view, plan);
    Resource route =
        child(
            service, Kind.ROUTE, new Spec.RouteSpec(traffic(service, spec.traffic())), view, plan);
    return plan.status(service, status(service, configuration, route)).build();
  }

  /** The child as it is stored, or null when it is new or somebody else's. */
  private static @Nullable Resource child(
      Resource service, Kind kind, Spec spec, ResourceView view, Plan.Builder plan) {
    Metadata owner = service.metadata();
    Map<String, String> labels = new TreeMap<>(owner.labels());
    labels.put(Labels.SERVICE, owner.name());
    Map<String, String> annotations = new TreeMap<>(owner.annotations());
    annotations.remove(Labels.SOURCE);
    Resource current =
        view.get(new ResourceKey(kind, owner.namespace(), owner.name())).orElse(null);
    if (current == null) {
      Metadata metadata =
          Metadata.of(owner.namespace(), owner.name())
              .withLabels(labels)
              .withAnnotations(annotations)
              .withOwners(References.controlledBy(service));
      plan.create(Resource.of(kind, metadata, spec));
      return null;
    }
    if (!References.controls(service, current)) {
      return current;
    }
    Metadata metadata = current.metadata().withLabels(labels).withAnnotations(annotations);
    plan.replace(current, new Resource(kind, metadata, spec, current.status()));
    return current;
  }

  private static List<TrafficTarget> traffic(
      Resource service, @Nullable List<TrafficTarget> wanted) {
    String name = service.metadata().name();
    if (wanted == null || wanted.isEmpty()) {
      return List.of(new TrafficTarget(null, name, true, 100L, null, null));
    }
    List<TrafficTarget> targets = new ArrayList<>();
    for (TrafficTarget target : wanted) {
      targets.add(
          target.revisionName() != null
              ? target
              : new TrafficTarget(null, name, true, target.percent(), target.tag(), null));
    }
    return targets;
  }

  private static Status status(
      Resource service, @Nullable Resource configuration, @Nullable Resource route) {
    List<Condition> parts =
        List.of(
            mirror("ConfigurationsReady", service, configuration),
            mirror("RoutesReady", service, route));
    Status ofConfiguration = ownStatus(service, configuration);
    Status ofRoute = ownStatus(service, route);
    Status status =
        new Status(
            service.metadata().generation(),
            Conditions.withReady(parts),
            ofRoute.url(),
            ofRoute.address(),
            ofConfiguration.latestCreatedRevisionName(),
            ofConfiguration.latestReadyRevisionName(),
            ofRoute.traffic(),
            null,
            null,
            null);
    return status.withRollout(ofRoute.rollout());
  }

  private static Condition mirror(String type, Resource service, @Nullable Resource child) {
    if (child == null) {
      return Condition.unknown(type, "Deploying", "");
    }
    if (!References.controls(service, child)) {
      return Condition.isFalse(
          type, "NotOwned", "There is a " + child.key() + " that this Service does not own.");
    }
    return Conditions.mirror(type, child);
  }

  private static Status ownStatus(Resource service, @Nullable Resource child) {
    return child == null || !References.controls(service, child) ? Status.EMPTY : child.status();
  }
}
