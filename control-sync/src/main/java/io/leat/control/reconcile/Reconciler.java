package io.leat.control.reconcile;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.ResourceView;

/**
 * Says what has to change so that one resource becomes what its spec asks for.
 *
 * <p>A pure function: the same inputs give the same plan, nothing else happens, and once the world
 * is as wanted the plan is empty. That makes a dry run a plan that nobody executes.
 */
public interface Reconciler {

  /** The kind whose resources it plans for. */
  Kind kind();

  /** What to change for a resource that exists. */
  Plan plan(Resource resource, ResourceView view, Observations observations);

  /** What to change after a resource is gone. */
  default Plan gone(ResourceKey key, ResourceView view, Observations observations) {
    return Plan.EMPTY;
  }
}
