package io.leat.control.reconcile;

import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Status;
import io.leat.control.store.TransitionTimes;
import java.util.ArrayList;
import java.util.List;

/** The steps that bring one resource to what it asks for, in the order to take them. */
public record Plan(List<Change> changes) {

  /** Nothing is to be done. */
  public static final Plan EMPTY = new Plan(List.of());

  /** Copies the list. */
  public Plan {
    changes = List.copyOf(changes);
  }

  /** Whether the world is as wanted. */
  public boolean isEmpty() {
    return changes.isEmpty();
  }

  /** Collects steps, and leaves out those that would change nothing. */
  public static final class Builder {
    private final List<Change> changes = new ArrayList<>();

    /** Adds a step as it is. */
    public Builder add(Change change) {
      changes.add(change);
      return this;
    }

    /** Creates a resource. */
    public Builder create(Resource resource) {
      return add(new Change.Put(resource));
    }

    /** Replaces {@code current} where {@code wanted} differs in spec, labels or the like. */
    public Builder replace(Resource current, Resource wanted) {
      Metadata have = current.metadata();
      Metadata want = wanted.metadata();
      boolean same =
          current.spec().equals(wanted.spec())
              && have.labels().equals(want.labels())
              && have.annotations().equals(want.annotations())
              && have.ownerReferences().equals(want.ownerReferences())
              && have.finalizers().equals(want.finalizers());
      return same ? this : add(new Change.Put(wanted));
    }

    /** Deletes a resource that exists. */
    public Builder delete(Resource current) {
      return add(new Change.Delete(current.key(), current.metadata().resourceVersion()));
    }

    /** Writes a status where it differs. */
    public Builder status(Resource current, Status wanted) {
      if (!TransitionTimes.changes(current.status(), wanted)) {
        return this;
      }
      return add(new Change.PutStatus(current.key(), current.metadata().resourceVersion(), wanted));
    }

    /** The plan. */
    public Plan build() {
      return changes.isEmpty() ? EMPTY : new Plan(changes);
    }
  }
}
