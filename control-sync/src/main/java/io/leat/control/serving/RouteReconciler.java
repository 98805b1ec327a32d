package io.leat.control.serving;

import io.leat.control.reconcile.Change;
import io.leat.control.reconcile.Observations;
import io.leat.control.reconcile.Observations.LostHost;
import io.leat.control.reconcile.Observations.Publication;
import io.leat.control.reconcile.Plan;
import io.leat.control.reconcile.Reconciler;
import io.leat.control.resource.Condition;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec.TrafficTarget;
import io.leat.control.resource.Status;
import io.leat.control.store.Labels;
import io.leat.control.store.ResourceView;
import io.leat.proxy.table.VirtualHost;
import java.util.List;

/**
 * Assigns a Route's traffic to revisions, and reports when every proxy serves that.
 *
 * <p>{@code status.traffic} is the assignment that is live or becoming so; the table is compiled
 * from it.
 */
public final class RouteReconciler implements Reconciler {
  private static final String INGRESS = "IngressReady";

  private final ServingConfig config;
  private final HostNames names;
  private final RouteHosts hosts;

  /** Names hosts as {@code config} says. */
  public RouteReconciler(ServingConfig config) {
    this.config = config;
    this.names = new HostNames(config);
    this.hosts = new RouteHosts(config);
  }

  @Override
  public Kind kind() {
    return Kind.ROUTE;
  }

  @Override
  public Plan plan(Resource route, ResourceView view, Observations observations) {
    if (route.metadata().isDeleting()) {
      return Plan.EMPTY;
    }
    Publication publication = observations.publication(route.key());
    List<TrafficTarget> assigned = route.status().traffic();
    boolean live = assigned != null && isLive(route, assigned, publication);
    TrafficAssignment assignment = assign(route, view, observations, live);
    boolean served =
        assignment.traffic().equals(assigned)
            ? live
            : isLive(route, assignment.traffic(), publication);
    Condition certificate =
        new Condition("CertificateProvisioned", Condition.State.TRUE, "TLSNotEnabled", "", null);
    List<Condition> parts =
        List.of(assignment.condition(), ingress(assignment, publication, served), certificate);
    Status status =
        new Status(
                route.metadata().generation(),
                Conditions.withReady(parts),
                names.url(route, null),
                new Status.Address(names.localUrl(route, null)),
                null,
                null,
                assignment.traffic(),
                null,
                null,
                null)
            .withRollout(assignment.rollout());
    Plan.Builder plan = new Plan.Builder().status(route, status);
    if (assignment.next() != null) {
      plan.add(new Change.Requeue(assignment.next()));
    }
    return plan.build();
  }

  private TrafficAssignment assign(
      Resource route, ResourceView view, Observations observations, boolean live) {
    String duration = route.metadata().annotations().get(Labels.ROLLOUT_DURATION);
    RouteTraffic.Moment moment =
        new RouteTraffic.Moment(
            observations, live, Autoscaling.duration(duration, config.changes().rolloutDuration()));
    return new RouteTraffic(route, view, names, moment).assign();
  }

  private boolean isLive(Resource route, List<TrafficTarget> traffic, Publication publication) {
    return publication.acknowledged() && publication.hosts().equals(wanted(route, traffic));
  }

  private static Condition ingress(
      TrafficAssignment assignment, Publication publication, boolean served) {
    List<TrafficTarget> traffic = assignment.traffic();
    if (!publication.lost().isEmpty()) {
      LostHost lost = publication.lost().getFirst();
      return Condition.isFalse(
          INGRESS, "HostConflict", lost.host() + " belongs to the older " + lost.winner() + ".");
    }
    if (!publication.refusal().isEmpty() && !publication.acknowledged()) {
      return Condition.isFalse(INGRESS, "TableRefused", publication.refusal());
    }
    if (traffic.isEmpty()) {
      return Condition.unknown(INGRESS, "IngressNotConfigured", "No traffic is assigned yet.");
    }
    if (!served) {
      return Condition.unknown(
          INGRESS, "RolloutInProgress", "Not every proxy serves the assignment yet.");
    }
    return assignment.isMoving()
        ? Condition.unknown(
            INGRESS, "RolloutInProgress", "A rollout has not moved all traffic yet.")
        : Condition.isTrue(INGRESS);
  }

  private List<VirtualHost> wanted(Resource route, List<TrafficTarget> traffic) {
    Status assigned = new Status(0, List.of(), null, null, null, null, traffic, null, null, null);
    try {
      return hosts.hosts(route.withStatus(assigned));
    } catch (IllegalArgumentException impossible) {
      // The compiler meets the same refusal and reports it with its reason; nothing it has
      // compiled equals an empty list of hosts while traffic is assigned.
      return List.of();
    }
  }
}
