package io.leat.proxy.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every component of every part counts: values that differ in one of them have other hashes. */
final class TableHashTest {
  private static final RevisionId ONE = new RevisionId("default", "one");
  private static final RevisionId TWO = new RevisionId("default", "two");
  private static final RouteAction SPLIT = new RouteAction.Split(TrafficSplit.to(ONE));

  private static VirtualHost host(RouteEntry... entries) {
    return VirtualHost.of("a.test", List.of(entries));
  }

  private static RouteEntry entry(RouteMatch match, RouteAction action) {
    return RouteEntry.of("default/r", match, action);
  }

  private static RouteEntry entry(RoutePolicy policy) {
    return entry(RouteMatch.ALL, SPLIT).withPolicy(policy);
  }

  private static RouteAction split(WeightedTarget... targets) {
    return new RouteAction.Split(new TrafficSplit(List.of(targets)));
  }

  private static List<VirtualHost> hosts() {
    List<VirtualHost> hosts = new ArrayList<>();
    List<RouteEntry> plain = List.of(entry(RouteMatch.ALL, SPLIT));
    hosts.add(VirtualHost.of("a.test", plain));
    hosts.add(VirtualHost.of("b.test", plain));
    hosts.add(new VirtualHost("a.test", VirtualHost.Visibility.CLUSTER_LOCAL, plain));
    hosts.add(host());
    hosts.add(host(plain.getFirst(), plain.getFirst()));
    hosts.add(host(RouteEntry.of("default/s", RouteMatch.ALL, SPLIT)));
    hosts.add(host(new RouteEntry("default/r", RouteMatch.ALL, SPLIT, Map.of("k", "v"), null)));
    hosts.add(host(new RouteEntry("default/r", RouteMatch.ALL, SPLIT, Map.of("kv", ""), null)));
    hosts.add(host(new RouteEntry("default/r", RouteMatch.ALL, SPLIT, Map.of(), "other.test")));
    hosts.add(host(new RouteEntry("default/r", RouteMatch.ALL, SPLIT, Map.of(), "")));
    return hosts;
  }

  private static List<VirtualHost> matches() {
    RouteMatch.HeaderMatch header = new RouteMatch.HeaderMatch("x", "y");
    return List.of(
        host(entry(new RouteMatch(RouteMatch.PathKind.SEGMENT, "/", List.of()), SPLIT)),
        host(entry(RouteMatch.literal("/foo"), SPLIT)),
        host(entry(new RouteMatch(RouteMatch.PathKind.LITERAL, "/", List.of(header)), SPLIT)),
        host(
            entry(
                new RouteMatch(
                    RouteMatch.PathKind.LITERAL,
                    "/",
                    List.of(new RouteMatch.HeaderMatch("xy", ""))),
                SPLIT)));
  }

  private static List<VirtualHost> actions() {
    List<RouteAction> actions =
        List.of(
            split(WeightedTarget.of(TWO, 100)),
            split(WeightedTarget.of(new RevisionId("other", "one"), 100)),
            split(WeightedTarget.of(ONE, 90), WeightedTarget.of(TWO, 10)),
            split(WeightedTarget.of(TWO, 90), WeightedTarget.of(ONE, 10)),
            split(WeightedTarget.of(ONE, 80), WeightedTarget.of(TWO, 20)),
            split(new WeightedTarget(ONE, 100, Map.of("x", "y"))),
            new RouteAction.Redirect(301, null, null, null),
            new RouteAction.Redirect(302, null, null, null),
            new RouteAction.Redirect(301, "https", null, null),
            new RouteAction.Redirect(301, null, "https", null),
            new RouteAction.Redirect(301, null, null, "https"),
            new RouteAction.Respond(200, "text/plain", "x"),
            new RouteAction.Respond(404, "text/plain", "x"),
            new RouteAction.Respond(200, "text/html", "x"),
            new RouteAction.Respond(200, "text/plain", "y"),
            new RouteAction.FanOut(new ChannelId("default", "one")),
            new RouteAction.FanOut(new ChannelId("default", "two")),
            new RouteAction.FanOut(new ChannelId("other", "one")));
    return actions.stream().map(action -> host(entry(RouteMatch.ALL, action))).toList();
  }

