package io.leat.control.reconcile;

import io.leat.activator.scale.ScaleSettings;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Status;
import io.leat.control.runtime.InstanceTemplate;
import io.leat.proxy.table.RevisionId;
import java.time.Duration;

/** One step of a {@link Plan}; each is idempotent. */
public sealed interface Change {

  /** Create a resource (resourceVersion 0), or replace all but the status of the one read. */
  record Put(Resource resource) implements Change {}

  /** Replace the status of the resource that was read at {@code resourceVersion}. */
  record PutStatus(ResourceKey key, long resourceVersion, Status status) implements Change {}

  /** Delete the resource that was read at {@code resourceVersion}. */
  record Delete(ResourceKey key, long resourceVersion) implements Change {}

  /** Run this many instances of a revision. */
  record EnsureInstances(RevisionId revision, InstanceTemplate template, int instances)
      implements Change {}

  /** Stop every instance of a revision and forget it, in the runtime and in the autoscaler. */
  record RemoveInstances(RevisionId revision) implements Change {}

  /** Tell the autoscaler what a revision's annotations say. */
  record ConfigureScale(RevisionId revision, ScaleSettings settings) implements Change {}

  /** Run a Source. */
  record EnsureSource(SourceRuns.SourceRun run) implements Change {}

  /** End a Source. */
  record RemoveSource(ResourceKey source) implements Change {}

  /** Plan the same resource again later, though nothing may have changed. */
  record Requeue(Duration after) implements Change {}
}
