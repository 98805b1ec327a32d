package io.leat.control.store;

import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;

/** What became of a write. */
public sealed interface StoreOutcome {

  /** The store holds {@code resource} now, whether the write changed it or found it equal. */
  record Written(Resource resource, boolean changed) implements StoreOutcome {}

  /** Somebody wrote first; {@code current} is what the store holds. */
  record Conflict(Resource current) implements StoreOutcome {}

  /** There was something of that name already. */
  record AlreadyExists(Resource current) implements StoreOutcome {}

  /** There is nothing of that name. */
  record NotFound(ResourceKey key) implements StoreOutcome {}

  /** Whether the store now holds what was asked for. */
  default boolean succeeded() {
    return this instanceof Written;
  }
}
