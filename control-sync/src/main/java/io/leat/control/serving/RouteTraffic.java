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
import io.leat.control.resource.Spec.TrafficTarget;
import io.leat.control.serving.lifecycle.GradualRollout;
import io.leat.control.serving.lifecycle.StagedRollout;
import io.leat.control.store.ResourceView;
import io.leat.proxy.table.RevisionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Assigns a Route's traffic; a pure function of one moment. A rollout that was asked for goes
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
    for (TrafficTarget target : OwnTraffic.before(route)) {
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
    GradualRollout gradual =
        new GradualRollout(duration, moment.live(), moment.observations().now());
    return new OwnTraffic(route, view, names, gradual).assign();
  }
}
