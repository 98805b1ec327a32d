package io.leat.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.table.Endpoint;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RevisionLimits;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OutlierDetectorTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int DRAWS = 500;

  private final OutlierDetector detector = new OutlierDetector();
  private final Draw draw = Draw.xorshift(7);
  // Close to the end of the range: nothing may depend on its sign.
  private long now = Long.MAX_VALUE - 2 * SECOND;

  private static LiveRevision revision(int endpoints, @Nullable LiveRevision previous) {
    List<Endpoint> list = new ArrayList<>();
    for (int i = 0; i < endpoints; i++) {
      list.add(Endpoint.http1("127.0.0.1", 8000 + i));
    }
    RevisionEndpoints shape =
        new RevisionEndpoints(
            new RevisionId("default", "shop"),
            RevisionLimits.DEFAULT,
            new Reachability.Serving(list));
    return LiveRevision.of(shape, previous);
  }

  private void fail(LiveRevision revision, int index, int times) {
    for (int i = 0; i < times; i++) {
      detector.failed(revision, revision.readyEndpoint(index), now);
    }
  }

  private Set<LiveEndpoint> chosen(LiveRevision revision) {
    Set<LiveEndpoint> chosen = new HashSet<>();
    for (int i = 0; i < DRAWS; i++) {
      LiveEndpoint endpoint = Objects.requireNonNull(revision.acquire(draw));
      revision.release(endpoint, RequestHold.NONE);
      chosen.add(endpoint);
    }
    return chosen;
  }

  private void pass(long nanos) {
    now += nanos;
    detector.advance(now);
  }

  @Test
  void failuresInARowEjectForOneSecond() {
    LiveRevision shop = revision(3, null);
    fail(shop, 1, OutlierDetector.FAILURES - 1);
    assertThat(shop.readyEndpoint(1).ejected()).isFalse();
    assertThat(detector.failed(shop, shop.readyEndpoint(1), now)).isTrue();
    assertThat(chosen(shop))
        .containsExactlyInAnyOrder(shop.readyEndpoint(0), shop.readyEndpoint(2));
    pass(SECOND - 1);
    assertThat(shop.readyEndpoint(1).ejected()).isTrue();
    pass(1);
    assertThat(shop.readyEndpoint(1).ejected()).isFalse();
    assertThat(chosen(shop)).hasSize(3);
    assertThat(shop.activity().ejected()).hasValue(0);
  }

  @Test
  void anAnswerBetweenFailuresForgivesThem() {
    LiveRevision shop = revision(2, null);
    for (int i = 0; i < 10; i++) {
      fail(shop, 0, OutlierDetector.FAILURES - 1);
      detector.answered(shop, shop.readyEndpoint(0));
    }
    assertThat(shop.readyEndpoint(0).ejected()).isFalse();
  }

  @Test
  void whoFailsAgainStaysOutTwiceAsLongUpToHalfAMinute() {
    LiveRevision shop = revision(2, null);
    fail(shop, 0, OutlierDetector.FAILURES);
    for (int seconds : new int[] {1, 2, 4, 8, 16, 30, 30, 30}) {
      assertThat(shop.readyEndpoint(0).ejected()).as("%d s", seconds).isTrue();
      pass(seconds * SECOND - 1);
      assertThat(shop.readyEndpoint(0).ejected()).as("%d s", seconds).isTrue();
      pass(1);
      assertThat(shop.readyEndpoint(0).ejected()).as("%d s", seconds).isFalse();
      fail(shop, 0, 1);
    }
    pass(30 * SECOND);
    detector.answered(shop, shop.readyEndpoint(0));
    fail(shop, 0, OutlierDetector.FAILURES - 1);
    assertThat(shop.readyEndpoint(0).ejected()).isFalse();
    fail(shop, 0, 1);
    pass(SECOND);
    assertThat(shop.readyEndpoint(0).ejected()).isFalse();
  }

  @Test
  void anAnswerReadmitsAtOnce() {
    LiveRevision shop = revision(2, null);
    fail(shop, 0, OutlierDetector.FAILURES);
    detector.answered(shop, shop.readyEndpoint(0));
    assertThat(shop.readyEndpoint(0).ejected()).isFalse();
    assertThat(shop.activity().ejected()).hasValue(0);
    fail(shop, 1, OutlierDetector.FAILURES);
    assertThat(shop.readyEndpoint(1).ejected()).isTrue();
    // The first ejection is over: its end must not end the second.
    fail(shop, 0, OutlierDetector.FAILURES);
    pass(SECOND);
    assertThat(shop.activity().ejected()).hasValue(0);
  }

  @Test
  void atMostHalfIsEjectedAndNeverTheLast() {
    int[] most = {0, 0, 1, 1, 2, 2, 3};
    for (int n = 1; n < most.length; n++) {
      LiveRevision shop = revision(n, null);
      for (int i = 0; i < n; i++) {
        fail(shop, i, 10);
      }
      int ejected = 0;
      for (int i = 0; i < n; i++) {
        ejected += shop.readyEndpoint(i).ejected() ? 1 : 0;
      }
      assertThat(ejected).as("of %d", n).isEqualTo(most[n]);
      assertThat(shop.activity().ejected()).hasValue(ejected);
      assertThat(chosen(shop)).hasSize(n - ejected);
      pass(30 * SECOND);
    }
  }

  @Test
  void ejectionOutlivesATableAndYieldsWhenNobodyElseIsLeft() {
    LiveRevision two = revision(2, null);
    fail(two, 0, OutlierDetector.FAILURES);
    LiveRevision three = revision(3, two);
    assertThat(three.readyEndpoint(0).ejected()).isTrue();
    assertThat(chosen(three)).hasSize(2);
    LiveRevision one = revision(1, three);
    assertThat(chosen(one)).containsExactly(one.readyEndpoint(0));
    fail(three, 1, 10);
    assertThat(three.readyEndpoint(1).ejected()).isFalse();
    pass(SECOND);
    assertThat(one.readyEndpoint(0).ejected()).isFalse();
  }

  @Test
  void anotherEndpointIsAnEjectedOneOnlyWhenNoneIsWell() {
    LiveRevision shop = revision(4, null);
    fail(shop, 0, OutlierDetector.FAILURES);
    fail(shop, 1, OutlierDetector.FAILURES);
    Set<LiveEndpoint> others = new HashSet<>();
    for (int i = 0; i < DRAWS; i++) {
      LiveEndpoint other =
          Objects.requireNonNull(shop.acquireOther(shop.readyEndpoint(2), draw, 1));
      others.add(other);
      shop.release(other, RequestHold.NONE);
    }
    assertThat(others).containsExactly(shop.readyEndpoint(3));
    assertThat(shop.acquireOther(shop.readyEndpoint(2), draw, 1)).isSameAs(shop.readyEndpoint(3));
    assertThat(shop.acquireOther(shop.readyEndpoint(2), draw, 1))
        .isIn(shop.readyEndpoint(0), shop.readyEndpoint(1));
    assertThat(shop.activity().inFlight()).hasValue(2);
    LiveRevision alone = revision(1, null);
    assertThat(alone.acquireOther(alone.readyEndpoint(0), draw, 0)).isNull();
  }
}
