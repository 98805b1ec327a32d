package io.leat.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.balance.Draw;
import io.leat.proxy.balance.LiveEndpoint;
import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RevisionLimits;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.RouteMatch;
import io.leat.proxy.table.TableUpdate;
import io.leat.proxy.table.TrafficSplit;
import io.leat.proxy.table.VirtualHost;
import io.leat.proxy.table.WeightedTarget;
import io.leat.proxy.telemetry.MetricRows;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TableSequenceTest {
  private final TableModel model = new TableModel();
  private final MetricRows rows = new MetricRows();
  private final LiveTable table = new LiveTable(5, rows, 2);
  private final Draw draw = Draw.xorshift(17);

  private void apply(TableUpdate update) {
    assertThat(table.apply(update)).isEqualTo(new LiveTable.Outcome.Acknowledged(update.version()));
    assertThat(table.current().version()).isEqualTo(update.version());
    assertThat(table.current().hash()).isEqualTo(update.hash());
  }

  private LiveEntry dispatch(String host) {
    LiveEntry entry = table.current().dispatch(new RawRequest(host, "/"), true);
    return Objects.requireNonNull(entry, host);
  }

  private LiveTarget target(String host) {
    return ((LiveSplit) dispatch(host).action()).pick(0);
  }

  private LiveRevision revision(String name) {
    return Objects.requireNonNull(table.current().revision(TableModel.id(name)));
  }

  @Test
  void everyActionHasItsLiveForm() {
    RouteAction.Redirect redirect = new RouteAction.Redirect(308, "https", null, null);
    RouteAction.Respond respond = new RouteAction.Respond(200, "text/plain", "ok");
    RouteAction.FanOut fanOut = new RouteAction.FanOut(new ChannelId("default", "orders"));
    model.host("r.test", redirect).host("s.test", respond).host("c.test", fanOut);
    apply(model.snapshot());
    assertThat(dispatch("r.test").action()).isEqualTo(new LiveAction.Redirect(redirect));
    assertThat(dispatch("s.test").action()).isEqualTo(new LiveAction.Respond(respond));
    assertThat(dispatch("c.test").action()).isEqualTo(new LiveAction.FanOut(fanOut.channel()));
  }

  @Test
  void aRevisionMayBeRemovedAndGivenInOneDifference() {
    apply(model.revision("r1", 1).host("a.test", TableModel.split("r1", 1)).snapshot());
    LiveEndpoint busy = Objects.requireNonNull(revision("r1").acquire(draw));
    model.revision("r1", 1, 2);
    TableUpdate.Delta plain = model.delta();
    apply(
        new TableUpdate.Delta(
            plain.fromVersion(),
            plain.version(),
            plain.hash(),
            plain.putHosts(),
            plain.removedHosts(),
            plain.putRevisions(),
            Set.of(TableModel.id("r1"))));
    assertThat(target("a.test").revision().readyEndpoints()).isEqualTo(2);
    assertThat(revision("r1").readyEndpoint(0)).isSameAs(busy);
  }

  @Test
  void onlyHostsThatNameAChangedRevisionAreBuiltAnew() {
    model.revision("r1", 1).revision("r2", 2);
    model.host("a.test", TableModel.split("r1", 1)).host("b.test", TableModel.split("r2", 1));
    model.host("ab.test", TableModel.split("r1", 1, "r2", 1));
    apply(model.snapshot());
    Map<String, LiveHost> before = hosts();
    apply(model.revision("r1", 1, 11).delta());
    Map<String, LiveHost> after = hosts();
    assertThat(after.get("a.test")).isNotSameAs(before.get("a.test"));
    assertThat(after.get("ab.test")).isNotSameAs(before.get("ab.test"));
    assertThat(after.get("b.test")).isSameAs(before.get("b.test"));
    assertThat(target("a.test").revision()).isSameAs(revision("r1"));
    assertThat(target("a.test").revision().readyEndpoints()).isEqualTo(2);
    apply(model.snapshot());
    assertThat(hosts()).as("an equal snapshot rebuilds nothing").isEqualTo(after);
  }

  private Map<String, LiveHost> hosts() {
    Map<String, LiveHost> hosts = new HashMap<>();
    table.current().forEachHost(host -> hosts.put(host.host().host(), host));
    return hosts;
  }

  @Test
  void headersOfTheTargetWinOverThoseOfTheEntry() {
    WeightedTarget target =
        new WeightedTarget(TableModel.id("r1"), 1, Map.of("x-both", "target", "x-target", "1"));
    RouteAction action = new RouteAction.Split(new TrafficSplit(List.of(target)));
    RouteEntry entry =
        new RouteEntry(
            "d/a", RouteMatch.ALL, action, Map.of("x-both", "entry", "x-entry", "1"), null);
    apply(model.revision("r1", 1).host("a.test", entry).snapshot());
    Map<String, String> headers = new HashMap<>();
    byte[][] pairs = target("a.test").setHeaders();
    for (int i = 0; i < pairs.length; i += 2) {
      headers.put(
          new String(pairs[i], StandardCharsets.ISO_8859_1),
          new String(pairs[i + 1], StandardCharsets.ISO_8859_1));
    }
    assertThat(headers).isEqualTo(Map.of("x-both", "target", "x-entry", "1", "x-target", "1"));
  }

  @Test
  void anySequenceOfDifferencesEndsWhereItsSnapshotDoes() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    apply(model.snapshot());
    for (int round = 0; round < 600; round++) {
      for (int i = random.nextInt(6); i >= 0; i--) {
        edit(random);
      }
      apply(random.nextInt(10) == 0 ? model.snapshot() : model.delta());
      Map<String, VirtualHost> hosts = new HashMap<>();
      table.current().forEachHost(host -> hosts.put(host.host().host(), host.host()));
      assertThat(hosts).as("seed %d", seed).isEqualTo(model.hosts());
      Map<RevisionId, RevisionEndpoints> revisions = new HashMap<>();
      table.current().forEachRevision(live -> revisions.put(live.id(), live.shape()));
      assertThat(revisions).as("seed %d", seed).isEqualTo(model.revisions());
      assertThat(table.current().hash()).isEqualTo(model.table().hash());
      table.current().forEachHost(host -> host.entries().forEach(this::namesLiveRevisions));
    }
    long pairs =
        model.hosts().values().stream().flatMap(TableSequenceTest::pairs).distinct().count();
    assertThat(rows.counts()).as("seed %d", seed).hasSize((int) pairs);
  }

  private static Stream<String> pairs(VirtualHost host) {
    return host.entries().stream()
        .filter(entry -> entry.action() instanceof RouteAction.Split)
        .flatMap(entry ->
            ((RouteAction.Split) entry.action())
                .split().targets().stream().map(target -> entry.route() + " " + target.revision()));
  }

  private void namesLiveRevisions(LiveEntry entry) {
    if (entry.action() instanceof LiveSplit split) {
      for (int i = 0; i < split.split().targets().size(); i++) {
        LiveRevision live = split.target(i).revision();
        assertThat(table.current().revision(live.id())).isSameAs(live);
      }
    }
  }

  private void edit(Random random) {
    String host = (random.nextInt(4) == 0 ? "*.h" : "h") + random.nextInt(12) + ".test";
    switch (random.nextInt(4)) {
      case 0 -> model.removeHost(host);
      case 1 -> {
        String name = "r" + random.nextInt(8);
        Reachability reachability =
            random.nextBoolean()
                ? new Reachability.Dormant()
                : new Reachability.Unavailable("image " + random.nextInt(3) + " not found");
        model.put(
            random.nextBoolean()
                ? TableModel.serving(name, 1 + random.nextInt(9))
                : new RevisionEndpoints(TableModel.id(name), RevisionLimits.DEFAULT, reachability));
      }
      case 2 -> {
        String one = "r" + random.nextInt(8);
        String other = "r" + random.nextInt(8);
        model.revisions().putIfAbsent(TableModel.id(one), TableModel.serving(one, 1));
        model.revisions().putIfAbsent(TableModel.id(other), TableModel.serving(other, 1));
        model.host(host, TableModel.split(one, 1 + random.nextInt(9), other, random.nextInt(9)));
      }
      default -> {
        String name = "r" + random.nextInt(8);
        RevisionId id = TableModel.id(name);
        boolean named =
            model.hosts().values().stream()
                .anyMatch(h -> pairs(h).anyMatch(pair -> pair.endsWith(" " + id)));
        if (!named) {
          model.removeRevision(name);
        }
      }
    }
  }
}
