package io.leat.control.store.overlay;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.ChangeEvent;
import io.leat.control.store.ResourceIndex;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.ResourceView;
import io.leat.control.store.StoreEngine;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Another store as it was at one moment, but for the resources that were put here.
 *
 * <p>What the other store changes meanwhile is kept here as it was before. Guarded by the other
 * store: its readers and its listeners exclude each other.
 */
final class OverlayIndex implements StoreEngine.Index {
  private final ResourceStore base;
  private final ResourceIndex own = new ResourceIndex();

  /** Keys for which {@link #own} is right, whether or not it holds a resource of that key. */
  private final Set<ResourceKey> covered = new HashSet<>();

  OverlayIndex(ResourceStore base) {
    this.base = base;
  }

  /** Keeps what a write of the other store is about to replace; a listener of it. */
  void keepBefore(ChangeEvent event) {
    ResourceKey key = event.resource().key();
    if (!covered.contains(key)) {
      // Of a resource that goes with its last finalizer, the event does not say what was stored.
      Resource before = base.<Optional<Resource>>read(view -> view.get(key)).orElse(null);
      own.put(null, before);
      covered.add(key);
    }
  }

  @Override
  public @Nullable Resource find(ResourceKey key) {
    return get(key).orElse(null);
  }

  @Override
  public void put(@Nullable Resource before, @Nullable Resource after) {
    Resource either = after == null ? before : after;
    if (either == null) {
      return;
    }
    // A read of the other store keeps its listeners out.
    var _ =
        base.read(_ -> {
          own.put(own.find(either.key()), after);
          return covered.add(either.key());
        });
  }

  @Override
  public Optional<Resource> get(ResourceKey key) {
    return base.read(view -> covered.contains(key) ? own.get(key) : view.get(key));
  }

  @Override
  public List<Resource> list(Kind kind) {
    return merged(view -> view.list(kind));
  }

  @Override
  public List<Resource> list(Kind kind, String namespace) {
    return merged(view -> view.list(kind, namespace));
  }

  @Override
  public List<Resource> labelled(Kind kind, String namespace, String label, String value) {
    return merged(view -> view.labelled(kind, namespace, label, value));
  }

  @Override
  public List<Resource> ownedBy(String uid) {
    return merged(view -> view.ownedBy(uid));
  }

  @Override
  public List<Resource> referencing(ResourceKey target) {
    return merged(view -> view.referencing(target));
  }

  private List<Resource> merged(Function<ResourceView, List<Resource>> question) {
    return base.read(view -> {
      List<Resource> below = question.apply(view);
      if (covered.isEmpty()) {
        return below;
      }
      List<Resource> all = new ArrayList<>(question.apply(own));
      below.stream().filter(resource -> !covered.contains(resource.key())).forEach(all::add);
      all.sort(Comparator.comparing(Resource::key));
      return all;
    });
  }
}
