package io.leat.control;

import io.leat.control.compile.RevisionSource;
import io.leat.control.compile.RouteContributor;
import io.leat.control.reconcile.Reconciler;
import io.leat.control.serving.ConfigurationReconciler;
import io.leat.control.serving.RevisionReachability;
import io.leat.control.serving.RevisionReconciler;
import io.leat.control.serving.RouteHosts;
import io.leat.control.serving.RouteReconciler;
import io.leat.control.serving.ServiceReconciler;
import io.leat.control.serving.ServingConfig;
import io.leat.control.serving.domain.DomainHosts;
import io.leat.control.serving.domain.DomainMappingReconciler;
import java.util.List;

/** What a control loop knows to reconcile and to compile. */
public record Families(
    List<Reconciler> reconcilers, List<RouteContributor> contributors, RevisionSource revisions) {

  /** Copies the lists. */
  public Families {
    reconcilers = List.copyOf(reconcilers);
    contributors = List.copyOf(contributors);
  }

  /** Service, Configuration, Revision, Route and DomainMapping. */
  public static Families serving(ServingConfig config) {
    return new Families(
        List.of(
            new ServiceReconciler(),
            new ConfigurationReconciler(config),
            new RevisionReconciler(config),
            new RouteReconciler(config),
            new DomainMappingReconciler(config)),
        List.of(new RouteHosts(config), new DomainHosts(config)),
        new RevisionReachability());
  }
}
