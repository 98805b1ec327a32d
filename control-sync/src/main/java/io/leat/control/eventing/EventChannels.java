package io.leat.control.eventing;

import io.leat.control.eventing.provisioner.Provisioners;
import io.leat.control.eventing.provisioner.Provisioning;
import io.leat.control.eventing.provisioner.StorageArguments;
import io.leat.control.manifest.rules.Durations;
import io.leat.control.manifest.rules.SubscriptionOptions;
import io.leat.control.resource.Delivery.DeliverySpec;
import io.leat.control.resource.Delivery.Destination;
import io.leat.control.resource.Delivery.ResolvedSubscription;
import io.leat.control.resource.EventingSpec.SubscriptionSetSpec;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.eventing.ChannelModel;
import io.leat.control.store.ResourceView;
import io.leat.proxy.table.ChannelStorage;
import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.DeliveryPolicy;
import io.leat.proxy.table.DeliveryPolicy.Backoff;
import io.leat.proxy.table.DeliveryPolicy.EventFormat;
import io.leat.proxy.table.EventChannel;
import io.leat.proxy.table.SubscriptionRole;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Compiles a Channel and its resolved subscriptions into what the data plane delivers by. */
final class EventChannels {
  private EventChannels() {}

  /**
   * The channel of a resource.
   *
   * @throws IllegalArgumentException when it cannot be made yet, with the reason
   */
  static EventChannel of(Resource resource, ResourceView view) {
    ChannelModel model = ChannelModel.of(resource);
    ChannelStorage storage = storage(model, view);
    DeliverySpec delivery = delivery(resource, model);
    SubscriptionOptions options =
        SubscriptionOptions.of(SubscriptionOptions.chosen(resource.metadata().annotations()));
    List<ChannelSubscriber> subscribers = new ArrayList<>();
    for (ResolvedSubscription entry : entries(model, view)) {
      subscribers.add(subscriber(entry, delivery, options));
    }
    return new EventChannel(model.id(), storage, subscribers);
  }

  /**
   * How a Channel keeps events.
   *
   * @throws IllegalArgumentException when nothing can, with the reason
   */
  static ChannelStorage storage(ChannelModel model, ResourceView view) {
    Provisioning provisioning = provisioning(model, view);
    return switch (provisioning) {
      case Provisioning.Made made -> StorageArguments.of(made);
      case Provisioning.Refused refused -> throw new IllegalArgumentException(refused.message());
    };
  }

  static Provisioning provisioning(ChannelModel model, ResourceView view) {
    return Provisioners.resolve(
        model.provisioner(), model.arguments(), Kind.CHANNEL, model.key().namespace(), view);
  }

  /** What the set of a Channel holds; nothing while there is none. */
  static List<ResolvedSubscription> entries(ChannelModel model, ResourceView view) {
    return view.get(ChannelModel.subscriptionSet(model.key()))
        .map(Resource::spec)
        .map(spec -> ((SubscriptionSetSpec) spec).subscribers())
        .orElse(List.of());
  }

  /** The Channel's own delivery, its dead letter sink as last resolved. */
  private static @Nullable DeliverySpec delivery(Resource resource, ChannelModel model) {
    DeliverySpec delivery = model.delivery();
    if (delivery == null || delivery.deadLetterSink() == null) {
      return delivery;
    }
    String url = resource.status().ofEventing().deadLetterSinkUri();
    if (url == null) {
      throw new IllegalArgumentException("spec.delivery.deadLetterSink: is not resolved yet");
    }
    return delivery.withDeadLetterSink(new Destination(null, url));
  }

  private static ChannelSubscriber subscriber(
      ResolvedSubscription entry,
      @Nullable DeliverySpec channelDelivery,
      SubscriptionOptions channelOptions) {
    Map<String, String> chosen = entry.options() == null ? Map.of() : entry.options();
    SubscriptionOptions options = SubscriptionOptions.of(chosen);
    SubscriptionRole role =
        SubscriptionOptions.role(entry.role() == null ? "" : entry.role())
            .orElse(SubscriptionRole.TRANSFORMER);
    Map<String, String> routes = new TreeMap<>();
    if (entry.routeMapping() != null) {
      entry.routeMapping().forEach((name, domain) -> routes.put(name, uri(domain)));
    }
    boolean ordered = chosen.containsKey("ordered") ? options.ordered() : channelOptions.ordered();
    int parallelism =
        options.parallelism() > 0 ? options.parallelism() : channelOptions.parallelism();
    return new ChannelSubscriber(
        entry.uid(),
        name(entry),
        entry.generation() == null ? 0 : entry.generation(),
        role,
        entry.callableDomain() == null ? null : uri(entry.callableDomain()),
        entry.sinkableDomain() == null ? null : uri(entry.sinkableDomain()),
        routes,
        policy(entry.delivery() == null ? channelDelivery : entry.delivery(), ordered, parallelism),
        options.aggregate(),
        options.attributesOnly(),
        options.splitPath(),
        options.drains(),
        options.paused(),
        options.startAt());
  }

  private static String name(ResolvedSubscription entry) {
    return entry.ref() == null ? "" : entry.ref().namespace() + "/" + entry.ref().name();
  }

  /** A domain as an absolute URI with a path. */
  private static String uri(String domain) {
    String url = String.valueOf(ChannelModel.url(domain));
    int host = url.indexOf("://") + "://".length();
    return url.indexOf('/', host) < 0 && url.indexOf('?', host) < 0 ? url + "/" : url;
  }

  private static DeliveryPolicy policy(
      @Nullable DeliverySpec delivery, boolean ordered, int parallelism) {
    DeliveryPolicy usual = DeliveryPolicy.DEFAULT;
    int tries = parallelism > 0 ? parallelism : usual.parallelism();
    if (delivery == null) {
      return new DeliveryPolicy(
          usual.retries(),
          usual.backoff(),
          usual.delay(),
          usual.timeout(),
          usual.retryAfterMax(),
          null,
          null,
          ordered,
          tries);
    }
    Destination sink = delivery.deadLetterSink();
    return new DeliveryPolicy(
        delivery.retry() == null ? usual.retries() : delivery.retry(),
        "linear".equals(delivery.backoffPolicy()) ? Backoff.LINEAR : Backoff.EXPONENTIAL,
        duration(delivery.backoffDelay(), usual.delay()),
        duration(delivery.timeout(), usual.timeout()),
        duration(delivery.retryAfterMax(), usual.retryAfterMax()),
        sink == null || sink.uri() == null ? null : uri(sink.uri()),
        format(delivery.format()),
        ordered,
        tries);
  }

  private static @Nullable EventFormat format(@Nullable String word) {
    if (word == null) {
      return null;
    }
    return word.equals("json") ? EventFormat.STRUCTURED : EventFormat.BINARY;
  }

  private static Duration duration(@Nullable String text, Duration fallback) {
    return text == null ? fallback : Durations.parse(text).orElse(fallback);
  }
}
