package io.leat.control.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.resource.Condition;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Status;
import io.leat.control.store.ResourceStore.Interest;
import io.leat.control.store.jobs.JobRequest;
import io.leat.control.store.jobs.JobStore;
import java.lang.reflect.Method;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** What every store promises; a subclass per implementation. */
public abstract class ResourceStoreContract {
  protected final AtomicReference<Instant> now = new AtomicReference<>(Instant.ofEpochSecond(1000));
  protected static final int RETAINED = 20;
  private static final int WRITERS = 8;
  private ResourceStore store;

  protected ResourceStore store() {
    return store;
  }

  /** An empty store that retains {@link #RETAINED} events and takes its time from {@link #now}. */
  protected abstract ResourceStore open();

  /** The jobs beside the store's resources. */
  protected abstract JobStore jobs();

  /**
   * Waits until reads see all that the writes so far set off; at once where that is in the write.
   */
  protected void settle() {}

  /** How many times fewer writes the long tests make; for stores behind a network. */
  protected int economy() {
    return 1;
  }

  /**
   * The rows that cannot be kept here, by the names of their methods, with the reason: they are
   * skipped, and say so.
   */
  protected Map<String, String> impossible() {
    return Map.of();
  }

  /** Whether what a deleted owner controls is removed here by anybody. */
  protected boolean collects() {
    return true;
  }

  /** Whether the resourceVersion of a write is the version of the store that it led to. */
  protected boolean numbersItsResources() {
    return true;
  }

  /** Whether a time is the one that {@link #now} had: servers have a clock of their own. */
  protected void isNow(@Nullable Instant time) {
    assertThat(time).isEqualTo(now.get());
  }

  @BeforeEach
  void openStore(TestInfo row) {
    String name = row.getTestMethod().orElseThrow().getName();
    String reason = impossible().get(name);
    if (reason != null) {
      System.out.println(getClass().getSimpleName() + "." + name + ": skipped, " + reason);
    }
    Assumptions.assumeTrue(reason == null, reason);
    store = open();
  }

  @Test
  void everyRowThatIsImpossibleIsARow() {
    assertThat(Stream.of(ResourceStoreContract.class.getDeclaredMethods()).map(Method::getName))
        .containsAll(impossible().keySet());
  }

  @Test
  void createAssignsWhatTheStoreOwns() {
    Resource stored = created(route("shop", "rev-1"));
    assertThat(stored.metadata().uid()).isNotEmpty();
    assertThat(stored.metadata().generation()).isEqualTo(1);
    assertThat(stored.metadata().resourceVersion()).isPositive();
    isNow(stored.metadata().creationTimestamp());
    assertThat(store.create(route("shop", "rev-2")))
        .isEqualTo(new StoreOutcome.AlreadyExists(stored));
  }

  @Test
  void generationGrowsWithTheSpecOnly() {
    Resource first = created(route("shop", "rev-1"));
    Resource labelled =
        written(
            store.update(
                first.withMetadata(first.metadata().withLabels(Map.of("team", "checkout")))));
    assertThat(labelled.metadata().generation()).isEqualTo(1);
    assertThat(labelled.metadata().resourceVersion())
        .isGreaterThan(first.metadata().resourceVersion());
    Resource changed =
        written(
            store.update(
                new Resource(
                    Kind.ROUTE, labelled.metadata(), routeTo("rev-2"), labelled.status())));
    assertThat(changed.metadata().generation()).isEqualTo(2);
    assertThat(changed.metadata().uid()).isEqualTo(first.metadata().uid());
    Resource observed =
        written(
            store.updateStatus(changed.key(), changed.metadata().resourceVersion(), ready(true)));
    assertThat(observed.metadata().generation()).isEqualTo(2);
    assertThat(observed.spec()).isEqualTo(routeTo("rev-2"));
  }

