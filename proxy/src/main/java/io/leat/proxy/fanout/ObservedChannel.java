package io.leat.proxy.fanout;

import io.leat.proxy.fanout.account.LastCall;
import io.leat.proxy.table.ChannelId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the data plane has made of a Channel.
 *
 * @param ready whether it takes events
 * @param message why not; empty when it does
 */
public record ObservedChannel(
    ChannelId id, boolean ready, String message, List<ObservedSubscriber> subscribers) {

  /**
   * What the data plane has made of one subscriber.
   *
   * @param generation that the delivery goes by; -1 before it goes by any
   * @param ready whether all future events will be delivered
   * @param message why not, or what hinders the delivery now
   * @param lastCall how the latest try ended, null before the first
   */
  public record ObservedSubscriber(
      String uid,
      String name,
      long generation,
      boolean ready,
      String message,
      @Nullable LastCall lastCall) {}
}
