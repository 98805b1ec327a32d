package io.leat.control.eventing.topology;

import io.leat.control.eventing.topology.EventGraph.Hop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the closed ways of a graph: one, the shortest, for each set of Channels that all reach each
 * other (a strongly connected component, by Kosaraju's two walks). Needs no call stack, so that a
 * chain may be of any length.
 */
final class Cycles {
  private final Map<String, List<Hop>> leaving;
  private final Map<String, List<Hop>> entering = new LinkedHashMap<>();

  private Cycles(List<Hop> hops) {
    this.leaving = EventGraph.leaving(hops);
    for (Hop hop : hops) {
      entering.computeIfAbsent(hop.to(), _ -> new ArrayList<>()).add(hop);
    }
  }

  /** The cycles of these hops, each as the hops of one round; an endless one where there is one. */
  static List<List<Hop>> of(List<Hop> hops) {
    return of(hops, hops.stream().filter(Hop::unconditional).toList());
  }

  private static List<List<Hop>> of(List<Hop> hops, List<Hop> unconditional) {
    Cycles cycles = new Cycles(hops);
    List<List<Hop>> found = new ArrayList<>();
    Set<String> done = new HashSet<>();
    for (String channel : cycles.finished()) {
      Set<String> component = cycles.component(channel, done);
      if (component.isEmpty()) {
        continue;
      }
      List<Hop> sure = unconditional.stream().filter(hop -> inside(component, hop)).toList();
      List<List<Hop>> endless = sure.isEmpty() ? List.of() : of(sure, List.of());
      List<Hop> round = endless.isEmpty() ? cycles.round(component) : endless.getFirst();
      if (!round.isEmpty()) {
        found.add(round);
      }
    }
    return found;
  }

  private static boolean inside(Set<String> component, Hop hop) {
    return component.contains(hop.from()) && component.contains(hop.to());
  }

  /** Every Channel that has a way out, the one that a walk leaves last first. */
  private List<String> finished() {
    List<String> order = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String root : leaving.keySet()) {
      Deque<String> way = new ArrayDeque<>();
      Deque<Iterator<Hop>> open = new ArrayDeque<>();
      if (seen.add(root)) {
        way.push(root);
        open.push(out(root).iterator());
      }
      while (!way.isEmpty()) {
        Iterator<Hop> rest = open.element();
        if (!rest.hasNext()) {
          order.add(way.pop());
          open.pop();
          continue;
        }
        String next = rest.next().to();
        if (seen.add(next)) {
          way.push(next);
          open.push(out(next).iterator());
        }
      }
    }
    Collections.reverse(order);
    return order;
  }

  /** The Channels that reach this one and were not done yet. */
  private Set<String> component(String channel, Set<String> done) {
    Set<String> component = new HashSet<>();
    Deque<String> open = new ArrayDeque<>();
    if (done.add(channel)) {
      open.push(channel);
    }
    while (!open.isEmpty()) {
      String each = open.pop();
      component.add(each);
      for (Hop hop : entering.getOrDefault(each, List.of())) {
        if (done.add(hop.from())) {
          open.push(hop.from());
        }
      }
    }
    return component;
  }

  /** The shortest way from the first Channel of a component back to it; empty when none is. */
  private List<Hop> round(Set<String> component) {
    String start = Collections.min(component);
    Map<String, Hop> reachedBy = new HashMap<>();
    Deque<String> open = new ArrayDeque<>(List.of(start));
    while (!open.isEmpty()) {
      for (Hop hop : out(open.remove())) {
        if (component.contains(hop.to()) && reachedBy.putIfAbsent(hop.to(), hop) == null) {
          if (hop.to().equals(start)) {
            return back(start, reachedBy);
          }
          open.add(hop.to());
        }
      }
    }
    return List.of();
  }

  private static List<Hop> back(String start, Map<String, Hop> reachedBy) {
    List<Hop> round = new ArrayList<>();
    String at = start;
    do {
      @Nullable Hop hop = reachedBy.get(at);
      if (hop == null) {
        throw new IllegalStateException("no way back to " + start);
      }
      round.addFirst(hop);
      at = hop.from();
    } while (!at.equals(start));
    return round;
  }

  private List<Hop> out(String channel) {
    return leaving.getOrDefault(channel, List.of());
  }
}
