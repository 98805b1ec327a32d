package io.leat.control.kubernetes;

import io.leat.control.reconcile.Change;
import io.leat.control.reconcile.Observations;
import io.leat.control.reconcile.Plan;
import io.leat.control.reconcile.Reconciler;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.ResourceView;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A reconciler that writes only where this Leat leads; elsewhere it keeps what concerns this
 * process alone: the autoscaler's settings, and that Sources end once another one runs them.
 */
final class LedReconciler implements Reconciler {
  private final Reconciler reconciler;
  private final BooleanSupplier leading;
  private final BooleanSupplier holds;

  /**
   * A reconciler of one process of several.
   *
   * @param leading whether it may write
   * @param holds whether no other one is known to lead
   */
  LedReconciler(Reconciler reconciler, BooleanSupplier leading, BooleanSupplier holds) {
    this.reconciler = reconciler;
    this.leading = leading;
    this.holds = holds;
  }

  @Override
  public Kind kind() {
    return reconciler.kind();
  }

  @Override
  public Plan plan(Resource resource, ResourceView view, Observations observations) {
    Plan plan = reconciler.plan(resource, view, observations);
    return own(plan, resource.key(), observations);
  }

  @Override
  public Plan gone(ResourceKey key, ResourceView view, Observations observations) {
    return own(reconciler.gone(key, view, observations), key, observations);
  }

  private Plan own(Plan plan, ResourceKey key, Observations observations) {
    if (leading.getAsBoolean()) {
      return plan;
    }
    List<Change> own = new ArrayList<>();
    for (Change change : plan.changes()) {
      if (change instanceof Change.ConfigureScale
          || change instanceof Change.RemoveInstances
          || change instanceof Change.RemoveSource) {
        own.add(change);
      }
    }
    boolean runs = kind() == Kind.SOURCE && observations.ensuredSource(key).isPresent();
    if (runs && !holds.getAsBoolean() && own.isEmpty()) {
      own.add(new Change.RemoveSource(key));
    }
    return new Plan(own);
  }
}
