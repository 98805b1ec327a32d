package io.leat.control.eventing.topology;

import io.leat.control.eventing.topology.EventGraph.Hop;
import io.leat.control.eventing.topology.Finding.Severity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds what is wrong with an {@link EventGraph} before it is applied: ways that never end, ways
 * that end nowhere, and decisions that nobody takes. Pure.
 *
 * <p>The codes of errors: {@code cycle}, {@code from-missing}, {@code result-missing}, {@code
 * route-missing}, {@code dead-letter-missing}, {@code dead-letter-loop}, {@code
 * source-channel-missing}, {@code role-unknown}, {@code routes-not-allowed}, {@code
 * router-without-call}, {@code nothing-to-do}. Those of warnings: {@code cycle} when a subscriber
 * on the way may end it, {@code dead-letter-loop} over several Channels, {@code dead-end}, {@code
 * router-without-default}, {@code aggregator-without-completion}, {@code duplicate-subscription}.
 */
public final class TopologyCheck {
  private static final Set<String> ROLES =
      Set.of("transformer", "filter", "router", "splitter", "aggregator");
  private static final String ROUTER = "router";

  private final EventGraph graph;
  private final List<Finding> findings = new ArrayList<>();

  private TopologyCheck(EventGraph graph) {
    this.graph = graph;
  }

  /** Everything that is wrong; empty when nothing is. In the order of the graph, ways last. */
  public static List<Finding> findings(EventGraph graph) {
    TopologyCheck check = new TopologyCheck(graph);
    graph.sources().forEach(check::source);
    check.channels();
    graph.subscriptions().forEach(check::subscription);
    check.duplicates();
    check.cycles();
    check.deadLetterLoops();
    return List.copyOf(check.findings);
  }

  private void source(GraphSource source) {
    if (!graph.has(source.channel())) {
      missing("source-channel-missing", source.name(), "emits into", source.channel());
    }
  }

  private void channels() {
    Set<String> read = new HashSet<>();
    graph.subscriptions().forEach(each -> read.add(each.from()));
    graph
        .channels()
        .forEach((channel, deadLetter) -> {
          if (!read.contains(channel)) {
            String text = "no Subscription takes events from " + channel;
            findings.add(Finding.warning("dead-end", channel, text));
          }
          if (deadLetter.equals(channel)) {
            selfLoop(channel, channel);
          } else if (namesNoChannel(deadLetter)) {
            missing("dead-letter-missing", channel, "sends its dead letters to", deadLetter);
          }
        });
  }

  private void subscription(GraphSubscription each) {
    if (!graph.has(each.from())) {
      missing("from-missing", each.name(), "takes events from", each.from());
    }
    if (namesNoChannel(each.result())) {
      missing("result-missing", each.name(), "sends its results to", each.result());
    }
    each.routes()
        .forEach((route, target) -> {
          if (namesNoChannel(target)) {
            missing("route-missing", each.name(), "sends its route " + route + " to", target);
          }
        });
    if (!each.deadLetter().isEmpty() && each.deadLetter().equals(each.from())) {
      selfLoop(each.name(), each.from());
    } else if (namesNoChannel(each.deadLetter())) {
      missing("dead-letter-missing", each.name(), "sends its dead letters to", each.deadLetter());
    }
    role(each);
  }

