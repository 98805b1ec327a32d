package io.leat.control.plan;

import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.EventChannel;
import java.util.Locale;
import java.util.stream.Collectors;

/** Says in a line what a channel of the table does, for people. */
public final class ChannelText {
  private ChannelText() {}

  /** What keeps its events, and who gets them. */
  public static String of(EventChannel channel) {
    String subscribers =
        channel.subscribers().stream().map(ChannelText::of).collect(Collectors.joining("; "));
    return channel.storage().provisioner()
        + (subscribers.isEmpty() ? ", no subscriber" : ", " + subscribers);
  }

  private static String of(ChannelSubscriber subscriber) {
    return subscriber.name()
        + ": "
        + subscriber.role().name().toLowerCase(Locale.ROOT)
        + (subscriber.call() == null ? "" : " " + subscriber.call())
        + (subscriber.reply() == null ? "" : " -> " + subscriber.reply())
        + (subscriber.routes().isEmpty() ? "" : " -> " + subscriber.routes());
  }
}
