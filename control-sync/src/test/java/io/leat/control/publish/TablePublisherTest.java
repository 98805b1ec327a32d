package io.leat.control.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.TableMirror;
import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.RouteMatch;
import io.leat.proxy.table.RouteTable;
import io.leat.proxy.table.TableHash;
import io.leat.proxy.table.TableUpdate;
import io.leat.proxy.table.VirtualHost;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class TablePublisherTest {
  private static final VirtualHost HOST =
      VirtualHost.of(
          "a.test",
          List.of(
              RouteEntry.of(
                  "default/a",
                  RouteMatch.ALL,
                  new RouteAction.Respond(200, "text/plain", "hello"))));
  private static final TableUpdate.Snapshot EMPTY =
      new TableUpdate.Snapshot(new RouteTable(1, List.of(), List.of()));
  private static final TableUpdate.Snapshot FULL =
      new TableUpdate.Snapshot(new RouteTable(2, List.of(HOST), List.of()));

  private final TablePublisher publisher = new TablePublisher();

  @Test
  void withoutAProxyNothingIsAcknowledged() {
    publisher.publish(EMPTY, () -> EMPTY);
    assertThat(publisher.acknowledged()).isEqualTo(-1);
    assertThat(publisher.lag(1)).isZero();
  }

  @Test
  void theSlowestProxyDecides() {
    TableMirror fast = new TableMirror("fast");
    TableMirror slow = new TableMirror("slow");
    publisher.connect(fast, EMPTY);
    publisher.connect(slow, EMPTY);
    slow.refuse("busy");
    publisher.publish(delta(TableHash.of(HOST)), () -> FULL);
    assertThat(publisher.acknowledged()).isEqualTo(1);
    assertThat(publisher.lag(2)).isEqualTo(1);
    assertThat(publisher.refusal()).isEqualTo("slow: busy");
    slow.refuse(null);
    publisher.retry(FULL);
    assertThat(publisher.acknowledged()).isEqualTo(2);
    assertThat(publisher.refusal()).isEmpty();
    assertThat(slow.table()).isEqualTo(fast.table());
    publisher.disconnect("fast");
    publisher.disconnect("slow");
    assertThat(publisher.acknowledged()).isEqualTo(-1);
  }

  @Test
  void aProxyThatRefusesADifferenceGetsTheWholeTable() {
    TableMirror proxy = new TableMirror("proxy");
    publisher.connect(proxy, EMPTY);
    publisher.publish(delta(TableHash.of(HOST) + 1), () -> FULL);
    assertThat(proxy.updates()).hasSize(3);
    assertThat(proxy.updates().getLast()).isEqualTo(FULL);
    assertThat(publisher.acknowledged()).isEqualTo(2);
  }

  @Test
  void aProxyAtAnotherVersionIsNotSentADifference() {
    TableMirror late = new TableMirror("late");
    publisher.connect(late, new TableUpdate.Snapshot(RouteTable.EMPTY));
    assertThat(late.updates()).isEmpty();
    publisher.publish(delta(TableHash.of(HOST)), () -> FULL);
    assertThat(late.updates()).containsExactly(FULL);
  }

  @Test
  void aProxyThatThrowsHasRefused() {
    TableMirror healthy = new TableMirror("healthy");
    publisher.connect(
        new TableSink() {
          @Override
          public String name() {
            return "broken";
          }

          @Override
          public LiveTable.Outcome apply(TableUpdate update) {
            throw new IllegalStateException("no memory");
          }
        },
        EMPTY);
    publisher.connect(healthy, EMPTY);
    publisher.publish(delta(TableHash.of(HOST)), () -> FULL);
    assertThat(healthy.table().version()).isEqualTo(2);
    assertThat(publisher.acknowledged()).isZero();
    assertThat(publisher.refusal()).contains("no memory");
  }

  private static TableUpdate.Delta delta(long hash) {
    return new TableUpdate.Delta(1, 2, hash, List.of(HOST), Set.of(), List.of(), Set.of());
  }
}
