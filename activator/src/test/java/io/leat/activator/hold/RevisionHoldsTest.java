package io.leat.activator.hold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leat.activator.ManualTime;
import io.leat.activator.Revisions;
import io.leat.proxy.balance.Draw;
import io.leat.proxy.balance.HeldRequest;
import io.leat.proxy.balance.LiveEndpoint;
import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.config.HoldLimits;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.table.RevisionId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RevisionHoldsTest {
  private static final RevisionId SHOP = Revisions.SHOP;
  private static final RevisionId CART = new RevisionId("default", "cart-00001");
  private static final HoldLimits LIMITS = new HoldLimits(5, 1000, 8, 1600, Duration.ofSeconds(10));

  private final ManualTime time = new ManualTime();
  private final Map<RevisionId, LiveRevision> table = new HashMap<>();
  private final List<RevisionId> wakes = new ArrayList<>();
  private final List<Long> waits = new ArrayList<>();
  private final List<Integer> granted = new ArrayList<>();
  private final RevisionHolds holds = holds(LIMITS, 100);

  private RevisionHolds holds(HoldLimits limits, int pace) {
    HoldPorts ports =
        new HoldPorts(
            time, time, () -> Draw.xorshift(7), wakes::add, (id, nanos) -> waits.add(nanos));
    return new RevisionHolds(limits, pace, ports);
  }

  /** A request that writes down what became of it. */
  private final class Waiter extends HeldRequest {
    final int number;
    int outcomes;
    @Nullable Rejection rejection;
    @Nullable LiveRevision revision;
    @Nullable LiveEndpoint endpoint;

    Waiter(int number, int bytes) {
      this.number = number;
      this.arrivedNanos = time.nanos();
      this.heldBytes = bytes;
    }

    @Override
    public void granted(LiveRevision revision, LiveEndpoint endpoint) {
      outcomes++;
      this.revision = revision;
      this.endpoint = endpoint;
      granted.add(number);
    }

    @Override
    public void refused(Rejection reason) {
      outcomes++;
      rejection = reason;
    }

    void release(RevisionHolds from) {
      LiveRevision took = revision;
      LiveEndpoint slot = endpoint;
      assertThat(took).isNotNull();
      assertThat(slot).isNotNull();
      if (took != null && slot != null) {
        took.release(slot, from);
      }
    }
  }

  private LiveRevision publish(LiveRevision revision) {
    table.put(revision.id(), revision);
    swap(holds, revision.id());
    return revision;
  }

  private void swap(RevisionHolds into, RevisionId changed) {
    Map<RevisionId, LiveRevision> copy = Map.copyOf(table);
    into.revisionsChanged(copy::get, Set.of(changed));
  }

  private Waiter hold(LiveRevision revision, int number) {
    Waiter waiter = new Waiter(number, 100);
    holds.hold(revision, waiter);
    return waiter;
  }

  private void assertEmpty(LiveRevision revision) {
    assertThat(revision.activity().waiting()).hasValue(0);
    assertThat(holds.snapshot().requests()).isZero();
    assertThat(holds.snapshot().bytes()).isZero();
  }

  @Test
  void requestsForADormantRevisionWaitInOrderUntilItServes() {
    LiveRevision dormant = publish(Revisions.dormant(SHOP, 2, null));
    for (int i = 0; i < 5; i++) {
      hold(dormant, i);
    }
    assertThat(dormant.activity().waiting()).hasValue(5);
    assertThat(holds.snapshot()).isEqualTo(new HoldSnapshot(5, 500, Map.of(SHOP, 5)));
    assertThat(granted).isEmpty();

    time.advance(Duration.ofMillis(300));
    publish(Revisions.serving(SHOP, 2, 1, dormant));

    assertThat(granted).containsExactly(0, 1);
    assertThat(waits).containsExactly(300_000_000L, 300_000_000L);
    assertThat(dormant.activity().waiting()).hasValue(3);
  }

  @Test
  void aFreedSlotGoesToTheFrontAndNotToANewcomer() {
    LiveRevision one = publish(Revisions.serving(SHOP, 1, 1, null));
    Waiter first = hold(one, 0);
    hold(one, 1);
    hold(one, 2);
    assertThat(granted).containsExactly(0);
    first.release(holds);
    assertThat(granted).containsExactly(0, 1);
    hold(one, 3);
    assertThat(granted).containsExactly(0, 1);
    assertThat(one.activity().inFlight()).hasValue(1);
  }

  @Test
  void boundsOfCountAreAnsweredAtOnce() {
    LiveRevision shop = publish(Revisions.dormant(SHOP, 1, null));
    LiveRevision cart = publish(Revisions.dormant(CART, 1, null));
    Deque<Waiter> waiting = new ArrayDeque<>();
    for (int i = 0; i < 5; i++) {
      waiting.add(hold(shop, i));
    }
    assertThat(hold(shop, 5).rejection).isEqualTo(Rejection.HOLD_FULL);
    assertThat(shop.activity().waiting()).hasValue(5);
    for (int i = 0; i < 3; i++) {
      assertThat(hold(cart, i).rejection).isNull();
    }
    assertThat(hold(cart, 3).rejection).isEqualTo(Rejection.HOLD_FULL);
    assertThat(holds.snapshot()).isEqualTo(new HoldSnapshot(8, 800, Map.of(SHOP, 5, CART, 3)));

    holds.cancel(waiting.remove());
    assertThat(hold(cart, 3).rejection).isNull();
  }

  @Test
  void boundsOfBytesAreAnsweredAtOnce() {
    LiveRevision shop = publish(Revisions.dormant(SHOP, 1, null));
    LiveRevision cart = publish(Revisions.dormant(CART, 1, null));
    holds.hold(shop, new Waiter(0, 1000));
    Waiter tooMuchForTheRevision = new Waiter(1, 1);
    holds.hold(shop, tooMuchForTheRevision);
    assertThat(tooMuchForTheRevision.rejection).isEqualTo(Rejection.HOLD_FULL);
    holds.hold(cart, new Waiter(2, 600));
    Waiter tooMuchInAll = new Waiter(3, 1);
    holds.hold(cart, tooMuchInAll);
    assertThat(tooMuchInAll.rejection).isEqualTo(Rejection.HOLD_FULL);
    assertThat(holds.snapshot()).isEqualTo(new HoldSnapshot(2, 1600, Map.of(SHOP, 1, CART, 1)));
  }

  @Test
  void ageIsBounded() {
    LiveRevision shop = publish(Revisions.dormant(SHOP, 1, null));
    Waiter first = hold(shop, 0);
    time.advance(Duration.ofSeconds(4));
    Waiter second = hold(shop, 1);
    time.advance(Duration.ofSeconds(6).minusNanos(1));
    assertThat(first.rejection).isNull();
    time.advance(Duration.ofNanos(1));
    assertThat(first.rejection).isEqualTo(Rejection.HOLD_TIMEOUT);
    assertThat(second.rejection).isNull();
    time.advance(Duration.ofSeconds(4));
    assertThat(second.rejection).isEqualTo(Rejection.HOLD_TIMEOUT);
    assertEmpty(shop);
    time.advance(Duration.ofSeconds(2));
    assertThat(time.pending()).isZero();
  }

  @Test
  void oneTimerServesAWholeLine() {
    LiveRevision shop = publish(Revisions.dormant(SHOP, 1, null));
    for (int i = 0; i < 5; i++) {
      hold(shop, i);
      time.advance(Duration.ofMillis(10));
    }
    assertThat(time.pending()).isEqualTo(1);
  }

  @Test
  void aShortDeadlineIsMetAlthoughALaterAlarmIsSet() {
    RevisionHolds strict = holds(new HoldLimits(5, 1000, 5, 1000, Duration.ofMillis(50)), 100);
    LiveRevision shop = Revisions.dormant(SHOP, 1, null);
    Waiter waiter = new Waiter(0, 1);
    strict.hold(shop, waiter);
    time.advance(Duration.ofMillis(50));
    assertThat(waiter.rejection).isEqualTo(Rejection.HOLD_TIMEOUT);
  }

  @Test
  void aCancelledRequestFreesItsPlaceAtOnceWhereverItStands() {
    LiveRevision shop = publish(Revisions.dormant(SHOP, 1, null));
    List<Waiter> waiters = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      waiters.add(hold(shop, i));
    }
    holds.cancel(waiters.get(2));
    holds.cancel(waiters.get(0));
    holds.cancel(waiters.get(4));
    holds.cancel(waiters.get(4));
    assertThat(shop.activity().waiting()).hasValue(2);
    assertThat(holds.snapshot().bytes()).isEqualTo(200);
    assertThat(waiters.get(2).next).isNull();
    assertThat(waiters.get(2).previous).isNull();
    assertThat(waiters.get(2).queue).isNull();

    LiveRevision serving = publish(Revisions.serving(SHOP, 0, 1, shop));
    assertThat(granted).containsExactly(1, 3);
    holds.cancel(waiters.get(1));
    assertThat(serving.activity().inFlight()).hasValue(2);
    assertEmpty(serving);
    assertThat(waiters).extracting(w -> w.outcomes).containsExactly(0, 1, 0, 1, 0);
  }

  @Test
  void aRefusedOrGrantedRequestMayBeHeldAgain() {
    LiveRevision one = publish(Revisions.serving(SHOP, 1, 1, null));
    Waiter waiter = hold(one, 0);
    waiter.release(holds);
    holds.hold(one, waiter);
    assertThat(waiter.outcomes).isEqualTo(2);
    assertThat(granted).containsExactly(0, 0);
    assertEmpty(one);
  }

  @Test
  void anUnavailableRevisionRefusesWhoWaitsAndWhoComes() {
    LiveRevision shop = publish(Revisions.dormant(SHOP, 1, null));
    Waiter waiter = hold(shop, 0);
    LiveRevision broken = publish(Revisions.unavailable(SHOP, shop));
    assertThat(waiter.rejection).isEqualTo(Rejection.REVISION_UNAVAILABLE);
    assertThat(hold(broken, 1).rejection).isEqualTo(Rejection.REVISION_UNAVAILABLE);
    // Also where the request still goes by the table before.
    assertThat(hold(shop, 2).rejection).isEqualTo(Rejection.REVISION_UNAVAILABLE);
    assertEmpty(shop);
    LiveRevision better = publish(Revisions.serving(SHOP, 1, 1, broken));
    assertThat(hold(better, 3).rejection).isNull();
    assertThat(granted).containsExactly(3);
  }

  @Test
  void aRevisionThatLeavesTheTableIsForgotten() {
    LiveRevision shop = publish(Revisions.dormant(SHOP, 1, null));
    Waiter waiter = hold(shop, 0);
    table.remove(SHOP);
    swap(holds, SHOP);
    assertThat(waiter.rejection).isEqualTo(Rejection.REVISION_UNAVAILABLE);
    assertThat(hold(shop, 1).rejection).isEqualTo(Rejection.REVISION_UNAVAILABLE);
    assertThat(holds.snapshot()).isEqualTo(new HoldSnapshot(0, 0, Map.of()));
    time.advance(Duration.ofSeconds(2));
    assertThat(time.pending()).isZero();

    LiveRevision again = publish(Revisions.serving(SHOP, 1, 1, null));
    hold(again, 2);
    assertThat(granted).containsExactly(2);
  }

  @Test
  void aRevisionMadeAgainUnderItsNameStartsAnew() {
    LiveRevision shop = publish(Revisions.dormant(SHOP, 1, null));
    Waiter waiter = hold(shop, 0);
    LiveRevision other = publish(Revisions.serving(SHOP, 1, 1, null));
    assertThat(waiter.rejection).isEqualTo(Rejection.REVISION_UNAVAILABLE);
    assertThat(shop.activity().waiting()).hasValue(0);
    hold(other, 1);
    assertThat(granted).containsExactly(1);
  }

  @Test
  void theScalerIsWokenOnceThenRemindedEverySecond() {
    LiveRevision shop = publish(Revisions.dormant(SHOP, 0, null));
    hold(shop, 0);
    hold(shop, 1);
    assertThat(wakes).containsExactly(SHOP);
    time.advance(Duration.ofMillis(999));
    assertThat(wakes).hasSize(1);
    time.advance(Duration.ofMillis(2001));
    assertThat(wakes).hasSize(4);
    LiveRevision serving = publish(Revisions.serving(SHOP, 0, 1, shop));
    hold(serving, 2);
    time.advance(Duration.ofSeconds(5));
    assertThat(wakes).hasSize(4);
    LiveRevision asleep = publish(Revisions.dormant(SHOP, 0, serving));
    hold(asleep, 3);
    assertThat(wakes).hasSize(5);
  }

  @Test
  void aBacklogWithoutAConcurrencyLimitIsPaced() {
    RevisionHolds paced = holds(HoldLimits.DEFAULT, 10);
    LiveRevision shop = Revisions.dormant(SHOP, 0, null);
    List<Waiter> waiters = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Waiter waiter = new Waiter(i, 1);
      waiters.add(waiter);
      paced.hold(shop, waiter);
    }
    LiveRevision serving = Revisions.serving(SHOP, 0, 2, shop);
    table.put(SHOP, serving);
    swap(paced, SHOP);
    assertThat(granted).hasSize(20);
    for (int answered = 1; answered <= 30; answered++) {
      waiters.get(answered - 1).release(paced);
      // Each answer frees one slot and lets both endpoints take one more.
      assertThat(granted).hasSize(Math.min(100, 20 + 3 * answered));
    }
    assertThat(granted).isSorted().hasSize(100);
    assertThat(serving.activity().waiting()).hasValue(0);
  }

  @Test
  void aPaceIsNoLimitForRequestsThatNeverEnd() {
    RevisionHolds paced = holds(HoldLimits.DEFAULT, 10);
    LiveRevision serving = Revisions.serving(SHOP, 0, 1, null);
    for (int i = 0; i < 35; i++) {
      paced.hold(serving, new Waiter(i, 1));
    }
    assertThat(granted).hasSize(10);
    time.advance(Duration.ofSeconds(5));
    assertThat(granted).hasSize(35);
  }

  @Test
  void aStoppingProcessRefusesEverything() {
    LiveRevision shop = publish(Revisions.dormant(SHOP, 1, null));
    Waiter waiter = hold(shop, 0);
    holds.drain(Rejection.DRAINING);
    assertThat(waiter.rejection).isEqualTo(Rejection.DRAINING);
    assertThat(hold(shop, 1).rejection).isEqualTo(Rejection.DRAINING);
    assertEmpty(shop);
  }

  @Test
  void aRequestThatFailsDoesNotStopTheLine() {
    LiveRevision shop = publish(Revisions.dormant(SHOP, 0, null));
    holds.hold(
        shop,
        new HeldRequest() {
          {
            arrivedNanos = time.nanos();
          }

          @Override
          public void granted(LiveRevision revision, LiveEndpoint endpoint) {
            throw new IllegalStateException("event loop is gone");
          }

          @Override
          public void refused(Rejection rejection) {
            throw new AssertionError(rejection);
          }
        });
    hold(shop, 1);
    publish(Revisions.serving(SHOP, 0, 1, shop));
    assertThat(granted).containsExactly(1);
  }

  @Test
  void newsThatComesFromWithinAPassIsHandledByThatPass() {
    LiveRevision one = publish(Revisions.serving(SHOP, 1, 1, null));
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int number = i;
      holds.hold(
          one,
          new HeldRequest() {
            @Override
            public void granted(LiveRevision revision, LiveEndpoint endpoint) {
              order.add(number);
              revision.release(endpoint, holds);
            }

            @Override
            public void refused(Rejection rejection) {
              throw new AssertionError(rejection);
            }
          });
    }
    assertThat(order).containsExactly(0, 1, 2);
    assertThat(one.activity().inFlight()).hasValue(0);
  }

  @Test
  void aSlotFreedAfterThePassLookedForOneBringsAnotherPass() {
    LiveRevision one = Revisions.serving(SHOP, 1, 1, null);
    Waiter first = new Waiter(0, 1);
    RevisionHolds[] self = new RevisionHolds[1];
    // The scaler is woken when the pass has already found every slot taken.
    WakeListener freesTheSlot = id -> first.release(self[0]);
    self[0] =
        new RevisionHolds(
            LIMITS,
            100,
            new HoldPorts(time, time, () -> Draw.xorshift(7), freesTheSlot, HoldObserver.NONE));
    self[0].hold(one, first);
    self[0].hold(one, new Waiter(1, 1));
    assertThat(granted).containsExactly(0, 1);
  }

  @Test
  void aRequestCountsAsWaitingBeforeItsPassLooksForASlot() {
    LiveRevision two = Revisions.serving(SHOP, 1, 2, null);
    List<Integer> waitingAtTheLook = new ArrayList<>();
    Draw watching =
        () -> {
          waitingAtTheLook.add(two.activity().waiting().get());
          return 0;
        };
    RevisionHolds watched =
        new RevisionHolds(
            LIMITS, 100, new HoldPorts(time, time, () -> watching, wakes::add, HoldObserver.NONE));
    for (int i = 0; i < 3; i++) {
      watched.hold(two, new Waiter(i, 1));
    }
    assertThat(granted).containsExactly(0, 1);
    assertThat(waitingAtTheLook).hasSizeGreaterThanOrEqualTo(3).doesNotContain(0);
  }

  @Test
  void aPaceBelowOneIsRejected() {
    assertThatThrownBy(() -> holds(LIMITS, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pacedConcurrency: 0");
  }
}
