package io.leat.control.reconcile;

import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.ChangeEvent;
import io.leat.control.store.References;
import io.leat.control.store.ResourceView;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

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
    for (Resource naming : view.referencing(resource.key())) {
      affected.add(naming.key());
    }
    return affected;
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
