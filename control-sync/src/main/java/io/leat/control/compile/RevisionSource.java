package io.leat.control.compile;

import io.leat.control.resource.Resource;
import io.leat.control.store.ResourceView;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionId;
import java.util.Set;

/** Says how revisions are reached; a pure function of the store. */
public interface RevisionSource {

  /** The revisions whose endpoints depend on a resource. */
  Set<RevisionId> concernedBy(Resource resource);

  /** How a revision is reached; one that does not exist is unavailable. */
  RevisionEndpoints endpoints(RevisionId revision, ResourceView view);
}
