package io.leat.control.serving;

import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.store.Labels;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a Revision's metadata tell of the Routes that name it, as Knative writes it. */
final class RoutingState {
  /** Routes that are named; a revision may have any number of them. */
  static final int MOST_ROUTES = 32;

  private RoutingState() {}

  /** A revision with its state; the time changes only when the state does. */
  static Resource of(Resource revision, String state, List<String> routes, Instant now) {
    Metadata metadata = revision.metadata();
    Map<String, String> labels = new TreeMap<>(metadata.labels());
    Map<String, String> annotations = new TreeMap<>(metadata.annotations());
    String before = labels.put(Labels.ROUTING_STATE, state);
    if (!state.equals(before)) {
      annotations.put(Labels.ROUTING_STATE_MODIFIED, now.toString());
    }
    if (routes.isEmpty()) {
      annotations.remove(Labels.ROUTES);
    } else {
      annotations.put(Labels.ROUTES, String.join(",", routes));
    }
    return revision.withMetadata(metadata.withLabels(labels).withAnnotations(annotations));
  }
}
