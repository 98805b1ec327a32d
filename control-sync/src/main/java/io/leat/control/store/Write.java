package io.leat.control.store;

import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Status;

/** One wish to change the store. */
public sealed interface Write {

  /** What happens to the resources that a deleted one controls. */
  enum Propagation {
    /** They go after it. */
    BACKGROUND,
    /** They go before it: it stays, with a finalizer, until the last of them is gone. */
    FOREGROUND,
    /** They stay and lose the owner reference. */
    ORPHAN
  }

  /** The resource that is written. */
  ResourceKey key();

  /** Adds a resource; see {@link ResourceStore#create(Resource)}. */
  record Create(Resource resource) implements Write {
    @Override
    public ResourceKey key() {
      return resource.key();
    }
  }

  /**
   * Replaces what users own; see {@link ResourceStore#update(Resource)}.
   *
   * @param sameGeneration whether the generation stays whatever differs, because only the status
   *     within a document does
   */
  record Update(Resource resource, boolean sameGeneration) implements Write {

    /** An update that counts. */
    public Update(Resource resource) {
      this(resource, false);
    }

    @Override
    public ResourceKey key() {
      return resource.key();
    }
  }

  /** Replaces the status; see {@link ResourceStore#updateStatus}. */
  record UpdateStatus(ResourceKey key, long resourceVersion, Status status) implements Write {}

  /**
   * Asks that a resource goes.
   *
   * @param resourceVersion the one that must still be stored; 0 for any
   * @param uid the one that must still be stored; empty for any
   */
  record Delete(ResourceKey key, long resourceVersion, String uid, Propagation propagation)
      implements Write {}
}
