package io.leat.control.eventing.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.leat.control.eventing.topology.TopologyWalk.Kind;
import io.leat.control.eventing.topology.TopologyWalk.Reached;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TopologyWalkTest {

  @Test
  void anEventReachesChannelsAndSubscribersOverTheShortestWay() {
    EventGraph graph =
        new Graphs()
            .channels("a", "b", "c", "other")
            .channel("a", "dead")
            .channels("dead")
            .call("s", "a", "transformer", "svc", "b")
            .link("t", "b", "c")
            .router("u", "a", "b", Map.of("x", "c"))
            .call("v", "c", "filter", "last", "a")
            .call("w", "dead", "filter", "parking", "")
            .link("x", "other", "a")
            .graph();
    assertThat(TopologyWalk.from(graph, "a"))
        .extracting(Reached::kind, Reached::name, Reached::hops, Reached::afterFailure)
        .containsExactlyInAnyOrder(
            tuple(Kind.CHANNEL, "a", 0, false),
            tuple(Kind.SUBSCRIBER, "svc", 0, false),
            tuple(Kind.CHANNEL, "b", 1, false),
            tuple(Kind.CHANNEL, "c", 1, false),
            tuple(Kind.SUBSCRIBER, "last", 1, false),
            tuple(Kind.CHANNEL, "dead", 1, true),
            tuple(Kind.SUBSCRIBER, "parking", 1, true));
    assertThat(TopologyWalk.from(graph, "a"))
        .filteredOn(reached -> reached.name().equals("last"))
        .singleElement()
        .satisfies(last -> assertThat(last.path()).containsExactly("a", "u", "c", "v", "last"));
    assertThat(TopologyWalk.from(graph, "nowhere")).isEmpty();
  }
}
