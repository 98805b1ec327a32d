package io.leat.control;

import io.leat.control.compile.RevisionSource;
import io.leat.control.compile.RouteContributor;
import io.leat.control.eventing.ChannelHosts;
import io.leat.control.eventing.ChannelReconciler;
import io.leat.control.eventing.EventTypeReconciler;
import io.leat.control.eventing.Named;
import io.leat.control.eventing.ProvisionerReconciler;
import io.leat.control.eventing.SourceReconciler;
import io.leat.control.eventing.SubscriptionReconciler;
import io.leat.control.eventing.SubscriptionSetReconciler;
import io.leat.control.reconcile.Reconciler;
import io.leat.control.resource.Kind;
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
import java.util.ArrayList;
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

  /** All kinds of Serving and of eventing. */
  public static Families all(ServingConfig config, Platform platform) {
    return serving(config, platform).with(eventing(config));
  }

  /** Channels of either face, Subscriptions, Sources, Provisioners and EventTypes. */
  public static Families eventing(ServingConfig config) {
    List<Reconciler> reconcilers = new ArrayList<>();
    List<RouteContributor> contributors = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      if (kind.isChannel()) {
        reconcilers.add(new ChannelReconciler(kind, config));
        contributors.add(new ChannelHosts(kind, config));
      } else if (kind.isSubscription()) {
        reconcilers.add(new SubscriptionReconciler(kind, config));
      }
    }
    reconcilers.add(new SubscriptionSetReconciler(config));
    reconcilers.add(new SourceReconciler());
    reconcilers.add(new ProvisionerReconciler());
    reconcilers.add(new EventTypeReconciler());
    contributors.add(new Named(Kind.SUBSCRIPTION_SET));
    contributors.add(new Named(Kind.PROVISIONER));
    return new Families(reconcilers, contributors, new RevisionReachability());
  }

  /** These and the reconcilers and contributors of others. */
  private Families with(Families others) {
    List<Reconciler> allReconcilers = new ArrayList<>(reconcilers);
    allReconcilers.addAll(others.reconcilers());
    List<RouteContributor> allContributors = new ArrayList<>(contributors);
    allContributors.addAll(others.contributors());
    return new Families(allReconcilers, allContributors, revisions);
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
