package io.leat.control.store;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Status;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store that lives as long as the process.
 *
 * <p>One lock guards the index: writers and readers on any thread take it, so a reader never sees
 * half a write. No call waits for anything but the lock.
 */
public final class MemoryStore implements ResourceStore {
  private final ReentrantLock lock = new ReentrantLock();
  private final ResourceIndex index = new ResourceIndex();
  private final CopyOnWriteArrayList<Consumer<ChangeEvent>> listeners =
      new CopyOnWriteArrayList<>();
  private final InstantSource clock;
  private final Supplier<String> uids;
  private long lastVersion;

  /**
   * An empty store.
   *
   * @param clock for creation and transition times
   * @param uids gives a new unique id per call
   */
  public MemoryStore(InstantSource clock, Supplier<String> uids) {
    this.clock = clock;
    this.uids = uids;
  }

  /** A store of its own with what another holds now, versions and uids included. */
  public static MemoryStore copyOf(ResourceStore other, InstantSource clock) {
    AtomicLong uids = new AtomicLong();
    MemoryStore copy = new MemoryStore(clock, () -> "copy-" + uids.incrementAndGet());
    return other.read(view -> {
      for (Kind kind : Kind.values()) {
        for (Resource resource : view.list(kind)) {
          copy.index.put(null, resource);
          copy.lastVersion = Math.max(copy.lastVersion, resource.metadata().resourceVersion());
        }
      }
      return copy;
    });
  }

  @Override
  public <T> T read(Function<? super ResourceView, ? extends T> reader) {
    lock.lock();
    try {
      return reader.apply(index);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public StoreOutcome create(Resource resource) {
    lock.lock();
    try {
      Resource current = index.find(resource.key());
      if (current != null) {
        return new StoreOutcome.AlreadyExists(current);
      }
      Metadata metadata = resource.metadata();
      Instant now = clock.instant();
      Resource stored =
          resource
              .withMetadata(metadata.stored(uids.get(), ++lastVersion, 1, now))
              .withStatus(TransitionTimes.settle(Status.EMPTY, resource.status(), now));
      return write(ChangeEvent.Type.CREATED, null, stored);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public StoreOutcome update(Resource resource) {
    lock.lock();
    try {
      Resource current = index.find(resource.key());
      if (current == null) {
        return new StoreOutcome.NotFound(resource.key());
      }
      Metadata now = current.metadata();
      if (now.resourceVersion() != resource.metadata().resourceVersion()) {
        return new StoreOutcome.Conflict(current);
      }
      boolean sameSpec = current.spec().equals(resource.spec());
      if (sameSpec && sameUserMetadata(now, resource.metadata())) {
        return new StoreOutcome.Written(current, false);
      }
      long generation = sameSpec ? now.generation() : now.generation() + 1;
      Metadata metadata =
          new Metadata(
              now.namespace(),
              now.name(),
              resource.metadata().labels(),
              resource.metadata().annotations(),
              resource.metadata().ownerReferences(),
              now.uid(),
              ++lastVersion,
              generation,
              now.creationTimestamp());
      return write(
          ChangeEvent.Type.UPDATED,
          current,
          new Resource(current.kind(), metadata, resource.spec(), current.status()));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public StoreOutcome updateStatus(ResourceKey key, long resourceVersion, Status status) {
    lock.lock();
    try {
      Resource current = index.find(key);
      if (current == null) {
        return new StoreOutcome.NotFound(key);
      }
      if (current.metadata().resourceVersion() != resourceVersion) {
        return new StoreOutcome.Conflict(current);
      }
      if (!TransitionTimes.changes(current.status(), status)) {
        return new StoreOutcome.Written(current, false);
      }
      Metadata now = current.metadata();
      Instant time = clock.instant();
      Resource stored =
          current
              .withMetadata(withVersion(now, ++lastVersion))
              .withStatus(TransitionTimes.settle(current.status(), status, time));
      return write(ChangeEvent.Type.UPDATED, current, stored);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public StoreOutcome delete(ResourceKey key, long resourceVersion) {
    lock.lock();
    try {
      Resource current = index.find(key);
      if (current == null) {
        return new StoreOutcome.NotFound(key);
      }
      if (current.metadata().resourceVersion() != resourceVersion) {
        return new StoreOutcome.Conflict(current);
      }
      remove(current);
      return new StoreOutcome.Written(current, true);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Watch watch(Consumer<ChangeEvent> listener) {
    lock.lock();
    try {
      listeners.add(listener);
    } finally {
      lock.unlock();
    }
    return () -> listeners.remove(listener);
  }

  private void remove(Resource resource) {
    index.put(resource, null);
    lastVersion++;
    tell(new ChangeEvent(ChangeEvent.Type.DELETED, resource, null));
    List<Resource> controlled = index.ownedBy(resource.metadata().uid());
    for (Resource child : controlled) {
      if (index.find(child.key()) != null) {
        remove(child);
      }
    }
  }

  private StoreOutcome write(ChangeEvent.Type type, @Nullable Resource before, Resource after) {
    index.put(before, after);
    tell(new ChangeEvent(type, before, after));
    return new StoreOutcome.Written(after, true);
  }

  private void tell(ChangeEvent event) {
    for (Consumer<ChangeEvent> listener : listeners) {
      listener.accept(event);
    }
  }

  private static Metadata withVersion(Metadata metadata, long version) {
    Instant created = metadata.creationTimestamp();
    return metadata.stored(
        metadata.uid(), version, metadata.generation(), created == null ? Instant.EPOCH : created);
  }

  private static boolean sameUserMetadata(Metadata a, Metadata b) {
    return a.labels().equals(b.labels())
        && a.annotations().equals(b.annotations())
        && a.ownerReferences().equals(b.ownerReferences());
  }
}
