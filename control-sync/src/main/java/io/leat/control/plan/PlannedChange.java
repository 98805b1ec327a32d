package io.leat.control.plan;

import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.store.ChangeEvent;
import org.jspecify.annotations.Nullable;

/**
 * One resource that would differ in more than its status.
 *
 * @param asked whether the mutation itself writes it; otherwise a reconciler follows with it
 * @param before null when it would be created
 * @param after null when it would be removed
 */
public record PlannedChange(boolean asked, @Nullable Resource before, @Nullable Resource after) {

  /** What would be done. */
  public ChangeEvent.Type type() {
    if (before == null) {
      return ChangeEvent.Type.CREATED;
    }
    return after == null ? ChangeEvent.Type.DELETED : ChangeEvent.Type.UPDATED;
  }

  /** The resource as it would be, or the last one before it would be removed. */
  public Resource resource() {
    Resource either = after != null ? after : before;
    if (either == null) {
      throw new IllegalStateException("a change of nothing");
    }
    return either;
  }

  /** Whether two states of a resource are the same to its users. */
  static boolean same(@Nullable Resource before, @Nullable Resource after) {
    if (before == null || after == null) {
      return before == null && after == null;
    }
    Metadata had = before.metadata();
    Metadata has = after.metadata();
    return had.uid().equals(has.uid())
        && before.spec().equals(after.spec())
        && had.labels().equals(has.labels())
        && had.annotations().equals(has.annotations())
        && had.ownerReferences().equals(has.ownerReferences())
        && had.finalizers().equals(has.finalizers())
        && had.isDeleting() == has.isDeleting();
  }
}
