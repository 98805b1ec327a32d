package io.leat.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.routing.Explanation;
import io.leat.proxy.routing.LiveAction;
import io.leat.proxy.routing.LiveEntry;
import io.leat.proxy.table.HeaderEdit;
import io.leat.proxy.table.HeaderEdits;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.RouteMatch;
import io.leat.proxy.table.RoutePolicy;
import io.leat.proxy.table.WeightedTarget;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExplainJsonTest {
  private final StringBuilder out = new StringBuilder();
  private final JsonWriter json = new JsonWriter(out);

  @Test
  void namesTheEntryThatTookTheRequest() {
    RouteAction.Redirect redirect = new RouteAction.Redirect(301, "https", null, "/new");
    RouteMatch match =
        new RouteMatch(
            RouteMatch.PathKind.SEGMENT,
            "/old",
            List.of(new RouteMatch.HeaderMatch("X-Beta", "1")));
    LiveEntry entry =
        new LiveEntry(
            RouteEntry.of("default/shop", match, redirect)
                .withPolicy(
                    RoutePolicy.NONE.withHeaders(
                        new HeaderEdits(
                            List.of(new HeaderEdit(HeaderEdit.Operation.SET, "x-a", "b")),
                            List.of(new HeaderEdit(HeaderEdit.Operation.REMOVE, "x-c", ""))))),
            new LiveAction.Redirect(redirect),
            new byte[0][]);
    Explanation explanation =
        new Explanation(
            7,
            Explanation.HostMatch.EXACT,
            "shop.localhost",
            List.of(),
            List.of(new Explanation.Tried("default/shop", "/old x-beta=1", null)),
            entry);

    new ExplainJson(json)
        .write(AskedRequest.of("GET", "http://shop.localhost/old/x", List.of()), explanation);

    assertThat(out)
        .hasToString(
            """
            {"method":"GET","host":"shop.localhost","path":"/old/x","version":7,\
            "hostMatch":"exact","virtualHost":"shop.localhost","nearestHosts":[],\
            "tried":[{"route":"default/shop","match":"/old x-beta=1","failed":null}],\
            "route":"default/shop",\
            "matched":{"kind":"segment","prefix":"/old","headers":["x-beta: 1"]},\
            "rewriteHost":null,"setHeaders":{},\
            "requestHeaders":["set x-a: b"],"responseHeaders":["remove x-c"],"outcome":"redirect","status":301}\
            """);
  }

  @Test
  void tellsWhatEveryTargetWouldDo() {
    List<LiveRevision> revisions = new ArrayList<>();
    TableFixture.view().revisions().accept(revisions::add);
    List<WeightedTarget> targets =
        List.of(
            WeightedTarget.of(TableFixture.ONE, 5),
            WeightedTarget.of(TableFixture.TWO, 15),
            WeightedTarget.of(TableFixture.THREE, 0));

    json.beginObject();
    new ExplainJson(json).split(targets, revisions::get);
    json.endObject();

    assertThat(out)
        .hasToString(
            """
            {"outcome":"split","targets":[\
            {"revision":"default/shop-00001","weight":5,"percent":25.0,"then":"forward",\
            "inFlight":0,"waiting":0,"concurrencyLimit":10,\
            "readyEndpoints":[{"address":"127.0.0.1:8001","inFlight":0}]},\
            {"revision":"default/shop-00002","weight":15,"percent":75.0,"then":"hold",\
            "inFlight":0,"waiting":0,"concurrencyLimit":0,"readyEndpoints":[]},\
            {"revision":"other/blog-00001","weight":0,"percent":0.0,"then":"reject",\
            "reason":"image \\"gone\\"","rejection":{"status":503,\
            "reason":"revision_unavailable","error":"destination_unavailable",\
            "details":"the revision cannot serve and cannot be woken"},\
            "inFlight":0,"waiting":0,"concurrencyLimit":0,"readyEndpoints":[]}]}\
            """);
  }
}
