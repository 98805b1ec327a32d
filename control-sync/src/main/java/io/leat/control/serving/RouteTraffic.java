package io.leat.control.serving;

import io.leat.control.manifest.rules.RolloutRequest;
import io.leat.control.manifest.rules.RouteAnnotations;
import io.leat.control.reconcile.Observations;
import io.leat.control.resource.Condition;
import io.leat.control.resource.Condition.State;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Rollout;
import io.leat.control.resource.Rollout.Gradual;
import io.leat.control.resource.Rollout.Share;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Spec.TrafficTarget;
import io.leat.control.serving.lifecycle.GradualRollout;
import io.leat.control.serving.lifecycle.StagedRollout;
import io.leat.control.store.Labels;
import io.leat.control.store.ResourceView;
import io.leat.proxy.table.RevisionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Assigns a Route's traffic; a pure function of one moment.
 *
 * <p>What is asked for becomes live once every revision of it is ready. Until then the last good
 * assignment stays. Where there is none that works, revisions that are still starting are assigned,
 * so that requests wait for them instead of being turned away. A rollout that was asked for goes
 * before the Route's own shares, and leaves their tags.
 */
final class RouteTraffic {
  private final Resource route;
  private final ResourceView view;
  private final HostNames names;
  private final Moment moment;

  /**
   * What a plan knows beside the store.
   *
   * @param live whether every proxy serves what the Route's status assigns
   * @param duration of a change of the latest revision
   */
  record Moment(Observations observations, boolean live, Duration duration) {}

  RouteTraffic(Resource route, ResourceView view, HostNames names, Moment moment) {
    this.route = route;
    this.view = view;
    this.names = names;
    this.moment = moment;
  }

  TrafficAssignment assign() {
    RolloutRequest request = RouteAnnotations.rollout(route.metadata().annotations()).orElse(null);
    if (request == null) {
      return own(moment.duration());
    }
    FollowedTarget target = FollowedTarget.revision(route, request.to(), view);
    StagedRollout.Outcome staged = staged(request, target);
    List<Share> shares = existing(staged.shares());
    TrafficAssignment own = own(shares.isEmpty() ? moment.duration() : Duration.ZERO);
    List<Gradual> gradual =
        own.rollout() == null || own.rollout().gradual() == null
            ? List.of()
            : own.rollout().gradual();
    Rollout rollout = Rollout.of(gradual, staged.state());
    if (shares.isEmpty()) {
      return new TrafficAssignment(own.traffic(), own.condition(), rollout, own.next());
    }
    Condition problem = target.problem();
    boolean waits = staged.state().isProgressing() && problem != null;
    return new TrafficAssignment(
        overlaid(own.traffic(), shares),
        waits && problem != null ? problem : Condition.isTrue(TrafficAssignment.TYPE),
        rollout,
        staged.next());
  }

  private StagedRollout.Outcome staged(RolloutRequest request, FollowedTarget target) {
    Condition problem = target.problem();
    StagedRollout.Target state = StagedRollout.Target.READY;
    if (problem != null) {
      state =
          problem.state() == State.UNKNOWN
              ? StagedRollout.Target.STARTING
              : StagedRollout.Target.FAILED;
    }
    Observations observations = moment.observations();
    String namespace = route.metadata().namespace();
    String name = namespace + "/" + route.metadata().name();
    RevisionId revision = new RevisionId(namespace, request.to());
    StagedRollout.Seen seen =
        new StagedRollout.Seen(
            route.metadata().generation(),
            shares(),
            moment.live(),
            state,
            observations.now(),
            window -> observations.health(name, revision, window));
    Rollout before = route.status().rollout();
    return new StagedRollout(request, seen).advance(before == null ? null : before.staged());
  }

  /** What the status assigns, by revision and without tags. */
  private List<Share> shares() {
    Map<String, Long> percents = new LinkedHashMap<>();
    for (TrafficTarget target : before()) {
      long percent = target.percent() == null ? 0 : target.percent();
      if (percent > 0 && target.revisionName() != null) {
        percents.merge(target.revisionName(), percent, Long::sum);
      }
    }
    List<Share> shares = new ArrayList<>();
    percents.forEach((revision, percent) -> shares.add(new Share(revision, percent)));
    return shares;
  }

  /** Without revisions that are gone; the others keep their proportion in the table. */
  private List<Share> existing(List<Share> shares) {
    return shares.stream()
        .filter(share -> FollowedTarget.find(route, share.revisionName(), view).isPresent())
        .toList();
  }

