package io.leat.control.reconcile;

import io.leat.control.resource.EventingSpec;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.eventing.ChannelModel;
import io.leat.control.resource.eventing.SubscriptionModel;
import io.leat.control.store.ChangeEvent;
import io.leat.control.store.Labels;
import io.leat.control.store.References;
import io.leat.control.store.ResourceView;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Whose plans may differ after a write. */
public final class Affected {
  private Affected() {}

  /** The resource itself, its controller, those that it names, and those that name it. */
  public static Set<ResourceKey> by(ChangeEvent event, ResourceView view) {
    Resource resource = event.resource();
    Set<ResourceKey> affected = new LinkedHashSet<>();
    affected.add(resource.key());
    References.controller(resource).ifPresent(affected::add);
    affected.addAll(named(event));
    if (!isItsOwnAffair(event)) {
      for (Resource naming : view.referencing(resource.key())) {
        affected.add(naming.key());
      }
    }
    affected.addAll(unnamed(resource, view));
    return affected;
  }

  /**
   * Whether a Revision only notes other Routes than before: no plan of another resource reads that,
   * and very many may name the Revision.
   */
  private static boolean isItsOwnAffair(ChangeEvent event) {
    Resource old = event.before();
    Resource now = event.after();
    return old != null
        && now != null
        && now.kind() == Kind.REVISION
        && old.spec().equals(now.spec())
        && old.status().equals(now.status())
        && withoutRoutes(old.metadata()).equals(withoutRoutes(now.metadata()));
  }

  private static Metadata withoutRoutes(Metadata metadata) {
    Map<String, String> annotations = new HashMap<>(metadata.annotations());
    annotations.remove(Labels.ROUTES);
    return metadata
        .withAnnotations(annotations)
        .stored(metadata.uid(), 0, metadata.generation(), metadata.creationTimestamp());
  }

  /**
   * Those that no name leads to: the set that a Subscription is written into, and what chooses
   * Provisioners by their labels.
   */
  private static List<ResourceKey> unnamed(Resource resource, ResourceView view) {
    if (resource.kind().isSubscription()) {
      return SubscriptionModel.of(resource)
          .channelKey()
          .map(ChannelModel::subscriptionSet)
          .map(List::of)
          .orElse(List.of());
    }
    if (resource.kind() != Kind.PROVISIONER) {
      return List.of();
    }
    String namespace = resource.metadata().namespace();
    return Stream.concat(
            view.list(Kind.CHANNEL, namespace).stream(), view.list(Kind.SOURCE, namespace).stream())
        .filter(Affected::selects)
        .map(Resource::key)
        .toList();
  }

  private static boolean selects(Resource resource) {
    return switch (resource.spec()) {
      case EventingSpec.ChannelSpec channel -> channel.provisioner().selector() != null;
      case EventingSpec.SourceSpec source -> source.provisioner().selector() != null;
      default -> false;
    };
  }

  /** All that the resource names, or only what is new or gone when its spec stayed. */
  private static Set<ResourceKey> named(ChangeEvent event) {
    Resource old = event.before();
    Resource now = event.after();
    Set<ResourceKey> before = old == null ? Set.of() : References.of(old);
    Set<ResourceKey> after = now == null ? Set.of() : References.of(now);
    Set<ResourceKey> all = new HashSet<>(before);
    all.addAll(after);
    if (old != null && now != null && old.spec().equals(now.spec())) {
      all.removeIf(key -> before.contains(key) && after.contains(key));
    }
    return all;
  }
}
