package io.leat.control.serving.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.manifest.rules.RolloutRequest;
import io.leat.control.reconcile.Observations.Health;
import io.leat.control.resource.Rollout.Share;
import io.leat.control.resource.Rollout.Staged;
import io.leat.control.serving.lifecycle.StagedRollout.Outcome;
import io.leat.control.serving.lifecycle.StagedRollout.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StagedRolloutTest {
  private static final String REQUEST =
      "to=b steps=5,25,100 hold=30s abort-if=error_rate>1%,p99>500ms id=x";

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private long generation = 1;
  private List<Share> shares = List.of(new Share("a", 100));
  private Target target = Target.READY;
  private Health health = new Health(Duration.ZERO, 0, 0, null);
  private @Nullable Staged state;
  private @Nullable Duration next;

  @Test
  void stepsAreHeldOneAfterTheOther() {
    List<String> seen = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      look(REQUEST);
      String line = phase() + " " + shares;
      if (seen.isEmpty() || !seen.getLast().equals(line)) {
        seen.add(line);
      }
      look(REQUEST);
      now = now.plusSeconds(30);
      health = new Health(Duration.ofSeconds(30), 100, 1, Duration.ofMillis(20));
    }
    assertThat(seen)
        .containsExactly(
            "Progressing " + List.of(new Share("a", 95), new Share("b", 5)),
            "Progressing " + List.of(new Share("a", 75), new Share("b", 25)),
            "Progressing " + List.of(new Share("b", 100)),
            "Succeeded " + List.of(new Share("b", 100)));
  }

  @Test
  void aHoldCountsFromWhenEveryProxyServesTheStepAndWhatWasObserved() {
    look(REQUEST);
    look(REQUEST);
    assertThat(requireState().stepTime()).isEqualTo(now.toString());
    now = now.plusSeconds(100);
    health = new Health(Duration.ofSeconds(29), 1000, 0, null);
    look(REQUEST);
    assertThat(requireState().step()).isZero();
    assertThat(next).isNotNull();
    health = new Health(Duration.ofSeconds(30), 1000, 0, null);
    look(REQUEST);
    assertThat(requireState().step()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "  5, 19,   1, 100, Progressing", // too few to give up early
    "  5, 20,   1, 100, Aborted",
    "  5, 100,  1, 100, Progressing", // exactly the limit
    " 30, 3,    1, 100, Aborted", // the hold is over: any number counts
    " 30, 0,    0, 100, Progressing", // nobody asked: nothing speaks against it
    "  5, 100,  0, 500, Progressing",
    "  5, 100,  0, 501, Aborted",
  })
  void conditionsAreJudged(long seconds, long requests, long errors, long p99, String phase) {
    look(REQUEST);
    look(REQUEST);
    now = now.plusSeconds(seconds);
    health = new Health(Duration.ofSeconds(seconds), requests, errors, Duration.ofMillis(p99));
    look(REQUEST);
    assertThat(phase()).isEqualTo(phase);
    if (phase.equals("Aborted")) {
      assertThat(shares).containsExactly(new Share("a", 100));
      assertThat(requireState().message()).endsWith(", at 5 %.");
      assertThat(next).isNull();
    }
  }

  @Test
  void abortAndPromotionOnDemandAndARevisionThatFails() {
    look(REQUEST);
    look(REQUEST + " action=promote");
    assertThat(phase()).isEqualTo(Staged.SUCCEEDED);
    assertThat(shares).containsExactly(new Share("b", 100));
    look(REQUEST + " action=abort");
    assertThat(phase()).as("it is over").isEqualTo(Staged.SUCCEEDED);
    state = null;
    shares = List.of(new Share("a", 60), new Share("c", 40));
    look(REQUEST);
    assertThat(shares).containsExactly(new Share("a", 57), new Share("c", 38), new Share("b", 5));
    look(REQUEST + " action=abort");
    assertThat(shares).containsExactly(new Share("a", 60), new Share("c", 40));
    state = null;
    look(REQUEST);
    target = Target.FAILED;
    look(REQUEST);
    assertThat(phase()).isEqualTo(Staged.ABORTED);
  }

  @Test
  void nothingMovesBeforeTheRevisionIsReady() {
    target = Target.STARTING;
    look(REQUEST);
    assertThat(shares).containsExactly(new Share("a", 100));
    look(REQUEST);
    assertThat(requireState().stepTime()).isNull();
    target = Target.READY;
    look(REQUEST);
    assertThat(shares).containsExactly(new Share("a", 95), new Share("b", 5));
  }

  @Test
  void anEditOfTheTrafficEndsItWheneverItComes() {
    look("to=b id=x");
    look("to=b id=x");
    look("to=b id=x");
    assertThat(phase()).isEqualTo(Staged.SUCCEEDED);
    generation++;
    look("to=b id=x");
    assertThat(phase()).isEqualTo(Staged.SUPERSEDED);
    assertThat(shares).isEmpty();
    look("to=b id=y");
    assertThat(phase()).as("a new request counts again").isEqualTo(Staged.PROGRESSING);
  }

  @ParameterizedTest
  @ValueSource(longs = {31, 32, 33, 34})
  void sharesAlwaysAddUpAndTheNewOneNeverShrinksOnItsWay(long seed) {
    Random random = new Random(seed);
    for (int story = 0; story < 200; story++) {
      List<Share> from = new ArrayList<>();
      long left = 100;
      for (int i = 0; left > 0; i++) {
        long percent = Math.min(left, 1L + random.nextInt(60));
        from.add(new Share(i == 1 ? "b" : "r" + i, percent));
        left -= percent;
      }
      long before = 0;
      for (long percent = 1L + random.nextInt(20);
          percent <= 100;
          percent += 1L + random.nextInt(9)) {
        List<Share> mixed = Mix.of(from, "b", percent);
        String at = "seed " + seed + " " + from + " at " + percent + ": " + mixed;
        assertThat(mixed.stream().mapToLong(Share::percent).sum()).as(at).isEqualTo(100);
        assertThat(mixed).as(at).allMatch(share -> share.percent() > 0);
        long own = mixed.getLast().percent();
        assertThat(own).as(at).isGreaterThanOrEqualTo(Math.max(before, percent));
        before = own;
      }
    }
  }

  private void look(String request) {
    Outcome outcome =
        new StagedRollout(
                RolloutRequest.parse(request).orElseThrow(),
                new StagedRollout.Seen(generation, shares, true, target, now, window -> health))
            .advance(state);
    state = outcome.state();
    shares = outcome.shares();
    next = outcome.next();
  }

  private Staged requireState() {
    return java.util.Objects.requireNonNull(state);
  }

  private String phase() {
    return requireState().phase();
  }
}