  private void role(GraphSubscription each) {
    String name = each.name();
    boolean router = each.role().equals(ROUTER);
    if (!ROLES.contains(each.role())) {
      String text = name + " plays the role " + each.role() + " (expected: one of ";
      String known = String.join(", ", ROLES.stream().sorted().toList());
      findings.add(Finding.error("role-unknown", name, text + known + ")"));
    } else if (!router && !each.routes().isEmpty()) {
      String text = name + " has routes, which only a router may have";
      findings.add(Finding.error("routes-not-allowed", name, text));
    } else if (router && each.call().isEmpty()) {
      String text = name + " is a router that calls nobody who could name a route";
      findings.add(Finding.error("router-without-call", name, text));
    }
    if (router && each.result().isEmpty()) {
      String text = name + " has no default: an event for which no route is named is a dead letter";
      findings.add(Finding.warning("router-without-default", name, text));
    }
    if (each.call().isEmpty() && each.result().isEmpty() && !router) {
      String text = name + " neither calls anybody nor has a result";
      findings.add(Finding.error("nothing-to-do", name, text));
    }
    if (each.role().equals("aggregator") && !each.completes()) {
      String text =
          name
              + " has no size, timeout or last member by which a group is whole: the subscriber"
              + " must keep the groups itself, and loses them when it stops";
      findings.add(Finding.warning("aggregator-without-completion", name, text));
    }
  }

  private void duplicates() {
    Map<GraphSubscription, String> known = new HashMap<>();
    for (GraphSubscription each : graph.subscriptions()) {
      GraphSubscription nameless =
          new GraphSubscription(
              "", each.from(), each.role(), each.call(), each.result(), each.routes(), "", false);
      String first = known.putIfAbsent(nameless, each.name());
      if (first != null) {
        String text = each.name() + " does the same as " + first + ": every event goes twice";
        findings.add(Finding.warning("duplicate-subscription", each.name(), text));
      }
    }
  }

  private void cycles() {
    for (List<Hop> round : Cycles.of(graph.hops())) {
      boolean endless = round.stream().allMatch(Hop::unconditional);
      String text =
          written(round)
              + (endless
                  ? ": no event ever leaves this way"
                  : ": an event goes round until a subscriber on the way ends it");
      findings.add(
          new Finding(
              endless ? Severity.ERROR : Severity.WARNING,
              "cycle",
              round.getFirst().from(),
              text,
              path(round)));
    }
  }

  /** Rounds that an event can go only because something failed. */
  private void deadLetterLoops() {
    List<Hop> failures =
        graph.failures().stream().filter(hop -> !hop.from().equals(hop.to())).toList();
    List<Hop> all = new ArrayList<>(failures);
    all.addAll(graph.hops());
    Set<Set<String>> told = new HashSet<>();
    for (Hop failure : failures) {
      List<Hop> round = TopologyWalk.shortest(all, failure.to(), failure.from());
      if (round.isEmpty()) {
        continue;
      }
      List<Hop> loop = new ArrayList<>(List.of(failure));
      loop.addAll(round);
      Set<String> channels = new HashSet<>();
      loop.forEach(hop -> channels.add(hop.from()));
      if (told.add(channels)) {
        String text = written(loop) + ": dead letters come back to where they failed";
        findings.add(
            new Finding(Severity.WARNING, "dead-letter-loop", failure.via(), text, path(loop)));
      }
    }
  }

  /** Whether this is written as a Channel, and there is none of that name; URIs are not judged. */
  private boolean namesNoChannel(String target) {
    return !target.isEmpty() && !target.contains("://") && !graph.has(target);
  }

  private void missing(String code, String where, String does, String channel) {
    String text = where + " " + does + " the Channel " + channel + ", which is not there";
    findings.add(Finding.error(code, where, text));
  }

  private void selfLoop(String where, String channel) {
    String text = where + " sends dead letters into " + channel + ", where they failed";
    findings.add(
        new Finding(
            Severity.ERROR, "dead-letter-loop", where, text, List.of(channel, where, channel)));
  }

  private static List<String> path(List<Hop> round) {
    List<String> path = new ArrayList<>(List.of(round.getFirst().from()));
    for (Hop hop : round) {
      path.add(hop.via());
      path.add(hop.to());
    }
    return path;
  }

  private static String written(List<Hop> round) {
    StringBuilder text = new StringBuilder(round.getFirst().from());
    round.forEach(hop -> text.append(" → ").append(hop.to()));
    return text.toString();
  }
}
