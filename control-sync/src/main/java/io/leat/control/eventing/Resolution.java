package io.leat.control.eventing;

import io.leat.control.eventing.Addresses.Found;
import io.leat.control.manifest.rules.SubscriptionOptions;
import io.leat.control.resource.Delivery.DeliverySpec;
import io.leat.control.resource.Delivery.Destination;
import io.leat.control.resource.Delivery.ResolvedSubscription;
import io.leat.control.resource.Delivery.SubscriptionRef;
import io.leat.control.resource.EventingStatus.PhysicalSubscription;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.eventing.ChannelModel;
import io.leat.control.resource.eventing.SubscriptionModel;
import io.leat.control.store.ResourceView;
import io.leat.proxy.table.SubscriptionRole;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The first phase of a Subscription: the names in it, resolved. */
sealed interface Resolution {

  /** The entry that the Subscription asks for. */
  record Done(ResolvedSubscription entry) implements Resolution {

    /** What the status shows. */
    PhysicalSubscription physical() {
      DeliverySpec delivery = entry.delivery();
      Destination sink = delivery == null ? null : delivery.deadLetterSink();
      Map<String, String> routes = new TreeMap<>();
      if (entry.routeMapping() != null) {
        entry
            .routeMapping()
            .forEach((name, domain) -> routes.put(name, String.valueOf(ChannelModel.url(domain))));
      }
      return new PhysicalSubscription(
          entry.role(),
          ChannelModel.url(entry.callableDomain()),
          ChannelModel.url(entry.sinkableDomain()),
          sink == null ? null : sink.uri(),
          routes.isEmpty() ? null : routes);
    }
  }

  /** Something in it leads nowhere, or rules forbid it. */
  record Failed(String reason, String message) implements Resolution {}

  /** Resolves a Subscription of either face. */
  static Resolution of(Resource subscription, String clusterDomain, ResourceView view) {
    return new Resolver(subscription, clusterDomain, view).resolve();
  }

  /** Resolves one Subscription; for one call. */
  final class Resolver {
    private final Resource subscription;
    private final SubscriptionModel model;
    private final SubscriptionOptions options;
    private final Addresses addresses;
    private final ResourceView view;
    private @Nullable Failed failed;

    Resolver(Resource subscription, String clusterDomain, ResourceView view) {
      Metadata metadata = subscription.metadata();
      this.subscription = subscription;
      this.model = SubscriptionModel.of(subscription);
      this.options = SubscriptionOptions.of(SubscriptionOptions.chosen(metadata.annotations()));
      this.addresses = new Addresses(metadata.namespace(), clusterDomain, view);
      this.view = view;
    }

    Resolution resolve() {
      Optional<ResourceKey> channel = model.channelKey();
      if (channel.isEmpty() || view.get(channel.get()).isEmpty()) {
        return new Failed(
            "FromNotFound",
            channel
                .map(key -> "There is no " + key + ".")
                .orElse(model.channel().kind() + " is no kind of Channel."));
      }
      SubscriptionRole role = role();
      String call = domain("Call", model.call());
      String result = domain("Result", model.result());
      Map<String, String> routes = new TreeMap<>();
      model
          .routes()
          .forEach((name, target) -> {
            String domain = domain("Result", target);
            if (domain != null) {
              routes.put(name, domain);
            }
          });
      DeliverySpec delivery = delivery();
      judge(role, call);
      if (failed != null) {
        return failed;
      }
      return new Done(
          new ResolvedSubscription(
              ref(),
              subscription.metadata().generation(),
              SubscriptionOptions.name(role),
              call,
              result,
              routes.isEmpty() ? null : routes,
              delivery,
              chosen()));
    }

    private SubscriptionRef ref() {
      Metadata metadata = subscription.metadata();
      return new SubscriptionRef(metadata.name(), metadata.namespace(), metadata.uid());
    }

    private @Nullable Map<String, String> chosen() {
      Map<String, String> chosen =
          SubscriptionOptions.chosen(subscription.metadata().annotations());
      chosen.remove(SubscriptionOptions.ROLE);
      return chosen.isEmpty() ? null : chosen;
    }

    private void judge(SubscriptionRole role, @Nullable String call) {
      String misplaced = options.misplaced(role);
      if (!model.routes().isEmpty() && role != SubscriptionRole.ROUTER) {
        fail(
            "RouteMappingNotAllowed",
            "spec.result.routeMapping: must be empty unless the role is router (it is "
                + SubscriptionOptions.name(role)
                + ").");
      } else if (role == SubscriptionRole.ROUTER && call == null) {
        fail("InvalidRole", "A router needs spec.call: the target that names routes.");
      } else if (!misplaced.isEmpty()) {
        fail("OptionNotAllowed", misplaced + ".");
      }
    }

    /** The Subscription's own annotation, or that of what is called. */
    private SubscriptionRole role() {
      if (options.role() != null) {
        return options.role();
      }
      String key = SubscriptionOptions.PREFIX + SubscriptionOptions.ROLE;
      String own = subscription.metadata().annotations().get(key);
      String named =
          own == null && model.call() != null
              ? addresses
                  .resource(model.call())
                  .map(target -> target.metadata().annotations().get(key))
                  .orElse(null)
              : own;
      if (named == null) {
        return SubscriptionRole.TRANSFORMER;
      }
      Optional<SubscriptionRole> role = SubscriptionOptions.role(named);
      if (role.isEmpty()) {
        fail("InvalidRole", "There is no role \"" + named + "\".");
      }
      return role.orElse(SubscriptionRole.TRANSFORMER);
    }

    private @Nullable String domain(String part, @Nullable Destination destination) {
      String url = destination == null ? null : url(part, destination);
      return url == null ? null : Addresses.domain(url);
    }

    private @Nullable String url(String part, Destination destination) {
      return switch (addresses.of(destination)) {
        case Found.At(String url) -> url;
        case Found.Nowhere nowhere -> {
          fail(part + nowhere.reason(), nowhere.message());
          yield null;
        }
      };
    }

    private @Nullable DeliverySpec delivery() {
      DeliverySpec delivery = model.delivery();
      if (delivery == null || delivery.deadLetterSink() == null) {
        return delivery;
      }
      String url = url("DeadLetterSink", delivery.deadLetterSink());
      return delivery.withDeadLetterSink(url == null ? null : new Destination(null, url));
    }

    /** The first failure counts. */
    private void fail(String reason, String message) {
      if (failed == null) {
        failed = new Failed(reason, message);
      }
    }
  }
}
