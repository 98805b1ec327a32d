package io.leat.control.eventing.topology;

import io.leat.control.eventing.topology.EventGraph.Hop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Follows an event from one Channel through an {@link EventGraph}: what it can reach, and over how
 * many Channels. Pure.
 */
public final class TopologyWalk {
  private final EventGraph graph;
  private final Map<String, List<Hop>> flow;
  private final Map<String, List<Hop>> failures;
  private final Map<String, List<GraphSubscription>> readers = new HashMap<>();

  private TopologyWalk(EventGraph graph) {
    this.graph = graph;
    this.flow = EventGraph.leaving(graph.hops());
    this.failures = EventGraph.leaving(graph.failures());
    for (GraphSubscription each : graph.subscriptions()) {
      readers.computeIfAbsent(each.from(), _ -> new ArrayList<>()).add(each);
    }
  }

  /** What a {@link Reached} is. */
  public enum Kind {
    /** A Channel, by {@code namespace/name}. */
    CHANNEL,
    /** What a Subscription calls, as it is written there. */
    SUBSCRIBER
  }

  /**
   * One place that an event can come to.
   *
   * @param hops Channels that the shortest way enters after the first one
   * @param path names of Channels and Subscriptions in turn, from the first Channel to here
   * @param afterFailure whether only dead letters come here
   */
  public record Reached(Kind kind, String name, int hops, List<String> path, boolean afterFailure) {
    /** Copies the path. */
    public Reached {
      path = List.copyOf(path);
    }
  }

  /** Every place in the order of reaching it; empty when there is no such Channel. */
  public static List<Reached> from(EventGraph graph, String channel) {
    if (!graph.has(channel)) {
      return List.of();
    }
    TopologyWalk walk = new TopologyWalk(graph);
    SequencedMap<String, Reached> reached = new LinkedHashMap<>();
    walk.spread(reached, new Reached(Kind.CHANNEL, channel, 0, List.of(channel), false), walk.flow);
    for (Reached each : List.copyOf(reached.values())) {
      walk.fail(reached, each);
    }
    return List.copyOf(reached.values());
  }

  private void fail(SequencedMap<String, Reached> reached, Reached place) {
    Deque<Reached> open = new ArrayDeque<>(List.of(place));
    while (!open.isEmpty()) {
      Reached each = open.remove();
      for (Hop hop : failures.getOrDefault(each.name(), List.of())) {
        Reached next = after(each, hop, true);
        if (each.kind() == Kind.CHANNEL && !reached.containsKey(key(next))) {
          open.addAll(spread(reached, next, flow));
        }
      }
    }
  }

  /** Adds a place and all that is reached from it; those Channels that are new. */
  private List<Reached> spread(
      SequencedMap<String, Reached> reached, Reached first, Map<String, List<Hop>> ways) {
    List<Reached> fresh = new ArrayList<>();
    Deque<Reached> open = new ArrayDeque<>(List.of(first));
    reached.put(key(first), first);
    while (!open.isEmpty()) {
      Reached each = open.remove();
      fresh.add(each);
      subscribers(reached, each);
      for (Hop hop : ways.getOrDefault(each.name(), List.of())) {
        Reached next = after(each, hop, each.afterFailure());
        if (reached.putIfAbsent(key(next), next) == null) {
          open.add(next);
        }
      }
    }
    return fresh;
  }

  private void subscribers(SequencedMap<String, Reached> reached, Reached channel) {
    for (GraphSubscription each : readers.getOrDefault(channel.name(), List.of())) {
      if (!each.call().isEmpty() && !graph.has(each.call())) {
        List<String> path = extended(channel.path(), each.name(), each.call());
        Reached called =
            new Reached(Kind.SUBSCRIBER, each.call(), channel.hops(), path, channel.afterFailure());
        reached.putIfAbsent(key(called), called);
      }
    }
  }

  private static Reached after(Reached place, Hop hop, boolean afterFailure) {
    List<String> path = extended(place.path(), hop.via(), hop.to());
    return new Reached(Kind.CHANNEL, hop.to(), place.hops() + 1, path, afterFailure);
  }

  private static List<String> extended(List<String> path, String via, String to) {
    List<String> longer = new ArrayList<>(path);
    longer.add(via);
    longer.add(to);
    return longer;
  }

  private static String key(Reached reached) {
    return reached.kind() + " " + reached.name();
  }

  /** The shortest way between two Channels; empty when there is none, or they are the same. */
  static List<Hop> shortest(List<Hop> hops, String from, String to) {
    Map<String, List<Hop>> leaving = EventGraph.leaving(hops);
    Map<String, Hop> reachedBy = new HashMap<>();
    Deque<String> open = new ArrayDeque<>(List.of(from));
    while (!open.isEmpty() && !reachedBy.containsKey(to)) {
      for (Hop hop : leaving.getOrDefault(open.remove(), List.of())) {
        if (!hop.to().equals(from) && reachedBy.putIfAbsent(hop.to(), hop) == null) {
          open.add(hop.to());
        }
      }
    }
    List<Hop> way = new ArrayList<>();
    @Nullable Hop last = reachedBy.get(to);
    while (last != null) {
      way.addFirst(last);
      last = reachedBy.get(last.from());
    }
    return way;
  }
}
