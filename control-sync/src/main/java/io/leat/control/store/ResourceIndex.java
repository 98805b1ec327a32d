package io.leat.control.store;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Resources by key, owner, label and reference.
 *
 * <p>Not thread-safe: its store guards it.
 */
public final class ResourceIndex implements StoreEngine.Index {
  private static final Set<String> INDEXED =
      Set.of(Labels.REVISION, Labels.CONFIGURATION, Labels.SERVICE);

  private final NavigableMap<ResourceKey, Resource> byKey = new TreeMap<>();
  private final Map<String, Set<ResourceKey>> byOwner = new HashMap<>();
  private final Map<LabelValue, Set<ResourceKey>> byLabel = new HashMap<>();
  private final Map<ResourceKey, Set<ResourceKey>> byReference = new HashMap<>();

  private record LabelValue(Kind kind, String namespace, String label, String value) {}

  /** An empty one. */
  public ResourceIndex() {}

  @Override
  public @Nullable Resource find(ResourceKey key) {
    return byKey.get(key);
  }

  @Override
  public void put(@Nullable Resource before, @Nullable Resource after) {
    if (before != null) {
      byKey.remove(before.key());
      unindex(before);
    }
    if (after != null) {
      ResourceKey key = after.key();
      byKey.put(key, after);
      index(key, after);
    }
  }

  @Override
  public Optional<Resource> get(ResourceKey key) {
    return Optional.ofNullable(byKey.get(key));
  }

  @Override
  public List<Resource> list(Kind kind) {
    Kind[] kinds = Kind.values();
    ResourceKey from = new ResourceKey(kind, "", "");
    if (kind.ordinal() + 1 == kinds.length) {
      return copy(byKey.tailMap(from, true));
    }
    ResourceKey to = new ResourceKey(kinds[kind.ordinal() + 1], "", "");
    return copy(byKey.subMap(from, true, to, false));
  }

  @Override
  public List<Resource> list(Kind kind, String namespace) {
    ResourceKey from = new ResourceKey(kind, namespace, "");
    ResourceKey to = new ResourceKey(kind, namespace + '\0', "");
    return copy(byKey.subMap(from, true, to, false));
  }

  /** In one walk: a part of a map walks over all of it to find its size. */
  private static List<Resource> copy(Map<ResourceKey, Resource> part) {
    List<Resource> resources = new ArrayList<>();
    part.forEach((_, resource) -> resources.add(resource));
    return Collections.unmodifiableList(resources);
  }

  @Override
  public List<Resource> labelled(Kind kind, String namespace, String label, String value) {
    if (INDEXED.contains(label)) {
      return resolve(byLabel.get(new LabelValue(kind, namespace, label, value)));
    }
    List<Resource> found = new ArrayList<>();
    for (Resource resource : list(kind, namespace)) {
      if (value.equals(resource.metadata().labels().get(label))) {
        found.add(resource);
      }
    }
    return found;
  }

  @Override
  public List<Resource> ownedBy(String uid) {
    return resolve(byOwner.get(uid));
  }

  @Override
  public List<Resource> referencing(ResourceKey target) {
    return resolve(byReference.get(target));
  }

  @Override
  public List<String> namesReferencing(ResourceKey target, Kind kind, int most) {
    Set<ResourceKey> keys = byReference.get(target);
    List<String> names = new ArrayList<>();
    if (keys != null) {
      for (ResourceKey key : keys) {
        if (key.kind() == kind && names.size() < most) {
          names.add(key.name());
        }
        if (key.kind().compareTo(kind) > 0 || names.size() == most) {
          break;
        }
      }
    }
    return names;
  }

  private List<Resource> resolve(@Nullable Collection<ResourceKey> keys) {
    if (keys == null) {
      return List.of();
    }
    List<Resource> found = new ArrayList<>(keys.size());
    for (ResourceKey key : keys) {
      Resource resource = byKey.get(key);
      if (resource != null) {
        found.add(resource);
      }
    }
    return found;
  }

  private void index(ResourceKey key, Resource resource) {
    References.controllerReference(resource).ifPresent(owner -> add(byOwner, owner.uid(), key));
    labels(resource, value -> add(byLabel, value, key));
    References.of(resource).forEach(target -> add(byReference, target, key));
  }

  private void unindex(Resource resource) {
    ResourceKey key = resource.key();
    References.controllerReference(resource).ifPresent(owner -> drop(byOwner, owner.uid(), key));
    labels(resource, value -> drop(byLabel, value, key));
    References.of(resource).forEach(target -> drop(byReference, target, key));
  }

  private static void labels(Resource resource, Consumer<LabelValue> consumer) {
    for (String label : INDEXED) {
      String value = resource.metadata().labels().get(label);
      if (value != null) {
        consumer.accept(
            new LabelValue(resource.kind(), resource.metadata().namespace(), label, value));
      }
    }
  }

  private static <K> void add(Map<K, Set<ResourceKey>> index, K at, ResourceKey key) {
    index.computeIfAbsent(at, _ -> new TreeSet<>()).add(key);
  }

  private static <K> void drop(Map<K, Set<ResourceKey>> index, K at, ResourceKey key) {
    Set<ResourceKey> keys = index.get(at);
    if (keys != null && keys.remove(key) && keys.isEmpty()) {
      index.remove(at);
    }
  }
}