  @Test
  void everyWriteComparesTheVersion() {
    Resource first = created(route("shop", "rev-1"));
    Resource second =
        written(store.updateStatus(first.key(), first.metadata().resourceVersion(), ready(true)));
    assertThat(store.update(first)).isEqualTo(new StoreOutcome.Conflict(second));
    assertThat(store.updateStatus(first.key(), first.metadata().resourceVersion(), ready(false)))
        .isEqualTo(new StoreOutcome.Conflict(second));
    assertThat(store.delete(first.key(), first.metadata().resourceVersion()))
        .isEqualTo(new StoreOutcome.Conflict(second));
    ResourceKey absent = new ResourceKey(Kind.ROUTE, "default", "absent");
    assertThat(store.delete(absent, 1)).isEqualTo(new StoreOutcome.NotFound(absent));
    assertThat(store.updateStatus(absent, 1, ready(true)))
        .isEqualTo(new StoreOutcome.NotFound(absent));
    assertThat(store.update(route("absent", "rev-1"))).isEqualTo(new StoreOutcome.NotFound(absent));
  }

  @Test
  void equalWritesChangeNothing() {
    Resource first = created(route("shop", "rev-1"));
    List<ChangeEvent> events = new ArrayList<>();
    try (ResourceStore.Watch watch = store.watch(events::add)) {
      assertThat(store.update(first)).isEqualTo(new StoreOutcome.Written(first, false));
      assertThat(store.updateStatus(first.key(), first.metadata().resourceVersion(), Status.EMPTY))
          .isEqualTo(new StoreOutcome.Written(first, false));
      assertThat(events).isEmpty();
      assertThat(watch).isNotNull();
    }
  }

  @Test
  void conditionsKeepTheTimeOfTheirLastTransition() {
    Resource route = created(route("shop", "rev-1"));
    Resource up = status(route, ready(true));
    Instant first = now.get();
    now.set(first.plusSeconds(60));
    Condition reworded =
        new Condition("Ready", Condition.State.TRUE, "Because", "of a reason", null);
    Resource still = status(up, conditions(reworded));
    assertThat(still.status().conditions().getFirst().lastTransitionTime()).isEqualTo(first);
    Resource down = status(still, ready(false));
    assertThat(down.status().conditions().getFirst().lastTransitionTime()).isEqualTo(now.get());
  }

  @Test
  void deletingAnOwnerDeletesWhatItControls() {
    Resource owner = created(route("owner", "rev-1"));
    Resource child = created(owned("child", owner));
    Resource grandchild = created(owned("grandchild", child));
    Resource stranger = created(route("stranger", "rev-1"));
    List<ResourceKey> deleted = new ArrayList<>();
    try (ResourceStore.Watch watch =
        store.watch(event -> {
          assertThat(event.type()).isEqualTo(ChangeEvent.Type.DELETED);
          deleted.add(event.resource().key());
        })) {
      assertThat(store.delete(owner.key(), owner.metadata().resourceVersion()).succeeded())
          .isTrue();
      settle();
      assertThat(watch).isNotNull();
    }
    assertThat(deleted).containsExactly(owner.key(), child.key(), grandchild.key());
    assertThat(store.<List<Resource>>read(view -> view.list(Kind.ROUTE))).containsExactly(stranger);
  }

  @Test
  void theViewFindsByKindNamespaceOwnerLabelAndReference() {
    Resource route = created(route("shop", "rev-1"));
    Resource revision = created(revision("rev-1", "shop"));
    Resource other = created(revision("rev-2", "cart"));
    Resource slice = created(slice("slice-a", "rev-1"));
    store.read(view -> {
      assertThat(view.get(route.key())).contains(route);
      assertThat(view.list(Kind.REVISION)).containsExactly(revision, other);
      assertThat(view.list(Kind.REVISION, "default")).containsExactly(revision, other);
      assertThat(view.list(Kind.REVISION, "elsewhere")).isEmpty();
      assertThat(view.labelled(Kind.REVISION, "default", Labels.CONFIGURATION, "shop"))
          .containsExactly(revision);
      assertThat(view.labelled(Kind.ENDPOINT_SLICE, "default", Labels.REVISION, "rev-1"))
          .containsExactly(slice);
      assertThat(view.referencing(revision.key())).containsExactly(route, slice);
      return true;
    });
    Resource moved =
        written(
            store.update(
                new Resource(Kind.ROUTE, route.metadata(), routeTo("rev-2"), route.status())));
    store.read(view -> {
      assertThat(view.referencing(revision.key())).containsExactly(slice);
      assertThat(view.referencing(other.key())).containsExactly(moved);
      return true;
    });
  }

