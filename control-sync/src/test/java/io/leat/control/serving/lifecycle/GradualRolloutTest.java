package io.leat.control.serving.lifecycle;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.resource.Rollout.Gradual;
import io.leat.control.resource.Rollout.Share;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The vectors of Knative's gradual rollout. */
final class GradualRolloutTest {
  private static final Duration DURATION = Duration.ofSeconds(100);
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void c6AHundredPercentOverAHundredSecondsReadyAfterFour() {
    Gradual state = requireNonNull(advance("b", "a", 100, null, false));
    assertThat(state.revisions()).containsExactly(new Share("a", 99), new Share("b", 1));
    now = now.plusSeconds(4);
    state = requireNonNull(advance("b", "a", 100, state, true));
    assertThat(state.stepMillis()).isEqualTo(4000);
    assertThat(state.stepPercent()).isEqualTo(4);
    List<Long> latest = new ArrayList<>(List.of(state.latest().percent()));
    @Nullable Gradual next = state;
    while (next != null) {
      now = now.plusMillis(3999);
      assertThat(advance("b", "a", 100, next, true)).isEqualTo(next);
      now = now.plusMillis(1);
      next = advance("b", "a", 100, next, true);
      latest.add(next == null ? 100 : next.latest().percent());
    }
    List<Long> expected = new ArrayList<>();
    for (long percent = 1; percent <= 97; percent += 4) {
      expected.add(percent);
    }
    expected.add(100L);
    assertThat(latest).isEqualTo(expected);
  }

  @Test
  void nothingMovesBeforeTheFirstPercentIsServed() {
    Gradual state = requireNonNull(advance("b", "a", 100, null, false));
    now = now.plusSeconds(1000);
    assertThat(advance("b", "a", 100, state, false)).isEqualTo(state);
  }

  @Test
  void atOnceWithoutADurationWithoutAPredecessorOrWithOnePercent() {
    assertThat(advance("b", null, 100, null, true)).isNull();
    assertThat(advance("a", "a", 100, null, true)).isNull();
    assertThat(advance("b", "a", 1, null, true)).isNull();
    assertThat(
            new GradualRollout(Duration.ZERO, true, now)
                .advance(new GradualRollout.Wanted("c", null, 100, "b", "a"), null))
        .isNull();
  }

  @Test
  void aNewerRevisionStacksAndTheNewestOfTheOldGivesFirst() {
    Gradual state = gradual(100, new Share("a", 90), new Share("b", 10));
    state = requireNonNull(advance("c", "b", 100, state, true));
    assertThat(state.revisions())
        .containsExactly(new Share("a", 90), new Share("b", 9), new Share("c", 1));
    assertThat(state.stepPercent()).isNull();
    state = requireNonNull(advance("c", "b", 100, state, true));
    assertThat(state.stepMillis()).isEqualTo(1000);
    state = gradual(100, 20, new Share("a", 90), new Share("b", 9), new Share("c", 1));
    assertThat(requireNonNull(advance("c", "b", 100, state, true)).revisions())
        .containsExactly(new Share("a", 79), new Share("c", 21));
  }

  @Test
  void aOnePercentRevisionThatIsOvertakenLeaves() {
    Gradual state = gradual(100, new Share("a", 99), new Share("b", 1));
    assertThat(requireNonNull(advance("c", "b", 100, state, true)).revisions())
        .containsExactly(new Share("a", 99), new Share("c", 1));
  }

  @Test
  void aLargerTargetFeedsTheLatestAndASmallerOneDrainsTheOldest() {
    Gradual state = gradual(50, new Share("a", 30), new Share("b", 20));
    assertThat(requireNonNull(advance("b", "a", 70, state, true)).revisions())
        .containsExactly(new Share("a", 30), new Share("b", 40));
    assertThat(requireNonNull(advance("b", "a", 30, state, true)).revisions())
        .containsExactly(new Share("a", 10), new Share("b", 20));
    assertThat(advance("b", "a", 20, state, true)).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23, 24, 25})
  void everyStoryKeepsTheSumAndEnds(long seed) {
    Random random = new Random(seed);
    int latest = 1;
    long percent = 2L + random.nextInt(99);
    @Nullable Gradual state = advance("r1", "r0", percent, null, true);
    for (int step = 0; step < 2000 && state != null; step++) {
      String at = "seed " + seed + " step " + step;
      if (step < 50 && random.nextInt(10) == 0) {
        latest++;
      } else if (step < 50 && random.nextInt(10) == 0) {
        percent = 2L + random.nextInt(99);
      }
      now = now.plusMillis(random.nextInt(5000));
      state = advance("r" + latest, "r0", percent, state, random.nextBoolean());
      if (state != null) {
        long sum = state.revisions().stream().mapToLong(Share::percent).sum();
        assertThat(sum).as(at).isEqualTo(percent);
        assertThat(state.revisions()).as(at).allMatch(share -> share.percent() > 0);
        assertThat(state.latest().revisionName()).as(at).isEqualTo("r" + latest);
      }
    }
    assertThat(state).as("seed " + seed).isNull();
  }

  private @Nullable Gradual advance(
      String latest,
      @Nullable String previous,
      long percent,
      @Nullable Gradual before,
      boolean live) {
    return new GradualRollout(DURATION, live, now)
        .advance(new GradualRollout.Wanted("c", null, percent, latest, previous), before);
  }

  private Gradual gradual(long percent, Share... shares) {
    return new Gradual("c", null, percent, List.of(shares), now.toString(), null, null, null);
  }

  private Gradual gradual(long percent, long step, Share... shares) {
    return new Gradual(
        "c", null, percent, List.of(shares), now.toString(), now.toString(), step, 1000L);
  }
}
