package io.leat.control.store;

import io.leat.control.resource.Resource;
import org.jspecify.annotations.Nullable;

/**
 * One write of the store, in the order of versions.
 *
 * @param version the store's version after the write: each write is one more than the one before
 * @param before null when the resource was created
 * @param after null when the resource was removed
 */
public record ChangeEvent(
    long version, Type type, @Nullable Resource before, @Nullable Resource after) {

  /** What a write did. */
  public enum Type {
    CREATED,
    UPDATED,
    DELETED
  }

  /** A change that no store has made, at the version of the resource. */
  public ChangeEvent(Type type, @Nullable Resource before, @Nullable Resource after) {
    this(version(before, after), type, before, after);
  }

  /** The resource after the write, or the last one before it was removed. */
  public Resource resource() {
    Resource either = after != null ? after : before;
    if (either == null) {
      throw new IllegalStateException("a change of nothing");
    }
    return either;
  }

  private static long version(@Nullable Resource before, @Nullable Resource after) {
    Resource either = after != null ? after : before;
    return either == null ? 0 : either.metadata().resourceVersion();
  }
}
