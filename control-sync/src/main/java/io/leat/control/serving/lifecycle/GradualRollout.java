package io.leat.control.serving.lifecycle;

import io.leat.control.resource.Rollout.Gradual;
import io.leat.control.resource.Rollout.Share;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves a share that follows the latest revision to a new one over a duration, as Knative does: one
 * percent at first; once every proxy serves that, steps that are no shorter than the time this
 * took.
 *
 * <p>Each step takes from the newest of the older revisions first. A still newer revision that
 * comes on the way gets one percent of the one before it, and the steps begin anew. Nothing judges
 * the health of a revision here; see {@link StagedRollout} for that.
 */
public final class GradualRollout {
  private final Duration duration;
  private final boolean live;
  private final Instant now;

  /**
   * Looks at one moment.
   *
   * @param duration from the first percent to the last; zero moves everything at once
   * @param live whether every proxy serves what the state says
   */
  public GradualRollout(Duration duration, boolean live, Instant now) {
    this.duration = duration;
    this.live = live;
    this.now = now;
  }

  /**
   * What a target asks for.
   *
   * @param latest the revision that is latest ready now
   * @param previous the one that has the share by now; null for none that works
   */
  public record Wanted(
      String configurationName,
      @Nullable String tag,
      long percent,
      String latest,
      @Nullable String previous) {}

  /** The state after this moment; null when the latest revision has, or is to have, all of it. */
  public @Nullable Gradual advance(Wanted wanted, @Nullable Gradual before) {
    if (duration.isZero() || wanted.percent() <= 1) {
      return null;
    }
    if (before == null) {
      String previous = wanted.previous();
      return previous == null || previous.equals(wanted.latest())
          ? null
          : begin(wanted, List.of(new Share(previous, wanted.percent())));
    }
    if (!before.latest().revisionName().equals(wanted.latest())) {
      return begin(wanted, adjusted(before.revisions(), before.percent(), wanted.percent()));
    }
    if (before.percent() != wanted.percent()) {
      List<Share> shares = adjusted(before.revisions(), before.percent(), wanted.percent());
      return unlessDone(
          new Gradual(
              before.configurationName(),
              before.tag(),
              wanted.percent(),
              shares,
              before.startTime(),
              before.nextStepTime(),
              before.stepPercent(),
              before.stepMillis()));
    }
    if (before.stepPercent() == null) {
      return live ? paced(before) : before;
    }
    return step(before, before.stepPercent());
  }

  /** How long until there is something to do; null when only the proxies are waited for. */
  public @Nullable Duration wait(Gradual state) {
    if (state.nextStepTime() == null) {
      return null;
    }
    Duration left = Duration.between(now, Instant.parse(state.nextStepTime()));
    return left.isNegative() ? Duration.ZERO : left;
  }

  private @Nullable Gradual begin(Wanted wanted, List<Share> older) {
    List<Share> shares = new ArrayList<>();
    for (Share share : older) {
      if (!share.revisionName().equals(wanted.latest())) {
        shares.add(share);
      }
    }
    long left = wanted.percent() - shares.stream().mapToLong(Share::percent).sum();
    shares.add(new Share(wanted.latest(), left));
    return unlessDone(
        new Gradual(
            wanted.configurationName(),
            wanted.tag(),
            wanted.percent(),
            left > 0 ? shares : moved(shares, 1),
            now.toString(),
            null,
            null,
            null));
  }

  /** Decides about the steps once the first percent is served. */
  private Gradual paced(Gradual state) {
    double served = Duration.between(Instant.parse(state.startTime()), now).toNanos() / 1e9;
    double least = Math.max(1, Math.ceil(served));
    double rest = Math.max(1, duration.toNanos() / 1e9 - least);
    double left = state.percent() - 1.0;
    double steps = Math.min(Math.max(1, rest / least), Math.max(1, left));
    long percent = Math.max(1, Math.round(left / steps));
    long millis = Math.round(rest / steps * 1000);
    return new Gradual(
        state.configurationName(),
        state.tag(),
        state.percent(),
        state.revisions(),
        state.startTime(),
        now.plusMillis(millis).toString(),
        percent,
        millis);
  }

  private @Nullable Gradual step(Gradual state, long percent) {
    if (state.nextStepTime() == null || now.isBefore(Instant.parse(state.nextStepTime()))) {
      return state;
    }
    long millis = state.stepMillis() == null ? 1000 : state.stepMillis();
    return unlessDone(
        state
            .withRevisions(moved(state.revisions(), percent))
            .withNextStep(now.plusMillis(millis).toString()));
  }

  private static @Nullable Gradual unlessDone(Gradual state) {
    return state.revisions().size() == 1 ? null : state;
  }

  /** Gives the last revision so many percents more, from the newest of the others first. */
  private static List<Share> moved(List<Share> shares, long percent) {
    List<Share> rest = new ArrayList<>(shares);
    Share latest = rest.removeLast();
    long missing = percent;
    while (missing > 0 && !rest.isEmpty()) {
      Share from = rest.removeLast();
      long taken = Math.min(missing, from.percent());
      missing -= taken;
      if (from.percent() > taken) {
        rest.add(new Share(from.revisionName(), from.percent() - taken));
      }
    }
    rest.add(new Share(latest.revisionName(), latest.percent() + percent - missing));
    return rest;
  }

  /** A larger share goes to the latest revision, a smaller one is taken from the oldest. */
  private static List<Share> adjusted(List<Share> shares, long before, long after) {
    List<Share> rest = new ArrayList<>(shares);
    if (after >= before) {
      Share latest = rest.removeLast();
      rest.add(new Share(latest.revisionName(), latest.percent() + after - before));
      return rest;
    }
    long excess = before - after;
    List<Share> left = new ArrayList<>();
    for (Share share : rest) {
      long taken = Math.min(excess, share.percent());
      excess -= taken;
      if (share.percent() > taken) {
        left.add(new Share(share.revisionName(), share.percent() - taken));
      }
    }
    return left.isEmpty() ? List.of(new Share(shares.getLast().revisionName(), after)) : left;
  }
}