  private static List<VirtualHost> policies() {
    RoutePolicy none = RoutePolicy.NONE;
    HeaderEdit set = new HeaderEdit(HeaderEdit.Operation.SET, "x", "y");
    List<RoutePolicy> policies =
        List.of(
            none.withStickiness(new Stickiness(Stickiness.Source.COOKIE, "x")),
            none.withStickiness(new Stickiness(Stickiness.Source.HEADER, "x")),
            none.withStickiness(new Stickiness(Stickiness.Source.COOKIE, "y")),
            none.withTimeout(Duration.ofSeconds(1)),
            none.withTimeout(Duration.ofNanos(1)),
            none.withMaxBodyBytes(1),
            none.withMaxBodyBytes(1L << 32),
            none.withRateLimit(new RateLimit(1, Duration.ofSeconds(1))),
            none.withRateLimit(new RateLimit(2, Duration.ofSeconds(1))),
            none.withRateLimit(new RateLimit(1, Duration.ofSeconds(2))),
            none.withHeaders(new HeaderEdits(List.of(set), List.of())),
            none.withHeaders(new HeaderEdits(List.of(), List.of(set))),
            none.withHeaders(
                new HeaderEdits(
                    List.of(new HeaderEdit(HeaderEdit.Operation.ADD, "x", "y")), List.of())),
            none.withHeaders(
                new HeaderEdits(
                    List.of(new HeaderEdit(HeaderEdit.Operation.SET, "x", "z")), List.of())),
            none.withTimed(true),
            none.withMirror(new Mirror(ONE, 1)),
            none.withMirror(new Mirror(ONE, 2)),
            none.withMirror(new Mirror(TWO, 1)));
    return policies.stream().map(policy -> host(entry(policy))).toList();
  }

  private static List<RevisionEndpoints> revisions() {
    RevisionLimits usual = RevisionLimits.DEFAULT;
    Reachability dormant = new Reachability.Dormant();
    Duration second = Duration.ofSeconds(1);
    List<RevisionEndpoints> all = new ArrayList<>();
    all.add(new RevisionEndpoints(ONE, usual, dormant));
    all.add(new RevisionEndpoints(TWO, usual, dormant));
    all.add(new RevisionEndpoints(ONE, usual.withContainerConcurrency(1), dormant));
    all.add(
        new RevisionEndpoints(
            ONE, new RevisionLimits(0, second, usual.responseStartTimeout(), second), dormant));
    all.add(
        new RevisionEndpoints(
            ONE, new RevisionLimits(0, usual.timeout(), second, second), dormant));
    all.add(
        new RevisionEndpoints(
            ONE, new RevisionLimits(0, usual.timeout(), second, Duration.ZERO), dormant));
    all.add(new RevisionEndpoints(ONE, usual, new Reachability.Unavailable("x")));
    all.add(new RevisionEndpoints(ONE, usual, new Reachability.Unavailable("y")));
    Endpoint plain = Endpoint.http1("h", 80);
    List<List<Endpoint>> endpoints =
        List.of(
            List.of(),
            List.of(plain),
            List.of(plain, plain),
            List.of(Endpoint.http1("i", 80)),
            List.of(Endpoint.http1("h", 81)),
            List.of(new Endpoint("h", 80, Endpoint.Protocol.H2C, Endpoint.State.READY)),
            List.of(new Endpoint("h", 80, Endpoint.Protocol.HTTP1, Endpoint.State.DRAINING)));
    endpoints.forEach(
        list -> all.add(new RevisionEndpoints(ONE, usual, new Reachability.Serving(list))));
    return all;
  }

  @Test
  void whateverDiffersHasAnotherHash() {
    Map<Long, Object> seen = new HashMap<>();
    List<VirtualHost> hosts = hosts();
    hosts.addAll(matches());
    hosts.addAll(actions());
    hosts.addAll(policies());
    for (VirtualHost host : hosts) {
      assertThat(seen.put(TableHash.of(host), host)).as("%s", host).isNull();
    }
    for (RevisionEndpoints revision : revisions()) {
      assertThat(seen.put(TableHash.of(revision), revision)).as("%s", revision).isNull();
    }
  }

  @Test
  void whatIsEqualHasTheSameHash() {
    for (int i = 0; i < hosts().size(); i++) {
      assertThat(TableHash.of(hosts().get(i))).isEqualTo(TableHash.of(hosts().get(i)));
    }
  }
}