  @Test
  void watchersSeeEveryWriteInOrder() {
    List<ChangeEvent> events = new ArrayList<>();
    ResourceStore.Watch watch = store.watch(events::add);
    Resource first = created(route("shop", "rev-1"));
    Resource second = status(first, ready(true));
    store.delete(second.key(), second.metadata().resourceVersion());
    watch.close();
    created(route("later", "rev-1"));
    assertThat(events)
        .containsExactly(
            new ChangeEvent(1, ChangeEvent.Type.CREATED, null, first),
            new ChangeEvent(2, ChangeEvent.Type.UPDATED, first, second),
            new ChangeEvent(3, ChangeEvent.Type.DELETED, second, null));
  }

  @Test
  void finalizersHoldADeletionBack() {
    Resource held = created(finalized(route("held", "rev-1"), "one", "two"));
    Resource child = created(owned("child", held));
    now.set(now.get().plusSeconds(5));
    Resource marked = written(store.delete(held.key(), held.metadata().resourceVersion()));
    isNow(marked.metadata().deletionTimestamp());
    assertThat(marked.metadata().finalizers()).containsExactly("one", "two");
    assertThat(found(held.key())).isEqualTo(marked);
    assertThat(found(child.key())).isEqualTo(child);
    assertThat(store.delete(any(held, Write.Propagation.BACKGROUND), Author.LEAT))
        .isEqualTo(new StoreOutcome.Written(marked, false));
    Resource one = written(store.update(finalized(marked, "two", "three")));
    assertThat(one.metadata().finalizers()).containsExactly("two");
    Resource last = written(store.update(finalized(one)));
    assertThat(last.metadata().finalizers()).isEmpty();
    settle();
    assertThat(store.<List<Resource>>read(view -> view.list(Kind.ROUTE)))
        .isEqualTo(collects() ? List.of() : List.of(child));
  }

  @Test
  void aRemovedResourceLeavesNoTraceInTheView() {
    Resource held = created(finalized(labelled("rev-9", Labels.CONFIGURATION, "shop"), "one"));
    Resource marked = written(store.delete(held.key(), held.metadata().resourceVersion()));
    Resource relabelled = finalized(marked.withMetadata(marked.metadata().withLabels(Map.of())));
    assertThat(store.update(relabelled).succeeded()).isTrue();
    assertThat(
            store.<List<Resource>>read(
                view -> view.labelled(Kind.REVISION, "default", Labels.CONFIGURATION, "shop")))
        .isEmpty();
    Resource again = created(revision("rev-9", "shop"));
    assertThat(again.metadata().uid()).isNotEqualTo(held.metadata().uid());
  }

  @Test
  void aDeletedOwnerWaitsForNobodyInTheBackground() {
    Resource owner = created(route("owner", "rev-1"));
    Resource held = created(finalized(owned("held", owner), "one"));
    Resource grandchild = created(owned("grandchild", held));
    assertThat(store.delete(any(owner, Write.Propagation.BACKGROUND), Author.LEAT).succeeded())
        .isTrue();
    settle();
    assertThat(store.<Boolean>read(view -> view.get(owner.key()).isEmpty())).isTrue();
    Resource marked = found(held.key());
    assertThat(marked.metadata().isDeleting()).isTrue();
    assertThat(found(grandchild.key())).isEqualTo(grandchild);
    assertThat(store.update(finalized(marked)).succeeded()).isTrue();
    settle();
    assertThat(store.<List<Resource>>read(view -> view.list(Kind.ROUTE))).isEmpty();
  }

