package io.leat.control.resource;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far changes of a Route's traffic have come that are made in steps; kept in the status, so
 * that a restart goes on where the last life of the process stopped.
 *
 * <p>Times are ISO-8601 texts.
 *
 * @param gradual one entry for each share that still moves to its latest revision
 * @param staged the rollout that was asked for by annotation
 */
public record Rollout(@Nullable List<Gradual> gradual, @Nullable Staged staged) {

  /** Copies the list. */
  public Rollout {
    gradual = gradual == null || gradual.isEmpty() ? null : List.copyOf(gradual);
  }

  /** The rollout, or null when it says nothing. */
  public static @Nullable Rollout of(List<Gradual> gradual, @Nullable Staged staged) {
    return gradual.isEmpty() && staged == null ? null : new Rollout(gradual, staged);
  }

  /** Whether traffic is still to be moved. */
  public boolean isMoving() {
    return gradual != null || (staged != null && staged.isProgressing());
  }

  /** A percentage of a Route's traffic. */
  public record Share(String revisionName, long percent) {}

  /**
   * A share that moves to the latest revision over {@code rollout-duration}.
   *
   * @param tag of the target; null for none
   * @param percent of the target as a whole
   * @param revisions oldest first, the latest last; their percents add up to that of the target
   * @param startTime when the latest revision got its first percent
   * @param nextStepTime when the next step is due; null until the first is served
   * @param stepPercent what a step moves; null until the first is served
   * @param stepMillis time between steps; null until the first is served
   */
  public record Gradual(
      String configurationName,
      @Nullable String tag,
      long percent,
      List<Share> revisions,
      String startTime,
      @Nullable String nextStepTime,
      @Nullable Long stepPercent,
      @Nullable Long stepMillis) {
    /** Copies the list. */
    public Gradual {
      revisions = List.copyOf(revisions);
    }

    /** The revision that the share moves to. */
    public Share latest() {
      return revisions.getLast();
    }

    /** The same with other shares. */
    public Gradual withRevisions(List<Share> shares) {
      return new Gradual(
          configurationName,
          tag,
          percent,
          shares,
          startTime,
          nextStepTime,
          stepPercent,
          stepMillis);
    }

    /** The same, its next step due at a time. */
    public Gradual withNextStep(String time) {
      return new Gradual(
          configurationName, tag, percent, revisions, startTime, time, stepPercent, stepMillis);
    }
  }

  /**
   * A rollout in steps that are held and judged.
   *
   * @param request id of the request that it carries out
   * @param revisionName where the traffic goes
   * @param phase one of the {@code PHASE_} constants
   * @param step 0-based index of the step
   * @param percent what the revision gets now
   * @param stepTime since when every proxy serves the step; null while one does not
   * @param from the shares before it began, to which an abort returns
   * @param generation of the Route when it began: an edit of its traffic ends the rollout
   * @param message what happened last, for a person
   */
  public record Staged(
      String request,
      String revisionName,
      String phase,
      long step,
      long percent,
      @Nullable String stepTime,
      List<Share> from,
      long generation,
      @Nullable String message) {
    /** Steps are being taken. */
    public static final String PROGRESSING = "Progressing";

    /** The revision has all traffic, and keeps it. */
    public static final String SUCCEEDED = "Succeeded";

    /** The traffic is as it was before, and stays so. */
    public static final String ABORTED = "Aborted";

    /** Somebody edited the traffic of the Route, which counts from then on. */
    public static final String SUPERSEDED = "Superseded";

    /** Copies the list. */
    public Staged {
      from = List.copyOf(from);
    }

    /** Whether steps are still to come. */
    public boolean isProgressing() {
      return phase.equals(PROGRESSING);
    }
  }
}
