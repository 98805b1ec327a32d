package io.leat.bench.store;

import com.google.errorprone.annotations.FormatMethod;
import io.leat.control.plan.Planned;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.store.MemoryStore;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.StoreEngine;
import io.leat.control.store.jobs.RetryRules;
import io.leat.control.store.sqlite.SqliteStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Measures what many Routes cost the control plane: to come up from an existing store, and to make
 * one change live.
 *
 * <p>{@code fill FILE ROUTES} makes a store as an earlier life leaves it; {@code start FILE} comes
 * up from it.
 */
public final class RouteLoad {
  private static final int WRITERS = 64;
  private static final int CHANGES = 200;
  private static final int PLANS = 200;
  private static final int WARMING_PLANS = 5_000;

  private RouteLoad() {}

  /** Runs one of the two. */
  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[1]);
    switch (arguments[0]) {
      case "fill" -> fill(file, Integer.parseInt(arguments[2]));
      case "start" -> start(file);
      default -> throw new IllegalArgumentException("fill or start, not " + arguments[0]);
    }
  }

  /** Settles the samples in memory, then writes them with the status that they have got. */
  static void fill(Path file, int routes) throws Exception {
    MemoryStore memory =
        new MemoryStore(InstantSource.system(), () -> UUID.randomUUID().toString());
    SampleRoutes.all(routes).forEach(memory::create);
    List<Resource> settled = new ArrayList<>();
    try (Plane plane = new Plane(memory)) {
      plane.settle();
      for (Kind kind : Kind.values()) {
        settled.addAll(memory.read(view -> view.list(kind)));
      }
    }
    try (SqliteStore store = open(file);
        ExecutorService executor = Executors.newFixedThreadPool(WRITERS)) {
      settled.forEach(resource -> {
        var _ = executor.submit(() -> store.create(resource));
      });
      executor.shutdown();
      if (!executor.awaitTermination(10, TimeUnit.MINUTES)) {
        throw new IllegalStateException("the store was not filled in time");
      }
      say("filled with %d resources, version %d", settled.size(), store.version());
    }
  }

  private static void start(Path file) throws Exception {
    long start = System.nanoTime();
    try (SqliteStore store = open(file)) {
      long opened = System.nanoTime();
      int routes = store.<List<Resource>>read(view -> view.list(Kind.ROUTE)).size();
      long version = store.version();
      try (Plane plane = new Plane(store)) {
        plane.settle();
        long settled = System.nanoTime();
        say(
            "%d routes from %d MiB: opened after %.2f s, live after %.2f s; %d hosts, %d writes",
            routes,
            size(file) >> 20,
            (opened - start) / 1e9,
            (settled - start) / 1e9,
            plane.table().current().hostCount(),
            store.version() - version);
        System.gc();
        say("heap %d MiB of %d", used() >> 20, Runtime.getRuntime().maxMemory() >> 20);
        changes(plane, store, routes, "the first of this process");
        changes(plane, store, routes, "later");
        plans(plane, routes, PLANS, "the first of this process");
        plans(plane, routes, WARMING_PLANS, "warm-up");
        plans(plane, routes, 5 * PLANS, "later");
      }
    }
  }

  private static void changes(Plane plane, ResourceStore store, int routes, String which)
      throws Exception {
    long[] committed = new long[CHANGES];
    long[] live = new long[CHANGES];
    int revisions = SampleRoutes.revisions(routes);
    for (int i = 0; i < CHANGES; i++) {
      int turn = i;
      int route = (i * 37) % routes;
      Resource now = store.read(view -> view.get(SampleRoutes.key(route)).orElseThrow());
      int revision = (SampleRoutes.firstRevision(now) + 7) % revisions;
      Resource wanted = SampleRoutes.route(route, revision, revisions).withMetadata(now.metadata());
      long before = System.nanoTime();
      plane.await(
          SampleRoutes.host(route),
          SampleRoutes.revisionName(revision),
          at -> live[turn] = at - before);
      if (!store.update(wanted).succeeded()) {
        throw new IllegalStateException("a change was refused");
      }
      committed[i] = System.nanoTime() - before;
      plane.settle();
    }
    say("one change among %d, %s, committed: %s", routes, which, quantiles(committed));
    say("one change among %d, %s, live: %s", routes, which, quantiles(live));
  }

  /** Plans of changes that are not made. */
  private static void plans(Plane plane, int routes, int count, String which) throws Exception {
    long[] nanos = new long[count];
    int revisions = SampleRoutes.revisions(routes);
    for (int i = 0; i < count; i++) {
      int route = (i * 41) % routes;
      long before = System.nanoTime();
      Planned<Boolean> planned =
          plane
              .loop()
              .rehearse(InstantSource.system(), store -> change(store, route, revisions))
              .get();
      nanos[i] = System.nanoTime() - before;
      if (!planned.answer() || planned.table().hosts().size() != 4) {
        throw new IllegalStateException("not the plan of one change: " + planned);
      }
    }
    double first = nanos[0] / 1e6;
    say(
        "%d plans of one change among %d, %s: first %.1f ms, %s",
        count, routes, which, first, quantiles(nanos));
  }

  private static boolean change(ResourceStore store, int route, int revisions) {
    Resource now = store.read(view -> view.get(SampleRoutes.key(route)).orElseThrow());
    int revision = (SampleRoutes.firstRevision(now) + 7) % revisions;
    Resource wanted = SampleRoutes.route(route, revision, revisions).withMetadata(now.metadata());
    return store.update(wanted).succeeded();
  }

  static String quantiles(long[] nanos) {
    Arrays.sort(nanos);
    return String.format(
        Locale.ROOT,
        "p50 %.2f ms, p99 %.2f ms, max %.2f ms",
        nanos[nanos.length / 2] / 1e6,
        nanos[(int) (nanos.length * 0.99)] / 1e6,
        nanos[nanos.length - 1] / 1e6);
  }

  @FormatMethod
  static void say(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }

  private static long size(Path file) throws IOException {
    return Files.size(file);
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  static SqliteStore open(Path file) {
    return SqliteStore.open(
        file,
        new StoreEngine.Settings(
            InstantSource.system(),
            () -> UUID.randomUUID().toString(),
            ResourceStore.DEFAULT_RETAINED_EVENTS),
        new RetryRules(Duration.ofSeconds(1), Duration.ofMinutes(5), 20, () -> 1, 1000));
  }
}
