package io.leat.control.store;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Rollout;
import io.leat.control.resource.Spec;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which resources a resource names, whether or not they exist. */
public final class References {
  private References() {}

  /**
   * What {@code resource} names: a Route its Configurations and Revisions, wanted and assigned, and
   * those that a rollout may give the traffic back to; a DomainMapping its target; a Configuration
   * the Revision that it made last; an EndpointSlice its Revision; the kinds of eventing as {@link
   * EventingReferences} says. A Route that is being deleted names nothing any more.
   */
  public static Set<ResourceKey> of(Resource resource) {
    String namespace = resource.metadata().namespace();
    Set<ResourceKey> keys = new LinkedHashSet<>();
    if (resource.kind() == Kind.ROUTE && resource.metadata().isDeleting()) {
      return keys;
    }
    if (resource.spec() instanceof Spec.RouteSpec spec) {
      addTargets(spec.traffic(), namespace, keys);
      addTargets(resource.status().traffic(), namespace, keys);
      addRollout(resource.status().rollout(), namespace, keys);
    } else if (resource.spec() instanceof Spec.DomainMappingSpec spec) {
      boolean service = spec.ref().kind().equals(Kind.SERVICE.kind());
      if (service) {
        keys.add(new ResourceKey(Kind.SERVICE, namespace, spec.ref().name()));
      }
      keys.add(new ResourceKey(Kind.ROUTE, namespace, spec.ref().name()));
    } else if (resource.kind() == Kind.CONFIGURATION) {
      String newest = resource.status().latestCreatedRevisionName();
      if (newest != null) {
        keys.add(new ResourceKey(Kind.REVISION, namespace, newest));
      }
    } else if (resource.kind() == Kind.ENDPOINT_SLICE) {
      String revision = resource.metadata().labels().get(Labels.REVISION);
      if (revision != null) {
        keys.add(new ResourceKey(Kind.REVISION, namespace, revision));
      }
    } else if (resource.kind().isEventing()) {
      keys.addAll(EventingReferences.of(resource));
    }
    return keys;
  }

  /** The resource that controls {@code resource}, if any. */
  public static Optional<ResourceKey> controller(Resource resource) {
    return controllerReference(resource)
        .flatMap(owner ->
            Kind.of(owner.apiVersion(), owner.kind())
                .map(kind -> new ResourceKey(kind, resource.metadata().namespace(), owner.name())));
  }

  /** The owner reference that controls {@code resource}, if any. */
  public static Optional<Metadata.OwnerReference> controllerReference(Resource resource) {
    for (Metadata.OwnerReference owner : resource.metadata().ownerReferences()) {
      if (owner.controller()) {
        return Optional.of(owner);
      }
    }
    return Optional.empty();
  }

  /** Whether {@code owner} controls {@code resource}. */
  public static boolean controls(Resource owner, Resource resource) {
    return controllerReference(resource)
        .map(reference -> reference.uid().equals(owner.metadata().uid()))
        .orElse(false);
  }

  /** A reference that makes {@code owner} the controller. */
  public static List<Metadata.OwnerReference> controlledBy(Resource owner) {
    return List.of(
        new Metadata.OwnerReference(
            owner.kind().apiVersion(),
            owner.kind().kind(),
            owner.metadata().name(),
            owner.metadata().uid(),
            true));
  }

  /** A rollout that may still be given up keeps what it would go back to. */
  private static void addRollout(
      @Nullable Rollout rollout, String namespace, Collection<ResourceKey> keys) {
    Rollout.Staged staged = rollout == null ? null : rollout.staged();
    if (staged != null && staged.isProgressing()) {
      keys.add(new ResourceKey(Kind.REVISION, namespace, staged.revisionName()));
      staged
          .from()
          .forEach(
              share -> keys.add(new ResourceKey(Kind.REVISION, namespace, share.revisionName())));
    }
  }

  private static void addTargets(
      @Nullable List<Spec.TrafficTarget> traffic, String namespace, Collection<ResourceKey> keys) {
    if (traffic == null) {
      return;
    }
    for (Spec.TrafficTarget target : traffic) {
      if (target.configurationName() != null) {
        keys.add(new ResourceKey(Kind.CONFIGURATION, namespace, target.configurationName()));
      }
      if (target.revisionName() != null) {
        keys.add(new ResourceKey(Kind.REVISION, namespace, target.revisionName()));
      }
    }
  }
}
