package io.leat.control.manifest.output;

import io.leat.control.manifest.output.ResourceTable.Column;
import io.leat.control.resource.EventingSpec;
import io.leat.control.resource.Kind;
import io.leat.control.resource.MessagingSpec;
import io.leat.control.resource.ObjectRef;
import io.leat.control.resource.Resource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What tables show of the kinds of eventing and messaging. */
final class EventingColumns {
  private EventingColumns() {}

  /** The columns between the name and the age. */
  static List<Column> of(Kind kind, Column ready, Column reason) {
    return switch (kind) {
      case SOURCE ->
          List.of(
              new Column("PROVISIONER", EventingColumns::provisioner),
              new Column("CHANNEL", EventingColumns::channel),
              ready,
              reason);
      case CHANNEL ->
          List.of(
              new Column("URL", EventingColumns::url),
              new Column("PROVISIONER", EventingColumns::provisioner),
              ready,
              reason);
      case MESSAGING_CHANNEL, IN_MEMORY_CHANNEL ->
          List.of(new Column("URL", EventingColumns::url), ready, reason);
      case SUBSCRIPTION, MESSAGING_SUBSCRIPTION ->
          List.of(new Column("CHANNEL", EventingColumns::channel), ready, reason);
      case PROVISIONER -> List.of(new Column("TYPE", EventingColumns::type), ready, reason);
      case EVENT_TYPE -> List.of(new Column("REFERENCES", EventingColumns::references));
      case SUBSCRIPTION_SET -> List.of(new Column("SUBSCRIBERS", EventingColumns::subscribers));
      default -> throw new IllegalArgumentException("no kind of eventing: " + kind);
    };
  }

  private static String url(Resource resource) {
    String url = resource.status().url();
    return url == null ? "" : url;
  }

  private static String provisioner(Resource resource) {
    EventingSpec.ProvisionerReference reference =
        switch (resource.spec()) {
          case EventingSpec.SourceSpec spec -> spec.provisioner();
          case EventingSpec.ChannelSpec spec -> spec.provisioner();
          default -> new EventingSpec.ProvisionerReference(null, null);
        };
    return reference.ref() == null && reference.selector() != null
        ? "<selector>"
        : name(reference.ref());
  }

  private static String channel(Resource resource) {
    return switch (resource.spec()) {
      case EventingSpec.SourceSpec spec -> name(spec.channelRef());
      case EventingSpec.SubscriptionSpec spec -> name(spec.from());
      case MessagingSpec.MessagingSubscriptionSpec spec -> name(spec.channel());
      default -> "";
    };
  }

  private static String type(Resource resource) {
    return resource.spec() instanceof EventingSpec.ProvisionerSpec spec ? spec.type().kind() : "";
  }

  private static String references(Resource resource) {
    Integer count = resource.status().ofEventing().referenceCount();
    return count == null ? "" : count.toString();
  }

  private static String subscribers(Resource resource) {
    return resource.spec() instanceof EventingSpec.SubscriptionSetSpec spec
        ? Integer.toString(spec.subscribers().size())
        : "";
  }

  private static String name(@Nullable ObjectRef ref) {
    return ref == null || ref.name() == null ? "" : ref.name();
  }
}