  @Test
  void orphansStay() {
    Resource owner = created(route("owner", "rev-1"));
    Resource child = created(owned("child", owner));
    assertThat(store.delete(any(owner, Write.Propagation.ORPHAN), Author.LEAT).succeeded())
        .isTrue();
    settle();
    assertThat(found(child.key()).metadata().ownerReferences()).isEmpty();
    assertThat(store.<List<Resource>>read(view -> view.ownedBy(owner.metadata().uid()))).isEmpty();
  }

  @Test
  protected void inTheForegroundOwnersGoLast() {
    Resource owner = created(route("owner", "rev-1"));
    Resource child = created(owned("child", owner));
    Resource grandchild = created(owned("grandchild", child));
    List<ResourceKey> deleted = new ArrayList<>();
    try (ResourceStore.Watch watch =
        store.watch(event -> {
          if (event.type() == ChangeEvent.Type.DELETED) {
            deleted.add(event.resource().key());
          }
        })) {
      Resource last = written(store.delete(any(owner, Write.Propagation.FOREGROUND), Author.LEAT));
      assertThat(last.metadata().finalizers()).isEmpty();
      assertThat(watch).isNotNull();
    }
    assertThat(deleted).containsExactly(grandchild.key(), child.key(), owner.key());
  }

  @Test
  void inTheForegroundAnOwnerWaitsForAHeldChild() {
    Resource owner = created(route("owner", "rev-1"));
    Resource child = created(owned("child", owner));
    Resource held = created(finalized(owned("held", child), "one"));
    created(owned("sibling", child));
    Resource waiting = written(store.delete(any(owner, Write.Propagation.FOREGROUND), Author.LEAT));
    assertThat(waiting.metadata().finalizers()).containsExactly(ResourceStore.FOREGROUND_FINALIZER);
    assertThat(waiting.metadata().isDeleting()).isTrue();
    settle();
    assertThat(store.<List<Resource>>read(view -> view.list(Kind.ROUTE)))
        .extracting(route -> route.metadata().name())
        .containsExactly("child", "held", "owner");
    assertThat(store.update(finalized(found(held.key()))).succeeded()).isTrue();
    settle();
    assertThat(store.<List<Resource>>read(view -> view.list(Kind.ROUTE))).isEmpty();
  }

  @Test
  void aLongChainOfOwnersIsDeleted() {
    Resource first = created(route("link-0", "rev-1"));
    Resource owner = first;
    for (int i = 1; i < 1000; i++) {
      owner = created(owned("link-" + i, owner));
    }
    assertThat(store.delete(any(first, Write.Propagation.FOREGROUND), Author.LEAT).succeeded())
        .isTrue();
    settle();
    assertThat(store.<List<Resource>>read(view -> view.list(Kind.ROUTE))).isEmpty();
  }

  @Test
  void deletionComparesTheUid() {
    Resource first = created(route("shop", "rev-1"));
    Write.Delete wrong = new Write.Delete(first.key(), 0, "another", Write.Propagation.BACKGROUND);
    assertThat(store.delete(wrong, Author.LEAT)).isEqualTo(new StoreOutcome.Conflict(first));
    Write.Delete right =
        new Write.Delete(first.key(), 0, first.metadata().uid(), Write.Propagation.BACKGROUND);
    assertThat(store.delete(right, Author.LEAT)).isEqualTo(new StoreOutcome.Written(first, true));
  }

