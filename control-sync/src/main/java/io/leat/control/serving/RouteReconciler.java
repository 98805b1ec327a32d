package io.leat.control.serving;

import io.leat.control.reconcile.Observations;
import io.leat.control.reconcile.Observations.LostHost;
import io.leat.control.reconcile.Plan;
import io.leat.control.reconcile.Reconciler;
import io.leat.control.resource.Condition;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec.TrafficTarget;
import io.leat.control.resource.Status;
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

  private final HostNames names;
  private final RouteHosts hosts;

  /** Names hosts as {@code config} says. */
  public RouteReconciler(ServingConfig config) {
    this.names = new HostNames(config);
    this.hosts = new RouteHosts(config);
  }

  @Override
  public Kind kind() {
    return Kind.ROUTE;
  }

  @Override
  public Plan plan(Resource route, ResourceView view, Observations observations) {
    TrafficAssignment assignment = TrafficAssignment.of(route, view, names);
    Condition certificate =
        new Condition("CertificateProvisioned", Condition.State.TRUE, "TLSNotEnabled", "", null);
    List<Condition> parts =
        List.of(
            assignment.condition(),
            ingress(route, assignment.traffic(), observations.publication(route.key())),
            certificate);
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
            null);
    return new Plan.Builder().status(route, status).build();
  }

  private Condition ingress(
      Resource route, List<TrafficTarget> traffic, Observations.Publication publication) {
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
    boolean isCompiled = publication.hosts().equals(wanted(route, traffic));
    return isCompiled && publication.acknowledged()
        ? Condition.isTrue(INGRESS)
        : Condition.unknown(
            INGRESS, "RolloutInProgress", "Not every proxy serves the assignment yet.");
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
