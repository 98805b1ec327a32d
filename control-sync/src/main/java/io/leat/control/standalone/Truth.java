package io.leat.control.standalone;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a Leat's resources come from. */
public sealed interface Truth {

  /**
   * The store in the state directory, kept equal to files if any are named; revisions are local
   * processes.
   *
   * @param paths files, folders or {@code -}; with none the store stays as it is
   */
  record Local(List<String> paths) implements Truth {
    /** Copies the list. */
    public Local {
      paths = List.copyOf(paths);
    }
  }

  /** The store in the state directory, served to others, who reconcile what it holds. */
  record ApiOnly() implements Truth {}

  /**
   * A Kubernetes API server; revisions are its Deployments.
   *
   * @param kubeconfig null for the one that the environment or the pod's service account names
   * @param namespaces those that are served; empty for all
   */
  record Kubernetes(@Nullable Path kubeconfig, List<String> namespaces) implements Truth {
    /** Copies the list. */
    public Kubernetes {
      namespaces = List.copyOf(namespaces);
    }
  }
}
