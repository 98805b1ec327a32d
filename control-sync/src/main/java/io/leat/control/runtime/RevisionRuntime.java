package io.leat.control.runtime;

import io.leat.proxy.table.RevisionId;
import java.util.function.Consumer;

/**
 * Runs the instances of revisions, level-triggered: callers state what should be, and read what is.
 *
 * <p>Two implementations: local processes, and Deployments on a Kubernetes API server. Calls return
 * at once; work happens on threads of the runtime.
 */
public interface RevisionRuntime extends AutoCloseable {

  /**
   * States how many instances a revision should have; a failed instance is restarted with backoff.
   */
  void ensure(RevisionId revision, InstanceTemplate template, int instances);

  /** Stops every instance with grace and forgets the revision. */
  void remove(RevisionId revision);

  /** What runs now. */
  RuntimeObservation observe(RevisionId revision);

  /** Registers who is told, on a runtime thread, that an observation changed. */
  void onChange(Consumer<RevisionId> listener);

  /** Stops every instance with grace. */
  @Override
  void close();
}
