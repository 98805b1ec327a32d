package io.leat.control.eventing.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.eventing.topology.Finding.Severity;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TopologyCheckTest {

  private static Graphs two() {
    return new Graphs().channels("a", "b").call("end", "b", "transformer", "svc", "");
  }

  private static GraphSubscription sub(
      String role, String call, String result, Map<String, String> routes, String deadLetter) {
    return new GraphSubscription("s", "a", role, call, result, routes, deadLetter, false);
  }

  static Stream<Arguments> badGraphs() {
    return Stream.of(
        Arguments.of("cycle", two().link("s", "a", "b").link("t", "b", "a")),
        Arguments.of("cycle", new Graphs().channels("a").link("s", "a", "a")),
        Arguments.of("dead-end", new Graphs().channels("a", "b").link("s", "a", "b")),
        Arguments.of("result-missing", two().link("s", "a", "gone")),
        Arguments.of("from-missing", two().link("s", "a", "b").link("t", "gone", "b")),
        Arguments.of("router-without-default", two().router("s", "a", "", Map.of("x", "b"))),
        Arguments.of("route-missing", two().router("s", "a", "b", Map.of("x", "gone"))),
        Arguments.of("role-unknown", two().call("s", "a", "sorter", "svc", "b")),
        Arguments.of(
            "routes-not-allowed", two().add(sub("filter", "svc", "b", Map.of("x", "b"), ""))),
        Arguments.of(
            "router-without-call", two().add(sub("router", "", "b", Map.of("x", "b"), ""))),
        Arguments.of("nothing-to-do", two().add(sub("transformer", "", "", Map.of(), ""))),
        Arguments.of(
            "aggregator-without-completion", two().call("s", "a", "aggregator", "svc", "b")),
        Arguments.of("duplicate-subscription", two().link("s", "a", "b").link("t", "a", "b")),
        Arguments.of("source-channel-missing", two().link("s", "a", "b").source("tick", "gone")),
        Arguments.of("dead-letter-loop", two().add(sub("transformer", "svc", "b", Map.of(), "a"))),
        Arguments.of("dead-letter-loop", two().channel("a", "a").link("s", "a", "b")),
        Arguments.of(
            "dead-letter-loop", two().channel("b", "a").call("s", "a", "filter", "f", "b")),
        Arguments.of("dead-letter-missing", two().channel("a", "gone").link("s", "a", "b")),
        Arguments.of(
            "dead-letter-missing", two().add(sub("filter", "svc", "b", Map.of(), "gone"))));
  }

  @ParameterizedTest
  @MethodSource("badGraphs")
  void eachMistakeIsFlaggedOnceAndNothingElse(String code, Graphs graph) {
    assertThat(TopologyCheck.findings(graph.graph()))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.code()).isEqualTo(code);
          assertThat(finding.where()).isIn("a", "b", "s", "t", "tick", "end");
          assertThat(finding.text()).isNotBlank();
        });
  }

  static Stream<Graphs> goodGraphs() {
    return Stream.of(
        new Graphs(),
        two().link("s", "a", "b").source("tick", "a"),
        two().router("s", "a", "b", Map.of("x", "b")).channel("a", "http://elsewhere/"),
        two()
            .channel("b", "dead")
            .channels("dead")
            .link("s", "a", "b")
            .call("park", "dead", "filter", "parking", ""),
        two().add(new GraphSubscription("s", "a", "aggregator", "m", "b", Map.of(), "", true)),
        two().call("s", "a", "splitter", "x", "b").call("t", "a", "splitter", "y", "b"));
  }

  @ParameterizedTest
  @MethodSource("goodGraphs")
  void whatIsRightIsNotFlagged(Graphs graph) {
    assertThat(TopologyCheck.findings(graph.graph())).isEmpty();
  }

  @Test
  void aCycleNamesItsWayAndIsAnErrorOnlyWhenNobodyCanEndIt() {
    Graphs ended = two().link("s", "a", "b").call("t", "b", "filter", "svc", "a");
    assertThat(TopologyCheck.findings(ended.graph()))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.severity()).isEqualTo(Severity.WARNING);
          assertThat(finding.path()).containsExactly("a", "s", "b", "t", "a");
          assertThat(finding.text()).startsWith("a → b → a");
        });
    Graphs endless = ended.channels("c").link("u", "b", "c").link("v", "c", "a");
    assertThat(TopologyCheck.findings(endless.graph()))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.severity()).isEqualTo(Severity.ERROR);
          assertThat(finding.path()).containsExactly("a", "s", "b", "u", "c", "v", "a");
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void noDagHasACycleAndABackEdgeMakesExactlyOne(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 20; round++) {
      int size = 2 + random.nextInt(30);
      Graphs graphs = new Graphs();
      for (int i = 0; i < size; i++) {
        graphs.channels("c" + i);
      }
      // A chain through all of them, and random ways that only go up.
      for (int i = 0; i + 1 < size; i++) {
        graphs.link("chain" + i, "c" + i, "c" + (i + 1));
      }
      for (int i = random.nextInt(60); i > 0; i--) {
        int from = random.nextInt(size - 1);
        int to = from + 1 + random.nextInt(size - from - 1);
        graphs.call("up" + i, "c" + from, "transformer", "svc" + i, "c" + to);
      }
      String at = "seed " + seed + " round " + round;
      assertThat(cycles(graphs)).as(at).isEmpty();
      int to = random.nextInt(size);
      int from = to + random.nextInt(size - to);
      graphs.link("back", "c" + from, "c" + to);
      assertThat(cycles(graphs))
          .as(at)
          .singleElement()
          .satisfies(finding -> assertThat(finding.path()).as(at).contains("back"));
    }
  }

  private static List<Finding> cycles(Graphs graphs) {
    return TopologyCheck.findings(graphs.graph()).stream()
        .filter(finding -> finding.code().equals("cycle"))
        .toList();
  }

  @Test
  void aLongChainNeedsNoDeepStack() {
    Graphs graphs = new Graphs();
    int size = 20_000;
    for (int i = 0; i < size; i++) {
      graphs.channels("c" + i).link("s" + i, "c" + i, "c" + (i + 1) % size);
    }
    assertThat(TopologyCheck.findings(graphs.graph()))
        .singleElement()
        .satisfies(finding -> assertThat(finding.path()).hasSize(2 * size + 1));
  }
}
