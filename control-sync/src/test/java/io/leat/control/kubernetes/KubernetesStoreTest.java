package io.leat.control.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import io.leat.control.store.Author;
import io.leat.control.store.ChangeEvent;
import io.leat.control.store.References;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.ResourceStoreContract;
import io.leat.control.store.StoreOutcome;
import io.leat.control.store.Write;
import io.leat.control.store.jobs.JobRequest;
import io.leat.control.store.jobs.JobStore;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The contract, kept over Leat's own Kubernetes API; and what differs there. */
final class KubernetesStoreTest extends ResourceStoreContract {
  private @Nullable ApiFixture fixture;

  @Override
  protected ResourceStore open() {
    fixture = new ApiFixture(now::get, RETAINED);
    return fixture.store;
  }

  @AfterEach
  void close() {
    if (fixture != null) {
      fixture.close();
    }
  }

  @Override
  protected JobStore jobs() {
    throw new UnsupportedOperationException("an API server keeps no jobs");
  }

  @Override
  protected void settle() {
    if (fixture != null) {
      fixture.settle();
    }
  }

  @Override
  protected int economy() {
    return 10;
  }

  private static Resource route(String name) {
    Spec spec =
        new Spec.RouteSpec(List.of(new Spec.TrafficTarget("rev-1", null, false, 100L, null, null)));
    return Resource.of(Kind.ROUTE, Metadata.of("default", name), spec);
  }

  /** The server goes through the family in its own time; all of it is gone in the end. */
  @Override
  @Test
  protected void inTheForegroundOwnersGoLast() {
    Resource owner = ((StoreOutcome.Written) store().create(route("owner"))).resource();
    Resource child = route("child");
    child = child.withMetadata(child.metadata().withOwners(References.controlledBy(owner)));
    assertThat(store().create(child).succeeded()).isTrue();
    Queue<ResourceKey> deleted = new ConcurrentLinkedQueue<>();
    try (ResourceStore.Watch watch =
        store()
            .watch(event -> {
              if (event.type() == ChangeEvent.Type.DELETED) {
                deleted.add(event.resource().key());
              }
            })) {
      Write.Delete delete = new Write.Delete(owner.key(), 0, "", Write.Propagation.FOREGROUND);
      assertThat(store().delete(delete, Author.LEAT).succeeded()).isTrue();
      settle();
      assertThat(watch).isNotNull();
    }
    assertThat(deleted).containsExactlyInAnyOrder(owner.key(), child.key());
  }

  /** A server keeps no history for us. */
  @Override
  @Test
  protected void historyTellsWhoChangedSpecOrOwners() {
    assertThat(store().create(route("shop"), new Author("ann", "launch")).succeeded()).isTrue();
    assertThat(store().history(route("shop").key())).isEmpty();
    assertThat(Objects.requireNonNull(fixture).server.store().history(route("shop").key()))
        .extracting(entry -> entry.who())
        .containsExactly("ann");
  }

  /** A server keeps no history for us. */
  @Override
  @Test
  protected void historyIsBounded() {
    assertThat(store().history(route("absent").key())).isEmpty();
  }

  /** A server keeps no jobs for us: a write that sets one off is refused, not halved. */
  @Override
  @Test
  protected void jobsAreEnqueuedWithTheWriteThatChangesSomething() {
    List<JobRequest> jobs = List.of(JobRequest.of("sync", "shop", ""));
    assertThatThrownBy(() -> store().write(new Write.Create(route("shop")), Author.LEAT, jobs))
        .hasMessageContaining("keeps no jobs");
    assertThat(store().<List<Resource>>read(view -> view.list(Kind.ROUTE))).isEmpty();
  }
}
