package io.leat.activator.scale;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.activator.ManualTime;
import io.leat.activator.Revisions;
import io.leat.activator.hold.HoldObserver;
import io.leat.activator.hold.HoldPorts;
import io.leat.activator.hold.RevisionHolds;
import io.leat.proxy.balance.Draw;
import io.leat.proxy.balance.HeldRequest;
import io.leat.proxy.balance.LiveEndpoint;
import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.config.HoldLimits;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.table.RevisionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AutoscalerTest {
  private static final RevisionId SHOP = Revisions.SHOP;
  private static final Duration START = Duration.ofMillis(800);

  private final ManualTime time = new ManualTime();
  private final Map<RevisionId, LiveRevision> table = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private final List<Integer> heard = new ArrayList<>();
  private final long originNanos = time.nanos();
  private int concurrency = 10;
  private int failures;
  private boolean obedient = true;

  private final Autoscaler scaler =
      new Autoscaler(
          table::get,
          this::scale,
          (id, desired) -> heard.add(desired),
          new ScaleClock(time, time, time, ScaleClock.DEFAULT_INTERVAL));
  private final RevisionHolds holds =
      new RevisionHolds(
          HoldLimits.DEFAULT,
          RevisionHolds.DEFAULT_PACED_CONCURRENCY,
          new HoldPorts(time, time, () -> Draw.xorshift(5), scaler, HoldObserver.NONE));

  private static ScaleSettings settings(int min, int max, int initial, double target) {
    return new ScaleSettings(
        min, max, initial, target, Duration.ofSeconds(60), Duration.ofSeconds(30), true);
  }

  /** Instances come after the time that they need to start and leave at once. */
  private void scale(RevisionId id, int instances) {
    if (failures > 0) {
      failures--;
      throw new IllegalStateException("no room");
    }
    asked.add(seconds() + "s " + instances);
    if (obedient) {
      int before = live(id).readyEndpoints();
      long delay = instances > before ? START.toNanos() : 0;
      time.after(delay, () -> ready(id, instances));
    }
  }

  private long seconds() {
    return (time.nanos() - originNanos) / 1_000_000_000L;
  }

  private LiveRevision live(RevisionId id) {
    LiveRevision live = table.get(id);
    if (live == null) {
      live = Revisions.dormant(id, concurrency, null);
      table.put(id, live);
    }
    return live;
  }

  private void ready(RevisionId id, int instances) {
    LiveRevision before = live(id);
    table.put(
        id,
        instances == 0
            ? Revisions.dormant(id, concurrency, before)
            : Revisions.serving(id, concurrency, instances, before));
    Map<RevisionId, LiveRevision> copy = Map.copyOf(table);
    holds.revisionsChanged(copy::get, Set.of(id));
  }

  /** A request that takes a fixed time to serve. */
  private final class Call extends HeldRequest {
    final Duration takes;
    boolean done;

    Call(Duration takes) {
      this.takes = takes;
      this.arrivedNanos = time.nanos();
      this.heldBytes = 100;
    }

    @Override
    public void granted(LiveRevision revision, LiveEndpoint endpoint) {
      time.after(
          takes.toNanos(),
          () -> {
            done = true;
            revision.release(endpoint, holds);
          });
    }

    @Override
    public void refused(Rejection reason) {
      throw new AssertionError("refused: " + reason);
    }
  }

  private Call call(Duration takes) {
    LiveRevision revision = live(SHOP);
    Call call = new Call(takes);
    revision.activity().arrived().increment();
    LiveEndpoint endpoint =
        revision.activity().waiting().get() == 0
            ? revision.acquire(Draw.xorshift(time.nanos()))
            : null;
    if (endpoint == null) {
      holds.hold(revision, call);
    } else {
      call.granted(revision, endpoint);
    }
    return call;
  }

  @Test
  void fromZeroToManyAndBack() {
    live(SHOP);
    scaler.start();
    scaler.configure(SHOP, settings(0, 3, 0, 7));
    time.advance(Duration.ofSeconds(10));
    assertThat(asked).isEmpty();

    List<Call> calls = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      calls.add(call(Duration.ofMillis(50)));
    }
    // The first request woke the revision alone; the next sample sees the rest.
    assertThat(asked).containsExactly("10s 1");
    time.advance(Duration.ofSeconds(5));
    assertThat(asked).containsExactly("10s 1", "10s 3");
    assertThat(calls).allSatisfy(call -> assertThat(call.done).isTrue());
    assertThat(live(SHOP).readyEndpoints()).isEqualTo(3);

    time.advance(Duration.ofSeconds(55));
    assertThat(asked).hasSize(2);
    // At 16 s the panic window still shows twice what three instances serve, so the panic ends
    // after 76 s. The burst has left the stable window at 74 s, and the grace ends at 104 s.
    time.advance(Duration.ofSeconds(60));
    assertThat(asked.subList(2, asked.size())).containsExactly("78s 1", "104s 0");
    assertThat(live(SHOP).readyEndpoints()).isZero();
    assertThat(scaler.desired(SHOP)).isZero();
    assertThat(heard).containsExactly(1, 3, 1, 0);

    Call late = call(Duration.ofMillis(10));
    assertThat(scaler.desired(SHOP)).isEqualTo(1);
    time.advance(Duration.ofSeconds(1));
    assertThat(late.done).isTrue();
  }

  @Test
  void aWakeCountsEverythingThatWaits() {
    LiveRevision shop = live(SHOP);
    for (int i = 0; i < 1000; i++) {
      holds.hold(shop, new Call(Duration.ofSeconds(1)));
    }
    scaler.configure(SHOP, settings(0, 3, 0, 7));
    assertThat(asked).containsExactly("0s 3");
  }

  @Test
  void steadyLoadSettlesAtConcurrencyOverTarget() {
    live(SHOP);
    scaler.start();
    scaler.configure(SHOP, settings(0, 0, 0, 7));
    // 40 requests per second of half a second each: 20 at a time, 3 instances.
    for (int i = 0; i < 300 * 40; i++) {
      call(Duration.ofMillis(500));
      time.advance(Duration.ofMillis(25));
    }
    assertThat(scaler.desired(SHOP)).isEqualTo(3);
    int steps = asked.size();
    for (int i = 0; i < 60 * 40; i++) {
      call(Duration.ofMillis(500));
      time.advance(Duration.ofMillis(25));
    }
    assertThat(asked).hasSize(steps);
  }

  @Test
  void lightTrafficBetweenSamplesKeepsAnInstance() {
    live(SHOP);
    scaler.start();
    scaler.configure(SHOP, settings(0, 0, 1, 70));
    time.advance(Duration.ofSeconds(5));
    for (int i = 0; i < 30; i++) {
      call(Duration.ofNanos(1));
      time.advance(Duration.ofSeconds(20).plusMillis(3));
    }
    assertThat(asked).containsExactly("0s 1");
    time.advance(Duration.ofSeconds(95));
    assertThat(asked).hasSize(2).last().asString().endsWith(" 0");
  }

  @Test
  void initialScaleIsAskedForAtOnceAndGoesAfterTheGrace() {
    live(SHOP);
    scaler.start();
    scaler.configure(SHOP, settings(0, 0, 1, 70));
    assertThat(asked).containsExactly("0s 1");
    time.advance(Duration.ofSeconds(31));
    assertThat(asked).hasSize(1);
    time.advance(Duration.ofSeconds(2));
    assertThat(asked).containsExactly("0s 1", "32s 0");
  }

  @Test
  void aRevisionThatNeverGetsReadyIsNotGivenUpHere() {
    obedient = false;
    scaler.start();
    scaler.configure(SHOP, settings(0, 0, 1, 70));
    time.advance(Duration.ofMinutes(20));
    assertThat(asked).containsExactly("0s 1");
    scaler.remove(SHOP);
    assertThat(scaler.desired(SHOP)).isZero();
    scaler.wake(SHOP);
    time.advance(Duration.ofMinutes(1));
    assertThat(asked).hasSize(1);
  }

  @Test
  void aRestartedScalerKeepsWhatItFinds() {
    ready(SHOP, 5);
    scaler.start();
    scaler.configure(SHOP, settings(0, 0, 1, 70));
    time.advance(Duration.ofSeconds(60));
    assertThat(asked).containsExactly("0s 5");
    time.advance(Duration.ofSeconds(10));
    assertThat(asked).containsExactly("0s 5", "62s 2", "64s 1", "66s 0");
    time.advance(Duration.ofSeconds(1));
    assertThat(live(SHOP).readyEndpoints()).isZero();
  }

  @Test
  void instancesThatAppearUnaskedAreAdoptedAndThenGivenBack() {
    live(SHOP);
    scaler.start();
    scaler.configure(SHOP, settings(0, 0, 0, 70));
    time.advance(Duration.ofSeconds(20));
    assertThat(asked).isEmpty();
    ready(SHOP, 1);
    time.advance(Duration.ofSeconds(40));
    assertThat(asked).hasSize(2);
    assertThat(scaler.desired(SHOP)).isZero();
  }

  @Test
  void changedSettingsApplyAtOnce() {
    live(SHOP);
    scaler.start();
    scaler.configure(SHOP, settings(0, 0, 0, 70));
    scaler.configure(SHOP, settings(2, 0, 0, 70));
    assertThat(asked).containsExactly("0s 2");
    time.advance(Duration.ofSeconds(100));
    scaler.configure(SHOP, settings(4, 0, 0, 70));
    scaler.configure(SHOP, settings(4, 0, 0, 70));
    assertThat(asked).containsExactly("0s 2", "100s 4");
    Map<RevisionId, Integer> seen = new HashMap<>();
    scaler.forEachDesired(seen::put);
    assertThat(seen).containsExactly(Map.entry(SHOP, 4));
  }

  @Test
  void aTargetThatFailsIsAskedAgain() {
    live(SHOP);
    failures = 2;
    scaler.start();
    scaler.configure(SHOP, settings(1, 0, 0, 70));
    assertThat(asked).isEmpty();
    assertThat(scaler.desired(SHOP)).isZero();
    time.advance(Duration.ofSeconds(4));
    assertThat(asked).containsExactly("4s 1");
    assertThat(heard).containsExactly(1);
  }

  @Test
  void aClosedScalerAsksForNothing() {
    live(SHOP);
    scaler.start();
    scaler.configure(SHOP, settings(0, 0, 0, 70));
    scaler.close();
    call(Duration.ofMillis(1));
    time.advance(Duration.ofSeconds(5));
    assertThat(asked).isEmpty();
  }

  @Test
  void aLateTickLosesNoRevision() {
    live(SHOP);
    scaler.start();
    scaler.configure(SHOP, settings(0, 0, 0, 70));
    time.advance(Duration.ofMillis(950));
    call(Duration.ofSeconds(30));
    time.execute(() -> time.advance(Duration.ofSeconds(7)));
    time.advance(Duration.ofSeconds(2));
    assertThat(scaler.desired(SHOP)).isEqualTo(1);
  }
}
