package io.leat.activator.scale;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScaleDecisionTest {
  private static final Duration WINDOW = Duration.ofSeconds(60);
  private static final Duration GRACE = Duration.ofSeconds(30);

  private final ScaleSettings settings = settings(0, 0, 0, 70, true);

  private static ScaleSettings settings(
      int min, int max, int initial, double target, boolean reachable) {
    return new ScaleSettings(min, max, initial, target, WINDOW, GRACE, reachable);
  }

  private static ScaleObservation seen(double stable, double panic, int ready, long second) {
    return new ScaleObservation(
        stable, panic, (int) Math.ceil(panic), ready, false, Duration.ofSeconds(second).toNanos());
  }

  private static ScaleObservation woken(int concurrency, int ready, long second) {
    return new ScaleObservation(
        0, 0, concurrency, ready, true, Duration.ofSeconds(second).toNanos());
  }

  private static ScaleState running(int desired) {
    return new ScaleState(desired, false, 0, 0, true, false, 0);
  }

  @ParameterizedTest
  @CsvSource({
    "140, 1, 2",
    "141, 1, 3",
    "140.0000000001, 1, 2",
    "0.01, 1, 1",
    "70, 1, 1",
    "700, 10, 10",
    "350, 10, 5",
    "70, 10, 5",
    "70, 3, 1",
    "0, 10, 5",
    "70000, 1, 1000",
    "70070, 1, 1000",
    "70070, 2, 1001",
  })
  void concurrencyOverTargetWithinTheRates(double average, int ready, int expected) {
    ScaleState next =
        ScaleDecision.decide(seen(average, average, ready, 0), settings, running(ready));
    assertThat(next.desired()).isEqualTo(expected);
  }

  @Test
  void aTinyTargetIsRaised() {
    ScaleState next =
        ScaleDecision.decide(seen(0.05, 0.05, 1, 0), settings(0, 0, 0, 0.0001, true), running(1));
    assertThat(next.desired()).isEqualTo(5);
  }

  @Test
  void panicBeginsAtTwiceWhatIsReady() {
    ScaleState calm = ScaleDecision.decide(seen(70, 70, 1, 0), settings, running(1));
    assertThat(calm.panicking()).isFalse();
    ScaleState panic = ScaleDecision.decide(seen(70, 71, 1, 0), settings, running(1));
    assertThat(panic.panicking()).isTrue();
    assertThat(panic.desired()).isEqualTo(2);
    ScaleState notYet = ScaleDecision.decide(seen(70, 210, 2, 0), settings, running(2));
    assertThat(notYet.panicking()).isFalse();
    assertThat(notYet.desired()).isEqualTo(1);
  }

  @Test
  void panicKeepsItsHighWaterAndEndsStrictlyAfterOneQuietWindow() {
    ScaleState state = ScaleDecision.decide(seen(100, 700, 1, 100), settings, running(1));
    assertThat(state.desired()).isEqualTo(10);
    state = ScaleDecision.decide(seen(300, 500, 10, 102), settings, state);
    assertThat(state.desired()).isEqualTo(10);
    state = ScaleDecision.decide(seen(900, 900, 10, 110), settings, state);
    assertThat(state.desired()).isEqualTo(13);
    state = ScaleDecision.decide(seen(70, 70, 13, 160), settings, state);
    assertThat(state.panicking()).isTrue();
    assertThat(state.desired()).isEqualTo(13);
    state = ScaleDecision.decide(seen(420, 420, 13, 162), settings, state);
    assertThat(state.panicking()).isFalse();
    assertThat(state.desired()).isEqualTo(6);
  }

  @Test
  void loadAboveTheThresholdProlongsAPanic() {
    ScaleState state = ScaleDecision.decide(seen(140, 140, 1, 0), settings, running(1));
    state = ScaleDecision.decide(seen(140, 140, 1, 50), settings, state);
    state = ScaleDecision.decide(seen(0, 0, 2, 110), settings, state);
    assertThat(state.panicking()).isTrue();
    state = ScaleDecision.decide(seen(0, 0, 2, 111), settings, state);
    assertThat(state.panicking()).isFalse();
  }

  @Test
  void shrinksByHalfAtMostAndFreelyWhenNoRouteReachesIt() {
    ScaleState state = running(20);
    int[] expected = {10, 5, 2, 1};
    int ready = 20;
    for (int desired : expected) {
      state = ScaleDecision.decide(seen(7, 7, ready, 0), settings, state);
      assertThat(state.desired()).isEqualTo(desired);
      ready = desired;
    }
    ScaleSettings unreachable = settings(0, 0, 0, 70, false);
    assertThat(ScaleDecision.decide(seen(7, 7, 20, 0), unreachable, running(20)).desired())
        .isEqualTo(1);
  }

  @Test
  void zeroComesAfterTheWindowIsEmptyAndTheGraceHasPassed() {
    ScaleState state = ScaleDecision.decide(seen(0.01, 0, 1, 0), settings, running(1));
    assertThat(state.desired()).isEqualTo(1);
    for (int second = 2; second < 32; second += 2) {
      state = ScaleDecision.decide(seen(0, 0, 1, second), settings, state);
      assertThat(state.desired()).as("second %s", second).isEqualTo(1);
    }
    assertThat(ScaleDecision.decide(seen(0, 0, 1, 32), settings, state).desired()).isZero();
    ScaleState interrupted = ScaleDecision.decide(seen(0.2, 1, 1, 30), settings, state);
    interrupted = ScaleDecision.decide(seen(0, 0, 1, 32), settings, interrupted);
    assertThat(interrupted.desired()).isEqualTo(1);
    interrupted = ScaleDecision.decide(seen(0, 0, 1, 62), settings, interrupted);
    assertThat(interrupted.desired()).isZero();
  }

  @Test
  void oneStaysWhileARequestWaitsOrRuns() {
    ScaleObservation busy = new ScaleObservation(0, 0, 1, 0, false, GRACE.toNanos() * 10);
    assertThat(ScaleDecision.decide(busy, settings, running(0)).desired()).isEqualTo(1);
    assertThat(ScaleDecision.decide(busy, settings, running(1)).desired()).isEqualTo(1);
  }

  @Test
  void minimumHoldsOnlyWhileReachable() {
    ScaleState four = running(4);
    assertThat(ScaleDecision.decide(seen(0, 0, 4, 0), settings(3, 0, 0, 70, true), four).desired())
        .isEqualTo(3);
    ScaleState state = ScaleDecision.decide(seen(0, 0, 4, 0), settings(3, 0, 0, 70, false), four);
    assertThat(state.desired()).isEqualTo(1);
    state = ScaleDecision.decide(seen(0, 0, 1, 30), settings(3, 0, 0, 70, false), state);
    assertThat(state.desired()).isZero();
  }

  @Test
  void maximumHoldsAlsoInAPanicAndAgainstTheInitialScale() {
    ScaleSettings three = settings(0, 3, 0, 70, true);
    assertThat(ScaleDecision.decide(seen(7000, 7000, 1, 0), three, running(1)).desired())
        .isEqualTo(3);
    ScaleSettings initial = settings(0, 2, 5, 70, true);
    ScaleState state = ScaleDecision.decide(seen(0, 0, 0, 0), initial, ScaleState.NEW);
    assertThat(state.desired()).isEqualTo(2);
    assertThat(ScaleDecision.decide(seen(0, 0, 2, 1), initial, state).started()).isTrue();
  }

  @Test
  void initialScaleHoldsUntilItWasReadyOnceAlsoWithoutARoute() {
    ScaleSettings two = settings(0, 0, 2, 70, false);
    ScaleState state = ScaleDecision.decide(seen(0, 0, 0, 0), two, ScaleState.NEW);
    assertThat(state.desired()).isEqualTo(2);
    state = ScaleDecision.decide(seen(0, 0, 1, 500), two, state);
    assertThat(state.desired()).isEqualTo(2);
    assertThat(state.started()).isFalse();
    state = ScaleDecision.decide(seen(0, 0, 2, 502), two, state);
    assertThat(state.started()).isTrue();
    assertThat(state.desired()).isEqualTo(1);
    state = ScaleDecision.decide(seen(0, 0, 1, 531), two, state);
    assertThat(state.desired()).isEqualTo(1);
    state = ScaleDecision.decide(seen(0, 0, 1, 532), two, state);
    assertThat(state.desired()).isZero();
  }

  @Test
  void aNewRevisionWithInitialScaleZeroSleeps() {
    ScaleState state = ScaleDecision.decide(seen(0, 0, 0, 0), settings, ScaleState.NEW);
    assertThat(state.desired()).isZero();
  }

  @Test
  void aWakeAsksAtOnceForWhatTheMomentNeeds() {
    ScaleSettings ten = settings(0, 3, 0, 7, true);
    assertThat(ScaleDecision.decide(woken(1000, 0, 5), ten, ScaleState.NEW).desired()).isEqualTo(3);
    ScaleSettings unlimited = settings(0, 0, 0, 7, true);
    ScaleState state = ScaleDecision.decide(woken(1000, 0, 5), unlimited, ScaleState.NEW);
    assertThat(state.desired()).isEqualTo(143);
    assertThat(state.panicking()).isTrue();
    state = ScaleDecision.decide(seen(1, 1, 0, 6), unlimited, state);
    assertThat(state.desired()).isEqualTo(143);
    assertThat(ScaleDecision.decide(woken(1, 0, 5), unlimited, ScaleState.NEW).desired())
        .isEqualTo(1);
  }

  @Test
  void aWakeWithCapacityLeftTakesNothingAway() {
    ScaleState state = ScaleDecision.decide(woken(20, 8, 5), settings, running(8));
    assertThat(state.desired()).isEqualTo(8);
    assertThat(state.panicking()).isFalse();
  }

  @Test
  void instancesThatWereFoundStayForAWindow() {
    ScaleState state = ScaleState.found(5, 0);
    state = ScaleDecision.decide(seen(0, 0, 5, 0), settings, state);
    assertThat(state.desired()).isEqualTo(5);
    state = ScaleDecision.decide(seen(0, 0, 5, 60), settings, state);
    assertThat(state.desired()).isEqualTo(5);
    state = ScaleDecision.decide(seen(0, 0, 5, 61), settings, state);
    assertThat(state.desired()).isEqualTo(2);
    assertThat(ScaleState.found(1, 0).panicking()).isFalse();
  }
}