  @Test
  protected void historyTellsWhoChangedSpecOrOwners() {
    Resource first = written(store.create(route("shop", "rev-1"), new Author("ann", "launch")));
    Resource observed = status(first, ready(true));
    now.set(now.get().plusSeconds(60));
    Resource second = written(store.update(spec(observed, "rev-2"), new Author("bob", "")));
    Resource labelled =
        written(store.update(second.withMetadata(second.metadata().withLabels(Map.of("a", "b")))));
    Resource owner = created(route("owner", "rev-1"));
    Resource owned =
        written(
            store.update(
                labelled.withMetadata(
                    labelled.metadata().withOwners(References.controlledBy(owner)))));
    assertThat(store.history(first.key()))
        .containsExactly(
            new HistoryEntry(1, 1, Instant.ofEpochSecond(1000), "ann", "launch", routeTo("rev-1")),
            new HistoryEntry(
                second.metadata().resourceVersion(), 2, now.get(), "bob", "", routeTo("rev-2")),
            new HistoryEntry(
                owned.metadata().resourceVersion(), 2, now.get(), "leat", "", routeTo("rev-2")));
    store.delete(owned.key(), owned.metadata().resourceVersion());
    assertThat(store.history(first.key())).isEmpty();
  }

  @Test
  protected void historyIsBounded() {
    Resource route = created(route("shop", "rev-0"));
    for (int i = 1; i <= ResourceStore.HISTORY_PER_RESOURCE + 5; i++) {
      route = written(store.update(spec(route, "rev-" + i)));
    }
    List<HistoryEntry> history = store.history(route.key());
    assertThat(history).hasSize(ResourceStore.HISTORY_PER_RESOURCE);
    assertThat(history.getLast().spec()).isEqualTo(route.spec());
    assertThat(history.getFirst().generation()).isEqualTo(7);
  }

  @Test
  void theVersionCountsTheWritesThatChangedSomething() {
    assertThat(store.version()).isZero();
    Resource first = created(route("shop", "rev-1"));
    assertThat(store.version()).isOne();
    assertThat(store.update(first).succeeded()).isTrue();
    assertThat(store.version()).isOne();
    store.delete(first.key(), first.metadata().resourceVersion());
    assertThat(store.version()).isEqualTo(2);
    Resource again = created(route("shop", "rev-1"));
    assertThat(store.version()).isEqualTo(3);
    if (numbersItsResources()) {
      assertThat(first.metadata().resourceVersion()).isOne();
      assertThat(again.metadata().resourceVersion()).isEqualTo(3);
    }
  }

  @Test
  void aWatchFromAVersionReplaysAndGoesOn() {
    List<ChangeEvent> all = new ArrayList<>();
    store.watch(all::add);
    Resource second = status(created(route("shop", "rev-1")), ready(true));
    Resource third = written(store.update(spec(second, "rev-2")));
    for (long from = 0; from <= store.version(); from++) {
      List<ChangeEvent> seen = new ArrayList<>();
      assertThat(store.watchFrom(from, seen::add)).isInstanceOf(WatchOutcome.Started.class);
      assertThat(seen).isEqualTo(all.subList((int) from, all.size()));
    }
    List<ChangeEvent> seen = new ArrayList<>();
    WatchOutcome outcome = store.watchFrom(1, seen::add);
    store.delete(third.key(), third.metadata().resourceVersion());
    ((WatchOutcome.Started) outcome).watch().close();
    created(route("later", "rev-1"));
    assertThat(seen).isEqualTo(all.subList(1, 4));
    assertThat(seen).extracting(ChangeEvent::version).containsExactly(2L, 3L, 4L);
  }

