package io.leat.control.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.reconcile.Change;
import io.leat.control.reconcile.Observations;
import io.leat.control.reconcile.Plan;
import io.leat.control.reconcile.Reconciler;
import io.leat.control.reconcile.SourceRuns.SourceRun;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Status;
import io.leat.control.store.ResourceView;
import io.leat.proxy.table.ChannelId;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class LedReconcilerTest {
  private static final ResourceKey CLOCK = new ResourceKey(Kind.SOURCE, "team", "clock");
  private static final SourceRun RUN =
      new SourceRun(CLOCK, "u1", 1, "interval", "{}", new ChannelId("team", "orders"), "http://x");
  private static final Change STATUS = new Change.PutStatus(CLOCK, 7, Status.EMPTY);
  private static final Change RUNS = new Change.EnsureSource(RUN);
  private static final Change ENDS = new Change.RemoveSource(CLOCK);

  private boolean leading;
  private boolean holds;
  private @Nullable SourceRun ensured;

  private List<Change> left(Change... planned) {
    Reconciler all =
        new Reconciler() {
          @Override
          public Kind kind() {
            return Kind.SOURCE;
          }

          @Override
          public Plan plan(Resource resource, ResourceView view, Observations observations) {
            throw new AssertionError();
          }

          @Override
          public Plan gone(ResourceKey key, ResourceView view, Observations observations) {
            return new Plan(List.of(planned));
          }
        };
    return new LedReconciler(all, () -> leading, () -> holds)
        .gone(CLOCK, proxy(ResourceView.class), proxy(Observations.class))
        .changes();
  }

  /** Knows how the Source was asked to run, and nothing else. */
  private <T> T proxy(Class<T> type) {
    Object made =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, _) -> {
              assertThat(method.getName()).isEqualTo("ensuredSource");
              return Optional.ofNullable(ensured);
            });
    return type.cast(made);
  }

  @Test
  void whoLeadsDoesEverything() {
    leading = true;
    holds = true;
    assertThat(left(STATUS, RUNS)).containsExactly(STATUS, RUNS);
  }

  @Test
  void whoDoesNotLeadWritesNothingAndStartsNothing() {
    assertThat(left(STATUS, RUNS)).isEmpty();
  }

  @Test
  void aSourceRunsOnWhileTheServerIsSilentAndEndsOnceAnotherLeads() {
    ensured = RUN;
    holds = true;
    assertThat(left(STATUS)).isEmpty();
    holds = false;
    assertThat(left(STATUS)).containsExactly(ENDS);
    assertThat(left(STATUS, ENDS)).as("once is enough").containsExactly(ENDS);
  }
}
