package io.leat.proxy.admin;

import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.Endpoint;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RevisionLimits;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.RouteMatch;
import io.leat.proxy.table.RouteTable;
import io.leat.proxy.table.TrafficSplit;
import io.leat.proxy.table.VirtualHost;
import io.leat.proxy.table.WeightedTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A small table with one of everything. */
final class TableFixture {
  static final RevisionId ONE = new RevisionId("default", "shop-00001");
  static final RevisionId TWO = new RevisionId("default", "shop-00002");
  static final RevisionId THREE = new RevisionId("other", "blog-00001");

  private TableFixture() {}

  static RouteTable table() {
    RouteEntry split =
        new RouteEntry(
            "default/shop",
            RouteMatch.literal("/"),
            new RouteAction.Split(
                new TrafficSplit(
                    List.of(
                        new WeightedTarget(ONE, 90, Map.of("x-variant", "a")),
                        WeightedTarget.of(TWO, 10)))),
            Map.of("x-route", "shop"),
            "inner.example");
    RouteEntry redirect =
        RouteEntry.of(
            "default/shop",
            new RouteMatch(
                RouteMatch.PathKind.SEGMENT,
                "/old",
                List.of(new RouteMatch.HeaderMatch("X-Beta", "1"))),
            new RouteAction.Redirect(301, "https", null, "/new"));
    RouteEntry blog =
        RouteEntry.of("other/blog", RouteMatch.ALL, new RouteAction.Split(TrafficSplit.to(THREE)));
    RouteEntry orders =
        RouteEntry.of(
            "default/orders",
            RouteMatch.ALL,
            new RouteAction.FanOut(new ChannelId("default", "orders")));
    return new RouteTable(
        7,
        List.of(
            VirtualHost.of("shop.default.localhost", List.of(split, redirect)),
            VirtualHost.of("blog.other.localhost", List.of(blog)),
            VirtualHost.of("orders.default.channels.localhost", List.of(orders))),
        List.of(
            new RevisionEndpoints(
                ONE,
                RevisionLimits.DEFAULT.withContainerConcurrency(10),
                new Reachability.Serving(
                    List.of(
                        Endpoint.http1("127.0.0.1", 8001),
                        new Endpoint(
                            "::1", 8002, Endpoint.Protocol.H2C, Endpoint.State.DRAINING)))),
            new RevisionEndpoints(TWO, RevisionLimits.DEFAULT, new Reachability.Dormant()),
            new RevisionEndpoints(
                THREE, RevisionLimits.DEFAULT, new Reachability.Unavailable("image \"gone\""))));
  }

  static TableView view() {
    RouteTable table = table();
    List<LiveRevision> live = new ArrayList<>();
    for (RevisionEndpoints revision : table.revisions()) {
      live.add(LiveRevision.of(revision, null));
    }
    return new TableView(
        table.version(),
        table.hash(),
        table.virtualHosts().size(),
        table.virtualHosts()::forEach,
        live::forEach);
  }
}
