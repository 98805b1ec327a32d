package io.leat.control.eventing;

import io.leat.control.reconcile.Observations;
import io.leat.control.reconcile.Plan;
import io.leat.control.reconcile.Reconciler;
import io.leat.control.resource.Delivery.ResolvedSubscription;
import io.leat.control.resource.EventingSpec.SubscriptionSetSpec;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.eventing.SubscriptionModel;
import io.leat.control.serving.ServingConfig;
import io.leat.control.store.References;
import io.leat.control.store.ResourceView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The second phase of Subscriptions: keeps one entry per Subscription, by its uid, in the set of
 * the Channel.
 *
 * <p>All entries are written together, over the version that was read, so none is lost however many
 * Subscriptions change at a time. An entry whose Subscription does not resolve any more stays as it
 * was: without it, the events that it has to deliver would be lost.
 */
public final class SubscriptionSetReconciler implements Reconciler {
  private final ServingConfig config;

  /** Resolves names under the cluster domain of a configuration. */
  public SubscriptionSetReconciler(ServingConfig config) {
    this.config = config;
  }

  @Override
  public Kind kind() {
    return Kind.SUBSCRIPTION_SET;
  }

  @Override
  public Plan plan(Resource set, ResourceView view, Observations observations) {
    ResourceKey channel = References.controller(set).orElse(null);
    if (channel == null
        || !channel.kind().isChannel()
        || set.metadata().isDeleting()
        || view.get(channel).isEmpty()
        || !(set.spec() instanceof SubscriptionSetSpec spec)) {
      return Plan.EMPTY;
    }
    Map<String, ResolvedSubscription> known = new HashMap<>();
    spec.subscribers().forEach(entry -> known.put(entry.uid(), entry));
    List<ResolvedSubscription> entries = new ArrayList<>();
    for (Resource subscription : view.referencing(channel)) {
      if (subscription.kind().isSubscription()
          && !subscription.metadata().isDeleting()
          && SubscriptionModel.of(subscription).channelKey().filter(channel::equals).isPresent()) {
        ResolvedSubscription stored = known.get(subscription.metadata().uid());
        if (Resolution.of(subscription, config.clusterDomain(), view)
            instanceof Resolution.Done done) {
          entries.add(done.entry());
        } else if (stored != null) {
          entries.add(stored);
        }
      }
    }
    Resource wanted =
        new Resource(set.kind(), set.metadata(), new SubscriptionSetSpec(entries), set.status());
    return new Plan.Builder().replace(set, wanted).build();
  }
}
