package io.leat.control;

import io.leat.control.compile.RevisionSource;
import io.leat.control.compile.RouteContributor;
import io.leat.control.reconcile.Reconciler;
import io.leat.control.serving.ConfigurationReconciler;
import io.leat.control.serving.Platform;
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

  /** Nothing is reconciled or compiled: somebody else does that. */
  public static final Families NONE =
      new Families(List.of(), List.of(), new RevisionReachability());

  /** All kinds of Serving, whose instances are local processes. */
  public static Families serving(ServingConfig config) {
    return serving(config, Platform.LOCAL);
  }

  /** Service, Configuration, Revision, Route and DomainMapping. */
  public static Families serving(ServingConfig config, Platform platform) {
    return new Families(
        List.of(
            new ServiceReconciler(),
            new ConfigurationReconciler(config),
            new RevisionReconciler(config, platform),
            new RouteReconciler(config),
            new DomainMappingReconciler(config)),
        List.of(new RouteHosts(config), new DomainHosts(config)),
        new RevisionReachability());
  }
}
