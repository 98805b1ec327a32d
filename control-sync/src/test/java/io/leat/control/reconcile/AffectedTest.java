package io.leat.control.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import io.leat.control.store.ChangeEvent;
import io.leat.control.store.Labels;
import io.leat.control.store.MemoryStore;
import io.leat.control.store.ResourceStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whose plans are made again after a write of a Revision. */
class AffectedTest {
  private static final ResourceKey ROUTE = new ResourceKey(Kind.ROUTE, "default", "shop");
  private static final ResourceKey REVISION = new ResourceKey(Kind.REVISION, "default", "rev");

  private final ResourceStore store = new MemoryStore(InstantSource.system(), () -> "uid");
  private final List<ChangeEvent> events = new ArrayList<>();

  private Set<ResourceKey> affected() {
    return store.read(view -> Affected.by(events.getLast(), view));
  }

  private void change(Map<String, String> labels, Map<String, String> annotations) {
    Resource now = store.read(view -> view.get(REVISION).orElseThrow());
    Metadata metadata = now.metadata().withLabels(labels).withAnnotations(annotations);
    assertThat(store.update(now.withMetadata(metadata)).succeeded()).isTrue();
  }

  @Test
  void aRevisionThatNotesItsRoutesConcernsOnlyItself() {
    try (ResourceStore.Watch _ = store.watch(events::add)) {
      store.create(
          Resource.of(
              Kind.REVISION,
              Metadata.of("default", "rev"),
              new Spec.RevisionSpec(null, null, null, null, null)));
      store.create(
          Resource.of(
              Kind.ROUTE,
              Metadata.of("default", "shop"),
              new Spec.RouteSpec(
                  List.of(new Spec.TrafficTarget("rev", null, null, 100L, null, null)))));
      change(Map.of(), Map.of(Labels.ROUTES, "shop"));
      assertThat(affected()).containsExactly(REVISION);
      change(Map.of(), Map.of(Labels.ROUTES, "shop", "mine", "too"));
      assertThat(affected()).contains(REVISION, ROUTE);
      change(Map.of(Labels.ROUTING_STATE, "active"), Map.of(Labels.ROUTES, "x", "mine", "too"));
      assertThat(affected()).contains(REVISION, ROUTE);
    }
  }
}
