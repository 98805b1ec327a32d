package io.leat.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.routing.LiveTable.Outcome;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.ChannelStorage;
import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.DeliveryPolicy;
import io.leat.proxy.table.EventChannel;
import io.leat.proxy.table.RouteTable;
import io.leat.proxy.table.SubscriptionRole;
import io.leat.proxy.table.TableUpdate;
import io.leat.proxy.telemetry.MetricRows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Channels come with the table, whole or as differences, and swaps name those that changed. */
final class ChannelsOfTableTest {
  private final LiveTable live = new LiveTable(7, new MetricRows());
  private final List<Set<ChannelId>> changes = new ArrayList<>();

  private static ChannelId id(String name) {
    return new ChannelId("default", name);
  }

  private static EventChannel channel(String name, String... routes) {
    Map<String, String> mapping = new LinkedHashMap<>();
    for (String route : routes) {
      mapping.put(route, "http://" + route + ".test/");
    }
    ChannelSubscriber subscriber =
        new ChannelSubscriber(
            "u",
            "default/s",
            1,
            SubscriptionRole.ROUTER,
            "http://call.test/",
            null,
            mapping,
            DeliveryPolicy.DEFAULT,
            null,
            false,
            null);
    return new EventChannel(id(name), ChannelStorage.DEFAULT, List.of(subscriber));
  }

  private static RouteTable table(long version, EventChannel... channels) {
    return new RouteTable(version, List.of(), List.of(), List.of(channels));
  }

  private static TableUpdate.Delta delta(
      RouteTable next, List<EventChannel> put, Set<ChannelId> removed) {
    return new TableUpdate.Delta(
        next.version() - 1,
        next.version(),
        next.hash(),
        List.of(),
        Set.of(),
        List.of(),
        Set.of(),
        put,
        removed);
  }

  @Test
  void aSnapshotAndDifferencesAreFollowed() {
    live.onSwap(swap -> changes.add(swap.changedChannels()));
    live.apply(new TableUpdate.Snapshot(table(1, channel("a", "x"), channel("b"))));
    assertThat(live.current().channels()).hasSize(2);
    assertThat(live.current().channel(id("a"))).isEqualTo(channel("a", "x"));
    live.apply(
        delta(
            table(2, channel("a", "x"), channel("b", "y"), channel("c")),
            List.of(channel("b", "y"), channel("c")),
            Set.of()));
    live.apply(delta(table(3, channel("b", "y"), channel("c")), List.of(), Set.of(id("a"))));
    assertThat(live.current().channel(id("a"))).isNull();
    live.apply(new TableUpdate.Snapshot(table(9, channel("c"))));
    assertThat(live.current().channels()).containsExactly(channel("c"));
    assertThat(changes)
        .containsExactly(
            Set.of(id("a"), id("b")), Set.of(id("b"), id("c")), Set.of(id("a")), Set.of(id("b")));
  }

  @Test
  void whatDoesNotAddUpIsRefused() {
    live.apply(new TableUpdate.Snapshot(table(1, channel("a"))));
    assertThat(live.apply(delta(table(2, channel("a")), List.of(channel("a", "x")), Set.of())))
        .isEqualTo(new Outcome.Refused(2, "the content hash differs"));
    assertThat(
            live.apply(
                delta(table(2, channel("b")), List.of(channel("b"), channel("b")), Set.of())))
        .isEqualTo(new Outcome.Refused(2, "channel default/b is given twice"));
    assertThat(live.current().version()).isEqualTo(1);
  }

  @Test
  void equalChannelsHaveOneHash() {
    assertThat(table(1, channel("a", "x", "y", "z")).hash())
        .isEqualTo(table(2, channel("a", "z", "y", "x")).hash())
        .isNotEqualTo(table(1, channel("a", "x", "y")).hash());
  }
}
