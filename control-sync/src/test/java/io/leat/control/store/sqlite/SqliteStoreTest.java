package io.leat.control.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leat.control.resource.Condition;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Status;
import io.leat.control.store.Author;
import io.leat.control.store.ChangeEvent;
import io.leat.control.store.HistoryEntry;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.ResourceStoreContract;
import io.leat.control.store.StoreEngine;
import io.leat.control.store.StoreOutcome;
import io.leat.control.store.WatchOutcome;
import io.leat.control.store.Write;
import io.leat.control.store.jobs.JobRequest;
import io.leat.control.store.jobs.JobStore;
import io.leat.control.store.jobs.RetryRules;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract, kept by the store in a file, which also survives. */
final class SqliteStoreTest extends ResourceStoreContract {
  @TempDir Path folder;
  private final AtomicInteger uids = new AtomicInteger();
  private final Deque<SqliteStore> opened = new ArrayDeque<>();

  @Override
  protected ResourceStore open() {
    opened.add(
        SqliteStore.open(
            folder.resolve("leat.db"),
            new StoreEngine.Settings(now::get, () -> "uid-" + uids.incrementAndGet(), RETAINED),
            RetryRules.standard(() -> 1)));
    return sqlite();
  }

  private SqliteStore sqlite() {
    return opened.getLast();
  }

  @Override
  protected JobStore jobs() {
    return sqlite().jobs();
  }

  @AfterEach
  void close() {
    sqlite().close();
  }

  @Test
  void everythingSurvivesARestart() {
    Resource route = created("shop", "rev-1");
    Resource second =
        ((StoreOutcome.Written) sqlite().update(to(route, "rev-2"), new Author("ann", "why")))
            .resource();
    Resource gone = created("gone", "rev-1");
    sqlite().delete(gone.key(), 0);
    List<HistoryEntry> history = sqlite().history(route.key());
    long version = sqlite().version();
    sqlite().close();
    open();
    assertThat(sqlite().version()).isEqualTo(version);
    assertThat(all()).containsExactly(second);
    assertThat(sqlite().history(route.key())).isEqualTo(history).hasSize(2);
    assertThat(sqlite().history(gone.key())).isEmpty();
    assertThat(created("new", "rev-1").metadata().resourceVersion()).isEqualTo(version + 1);
  }

  @Test
  void aWatchFromBeforeARestartGoesOn() {
    List<ChangeEvent> all = new ArrayList<>();
    sqlite().watch(all::add);
    Resource route = created("shop", "rev-1");
    to(route, 5);
    sqlite().delete(route.key(), 0);
    created("shop", "rev-9");
    sqlite().close();
    open();
    sqlite().watch(all::add);
    created("other", "rev-1");
    for (long from = 0; from <= sqlite().version(); from++) {
      List<ChangeEvent> seen = new ArrayList<>();
      assertThat(sqlite().watchFrom(from, seen::add)).isInstanceOf(WatchOutcome.Started.class);
      assertThat(seen).isEqualTo(all.subList((int) from, all.size()));
    }
  }

  @Test
  void eventsAreTrimmedAcrossRestarts() {
    Resource route = created("shop", "rev-1");
    to(route, RETAINED + 5);
    sqlite().close();
    open();
    long oldest = sqlite().version() - RETAINED;
    List<ChangeEvent> seen = new ArrayList<>();
    assertThat(sqlite().watchFrom(oldest - 1, seen::add)).isEqualTo(new WatchOutcome.Gone(oldest));
    assertThat(sqlite().watchFrom(oldest, seen::add)).isInstanceOf(WatchOutcome.Started.class);
    assertThat(seen).hasSize(RETAINED);
    to(all().getFirst(), 3);
    assertThat(sqlite().watchFrom(oldest + 2, seen::add)).isInstanceOf(WatchOutcome.Gone.class);
    seen.clear();
    assertThat(sqlite().watchFrom(oldest + 3, seen::add)).isInstanceOf(WatchOutcome.Started.class);
    assertThat(seen).hasSize(RETAINED);
    to(all().getFirst(), 2 * RETAINED);
    assertThat(sqlite().watchFrom(oldest + 3, seen::add))
        .isEqualTo(new WatchOutcome.Gone(sqlite().version() - RETAINED));
  }

  @Test
  void aStatusWithUnprintableOutputStaysReadable() {
    Resource route = created("shop", "rev-1");
    String output = "a\u0000b \\u0000 \ud800 end";
    Status status =
        new Status(
            1,
            List.of(Condition.isFalse("Ready", "ExitCode1", output)),
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null);
    assertThat(
            sqlite()
                .updateStatus(route.key(), route.metadata().resourceVersion(), status)
                .succeeded())
        .isTrue();
    sqlite().close();
    open();
    assertThat(all().getFirst().status().conditions().getFirst().message())
        .isEqualTo("a\ufffdb \\u0000 ? end");
  }

  @Test
  void aWriteThatCannotBeKeptIsNotVisible() {
    Resource route = created("shop", "rev-1");
    List<ChangeEvent> seen = new ArrayList<>();
    sqlite().watch(seen::add);
    long version = sqlite().version();
    sqlite().close();
    assertThatThrownBy(() -> sqlite().update(to(route, "rev-2")))
        .isInstanceOf(StoreWriteException.class);
    assertThat(all()).containsExactly(route);
    assertThat(sqlite().version()).isEqualTo(version);
    assertThat(seen).isEmpty();
  }

  private List<Resource> all() {
    return sqlite().read(view -> view.list(Kind.ROUTE));
  }

  private Resource created(String name, String revision) {
    Resource route =
        Resource.of(Kind.ROUTE, Metadata.of("default", name), new Spec.RouteSpec(List.of()));
    return ((StoreOutcome.Written) sqlite().create(to(route, revision))).resource();
  }

  private void to(Resource route, int updates) {
    Resource current = route;
    for (int i = 0; i < updates; i++) {
      StoreOutcome outcome = sqlite().update(to(current, "update-" + sqlite().version()));
      current = ((StoreOutcome.Written) outcome).resource();
    }
  }

  @Test
  void aJobIsNobodysBeforeItsResourceCanBeRead() {
    List<Boolean> due = new ArrayList<>();
    Set<String> kinds = Set.of("sync");
    try (var _ = sqlite().watch(_ -> due.add(sqlite().jobs().nextDue(kinds).isPresent()))) {
      sqlite()
          .write(
              new Write.Create(
                  Resource.of(
                      Kind.ROUTE, Metadata.of("default", "shop"), new Spec.RouteSpec(List.of()))),
              Author.LEAT,
              List.of(JobRequest.of("sync", "shop", "")));
    }
    assertThat(due).containsExactly(false);
    assertThat(sqlite().jobs().claim("worker", kinds, Duration.ofMinutes(1))).isPresent();
  }

  private static Resource to(Resource route, String revision) {
    Spec spec =
        new Spec.RouteSpec(
            List.of(new Spec.TrafficTarget(revision, null, false, 100L, null, null)));
    return new Resource(route.kind(), route.metadata(), spec, route.status());
  }
}
