package io.leat.control.serving.lifecycle;

import io.leat.control.manifest.rules.RolloutRequest;
import io.leat.control.manifest.rules.RolloutRequest.AbortIf;
import io.leat.control.reconcile.Observations.Health;
import io.leat.control.resource.Rollout.Share;
import io.leat.control.resource.Rollout.Staged;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Moves all of a Route's traffic to one revision in steps, each held and judged before the next.
 *
 * <p>A step begins when every proxy serves it. Its conditions are judged over what the revision
 * answered since then: at once when {@value #JUDGED_EARLY} requests say that one holds, and
 * whatever their number when the hold is over. A process that starts anew saw nothing yet, so it
 * holds its step once more. An abort gives back the shares of before; they stay, as does the new
 * revision after success, until another request or an edit of the Route's traffic.
 */
public final class StagedRollout {
  /** Requests that are enough to give up before the hold is over. */
  static final int JUDGED_EARLY = 20;

  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration SHORTEST = Duration.ofMillis(50);

  private final RolloutRequest request;
  private final Seen seen;

  /** How the revision of a rollout is. */
  public enum Target {
    READY,
    /** It may still become ready. */
    STARTING,
    /** It will not serve. */
    FAILED
  }

  /**
   * What one moment looks like.
   *
   * @param generation of the Route
   * @param shares what the Route's status assigns, without tags
   * @param live whether every proxy serves that
   * @param health what the revision did since a step began; the argument names the step
   */
  public record Seen(
      long generation,
      List<Share> shares,
      boolean live,
      Target target,
      Instant now,
      Function<String, Health> health) {}

  /**
   * What follows.
   *
   * @param shares of the whole traffic; empty when the Route's own traffic counts
   * @param next how long until there is something to do; null for nothing
   */
  public record Outcome(Staged state, List<Share> shares, @Nullable Duration next) {}

  /** A look at one request. */
  public StagedRollout(RolloutRequest request, Seen seen) {
    this.request = request;
    this.seen = seen;
  }

  /** Goes on from a state, at most by one step. */
  public Outcome advance(@Nullable Staged before) {
    Staged state = before == null || !before.request().equals(request.id()) ? begin() : before;
    if (seen.generation() != state.generation()) {
      state = ended(state, Staged.SUPERSEDED, "The traffic of the Route was edited.");
    }
    Duration wait = null;
    if (state.isProgressing()) {
      state = progress(state);
      wait = state.isProgressing() && state.stepTime() != null ? poll(state) : null;
    }
    return new Outcome(state, shares(state), wait);
  }

  private Staged begin() {
    long percent = request.steps().getFirst();
    return new Staged(
        request.id(),
        request.to(),
        Staged.PROGRESSING,
        0,
        percent,
        null,
        seen.shares(),
        seen.generation(),
        null);
  }

  private Staged progress(Staged state) {
    switch (request.action()) {
      case ABORT -> {
        return ended(state, Staged.ABORTED, "An abort was asked for.");
      }
      case PROMOTE -> {
        return ended(state, Staged.SUCCEEDED, "A promotion was asked for.");
      }
      case RUN -> {
        // The steps decide.
      }
    }
    if (seen.target() == Target.FAILED) {
      return ended(state, Staged.ABORTED, request.to() + " failed or is gone.");
    }
    if (state.stepTime() == null) {
      boolean served = seen.live() && seen.shares().equals(shares(state));
      return served && seen.target() == Target.READY
          ? at(state, state.step(), state.percent(), seen.now().toString())
          : state;
    }
    return judge(state, state.stepTime());
  }

  private Staged judge(Staged state, String since) {
    Duration held = Duration.between(Instant.parse(since), seen.now());
    if (!request.abortIf().isEmpty()) {
      Health health = seen.health().apply(request.id() + "/" + state.step());
      held = held.compareTo(health.observed()) < 0 ? held : health.observed();
      boolean enough =
          health.requests() >= JUDGED_EARLY
              || (held.compareTo(request.hold()) >= 0 && health.requests() > 0);
      for (AbortIf condition : request.abortIf()) {
        String broken = enough ? broken(condition, health) : "";
        if (!broken.isEmpty()) {
          return ended(state, Staged.ABORTED, broken + ", at " + state.percent() + " %.");
        }
      }
    }
    if (held.compareTo(request.hold()) < 0) {
      return state;
    }
    int next = (int) state.step() + 1;
    return next < request.steps().size()
        ? at(state, next, request.steps().get(next), null)
        : ended(state, Staged.SUCCEEDED, "Every step was held.");
  }

  private static String broken(AbortIf condition, Health health) {
    return switch (condition) {
      case AbortIf.ErrorRate rate -> {
        double percent = 100.0 * health.errors() / health.requests();
        yield percent > rate.percent()
            ? String.format(
                Locale.ROOT,
                "%s: %d of %d requests failed (%.1f %%)",
                rate.text(),
                health.errors(),
                health.requests(),
                percent)
            : "";
      }
      case AbortIf.P99 p99 -> {
        Duration measured = health.p99();
        yield measured != null && measured.compareTo(p99.limit()) > 0
            ? p99.text() + ": it is above " + measured.toMillis() + " ms"
            : "";
      }
    };
  }

  private Duration poll(Staged state) {
    Duration left =
        Duration.between(
                seen.now(), Instant.parse(state.stepTime() == null ? "" : state.stepTime()))
            .plus(request.hold());
    Duration wait = left.compareTo(POLL) < 0 ? left : POLL;
    return wait.compareTo(SHORTEST) < 0 ? SHORTEST : wait;
  }

  private static Staged at(Staged state, long step, long percent, @Nullable String stepTime) {
    return new Staged(
        state.request(),
        state.revisionName(),
        Staged.PROGRESSING,
        step,
        percent,
        stepTime,
        state.from(),
        state.generation(),
        null);
  }

  private static Staged ended(Staged state, String phase, String message) {
    if (state.phase().equals(Staged.SUPERSEDED)) {
      return state;
    }
    return new Staged(
        state.request(),
        state.revisionName(),
        phase,
        state.step(),
        phase.equals(Staged.SUCCEEDED) ? 100 : 0,
        null,
        state.from(),
        state.generation(),
        message);
  }

  private List<Share> shares(Staged state) {
    List<Share> all = List.of(new Share(state.revisionName(), 100));
    List<Share> from = state.from().isEmpty() ? all : state.from();
    return switch (state.phase()) {
      case Staged.SUCCEEDED -> all;
      case Staged.ABORTED -> from;
      case Staged.SUPERSEDED -> List.of();
      default ->
          seen.target() == Target.READY
              ? Mix.of(from, state.revisionName(), state.percent())
              : from;
    };
  }
}
