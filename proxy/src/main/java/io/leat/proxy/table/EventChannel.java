package io.leat.proxy.table;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One Channel as the data plane sees it: what keeps its events, and who gets them.
 *
 * <p>A value: built by the control plane, read by any thread.
 *
 * @param subscribers at most one per uid
 */
public record EventChannel(
    ChannelId id, ChannelStorage storage, List<ChannelSubscriber> subscribers) {

  /** Copies the list; rejects two subscribers of one uid. */
  public EventChannel {
    subscribers = List.copyOf(subscribers);
    Set<String> uids = new HashSet<>();
    for (ChannelSubscriber subscriber : subscribers) {
      if (!uids.add(subscriber.uid())) {
        throw new IllegalArgumentException("subscribers of " + id + ": one uid occurs twice");
      }
    }
  }

  /** The same with no subscriber that retries more, or has more tries at once, than given. */
  public EventChannel atMost(int retries, int parallelism) {
    List<ChannelSubscriber> bounded = new ArrayList<>(subscribers.size());
    for (ChannelSubscriber each : subscribers) {
      bounded.add(each.with(each.delivery().atMost(retries, parallelism)));
    }
    return bounded.equals(subscribers) ? this : new EventChannel(id, storage, bounded);
  }
}
