package io.leat.control.eventing.topology;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Builds graphs in few words. */
final class Graphs {
  private final SequencedMap<String, String> channels = new LinkedHashMap<>();
  private final List<GraphSubscription> subscriptions = new ArrayList<>();
  private final List<GraphSource> sources = new ArrayList<>();

  Graphs channels(String... names) {
    for (String name : names) {
      channels.put(name, "");
    }
    return this;
  }

  Graphs channel(String name, String deadLetter) {
    channels.put(name, deadLetter);
    return this;
  }

  Graphs source(String name, String channel) {
    sources.add(new GraphSource(name, channel));
    return this;
  }

  /** A Subscription without a call. */
  Graphs link(String name, String from, String to) {
    return add(new GraphSubscription(name, from, "transformer", "", to, Map.of(), "", false));
  }

  Graphs call(String name, String from, String role, String call, String to) {
    return add(new GraphSubscription(name, from, role, call, to, Map.of(), "", false));
  }

  Graphs router(String name, String from, String to, Map<String, String> routes) {
    return add(new GraphSubscription(name, from, "router", "svc", to, routes, "", false));
  }

  Graphs add(GraphSubscription subscription) {
    subscriptions.add(subscription);
    return this;
  }

  EventGraph graph() {
    return new EventGraph(channels, subscriptions, sources);
  }
}
