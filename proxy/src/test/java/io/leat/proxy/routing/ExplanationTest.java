package io.leat.proxy.routing;

import static io.leat.proxy.routing.TableFixture.change;
import static io.leat.proxy.routing.TableFixture.host;
import static io.leat.proxy.routing.TableFixture.revision;
import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.RouteMatch;
import io.leat.proxy.table.RouteMatch.HeaderMatch;
import io.leat.proxy.table.RouteMatch.PathKind;
import io.leat.proxy.table.VirtualHost;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ExplanationTest {
  private final TableFixture table = new TableFixture();

  @BeforeEach
  void shop() {
    var tag = new RouteMatch(PathKind.LITERAL, "/", List.of(new HeaderMatch("x-tag", "blue")));
    var api = new RouteMatch(PathKind.SEGMENT, "/api", List.of());
    table.apply(
        change()
            .put(
                VirtualHost.of(
                    "shop.test",
                    List.of(
                        RouteEntry.of(
                            "default/shop", RouteMatch.ALL, TableFixture.split("r0", 90, "r1", 10)),
                        RouteEntry.of("default/tag", tag, TableFixture.split("r1", 1)),
                        RouteEntry.of(
                            "default/api", api, new RouteAction.Respond(204, "text/plain", "")),
                        RouteEntry.of(
                            "default/old",
                            RouteMatch.literal("/old"),
                            new RouteAction.Redirect(308, null, "new.test", null)),
                        RouteEntry.of(
                            "default/events",
                            RouteMatch.literal("/events"),
                            new RouteAction.FanOut(new ChannelId("default", "orders"))))))
            .put(host("shopping.test", "r0", 1), host("a.b.c.d", "r0", 1), host("*.zzz", "r0", 1))
            .put(revision("r0", 80, 81), revision("r1")));
  }

  private Explanation explain(String host, String path, String... headers) {
    return Explanation.of(table.live.current(), new RawRequest(host, path, headers), true);
  }

  private static String takenBy(Explanation explanation) {
    return Objects.requireNonNull(explanation.taken()).entry().route();
  }

  @Test
  void tellsWhatTookTheRequestAndWhatWasTriedBefore() {
    Explanation explanation = explain("SHOP.test", "/cart", "x-tag", "red");
    assertThat(explanation.virtualHost()).isEqualTo("shop.test");
    assertThat(explanation.tableVersion()).isEqualTo(1);
    assertThat(explanation.nearestHosts()).isEmpty();
    assertThat(explanation.tried())
        .containsSubsequence(
            new Explanation.Tried(
                "default/tag", "/ x-tag=blue", "header x-tag is \"red\" (expected: \"blue\")"),
            new Explanation.Tried("default/shop", "/", null));
    assertThat(takenBy(explanation)).isEqualTo("default/shop");
  }

  @Test
  void theEntryIsTheOneThatTheRouterDispatchesTo() {
    for (String path : new String[] {"/", "/api", "/api/x", "/apis", "/old", "/eventsource"}) {
      LiveEntry dispatched = table.live.current().dispatch(new RawRequest("shop.test", path), true);
      assertThat(explain("shop.test", path).taken()).isSameAs(dispatched).isNotNull();
    }
    assertThat(takenBy(explain("shop.test", "/api"))).isEqualTo("default/api");
    assertThat(takenBy(explain("shop.test", "/old/x"))).isEqualTo("default/old");
    assertThat(takenBy(explain("shop.test", "/eventsource"))).isEqualTo("default/events");
    assertThat(takenBy(explain("shop.test", "/", "x-tag", "blue"))).isEqualTo("default/tag");
    assertThat(takenBy(explain("any.zzz", "/"))).isEqualTo("default/route");
  }

  @Test
  void tellsWhyAnEntryDidNotTakeTheRequest() {
    assertThat(explain("shop.test", "/apis").tried())
        .contains(
            new Explanation.Tried(
                "default/api", "/api", "path goes on inside the last segment of /api"))
        .contains(new Explanation.Tried("default/tag", "/ x-tag=blue", "header x-tag is missing"));
    assertThat(explain("shop.test", "/b").tried())
        .contains(new Explanation.Tried("default/api", "/api", "path does not start with /api"));
  }

  @Test
  void namesTheNearestHostsWhenNoneTakesTheRequest() {
    Explanation explanation = explain("shpo.test", "/");
    assertThat(explanation.virtualHost()).isNull();
    assertThat(explanation.taken()).isNull();
    assertThat(explanation.tried()).isEmpty();
    assertThat(explanation.nearestHosts()).hasSize(3).startsWith("shop.test", "shopping.test");
  }

  @Test
  void theNearestOfManyHostsIsFound() {
    TableFixture.Change many = change();
    for (int i = 0; i < 200; i++) {
      many.put(host("unrelated-name-" + i + ".example", "r0", 1));
    }
    table.apply(many);
    assertThat(explain("shop.tes", "/").nearestHosts().getFirst()).isEqualTo("shop.test");
  }

  @Test
  void tellsHowTheHostWasFound() {
    table.apply(
        change()
            .put(
                new VirtualHost(
                    "shop.cluster.local",
                    VirtualHost.Visibility.CLUSTER_LOCAL,
                    host("x", "r0", 1).entries())));
    assertThat(explain("Shop.test.", "/").hostMatch()).isEqualTo(Explanation.HostMatch.EXACT);
    assertThat(explain("any.zzz", "/").hostMatch()).isEqualTo(Explanation.HostMatch.WILDCARD);
    assertThat(explain("any.zzz", "/").virtualHost()).isEqualTo("*.zzz");
    assertThat(explain("nobody.test", "/").hostMatch()).isEqualTo(Explanation.HostMatch.NONE);
    Explanation hidden = explain("shop.cluster.local", "/");
    assertThat(hidden.hostMatch()).isEqualTo(Explanation.HostMatch.HIDDEN);
    assertThat(hidden.taken()).isNull();
    RawRequest inside = new RawRequest("shop.cluster.local", "/");
    assertThat(Explanation.of(table.live.current(), inside, false).hostMatch())
        .isEqualTo(Explanation.HostMatch.EXACT);
  }

  @Test
  void whatWasTriedComesBeforeWhatWasPassedOver() {
    assertThat(explain("shop.test", "/apis", "x-tag", "blue").tried())
        .extracting(Explanation.Tried::route)
        .startsWith("default/api", "default/tag")
        .endsWith("default/old", "default/events");
  }
}
