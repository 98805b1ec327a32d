package io.leat.control.serving;

import io.leat.control.resource.Condition;
import io.leat.control.resource.Condition.State;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Rollout;
import io.leat.control.resource.Rollout.Gradual;
import io.leat.control.resource.Rollout.Share;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Spec.TrafficTarget;
import io.leat.control.serving.lifecycle.GradualRollout;
import io.leat.control.store.Labels;
import io.leat.control.store.ResourceView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The traffic that a Route's spec asks for; a pure function of one moment.
 *
 * <p>What is asked for becomes live once every revision of it is ready. Until then the last good
 * assignment stays. Where there is none that works, revisions that are still starting are assigned,
 * so that requests wait for them instead of being turned away.
 */
final class OwnTraffic {
  private final Resource route;
  private final ResourceView view;
  private final HostNames names;
  private final GradualRollout rollout;
  private final List<TrafficTarget> targets = new ArrayList<>();
  private final List<Gradual> moving = new ArrayList<>();
  private @Nullable Condition worst;
  private boolean complete = true;

  OwnTraffic(Resource route, ResourceView view, HostNames names, GradualRollout rollout) {
    this.route = route;
    this.view = view;
    this.names = names;
    this.rollout = rollout;
  }

  /** What the status assigns. */
  static List<TrafficTarget> before(Resource route) {
    List<TrafficTarget> before = route.status().traffic();
    return before == null ? List.of() : before;
  }

  /** Called once. */
  TrafficAssignment assign() {
    List<TrafficTarget> wanted =
        route.spec() instanceof Spec.RouteSpec spec && spec.traffic() != null
            ? spec.traffic()
            : List.of();
    if (wanted.isEmpty()) {
      complete = false;
      note(
          Condition.isFalse(
              TrafficAssignment.TYPE, "TrafficMissing", "spec.traffic names no target."));
    }
    wanted.forEach(this::follow);
    if (worst == null) {
      Condition assigned = Condition.isTrue(TrafficAssignment.TYPE);
      return new TrafficAssignment(targets, assigned, Rollout.of(moving, null), soonest());
    }
    boolean keep = !complete || works(before(route));
    List<Gradual> held = keep ? started() : moving;
    return new TrafficAssignment(
        keep ? before(route) : targets, worst, Rollout.of(held, null), null);
  }

  private void follow(TrafficTarget target) {
    FollowedTarget followed = FollowedTarget.of(route, target, view);
    note(followed.problem());
    String revision = followed.revision();
    if (revision == null) {
      complete = false;
      return;
    }
    Gradual gradual =
        target.configurationName() == null
            ? null
            : rollout.advance(wanted(target, revision), started(target));
    if (gradual == null) {
      targets.add(flat(target, revision));
    } else {
      moving.add(gradual);
      targets.addAll(split(target, gradual));
    }
  }

  private void note(@Nullable Condition problem) {
    boolean worse = worst == null || (worst.state() != State.FALSE && isFalse(problem));
    if (problem != null && worse) {
      worst = problem;
    }
  }

  private static boolean isFalse(@Nullable Condition problem) {
    return problem != null && problem.state() == State.FALSE;
  }

  private @Nullable Duration soonest() {
    Duration soonest = null;
    for (Gradual gradual : moving) {
      Duration wait = rollout.wait(gradual);
      if (wait != null && (soonest == null || wait.compareTo(soonest) < 0)) {
        soonest = wait;
      }
    }
    return soonest;
  }

  private GradualRollout.Wanted wanted(TrafficTarget target, String latest) {
    return new GradualRollout.Wanted(
        target.configurationName() == null ? "" : target.configurationName(),
        target.tag(),
        target.percent() == null ? 0 : target.percent(),
        latest,
        previous(target));
  }

  private List<Gradual> started() {
    Rollout stored = route.status().rollout();
    return stored == null || stored.gradual() == null ? List.of() : stored.gradual();
  }

  /** The move of a target that is under way; none when one of its revisions is gone. */
  private @Nullable Gradual started(TrafficTarget target) {
    for (Gradual gradual : started()) {
      if (gradual.configurationName().equals(target.configurationName())
          && Objects.equals(gradual.tag(), target.tag())) {
        boolean whole =
            gradual.revisions().stream()
                .allMatch(
                    share -> FollowedTarget.find(route, share.revisionName(), view).isPresent());
        return whole ? gradual : null;
      }
    }
    return null;
  }

  /** The latest revision that has a target's share by now, unless it failed. */
  private @Nullable String previous(TrafficTarget target) {
    for (TrafficTarget old : before(route)) {
      String name = old.revisionName();
      if (name == null
          || !Boolean.TRUE.equals(old.latestRevision())
          || !Objects.equals(old.tag(), target.tag())) {
        continue;
      }
      Resource revision = FollowedTarget.find(route, name, view).orElse(null);
      if (revision != null
          && FollowedTarget.ready(revision) == State.TRUE
          && Objects.equals(
              revision.metadata().labels().get(Labels.CONFIGURATION), target.configurationName())) {
        return name;
      }
    }
    return null;
  }

  private List<TrafficTarget> split(TrafficTarget target, Gradual gradual) {
    List<TrafficTarget> shares = new ArrayList<>();
    Share latest = gradual.latest();
    for (Share share : gradual.revisions()) {
      if (!share.equals(latest)) {
        shares.add(
            new TrafficTarget(share.revisionName(), null, false, share.percent(), null, null));
      }
    }
    TrafficTarget whole = flat(target, latest.revisionName());
    shares.add(
        new TrafficTarget(
            latest.revisionName(), null, true, latest.percent(), whole.tag(), whole.url()));
    return shares;
  }

  private boolean works(List<TrafficTarget> traffic) {
    for (TrafficTarget target : traffic) {
      String name = target.revisionName();
      if (name == null
          || FollowedTarget.find(route, name, view)
              .filter(revision -> FollowedTarget.ready(revision) == State.TRUE)
              .isEmpty()) {
        return false;
      }
    }
    return !traffic.isEmpty();
  }

  private TrafficTarget flat(TrafficTarget target, String revision) {
    boolean tagged = target.tag() != null && !target.tag().isEmpty();
    return new TrafficTarget(
        revision,
        null,
        target.revisionName() == null,
        target.percent() == null ? 0L : target.percent(),
        target.tag(),
        tagged ? names.url(route, target.tag()) : null);
  }
}