  @Test
  void aWatchHearsOnlyOfWhatItIsInterestedIn() {
    Interest one = new Interest(Kind.ROUTE, "default", "shop");
    Interest inNamespace = new Interest(Kind.ROUTE, "default", null);
    Interest named = new Interest(Kind.ROUTE, null, "shop");
    Interest otherKind = new Interest(Kind.SERVICE, null, null);
    Map<Interest, List<String>> heard = new LinkedHashMap<>();
    List<ResourceStore.Watch> watches = new ArrayList<>();
    Resource shop = created(route("shop", "rev-1"));
    created(route("other", "rev-1"));
    for (Interest interest : List.of(one, one, inNamespace, named, otherKind)) {
      List<String> names = heard.computeIfAbsent(interest, _ -> new ArrayList<>());
      WatchOutcome outcome =
          store.watchFrom(
              0, interest, event -> names.add(event.version() + event.resource().key().name()));
      watches.add(((WatchOutcome.Started) outcome).watch());
    }
    created(route("third", "rev-1"));
    store.delete(shop.key(), shop.metadata().resourceVersion());
    watches.forEach(ResourceStore.Watch::close);
    watches.forEach(ResourceStore.Watch::close);
    created(route("shop", "rev-1"));
    assertThat(heard.get(one)).containsExactly("1shop", "1shop", "4shop", "4shop");
    assertThat(heard.get(inNamespace)).containsExactly("1shop", "2other", "3third", "4shop");
    assertThat(heard.get(named)).containsExactly("1shop", "4shop");
    assertThat(heard.get(otherKind)).isEmpty();
  }

  @Test
  void aWatchFromAForgottenOrFutureVersionIsGone() {
    Resource route = created(route("shop", "rev-0"));
    for (int i = 1; i < 2 * RETAINED; i++) {
      route = written(store.update(spec(route, "rev-" + i)));
    }
    long oldest = store.version() - RETAINED;
    List<ChangeEvent> seen = new ArrayList<>();
    assertThat(store.watchFrom(oldest - 1, seen::add)).isEqualTo(new WatchOutcome.Gone(oldest));
    assertThat(store.watchFrom(0, seen::add)).isEqualTo(new WatchOutcome.Gone(oldest));
    assertThat(store.watchFrom(store.version() + 1, seen::add))
        .isEqualTo(new WatchOutcome.Gone(oldest));
    assertThat(seen).isEmpty();
    assertThat(store.watchFrom(oldest, seen::add)).isInstanceOf(WatchOutcome.Started.class);
    assertThat(seen).hasSize(RETAINED);
  }

  @Test
  void aBrokenListenerHarmsNobody() {
    store.watch(event -> {
      throw new IllegalStateException("broken");
    });
    List<ChangeEvent> seen = new ArrayList<>();
    store.watch(seen::add);
    Resource first = created(route("shop", "rev-1"));
    assertThat(seen).hasSize(1);
    assertThat(found(first.key())).isEqualTo(first);
  }

  @Test
  void aListenerFindsWhatAWriteIsAboutToReplace() {
    Resource route = created(route("shop", "rev-1"));
    List<Optional<Resource>> found = new ArrayList<>();
    store.watch(event -> found.add(store.read(view -> view.get(route.key()))));
    Resource held =
        written(
            store.update(
                route.withMetadata(route.metadata().withFinalizers(List.of("example.org/f")))));
    Resource going = written(store.delete(route.key(), 0));
    written(store.update(going.withMetadata(going.metadata().withFinalizers(List.of()))));
    assertThat(found).containsExactly(Optional.of(route), Optional.of(held), Optional.of(going));
  }

  @Test
  void aListenerMustNotWrite() {
    AtomicReference<Throwable> refused = new AtomicReference<>();
    store.watch(event -> {
      try {
        store.create(route("other", "rev-1"));
      } catch (IllegalStateException expected) {
        refused.set(expected);
      }
    });
    created(route("shop", "rev-1"));
    assertThat(refused.get()).hasMessageContaining("must not write");
  }

