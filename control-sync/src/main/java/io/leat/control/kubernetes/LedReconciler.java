package io.leat.control.kubernetes;

import io.leat.control.reconcile.Change;
import io.leat.control.reconcile.Observations;
import io.leat.control.reconcile.Plan;
import io.leat.control.reconcile.Reconciler;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.ResourceView;
import java.util.function.BooleanSupplier;

/**
 * A reconciler that writes only where this Leat leads; elsewhere it keeps what concerns this
 * process alone, the autoscaler's settings.
 */
final class LedReconciler implements Reconciler {
  private final Reconciler reconciler;
  private final BooleanSupplier leading;

  LedReconciler(Reconciler reconciler, BooleanSupplier leading) {
    this.reconciler = reconciler;
    this.leading = leading;
  }

  @Override
  public Kind kind() {
    return reconciler.kind();
  }

  @Override
  public Plan plan(Resource resource, ResourceView view, Observations observations) {
    return own(reconciler.plan(resource, view, observations));
  }

  @Override
  public Plan gone(ResourceKey key, ResourceView view, Observations observations) {
    return own(reconciler.gone(key, view, observations));
  }

  private Plan own(Plan plan) {
    if (leading.getAsBoolean()) {
      return plan;
    }
    return new Plan(
        plan.changes().stream()
            .filter(change ->
                change instanceof Change.ConfigureScale || change instanceof Change.RemoveInstances)
            .toList());
  }
}
