package io.leat.control.resource.eventing;

import io.leat.control.resource.Delivery.DeliverySpec;
import io.leat.control.resource.Delivery.MessagingSubscriber;
import io.leat.control.resource.Delivery.ResolvedSubscription;
import io.leat.control.resource.EventingSpec.ChannelSpec;
import io.leat.control.resource.EventingSpec.Channelable;
import io.leat.control.resource.EventingSpec.ProvisionerReference;
import io.leat.control.resource.Kind;
import io.leat.control.resource.MessagingSpec.ChannelTemplate;
import io.leat.control.resource.MessagingSpec.InMemoryChannelSpec;
import io.leat.control.resource.MessagingSpec.MessagingChannelSpec;
import io.leat.control.resource.ObjectRef;
import io.leat.control.resource.RawJson;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import io.leat.proxy.table.ChannelId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Channel of either face.
 *
 * @param provisioner for messaging the built-in one that its kind or template means
 */
public record ChannelModel(
    ResourceKey key,
    ProvisionerReference provisioner,
    RawJson arguments,
    List<String> eventTypes,
    @Nullable DeliverySpec delivery) {
  private static final String LOG = "log";
  private static final String MEMORY = "memory";
  private static final String KAFKA = "kafka";

  /** The model of a resource whose kind is a Channel. */
  public static ChannelModel of(Resource resource) {
    ResourceKey key = resource.key();
    return switch (resource.spec()) {
      case ChannelSpec spec ->
          new ChannelModel(
              key,
              spec.provisioner(),
              orEmpty(spec.arguments()),
              spec.eventTypes() == null ? List.of() : spec.eventTypes(),
              spec.delivery());
      case MessagingChannelSpec spec -> {
        ChannelTemplate template = spec.channelTemplate();
        RawJson arguments = orEmpty(template == null ? null : template.spec());
        yield new ChannelModel(
            key, builtIn(backEnd(template)), arguments, List.of(), spec.delivery());
      }
      case InMemoryChannelSpec spec ->
          new ChannelModel(key, builtIn(MEMORY), RawJson.EMPTY, List.of(), spec.delivery());
      default -> throw new IllegalArgumentException("no Channel: " + key);
    };
  }

  private static RawJson orEmpty(@Nullable RawJson json) {
    return json == null ? RawJson.EMPTY : json;
  }

  private static String backEnd(@Nullable ChannelTemplate template) {
    if (template == null || template.kind() == null) {
      return LOG;
    }
    return template.kind().equals("KafkaChannel") ? KAFKA : MEMORY;
  }

  private static ProvisionerReference builtIn(String name) {
    return new ProvisionerReference(ObjectRef.to(Kind.PROVISIONER, name), null);
  }

  /** Its name in the table; Channels of other faces with the same name claim it as well. */
  public ChannelId id() {
    return new ChannelId(key.namespace(), key.name());
  }

  /** The label under which a cluster knows its service. */
  public String serviceName() {
    return key.name() + (key.kind() == Kind.CHANNEL ? "-channel" : "-kn-channel");
  }

  /** Where its resolved subscriptions are. */
  public static ResourceKey subscriptionSet(ResourceKey channel) {
    String suffix =
        switch (channel.kind()) {
          case MESSAGING_CHANNEL -> "-kn-channel";
          case IN_MEMORY_CHANNEL -> "-kn-imc";
          default -> "";
        };
    return new ResourceKey(Kind.SUBSCRIPTION_SET, channel.namespace(), channel.name() + suffix);
  }

  /** The spec of a Channel with these subscribers where its clients look for them. */
  public static Spec mirrored(Spec channel, List<ResolvedSubscription> subscribers) {
    return switch (channel) {
      case ChannelSpec spec ->
          spec.withChannelable(subscribers.isEmpty() ? null : new Channelable(subscribers));
      case MessagingChannelSpec spec -> spec.withSubscribers(messaging(subscribers));
      case InMemoryChannelSpec spec -> spec.withSubscribers(messaging(subscribers));
      default -> channel;
    };
  }

  private static @Nullable List<MessagingSubscriber> messaging(List<ResolvedSubscription> all) {
    return all.isEmpty() ? null : all.stream().map(ChannelModel::messaging).toList();
  }

  private static MessagingSubscriber messaging(ResolvedSubscription each) {
    return new MessagingSubscriber(
        each.ref() == null ? null : each.ref().name(),
        each.uid(),
        each.generation(),
        url(each.callableDomain()),
        url(each.sinkableDomain()),
        each.delivery());
  }

  /** A domain as a URL; a URL stays as it is. */
  public static @Nullable String url(@Nullable String domain) {
    return domain == null || domain.contains("://") ? domain : "http://" + domain;
  }
}
