package io.leat.control.api.kube;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import io.leat.control.store.ChangeEvent;
import io.leat.control.store.ResourceStore;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * Gives every namespace that holds a resource a Namespace resource, however the first one came.
 *
 * <p>Used by any thread; the store's listener only hands over to an executor.
 */
public final class Namespaces implements AutoCloseable {
  /** Always there. */
  static final String DEFAULT = "default";

  private final ResourceStore store;
  private final Executor executor;
  private final Set<String> known = ConcurrentHashMap.newKeySet();
  private final ResourceStore.Watch watch;

  /** Begins at once, with what the store holds already. */
  public Namespaces(ResourceStore store, Executor executor) {
    this.store = store;
    this.executor = executor;
    this.watch = store.watch(this::changed);
    require(DEFAULT);
    for (Kind kind : Kind.values()) {
      if (kind.isNamespaced()) {
        store.read(view -> view.list(kind)).forEach(resource -> require(resource.key()));
      }
    }
  }

  private void changed(ChangeEvent event) {
    ResourceKey key = event.resource().key();
    if (event.type() == ChangeEvent.Type.DELETED) {
      if (key.kind() == Kind.NAMESPACE) {
        known.remove(key.name());
      }
    } else if (key.kind().isNamespaced() && !known.contains(key.namespace())) {
      executor.execute(() -> require(key));
    }
  }

  /** Sees to it that the namespace of a resource exists. */
  void require(ResourceKey key) {
    if (key.kind().isNamespaced()) {
      require(key.namespace());
    }
  }

  private void require(String name) {
    if (known.contains(name)) {
      return;
    }
    require(store, name);
    known.add(name);
  }

  /** Sees to it that a store has the namespace of a resource. */
  static void require(ResourceStore store, ResourceKey key) {
    if (key.kind().isNamespaced()) {
      require(store, key.namespace());
    }
  }

  private static void require(ResourceStore store, String name) {
    ResourceKey key = new ResourceKey(Kind.NAMESPACE, "", name);
    if (store.read(view -> view.get(key)).isEmpty()) {
      Spec active = new Spec.Document("{\"status\":{\"phase\":\"Active\"}}");
      // Whoever is faster creates it; both find it there.
      var _ = store.create(Resource.of(Kind.NAMESPACE, Metadata.of("", name), active));
    }
  }

  @Override
  public void close() {
    watch.close();
  }
}
