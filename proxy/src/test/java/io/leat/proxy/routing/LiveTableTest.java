package io.leat.proxy.routing;

import static io.leat.proxy.routing.TableFixture.change;
import static io.leat.proxy.routing.TableFixture.host;
import static io.leat.proxy.routing.TableFixture.id;
import static io.leat.proxy.routing.TableFixture.revision;
import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.balance.Draw;
import io.leat.proxy.balance.LiveEndpoint;
import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.balance.RequestHold;
import io.leat.proxy.table.RouteTable;
import io.leat.proxy.table.TableUpdate;
import io.leat.proxy.table.VirtualHost;
import io.leat.proxy.telemetry.LoopCounters;
import io.leat.proxy.telemetry.MetricRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LiveTableTest {
  private final TableFixture table = new TableFixture();
  private final Draw draw = Draw.xorshift(42);

  @BeforeEach
  void twoHosts() {
    table.apply(
        new RouteTable(
            5,
            List.of(host("a.test", "r0", 1), host("b.test", "r0", 1, "r1", 1)),
            List.of(revision("r0", 80), revision("r1", 81))));
  }

  private void assertRefused(TableUpdate update, String why) {
    Router before = table.live.current();
    List<LiveTable.Swap> swaps = new ArrayList<>();
    table.live.onSwap(swaps::add);
    List<MetricRows.Counts> counts = table.rows.counts();
    assertThat(table.live.apply(update))
        .isInstanceOfSatisfying(
            LiveTable.Outcome.Refused.class,
            refused -> {
              assertThat(refused.version()).isEqualTo(update.version());
              assertThat(refused.reason()).contains(why);
            });
    assertThat(table.live.current()).isSameAs(before);
    assertThat(table.rows.counts()).isEqualTo(counts);
    assertThat(swaps).isEmpty();
    // The next true delta still fits: nothing was left half done.
    table.apply(change().put(host("next.test", "r0", 1)));
    assertThat(table.pick("next.test", 0)).isEqualTo(id("r0"));
  }

  private static TableUpdate.Delta wrongHash(TableUpdate.Delta delta) {
    return new TableUpdate.Delta(
        delta.fromVersion(),
        delta.version(),
        delta.hash() + 1,
        delta.putHosts(),
        delta.removedHosts(),
        delta.putRevisions(),
        delta.removedRevisions());
  }

  @Test
  void anEmptyTableAnswersNothing() {
    var empty = new LiveTable(1, new MetricRows());
    assertThat(empty.current().version()).isZero();
    assertThat(empty.current().hash()).isEqualTo(RouteTable.EMPTY.hash());
    assertThat(empty.current().dispatch(new RawRequest("a.test", "/"), true)).isNull();
  }

  @Test
  void aSnapshotReplacesEverything() {
    var next = new RouteTable(9, List.of(host("c.test", "r2", 1)), List.of(revision("r2", 82)));
    table.apply(next);
    Router router = table.live.current();
    assertThat(router.version()).isEqualTo(9);
    assertThat(router.hash()).isEqualTo(next.hash());
    assertThat(router.hostCount()).isEqualTo(1);
    assertThat(router.dispatch(new RawRequest("a.test", "/"), true)).isNull();
    assertThat(router.revisions()).extracting(LiveRevision::id).containsExactly(id("r2"));
    assertThat(table.pick("C.test.", 0)).isEqualTo(id("r2"));
  }

  @Test
  void aDeltaChangesWhatItNamesAndNothingElse() {
    Router before = table.live.current();
    table.apply(
        change().put(host("a.test", "r2", 1)).put(revision("r2", 82)).remove("absent.test"));
    assertThat(table.pick("a.test", 0)).isEqualTo(id("r2"));
    assertThat(table.live.current().revision(id("r0"))).isSameAs(before.revision(id("r0")));
    assertThat(before.revision(id("r2"))).isNull();
    LiveEntry old = Objects.requireNonNull(before.dispatch(new RawRequest("a.test", "/"), true));
    assertThat(((LiveSplit) old.action()).pick(0).revision().id()).isEqualTo(id("r0"));
    table.apply(change().remove("a.test").remove(id("r2")));
    assertThat(table.live.current().dispatch(new RawRequest("a.test", "/"), true)).isNull();
    assertThat(table.live.current().revision(id("r2"))).isNull();
  }

  @Test
  void aHostRemovedAndPutInOneDeltaIsPut() {
    table.apply(change().remove("a.test").put(host("a.test", "r1", 1)));
    assertThat(table.pick("a.test", 0)).isEqualTo(id("r1"));
    assertThat(table.live.current().hostCount()).isEqualTo(2);
  }

  @Test
  void refusesADeltaFromAnotherVersion() {
    TableUpdate.Delta delta = table.delta(change().put(host("c.test", "r0", 1)));
    assertRefused(
        new TableUpdate.Delta(4, 6, delta.hash(), delta.putHosts(), Set.of(), List.of(), Set.of()),
        "starts at version 4 but 5 is live");
  }

  @Test
  void refusesAnotherContentHash() {
    assertRefused(
        wrongHash(
            table.delta(
                change()
                    .put(host("c.test", "r2", 1))
                    .put(revision("r2", 82), revision("r0", 90))
                    .remove("b.test")
                    .remove(id("r1")))),
        "hash");
  }

  @Test
  void refusesAnUnknownRevision() {
    assertRefused(table.delta(change().put(host("c.test", "absent", 1))), "default/absent");
  }

  @Test
  void refusesAHostThatNamesARevisionRemovedWithIt() {
    assertRefused(
        table.delta(change().put(host("b.test", "r1", 1)).remove(id("r1"))), "default/r1");
  }

  @Test
  void refusesToRemoveARevisionThatAHostNames() {
    assertRefused(table.delta(change().remove(id("r1"))), "b.test");
  }

  @Test
  void refusesAHostOrRevisionThatIsGivenTwice() {
    VirtualHost one = host("c.test", "r0", 1);
    assertRefused(table.delta(change().remove("c.test").put(one, one)), "c.test is given twice");
    assertRefused(
        table.delta(change().put(revision("r9", 1), revision("r9", 2))), "default/r9 is given");
    var twice =
        new RouteTable(
            8, List.of(one), List.of(revision("r0", 80), revision("r9"), revision("r9")));
    assertRefused(new TableUpdate.Snapshot(twice), "given twice");
  }

  @Test
  void aSnapshotIsRefusedLikeADelta() {
    assertRefused(
        new TableUpdate.Snapshot(
            new RouteTable(8, List.of(host("a.test", "r7", 1)), List.of(revision("r0", 80)))),
        "default/r7");
  }

  @Test
  void countsCarryOverWhenARevisionChanges() {
    LiveRevision before = table.revision(id("r0"));
    LiveEndpoint taken = Objects.requireNonNull(before.acquire(draw));
    before.activity().arrived().increment();
    table.apply(change().put(revision("r0", 80, 90)));
    LiveRevision after = table.revision(id("r0"));
    assertThat(after).isNotSameAs(before);
    assertThat(after.readyEndpoint(0)).isSameAs(taken);
    assertThat(after.readyEndpoint(0).inFlight()).isEqualTo(1);
    assertThat(after.activity()).isSameAs(before.activity());
    assertThat(table.splitOf("b.test").target(0).revision()).isSameAs(after);
    assertThat(table.splitOf("a.test").target(0).revision()).isSameAs(after);
  }

  @Test
  void cursorsCarryOverWhenAHostIsRebuilt() {
    List<Object> picks = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      picks.add(table.pick("b.test", 3));
      table.apply(change().put(revision("r1", 81, 100 + i)));
    }
    for (int i = 2; i < picks.size(); i++) {
      assertThat(picks.get(i)).isEqualTo(picks.get(i - 2)).isNotEqualTo(picks.get(i - 1));
    }
  }

  @Test
  void aBusyRevisionThatLeavesAndComesBackKeepsItsActivity() {
    LiveRevision before = table.revision(id("r1"));
    LiveEndpoint taken = Objects.requireNonNull(before.acquire(draw));
    table.apply(change().put(host("b.test", "r0", 1)).remove(id("r1")));
    assertThat(table.live.current().revision(id("r1"))).isNull();
    table.apply(change().put(host("c.test", "r0", 1)));
    table.apply(change().put(host("d.test", "r0", 1)));
    table.apply(change().put(host("b.test", "r1", 1)).put(revision("r1", 81)));
    LiveRevision after = table.revision(id("r1"));
    assertThat(after.activity()).isSameAs(before.activity());
    assertThat(after.readyEndpoint(0)).isSameAs(taken);
    before.release(taken, RequestHold.NONE);
    assertThat(after.activity().inFlight()).hasValue(0);
    assertThat(after.readyEndpoint(0).inFlight()).isZero();
  }

  @Test
  void aReaderOfTheRouterBeforeMayStillUseARevisionThatJustLeft() {
    LiveRevision before = table.revision(id("r1"));
    table.apply(change().put(host("b.test", "r0", 1)).remove(id("r1")));
    LiveEndpoint late = Objects.requireNonNull(before.acquire(draw));
    table.apply(change().put(host("b.test", "r1", 1)).put(revision("r1", 81)));
    assertThat(table.revision(id("r1")).readyEndpoint(0)).isSameAs(late);
    assertThat(table.revision(id("r1")).activity().inFlight()).hasValue(1);
  }

  @Test
  void anIdleRevisionIsForgotten() {
    LiveRevision before = table.revision(id("r1"));
    table.apply(change().put(host("b.test", "r0", 1)).remove(id("r1")));
    table.apply(change().put(host("c.test", "r0", 1)));
    table.apply(change().put(revision("r1", 81)));
    assertThat(table.revision(id("r1")).activity()).isNotSameAs(before.activity());
  }

  @Test
  void listenersLearnWhatChanged() {
    List<LiveTable.Swap> swaps = new ArrayList<>();
    table.live.onSwap(swaps::add);
    table.apply(
        change()
            .put(host("b.test", "r2", 1))
            .put(revision("r0", 99), revision("r2", 82))
            .remove(id("r1")));
    table.apply(change().put(host("c.test", "r0", 1)));
    table.apply(new RouteTable(9, List.of(host("c.test", "r0", 1)), List.of(revision("r0", 99))));
    assertThat(swaps)
        .extracting(LiveTable.Swap::changed)
        .containsExactly(Set.of(id("r0"), id("r1"), id("r2")), Set.of(), Set.of(id("r2")));
    assertThat(swaps.getLast().router()).isSameAs(table.live.current());
  }

  @Test
  void aHostOfTheClusterIsHiddenFromOutside() {
    VirtualHost open = host("c.test", "r0", 1);
    table.apply(
        change()
            .put(new VirtualHost("c.test", VirtualHost.Visibility.CLUSTER_LOCAL, open.entries())));
    Router router = table.live.current();
    assertThat(router.dispatch(new RawRequest("c.test", "/"), true)).isNull();
    assertThat(router.dispatch(new RawRequest("c.test", "/"), false)).isNotNull();
  }

  @Test
  void aRouteThatMovesToAnotherHostKeepsItsSeries() {
    var loop = new LoopCounters();
    table.rows.countedBy(() -> List.of(loop));
    table.apply(change().remove("b.test").put(host("only.test", "r1", 1)));
    loop.request(table.splitOf("only.test").target(0).metricsId(), 200);
    table.apply(change().remove("only.test").put(host("moved.test", "r1", 1)));
    assertThat(table.rows.counts())
        .filteredOn(counts -> counts.pair().revision().equals(id("r1")))
        .singleElement()
        .satisfies(counts -> assertThat(counts.byColumn().get(1)).isEqualTo(1));
  }

  @Test
  void rowsEndWithTheLastHostThatUsesThem() {
    assertThat(table.rows.counts()).hasSize(2);
    table.apply(change().put(revision("r0", 1), revision("r1", 2)));
    table.apply(change().put(host("b.test", "r0", 1)));
    assertThat(table.rows.counts()).hasSize(1);
    table.apply(new RouteTable(99, List.of(), List.of()));
    assertThat(table.rows.counts()).isEmpty();
  }
}
