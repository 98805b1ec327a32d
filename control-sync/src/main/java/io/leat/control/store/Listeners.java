package io.leat.control.store;

import io.leat.control.resource.Kind;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.ResourceStore.Interest;
import io.leat.control.store.ResourceStore.Watch;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who hears of the changes of a store. Its owner tells under the lock that it gave; any thread may
 * end a watch.
 *
 * <p>Those who want to hear of one resource are found by its key, so that a write does not cost
 * more the more of them there are.
 */
public final class Listeners {
  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

  private final ReentrantLock lock;
  private final List<Registration> ofAll = new CopyOnWriteArrayList<>();
  private final Map<Kind, List<Registration>> byKind = new EnumMap<>(Kind.class);
  private final Map<ResourceKey, List<Registration>> byKey = new HashMap<>();

  /** Nobody listens; {@code lock} guards what they are told of. */
  public Listeners(ReentrantLock lock) {
    this.lock = lock;
  }

  private final class Registration implements Watch {
    final @Nullable Interest interest;
    final Consumer<ChangeEvent> listener;

    Registration(@Nullable Interest interest, Consumer<ChangeEvent> listener) {
      this.interest = interest;
      this.listener = listener;
    }

    @Override
    public void close() {
      // With the lock, nothing is told any more once this returns.
      lock.lock();
      try {
        remove(this);
      } finally {
        lock.unlock();
      }
    }
  }

  /** Tells a new listener what went before, and from now on everything. */
  public Watch add(Consumer<ChangeEvent> listener, List<ChangeEvent> earlier) {
    return add(null, listener, earlier);
  }

  /**
   * Tells a new listener what went before, and from now on everything that it is interested in.
   *
   * @param interest null for everything
   */
  public Watch add(
      @Nullable Interest interest, Consumer<ChangeEvent> listener, List<ChangeEvent> earlier) {
    Registration registration = new Registration(interest, listener);
    lock.lock();
    try {
      earlier.forEach(event -> tell(registration, event));
      ResourceKey key = key(interest);
      if (key != null) {
        byKey.computeIfAbsent(key, _ -> new CopyOnWriteArrayList<>()).add(registration);
      } else if (interest != null) {
        byKind
            .computeIfAbsent(interest.kind(), _ -> new CopyOnWriteArrayList<>())
            .add(registration);
      } else {
        ofAll.add(registration);
      }
    } finally {
      lock.unlock();
    }
    return registration;
  }

  /** The only resource that somebody is interested in, or null. */
  private static @Nullable ResourceKey key(@Nullable Interest interest) {
    if (interest == null) {
      return null;
    }
    String namespace = interest.namespace();
    String name = interest.name();
    return namespace == null || name == null
        ? null
        : new ResourceKey(interest.kind(), namespace, name);
  }

  private void remove(Registration registration) {
    Interest interest = registration.interest;
    ResourceKey key = key(interest);
    if (key != null) {
      byKey.computeIfPresent(
          key,
          (_, ofKey) -> {
            ofKey.remove(registration);
            return ofKey.isEmpty() ? null : ofKey;
          });
    } else if (interest != null) {
      byKind.computeIfPresent(
          interest.kind(),
          (_, ofKind) -> {
            ofKind.remove(registration);
            return ofKind.isEmpty() ? null : ofKind;
          });
    } else {
      ofAll.remove(registration);
    }
  }

  /** Tells all whom an event concerns. */
  public void tell(ChangeEvent event) {
    ResourceKey key = event.resource().key();
    ofAll.forEach(registration -> tell(registration, event));
    byKind.getOrDefault(key.kind(), List.of()).forEach(registration -> tell(registration, event));
    byKey.getOrDefault(key, List.of()).forEach(registration -> tell(registration, event));
  }

  private static void tell(Registration registration, ChangeEvent event) {
    Interest interest = registration.interest;
    if (interest != null && !interest.includes(event.resource().key())) {
      return;
    }
    try {
      registration.listener.accept(event);
    } catch (RuntimeException broken) {
      // The change is made: neither its author nor the other listeners may suffer.
      LOG.error("a listener failed at {}", event.resource().key(), broken);
    }
  }
}
