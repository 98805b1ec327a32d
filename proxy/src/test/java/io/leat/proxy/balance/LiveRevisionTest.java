package io.leat.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.http.Rejection;
import io.leat.proxy.table.Endpoint;
import io.leat.proxy.table.Endpoint.Protocol;
import io.leat.proxy.table.Endpoint.State;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RevisionLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class LiveRevisionTest {
  private static final RevisionId ID = new RevisionId("default", "one");
  private final long seed = Long.getLong("leat.seed", System.nanoTime());
  private final Draw draw = Draw.xorshift(seed);

  private static RevisionEndpoints shape(int limit, Endpoint... endpoints) {
    return new RevisionEndpoints(
        ID,
        RevisionLimits.DEFAULT.withContainerConcurrency(limit),
        new Reachability.Serving(List.of(endpoints)));
  }

  private static Endpoint[] ports(int count) {
    Endpoint[] endpoints = new Endpoint[count];
    for (int i = 0; i < count; i++) {
      endpoints[i] = Endpoint.http1("10.0.0.1", 1 + i);
    }
    return endpoints;
  }

  private static LiveRevision fresh(int limit, int endpoints) {
    return LiveRevision.of(shape(limit, ports(endpoints)), null);
  }

  private LiveEndpoint take(LiveRevision revision) {
    return Objects.requireNonNull(revision.acquire(draw));
  }

  @Test
  void twoChoicesKeepTheCountsClose() {
    for (int endpoints : new int[] {2, 3, 10, 100}) {
      LiveRevision revision = fresh(0, endpoints);
      for (int i = 0; i < 100 * endpoints; i++) {
        take(revision);
      }
      for (int i = 0; i < endpoints; i++) {
        // One choice would leave a spread of several times ten here.
        assertThat(revision.readyEndpoint(i).inFlight())
            .as("seed %d endpoint %d of %d", seed, i, endpoints)
            .isBetween(90, 108);
      }
      assertThat(revision.activity().inFlight()).hasValue(100 * endpoints);
    }
  }

  @Test
  void aBusyEndpointIsAvoidedAndIdleOnesShareAlike() {
    LiveRevision revision = fresh(0, 3);
    LiveEndpoint busy = revision.readyEndpoint(1);
    for (int i = 0; i < 50; i++) {
      assertThat(busy.tryAcquire(0)).isTrue();
    }
    int[] counted = new int[2];
    for (int i = 0; i < 3_000; i++) {
      LiveEndpoint taken = take(revision);
      assertThat(taken).as("seed %d", seed).isNotSameAs(busy);
      counted[taken == revision.readyEndpoint(0) ? 0 : 1]++;
      revision.release(taken, RequestHold.NONE);
    }
    assertThat(counted[0]).as("seed %d", seed).isBetween(1_000, 2_000);
  }

  @Test
  void freeEndpointsBehindBusyOnesShareAlike() {
    LiveRevision revision = fresh(1, 12);
    for (int i = 0; i < 9; i++) {
      assertThat(revision.readyEndpoint(i).tryAcquire(1)).isTrue();
    }
    int[] counted = new int[12];
    for (int i = 0; i < 30_000; i++) {
      LiveEndpoint taken = take(revision);
      counted[taken.endpoint().port() - 1]++;
      revision.release(taken, RequestHold.NONE);
    }
    for (int i = 9; i < 12; i++) {
      assertThat(counted[i]).as("seed %d", seed).isBetween(9_400, 10_600);
    }
  }

  @Test
  void everySlotIsFoundBeforeARevisionIsFull() {
    for (int endpoints : new int[] {1, 2, 3, 17}) {
      LiveRevision revision = fresh(2, endpoints);
      for (int i = 0; i < 2 * endpoints; i++) {
        take(revision);
      }
      assertThat(revision.acquire(draw)).as("seed %d", seed).isNull();
      assertThat(revision.activity().inFlight()).hasValue(2 * endpoints);
      revision.release(revision.readyEndpoint(endpoints - 1), RequestHold.NONE);
      assertThat(take(revision)).isSameAs(revision.readyEndpoint(endpoints - 1));
    }
  }

  @Test
  void theLimitOfACallerReplacesThatOfTheRevision() {
    LiveRevision revision = fresh(1, 1);
    take(revision);
    assertThat(revision.acquire(draw)).isNull();
    assertThat(revision.acquire(draw, 2)).isNotNull();
    assertThat(revision.acquire(draw, 2)).isNull();
    assertThat(revision.acquire(draw, 0)).isNotNull();
  }

  @Test
  void nothingIsTakenWithoutAReadyEndpoint() {
    var dormant = new RevisionEndpoints(ID, RevisionLimits.DEFAULT, new Reachability.Dormant());
    assertThat(LiveRevision.of(dormant, null).acquire(draw)).isNull();
    var draining = new Endpoint("10.0.0.1", 1, Protocol.HTTP1, State.DRAINING);
    LiveRevision revision = LiveRevision.of(shape(0, draining), null);
    assertThat(revision.acquire(draw)).isNull();
    assertThat(revision.readyEndpoints()).isZero();
    assertThat(revision.activity().inFlight()).hasValue(0);
  }

  @Test
  void anAddressThatIsListedTwiceIsOneEndpoint() {
    LiveRevision revision =
        LiveRevision.of(shape(1, Endpoint.http1("h", 1), Endpoint.http1("h", 1)), null);
    take(revision);
    assertThat(revision.acquire(draw)).isNull();
  }

  @Test
  void anEndpointKeepsItsCountWhenItLeavesBusyAndComesBack() {
    LiveRevision first = fresh(1, 1);
    LiveEndpoint taken = take(first);
    LiveRevision without = LiveRevision.of(shape(1, Endpoint.http1("other", 1)), first);
    LiveRevision still = LiveRevision.of(shape(1, Endpoint.http1("third", 1)), without);
    LiveRevision again = LiveRevision.of(shape(1, ports(1)), still);
    assertThat(again.readyEndpoint(0)).isSameAs(taken);
    assertThat(again.acquire(draw)).isNull();
    first.release(taken, RequestHold.NONE);
    assertThat(again.acquire(draw)).isSameAs(taken);
  }

  @Test
  void anEndpointThatLeavesIdleIsRememberedOnceAndThenForgotten() {
    LiveRevision first = fresh(1, 1);
    LiveRevision without = LiveRevision.of(shape(1, Endpoint.http1("other", 1)), first);
    LiveEndpoint late = take(first);
    assertThat(LiveRevision.of(shape(1, ports(1)), without).readyEndpoint(0)).isSameAs(late);
    first.release(late, RequestHold.NONE);
    LiveRevision later = LiveRevision.of(shape(1, Endpoint.http1("other", 1)), without);
    assertThat(LiveRevision.of(shape(1, ports(1)), later).readyEndpoint(0)).isNotSameAs(late);
  }

  @Test
  void drainingKeepsTheCountAndAnotherProtocolIsAnotherEndpoint() {
    LiveRevision first = fresh(0, 1);
    LiveEndpoint taken = take(first);
    var draining = new Endpoint("10.0.0.1", 1, Protocol.HTTP1, State.DRAINING);
    LiveRevision second = LiveRevision.of(shape(0, draining), first);
    assertThat(second.acquire(draw)).isNull();
    assertThat(LiveRevision.of(shape(0, ports(1)), second).readyEndpoint(0)).isSameAs(taken);
    var h2c = new Endpoint("10.0.0.1", 1, Protocol.H2C, State.READY);
    LiveEndpoint other = LiveRevision.of(shape(0, h2c), second).readyEndpoint(0);
    assertThat(other).isNotSameAs(taken);
    assertThat(other.endpoint().protocol()).isEqualTo(Protocol.H2C);
  }

  @Test
  void aReleaseWakesTheHoldOnlyWhenRequestsWait() {
    AtomicInteger woken = new AtomicInteger();
    RequestHold hold =
        new RequestHold() {
          @Override
          public void hold(LiveRevision revision, HeldRequest request) {
            request.refused(Rejection.HOLD_FULL);
          }

          @Override
          public void cancel(HeldRequest request) {}

          @Override
          public void capacityFreed(LiveRevision revision) {
            woken.incrementAndGet();
          }
        };
    LiveRevision revision = fresh(0, 2);
    revision.release(take(revision), hold);
    assertThat(woken).hasValue(0);
    revision.activity().waiting().set(1);
    revision.release(take(revision), hold);
    assertThat(woken).hasValue(1);
  }

  @Test
  void fourThreadsNeverExceedTheLimit() throws Exception {
    int limit = 3;
    LiveRevision revision = fresh(limit, 2);
    AtomicInteger[] inside = {new AtomicInteger(), new AtomicInteger()};
    CyclicBarrier start = new CyclicBarrier(4);
    List<Future<Integer>> hammering = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int t = 0; t < 4; t++) {
        Draw own = Draw.xorshift(seed + t);
        hammering.add(
            threads.submit(() -> {
              start.await();
              return hammer(revision, own, limit, inside);
            }));
      }
      int granted = 0;
      for (Future<Integer> each : hammering) {
        granted += each.get();
      }
      assertThat(granted).as("seed %d", seed).isGreaterThan(100_000);
    }
    assertThat(revision.activity().inFlight()).hasValue(0);
    assertThat(revision.readyEndpoint(0).inFlight()).isZero();
    assertThat(revision.readyEndpoint(1).inFlight()).isZero();
  }

  /** Holds up to four slots at once, so that the four threads ask for more than there are. */
  private static int hammer(LiveRevision revision, Draw draw, int limit, AtomicInteger[] inside) {
    List<LiveEndpoint> held = new ArrayList<>();
    int granted = 0;
    for (int i = 0; i < 200_000; i++) {
      LiveEndpoint taken = held.size() < 4 ? revision.acquire(draw) : null;
      if (taken != null) {
        granted++;
        held.add(taken);
        int now = inside[indexOf(revision, taken)].incrementAndGet();
        if (now > limit) {
          throw new AssertionError(now + " in flight under a limit of " + limit);
        }
      } else if (!held.isEmpty()) {
        LiveEndpoint oldest = held.removeFirst();
        inside[indexOf(revision, oldest)].decrementAndGet();
        revision.release(oldest, RequestHold.NONE);
      }
    }
    for (LiveEndpoint each : held) {
      inside[indexOf(revision, each)].decrementAndGet();
      revision.release(each, RequestHold.NONE);
    }
    return granted;
  }

  private static int indexOf(LiveRevision revision, LiveEndpoint endpoint) {
    return revision.readyEndpoint(0) == endpoint ? 0 : 1;
  }
}
