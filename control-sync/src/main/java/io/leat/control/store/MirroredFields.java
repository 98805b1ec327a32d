package io.leat.control.store;

import io.leat.control.resource.EventingSpec.ChannelSpec;
import io.leat.control.resource.MessagingSpec.InMemoryChannelSpec;
import io.leat.control.resource.MessagingSpec.MessagingChannelSpec;
import io.leat.control.resource.Spec;

/**
 * Fields of a spec that Leat fills in: the subscribers of Channels, which clients of both object
 * models read there. They are no wish of a user.
 */
public final class MirroredFields {
  private MirroredFields() {}

  /** The spec without them. */
  public static Spec without(Spec spec) {
    return switch (spec) {
      case ChannelSpec channel when channel.channelable() != null -> channel.withChannelable(null);
      case MessagingChannelSpec channel when channel.subscribers() != null ->
          channel.withSubscribers(null);
      case InMemoryChannelSpec channel when channel.subscribers() != null ->
          channel.withSubscribers(null);
      default -> spec;
    };
  }

  /** A wish with what {@code stored} has of them. */
  public static Spec carry(Spec stored, Spec wish) {
    if (stored instanceof ChannelSpec have && wish instanceof ChannelSpec want) {
      return want.withChannelable(have.channelable());
    }
    if (stored instanceof MessagingChannelSpec have && wish instanceof MessagingChannelSpec want) {
      return want.withSubscribers(have.subscribers());
    }
    if (stored instanceof InMemoryChannelSpec have && wish instanceof InMemoryChannelSpec want) {
      return want.withSubscribers(have.subscribers());
    }
    return wish;
  }
}