  @Test
  protected void jobsAreEnqueuedWithTheWriteThatChangesSomething() {
    JobRequest sync = JobRequest.of("sync", "shop", "");
    Resource first =
        written(
            store.write(
                new Write.Create(route("shop", "rev-1")), Author.LEAT, List.of(sync, sync)));
    assertThat(jobs().ofKey("shop")).hasSize(2);
    Resource stale = first.withMetadata(first.metadata().stored("", 99, 1, null));
    assertThat(store.write(new Write.Update(stale), Author.LEAT, List.of(sync)))
        .isInstanceOf(StoreOutcome.Conflict.class);
    assertThat(store.write(new Write.Update(first), Author.LEAT, List.of(sync)))
        .isEqualTo(new StoreOutcome.Written(first, false));
    assertThat(jobs().ofKey("shop")).hasSize(2);
    assertThat(
            store
                .write(new Write.Update(spec(first, "rev-2")), Author.LEAT, List.of(sync))
                .succeeded())
        .isTrue();
    assertThat(jobs().ofKey("shop")).hasSize(3);
  }

  @Test
  void watchersThatAreCutOffAgainAndAgainConverge() throws Exception {
    long seed = System.nanoTime();
    List<CutOff> watchers = List.of(new CutOff(), new CutOff(), new CutOff());
    List<Future<?>> writers = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(WRITERS)) {
      for (int i = 0; i < WRITERS; i++) {
        String prefix = "route-" + i + "-";
        Random random = new Random(seed + i);
        writers.add(executor.submit(() -> writeAndCutOff(prefix, watchers, random)));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
    }
    assertThat(store.version()).isGreaterThanOrEqualTo(10_000 / economy());
    for (CutOff watcher : watchers) {
      watcher.connect();
      assertThat(watcher.seen)
          .as("seed %s", seed)
          .containsExactlyInAnyOrderEntriesOf(
              store.<List<Resource>>read(view -> view.list(Kind.ROUTE)).stream()
                  .collect(Collectors.toMap(Resource::key, resource -> resource)));
      assertThat(watcher.resumed).as("seed %s", seed).isPositive();
      assertThat(watcher.relisted).as("seed %s", seed).isPositive();
    }
  }

  private void writeAndCutOff(String prefix, List<CutOff> watchers, Random random) {
    Map<String, Resource> current = new HashMap<>();
    for (int i = 0; i < 10_000 / economy() / WRITERS; i++) {
      String name = prefix + random.nextInt(10);
      Resource stored = current.get(name);
      if (stored == null) {
        current.put(name, created(route(name, "rev-" + i)));
      } else if (random.nextInt(10) == 0) {
        assertThat(store.delete(stored.key(), 0).succeeded()).isTrue();
        current.remove(name);
      } else {
        current.put(name, written(store.update(spec(stored, "rev-" + i))));
      }
      for (CutOff watcher : watchers) {
        if (random.nextInt(30) == 0) {
          watcher.toggle();
        }
      }
    }
  }

  /** A client that lists, watches, loses its connection, and goes on from where it was. */
  private final class CutOff {
    final Map<ResourceKey, Resource> seen = new HashMap<>();
    private ResourceStore.@Nullable Watch watch;
    private long version;
    int resumed;
    int relisted;

    synchronized void toggle() {
      if (watch == null) {
        connect();
      } else {
        watch.close();
        watch = null;
      }
    }

    synchronized void connect() {
      if (watch != null) {
        return;
      }
      if (store.watchFrom(version, this::take) instanceof WatchOutcome.Started started) {
        watch = started.watch();
        resumed++;
        return;
      }
      relisted++;
      store.read(view -> {
        seen.clear();
        view.list(Kind.ROUTE).forEach(resource -> seen.put(resource.key(), resource));
        version = store.version();
        watch = ((WatchOutcome.Started) store.watchFrom(version, this::take)).watch();
        return true;
      });
    }

    private void take(ChangeEvent event) {
      assertThat(event.version()).isEqualTo(version + 1);
      version = event.version();
      if (event.after() == null) {
        seen.remove(event.resource().key());
      } else {
        seen.put(event.resource().key(), event.after());
      }
    }
  }

