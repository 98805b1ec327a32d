package io.leat.control.reconcile;

import io.leat.activator.scale.ScaleSettings;
import io.leat.proxy.table.RevisionId;

/** Tells the autoscaler which revisions there are; called on the control thread. */
public interface ScaleConfigurator {

  /** Starts to scale a revision, or changes how. */
  void configure(RevisionId revision, ScaleSettings settings);

  /** Forgets a revision. */
  void remove(RevisionId revision);
}
