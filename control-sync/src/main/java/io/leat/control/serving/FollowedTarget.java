package io.leat.control.serving;

import io.leat.control.resource.Condition;
import io.leat.control.resource.Condition.State;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec.TrafficTarget;
import io.leat.control.store.Labels;
import io.leat.control.store.ResourceView;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One target of a Route followed to a revision.
 *
 * @param revision null when there is none, not even one that starts
 * @param problem null when the revision is ready
 */
record FollowedTarget(@Nullable String revision, @Nullable Condition problem) {
  private static final String TYPE = TrafficAssignment.TYPE;

  static FollowedTarget of(Resource route, TrafficTarget target, ResourceView view) {
    if (target.revisionName() != null) {
      return revision(route, target.revisionName(), view);
    }
    String name = target.configurationName();
    ResourceKey key =
        new ResourceKey(Kind.CONFIGURATION, route.metadata().namespace(), name == null ? "" : name);
    Optional<Resource> configuration = view.get(key);
    return configuration.isEmpty()
        ? new FollowedTarget(null, missing("Configuration", name))
        : configuration(route, configuration.get(), view);
  }

  /** A revision that is named. */
  static FollowedTarget revision(Resource route, String name, ResourceView view) {
    Optional<Resource> found = find(route, name, view);
    if (found.isEmpty()) {
      return new FollowedTarget(null, missing("Revision", name));
    }
    Resource revision = found.get();
    String service = route.metadata().labels().get(Labels.SERVICE);
    if (service != null
        && !route.metadata().ownerReferences().isEmpty()
        && !service.equals(revision.metadata().labels().get(Labels.SERVICE))) {
      String message = "Revision \"" + name + "\" is not owned by Service \"" + service + "\".";
      return new FollowedTarget(null, Condition.isFalse(TYPE, "RevisionNotOwned", message));
    }
    String quoted = "Revision \"" + name + "\" ";
    return switch (ready(revision)) {
      case TRUE -> new FollowedTarget(name, null);
      case UNKNOWN ->
          new FollowedTarget(
              name, Condition.unknown(TYPE, "RevisionMissing", quoted + "is not yet ready."));
      case FALSE ->
          new FollowedTarget(
              name, Condition.isFalse(TYPE, "RevisionMissing", quoted + "failed to become ready."));
    };
  }

  private static FollowedTarget configuration(
      Resource route, Resource configuration, ResourceView view) {
    String latestReady = configuration.status().latestReadyRevisionName();
    if (latestReady != null && find(route, latestReady, view).isPresent()) {
      return new FollowedTarget(latestReady, null);
    }
    String created = configuration.status().latestCreatedRevisionName();
    String starting = created != null && find(route, created, view).isPresent() ? created : null;
    String quoted = "Configuration \"" + configuration.metadata().name() + "\" ";
    Condition problem =
        ready(configuration) == State.FALSE
            ? Condition.isFalse(
                TYPE, "RevisionMissing", quoted + "does not have any ready Revision.")
            : Condition.unknown(
                TYPE, "RevisionMissing", quoted + "is waiting for a Revision to become ready.");
    return new FollowedTarget(starting, problem);
  }

  private static Condition missing(String kind, @Nullable String name) {
    return Condition.isFalse(
        TYPE, kind + "Missing", kind + " \"" + name + "\" referenced in traffic not found.");
  }

  static State ready(Resource resource) {
    return resource
        .status()
        .condition(Conditions.READY)
        .map(Condition::state)
        .orElse(State.UNKNOWN);
  }

  static Optional<Resource> find(Resource route, String revision, ResourceView view) {
    return view.get(new ResourceKey(Kind.REVISION, route.metadata().namespace(), revision));
  }
}