  private static List<TrafficTarget> overlaid(List<TrafficTarget> own, List<Share> shares) {
    List<TrafficTarget> targets = new ArrayList<>();
    for (Share share : shares) {
      targets.add(
          new TrafficTarget(share.revisionName(), null, false, share.percent(), null, null));
    }
    for (TrafficTarget target : own) {
      if (target.tag() != null && !target.tag().isEmpty()) {
        targets.add(
            new TrafficTarget(
                target.revisionName(),
                null,
                target.latestRevision(),
                0L,
                target.tag(),
                target.url()));
      }
    }
    return targets;
  }

  private TrafficAssignment own(Duration duration) {
    List<TrafficTarget> wanted =
        route.spec() instanceof Spec.RouteSpec spec && spec.traffic() != null
            ? spec.traffic()
            : List.of();
    GradualRollout rollout =
        new GradualRollout(duration, moment.live(), moment.observations().now());
    List<TrafficTarget> targets = new ArrayList<>();
    List<Gradual> moving = new ArrayList<>();
    Condition worst = null;
    boolean complete = !wanted.isEmpty();
    for (TrafficTarget target : wanted) {
      FollowedTarget followed = FollowedTarget.of(route, target, view);
      String revision = followed.revision();
      complete &= revision != null;
      Gradual gradual =
          revision == null || target.configurationName() == null
              ? null
              : rollout.advance(wanted(target, revision), started(target));
      if (gradual != null) {
        moving.add(gradual);
        targets.addAll(split(target, gradual));
      } else if (revision != null) {
        targets.add(flat(target, revision));
      }
      Condition problem = followed.problem();
      if (problem != null && (worst == null || isWorse(problem, worst))) {
        worst = problem;
      }
    }
    if (wanted.isEmpty()) {
      worst =
          Condition.isFalse(
              TrafficAssignment.TYPE, "TrafficMissing", "spec.traffic names no target.");
    }
    if (worst == null) {
      Condition assigned = Condition.isTrue(TrafficAssignment.TYPE);
      return new TrafficAssignment(
          targets, assigned, Rollout.of(moving, null), soonest(rollout, moving));
    }
    boolean keep = !complete || works(before());
    Rollout stays = route.status().rollout();
    List<Gradual> held =
        keep && stays != null && stays.gradual() != null ? stays.gradual() : List.of();
    return new TrafficAssignment(
        keep ? before() : targets, worst, Rollout.of(keep ? held : moving, null), null);
  }

  private static @Nullable Duration soonest(GradualRollout rollout, List<Gradual> moving) {
    Duration soonest = null;
    for (Gradual gradual : moving) {
      Duration wait = rollout.wait(gradual);
      if (wait != null && (soonest == null || wait.compareTo(soonest) < 0)) {
        soonest = wait;
      }
    }
    return soonest;
  }

  private List<TrafficTarget> before() {
    List<TrafficTarget> before = route.status().traffic();
    return before == null ? List.of() : before;
  }

  private GradualRollout.Wanted wanted(TrafficTarget target, String latest) {
    return new GradualRollout.Wanted(
        target.configurationName() == null ? "" : target.configurationName(),
        target.tag(),
        target.percent() == null ? 0 : target.percent(),
        latest,
        previous(target));
  }

  /** The move of a target that is under way; none when one of its revisions is gone. */
  private @Nullable Gradual started(TrafficTarget target) {
    Rollout rollout = route.status().rollout();
    if (rollout == null || rollout.gradual() == null) {
      return null;
    }
    for (Gradual gradual : rollout.gradual()) {
      if (gradual.configurationName().equals(target.configurationName())
          && Objects.equals(gradual.tag(), target.tag())) {
        return existing(gradual.revisions()).size() == gradual.revisions().size() ? gradual : null;
      }
    }
    return null;
  }

  /** The latest revision that has a target's share by now, unless it failed. */
  private @Nullable String previous(TrafficTarget target) {
    for (TrafficTarget old : before()) {
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
    List<TrafficTarget> targets = new ArrayList<>();
    Share latest = gradual.latest();
    for (Share share : gradual.revisions()) {
      if (share != latest) {
        targets.add(
            new TrafficTarget(share.revisionName(), null, false, share.percent(), null, null));
      }
    }
    TrafficTarget whole = flat(target, latest.revisionName());
    targets.add(
        new TrafficTarget(
            latest.revisionName(), null, true, latest.percent(), whole.tag(), whole.url()));
    return targets;
  }

  private static boolean isWorse(Condition a, Condition b) {
    return a.state() == State.FALSE && b.state() != State.FALSE;
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
