package io.leat.control.store;

import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes that are decided and not yet visible, seen over the index that they will change.
 *
 * <p>Confined to the thread that leads a commit; only that thread changes the index.
 */
final class Staging {
  private final StoreEngine.Index index;
  private final Map<ResourceKey, Optional<Resource>> staged = new HashMap<>();
  private final Map<String, Set<ResourceKey>> children = new HashMap<>();
  private final List<StoreEngine.Change> changes = new ArrayList<>();
  private long version;

  Staging(StoreEngine.Index index, long version) {
    this.index = index;
    this.version = version;
  }

  @Nullable Resource find(ResourceKey key) {
    Optional<Resource> changed = staged.get(key);
    return changed == null ? index.find(key) : changed.orElse(null);
  }

  /** What a uid controls, in the order of keys. */
  List<Resource> ownedBy(String uid) {
    Set<ResourceKey> keys = new TreeSet<>(children.getOrDefault(uid, Set.of()));
    index.ownedBy(uid).forEach(resource -> keys.add(resource.key()));
    List<Resource> owned = new ArrayList<>(keys.size());
    for (ResourceKey key : keys) {
      Resource resource = find(key);
      if (resource != null
          && References.controllerReference(resource)
              .filter(o -> o.uid().equals(uid))
              .isPresent()) {
        owned.add(resource);
      }
    }
    return owned;
  }

  /** Stages a resource at the next version, which the resource then has. */
  Resource put(@Nullable Resource before, Resource wanted, Author author, Instant now) {
    Metadata metadata = wanted.metadata();
    Resource after =
        wanted.withMetadata(
            metadata.stored(
                metadata.uid(), ++version, metadata.generation(), metadata.creationTimestamp()));
    staged.put(after.key(), Optional.of(after));
    References.controllerReference(after)
        .ifPresent(
            owner -> children.computeIfAbsent(owner.uid(), _ -> new TreeSet<>()).add(after.key()));
    ChangeEvent.Type type = before == null ? ChangeEvent.Type.CREATED : ChangeEvent.Type.UPDATED;
    boolean remembered =
        before == null
            || !Wishes.same(before.spec(), after.spec(), after.kind())
            || !before.metadata().ownerReferences().equals(metadata.ownerReferences());
    HistoryEntry entry =
        remembered
            ? new HistoryEntry(
                version, metadata.generation(), now, author.who(), author.reason(), after.spec())
            : null;
    changes.add(new StoreEngine.Change(new ChangeEvent(version, type, before, after), entry));
    return after;
  }

  /** Stages that a resource is gone. */
  void remove(Resource before) {
    staged.put(before.key(), Optional.empty());
    version++;
    changes.add(
        new StoreEngine.Change(
            new ChangeEvent(version, ChangeEvent.Type.DELETED, before, null), null));
  }

  long version() {
    return version;
  }

  List<StoreEngine.Change> changes() {
    return changes;
  }
}
