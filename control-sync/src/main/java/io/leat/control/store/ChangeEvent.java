package io.leat.control.store;

import io.leat.control.resource.Resource;
import org.jspecify.annotations.Nullable;

/**
 * One write of the store, in the order of resourceVersion.
 *
 * @param before null when the resource was created
 * @param after null when the resource was deleted
 */
public record ChangeEvent(Type type, @Nullable Resource before, @Nullable Resource after) {

  /** What a write did. */
  public enum Type {
    CREATED,
    UPDATED,
    DELETED
  }

  /** The resource after the write, or the last one before it was deleted. */
  public Resource resource() {
    Resource either = after != null ? after : before;
    if (either == null) {
      throw new IllegalStateException("a change of nothing");
    }
    return either;
  }
}
