package io.leat.control.eventing.topology;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The Channels of one or more namespaces with everything that puts events into them or takes events
 * out. Every name is {@code namespace/name}.
 *
 * <p>A value; any thread may read it.
 *
 * @param channels by name, each with the Channel that takes what it cannot deliver, "" for none
 * @param subscriptions in the order in which findings are wanted
 * @param sources in the order in which findings are wanted
 */
public record EventGraph(
    SequencedMap<String, String> channels,
    List<GraphSubscription> subscriptions,
    List<GraphSource> sources) {

  /** Copies the collections. */
  public EventGraph {
    channels = new LinkedHashMap<>(channels);
    subscriptions = List.copyOf(subscriptions);
    sources = List.copyOf(sources);
  }

  /** One way of an event: a Subscription carries it from one Channel into another. */
  record Hop(String from, String via, String to, boolean unconditional) {}

  /** Whether there is a Channel of this name. */
  boolean has(String channel) {
    return channels.containsKey(channel);
  }

  /** The ways that events take when nothing fails; those into missing Channels are left out. */
  List<Hop> hops() {
    List<Hop> hops = new ArrayList<>();
    for (GraphSubscription each : subscriptions) {
      add(hops, new Hop(each.from(), each.name(), each.call(), true));
      add(hops, new Hop(each.from(), each.name(), each.result(), each.call().isEmpty()));
      for (String target : each.routes().values()) {
        add(hops, new Hop(each.from(), each.name(), target, false));
      }
    }
    return hops;
  }

  /** The ways of events that could not be delivered; those into missing Channels are left out. */
  List<Hop> failures() {
    List<Hop> hops = new ArrayList<>();
    for (GraphSubscription each : subscriptions) {
      add(hops, new Hop(each.from(), each.name(), deadLetter(each), false));
    }
    return hops;
  }

  /** The dead letters of a Subscription: its own replace those of its Channel. */
  String deadLetter(GraphSubscription subscription) {
    return subscription.deadLetter().isEmpty()
        ? channels.getOrDefault(subscription.from(), "")
        : subscription.deadLetter();
  }

  private void add(List<Hop> hops, Hop hop) {
    if (has(hop.from()) && has(hop.to())) {
      hops.add(hop);
    }
  }

  /** The hops by the Channel that they leave. */
  static Map<String, List<Hop>> leaving(List<Hop> hops) {
    Map<String, List<Hop>> leaving = new LinkedHashMap<>();
    for (Hop hop : hops) {
      leaving.computeIfAbsent(hop.from(), _ -> new ArrayList<>()).add(hop);
    }
    return leaving;
  }
}