  @Test
  void concurrentWritersLoseNothingAndReadersSeeWholeStates() throws Exception {
    Resource counter = created(route("counter", "rev-0"));
    int writers = WRITERS;
    int perWriter = 1000 / economy();
    CountDownLatch start = new CountDownLatch(1);
    List<Future<Integer>> conflicts = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(writers)) {
      for (int i = 0; i < writers; i++) {
        conflicts.add(executor.submit(() -> increment(counter.key(), perWriter, start)));
      }
      start.countDown();
      for (Future<Integer> conflict : conflicts) {
        assertThat(conflict.get()).isNotNegative();
      }
    }
    Resource end = store.read(view -> view.get(counter.key()).orElseThrow());
    assertThat(end.metadata().generation()).isEqualTo(1L + (long) writers * perWriter);
    assertThat(end.spec()).isEqualTo(routeTo("rev-" + writers * perWriter));
  }

  private int increment(ResourceKey key, int times, CountDownLatch start)
      throws InterruptedException {
    start.await();
    int conflicts = 0;
    for (int done = 0; done < times; ) {
      Resource now = store.read(view -> view.get(key).orElseThrow());
      long next = now.metadata().generation();
      StoreOutcome outcome =
          store.update(
              new Resource(key.kind(), now.metadata(), routeTo("rev-" + next), now.status()));
      if (outcome.succeeded()) {
        done++;
      } else {
        conflicts++;
      }
    }
    return conflicts;
  }

  private Resource created(Resource resource) {
    return written(store.create(resource));
  }

  private Resource status(Resource resource, Status status) {
    return written(
        store.updateStatus(resource.key(), resource.metadata().resourceVersion(), status));
  }

  private static Resource written(StoreOutcome outcome) {
    assertThat(outcome).isInstanceOf(StoreOutcome.Written.class);
    return ((StoreOutcome.Written) outcome).resource();
  }

  private Resource found(ResourceKey key) {
    return store.read(view -> view.get(key).orElseThrow());
  }

  private static Write.Delete any(Resource resource, Write.Propagation propagation) {
    return new Write.Delete(resource.key(), 0, "", propagation);
  }

  private static Resource finalized(Resource resource, String... finalizers) {
    return resource.withMetadata(resource.metadata().withFinalizers(List.of(finalizers)));
  }

  private static Resource spec(Resource route, String revision) {
    return new Resource(route.kind(), route.metadata(), routeTo(revision), route.status());
  }

  private static Resource labelled(String name, String label, String value) {
    Resource plain = revision(name, "");
    return plain.withMetadata(plain.metadata().withLabels(Map.of(label, value)));
  }

  private static Resource owned(String name, Resource owner) {
    Metadata metadata = Metadata.of("default", name).withOwners(References.controlledBy(owner));
    return Resource.of(Kind.ROUTE, metadata, routeTo("rev-1"));
  }

  private static Resource route(String name, String revision) {
    return Resource.of(Kind.ROUTE, Metadata.of("default", name), routeTo(revision));
  }

  private static Spec routeTo(String revision) {
    return new Spec.RouteSpec(
        List.of(new Spec.TrafficTarget(revision, null, false, 100L, null, null)));
  }

  private static Resource revision(String name, String configuration) {
    return Resource.of(
        Kind.REVISION,
        Metadata.of("default", name).withLabels(Map.of(Labels.CONFIGURATION, configuration)),
        new Spec.RevisionSpec(null, null, null, null, null));
  }

  private static Resource slice(String name, String revision) {
    return Resource.of(
        Kind.ENDPOINT_SLICE,
        Metadata.of("default", name).withLabels(Map.of(Labels.REVISION, revision)),
        new Spec.EndpointSliceSpec(
            "IPv4", List.of(), List.of(new Spec.SlicePort("http1", 8080, "TCP"))));
  }

  private static Status ready(boolean ready) {
    return conditions(ready ? Condition.isTrue("Ready") : Condition.isFalse("Ready", "Broken", ""));
  }

  private static Status conditions(Condition... conditions) {
    return new Status(1, List.of(conditions), null, null, null, null, null, null, null, null);
  }
}
