package io.leat.activator.scale;

import io.leat.proxy.table.RevisionId;

/**
 * Carries out a scale decision; the control plane implements it over local processes or
 * Deployments.
 */
public interface ScaleTarget {

  /**
   * Asks for a number of instances, asynchronously and idempotently.
   *
   * @param instances 0 or more
   */
  void scale(RevisionId revision, int instances);
}
