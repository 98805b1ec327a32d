package io.leat.control.serving;

import io.leat.control.resource.Condition;
import io.leat.control.resource.Condition.State;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Spec.TrafficTarget;
import io.leat.control.store.Labels;
import io.leat.control.store.ResourceView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The traffic of a Route in terms of revisions, and whether that is what it asks for.
 *
 * <p>What is asked for becomes live once every revision of it is ready. Until then the last good
 * assignment stays. Where there is none that works, revisions that are still starting are assigned,
 * so that requests wait for them instead of being turned away.
 */
record TrafficAssignment(List<TrafficTarget> traffic, Condition condition) {
  static final String TYPE = "AllTrafficAssigned";

  /** One target followed to a revision; {@code problem} is null when that is ready. */
  private record Followed(@Nullable String revision, @Nullable Condition problem) {}

  static TrafficAssignment of(Resource route, ResourceView view, HostNames names) {
    List<TrafficTarget> wanted =
        route.spec() instanceof Spec.RouteSpec spec && spec.traffic() != null
            ? spec.traffic()
            : List.of();
    List<TrafficTarget> targets = new ArrayList<>();
    Condition worst = null;
    boolean complete = !wanted.isEmpty();
    for (TrafficTarget target : wanted) {
      Followed followed = follow(route, target, view);
      complete &= followed.revision() != null;
      if (followed.revision() != null) {
        targets.add(flat(route, target, followed.revision(), names));
      }
      Condition problem = followed.problem();
      if (problem != null && (worst == null || isWorse(problem, worst))) {
        worst = problem;
      }
    }
    if (wanted.isEmpty()) {
      worst = Condition.isFalse(TYPE, "TrafficMissing", "spec.traffic names no target.");
    }
    if (worst == null) {
      return new TrafficAssignment(targets, Condition.isTrue(TYPE));
    }
    List<TrafficTarget> before = route.status().traffic();
    List<TrafficTarget> lastGood = before == null ? List.of() : before;
    boolean keep = !complete || works(route, lastGood, view);
    return new TrafficAssignment(keep ? lastGood : targets, worst);
  }

  private static boolean isWorse(Condition a, Condition b) {
    return a.state() == State.FALSE && b.state() != State.FALSE;
  }

  private static boolean works(Resource route, List<TrafficTarget> traffic, ResourceView view) {
    for (TrafficTarget target : traffic) {
      String name = target.revisionName();
      if (name == null
          || !revision(route, name, view)
              .map(revision -> revision.status().isTrue(Conditions.READY))
              .orElse(false)) {
        return false;
      }
    }
    return !traffic.isEmpty();
  }

  private static TrafficTarget flat(
      Resource route, TrafficTarget target, String revision, HostNames names) {
    boolean tagged = target.tag() != null && !target.tag().isEmpty();
    return new TrafficTarget(
        revision,
        null,
        target.revisionName() == null,
        target.percent() == null ? 0L : target.percent(),
        target.tag(),
        tagged ? names.url(route, target.tag()) : null);
  }

  private static Followed follow(Resource route, TrafficTarget target, ResourceView view) {
    if (target.revisionName() != null) {
      return followRevision(route, target.revisionName(), view);
    }
    String name = target.configurationName();
    ResourceKey key =
        new ResourceKey(Kind.CONFIGURATION, route.metadata().namespace(), name == null ? "" : name);
    Optional<Resource> configuration = view.get(key);
    return configuration.isEmpty()
        ? new Followed(null, missing("Configuration", name))
        : followConfiguration(route, configuration.get(), view);
  }

  private static Followed followRevision(Resource route, String name, ResourceView view) {
    Optional<Resource> found = revision(route, name, view);
    if (found.isEmpty()) {
      return new Followed(null, missing("Revision", name));
    }
    Resource revision = found.get();
    String service = route.metadata().labels().get(Labels.SERVICE);
    if (service != null
        && !route.metadata().ownerReferences().isEmpty()
        && !service.equals(revision.metadata().labels().get(Labels.SERVICE))) {
      String message = "Revision \"" + name + "\" is not owned by Service \"" + service + "\".";
      return new Followed(null, Condition.isFalse(TYPE, "RevisionNotOwned", message));
    }
    String quoted = "Revision \"" + name + "\" ";
    return switch (ready(revision)) {
      case TRUE -> new Followed(name, null);
      case UNKNOWN ->
          new Followed(
              name, Condition.unknown(TYPE, "RevisionMissing", quoted + "is not yet ready."));
      case FALSE ->
          new Followed(
              name, Condition.isFalse(TYPE, "RevisionMissing", quoted + "failed to become ready."));
    };
  }

  private static Followed followConfiguration(
      Resource route, Resource configuration, ResourceView view) {
    String latestReady = configuration.status().latestReadyRevisionName();
    if (latestReady != null && revision(route, latestReady, view).isPresent()) {
      return new Followed(latestReady, null);
    }
    String created = configuration.status().latestCreatedRevisionName();
    String starting =
        created != null && revision(route, created, view).isPresent() ? created : null;
    String quoted = "Configuration \"" + configuration.metadata().name() + "\" ";
    Condition problem =
        ready(configuration) == State.FALSE
            ? Condition.isFalse(
                TYPE, "RevisionMissing", quoted + "does not have any ready Revision.")
            : Condition.unknown(
                TYPE, "RevisionMissing", quoted + "is waiting for a Revision to become ready.");
    return new Followed(starting, problem);
  }

  private static Condition missing(String kind, @Nullable String name) {
    return Condition.isFalse(
        TYPE, kind + "Missing", kind + " \"" + name + "\" referenced in traffic not found.");
  }

  private static State ready(Resource resource) {
    return resource
        .status()
        .condition(Conditions.READY)
        .map(Condition::state)
        .orElse(State.UNKNOWN);
  }

  private static Optional<Resource> revision(Resource route, String name, ResourceView view) {
    return view.get(new ResourceKey(Kind.REVISION, route.metadata().namespace(), name));
  }
}
