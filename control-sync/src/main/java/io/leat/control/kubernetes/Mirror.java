package io.leat.control.kubernetes;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.ChangeEvent;
import io.leat.control.store.Listeners;
import io.leat.control.store.ResourceIndex;
import io.leat.control.store.ResourceStore.Watch;
import io.leat.control.store.ResourceView;
import io.leat.control.store.WatchOutcome;
import io.leat.control.store.log.RetainedLog;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an API server's resources: told by watches and by the answers to own writes,
 * whichever is first; read by any thread.
 *
 * <p>News that is older than what is known changes nothing. A lock guards everything; listeners are
 * told under it. Versions count the changes that were seen here: those of the server tell no order
 * between kinds.
 */
final class Mirror {
  private final ReentrantLock lock = new ReentrantLock();
  private final ResourceIndex index = new ResourceIndex();
  private final RetainedLog<ChangeEvent> log;
  private final Listeners listeners = new Listeners(lock);
  private final Map<ResourceKey, Long> changedAt = new HashMap<>();

  /** Uids of what was removed here first, until a watch or a list says so, too. */
  private final Map<ResourceKey, String> removed = new HashMap<>();

  /**
   * Nothing known yet.
   *
   * @param retained changes that are kept for watches from a version, at least 1
   */
  Mirror(int retained) {
    this.log = new RetainedLog<>(retained, 0);
  }

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  <T> T read(Function<? super ResourceView, ? extends T> reader) {
    return locked(() -> reader.apply(index));
  }

  long version() {
    return locked(log::last);
  }

  /** Whether this thread reads, or listens. */
  boolean isReading() {
    return lock.isHeldByCurrentThread();
  }

  @Nullable Resource find(ResourceKey key) {
    lock.lock();
    try {
      return index.find(key);
    } finally {
      lock.unlock();
    }
  }

  /** A resource as the server has or had it. */
  void put(Resource after) {
    lock.lock();
    try {
      ResourceKey key = after.key();
      Resource before = index.find(key);
      boolean late =
          after.metadata().uid().equals(removed.get(key))
              || (before != null && version(before) >= version(after));
      if (!late) {
        change(before, after);
      }
    } finally {
      lock.unlock();
    }
  }

  /** A watch says that a resource is gone. */
  void gone(ResourceKey key, String uid) {
    lock.lock();
    try {
      removed.remove(key, uid);
      remove(key, uid);
    } finally {
      lock.unlock();
    }
  }

  /** The server said to us that it removed a resource; watches say so later. */
  void removedByUs(ResourceKey key, String uid) {
    lock.lock();
    try {
      if (remove(key, uid)) {
        removed.put(key, uid);
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean remove(ResourceKey key, String uid) {
    Resource before = index.find(key);
    if (before == null || !before.metadata().uid().equals(uid)) {
      return false;
    }
    change(before, null);
    changedAt.remove(key);
    return true;
  }

  /**
   * A list of all that the server has, of a kind.
   *
   * @param namespace null for all of them
   * @param unreadable what is there and stays as it was
   * @param since {@link #version} before the list was asked for: what changed here later is newer
   */
  void replace(
      Kind kind,
      @Nullable String namespace,
      List<Resource> listed,
      Set<ResourceKey> unreadable,
      long since) {
    lock.lock();
    try {
      Set<ResourceKey> present = new HashSet<>(unreadable);
      for (Resource after : listed) {
        present.add(after.key());
        merge(after, since);
      }
      List<Resource> known = namespace == null ? index.list(kind) : index.list(kind, namespace);
      for (Resource before : known) {
        if (!present.contains(before.key()) && at(before.key()) <= since) {
          change(before, null);
          changedAt.remove(before.key());
        }
      }
      removed
          .keySet()
          .removeIf(key ->
              key.kind() == kind
                  && (namespace == null || namespace.equals(key.namespace()))
                  && !present.contains(key));
    } finally {
      lock.unlock();
    }
  }

  private void merge(Resource after, long since) {
    ResourceKey key = after.key();
    Resource before = index.find(key);
    if (before == null) {
      if (!after.metadata().uid().equals(removed.get(key))) {
        change(null, after);
      }
      return;
    }
    boolean same =
        version(before) == version(after) && before.metadata().uid().equals(after.metadata().uid());
    // A server that lost writes, or another one, may be behind what was known.
    boolean newer = at(key) <= since || version(after) > version(before);
    if (!same && newer) {
      change(before, after);
    }
  }

  private long at(ResourceKey key) {
    return changedAt.getOrDefault(key, 0L);
  }

  private static long version(Resource resource) {
    return resource.metadata().resourceVersion();
  }

  private void change(@Nullable Resource before, @Nullable Resource after) {
    ChangeEvent.Type type =
        before == null
            ? ChangeEvent.Type.CREATED
            : after == null ? ChangeEvent.Type.DELETED : ChangeEvent.Type.UPDATED;
    ChangeEvent event = new ChangeEvent(log.last() + 1, type, before, after);
    // As every store does: a listener still finds what is about to be replaced.
    listeners.tell(event);
    index.put(before, after);
    log.add(event.version(), event);
    if (after != null) {
      changedAt.put(after.key(), event.version());
    }
  }

  Watch watch(Consumer<ChangeEvent> listener) {
    return listeners.add(listener, List.of());
  }

  WatchOutcome watchFrom(long version, Consumer<ChangeEvent> listener) {
    return locked(() -> {
      if (version < log.floor() || version > log.last()) {
        return new WatchOutcome.Gone(log.floor());
      }
      return new WatchOutcome.Started(listeners.add(listener, log.after(version)));
    });
  }
}
