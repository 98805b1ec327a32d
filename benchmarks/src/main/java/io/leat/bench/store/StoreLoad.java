package io.leat.bench.store;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.StoreEngine;
import io.leat.control.store.jobs.RetryRules;
import io.leat.control.store.sqlite.SqliteStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Measures the store in a file: how long a change takes until it is acknowledged, at 100 changes a
 * second among 10,000 resources, and how long a store with 100,000 Routes takes to open, with the
 * heap that it then holds.
 *
 * <p>{@code java -Xmx512m -XX:+UseSerialGC -cp benchmarks/target/benchmarks.jar
 * io.leat.bench.store.StoreLoad FOLDER [seconds] [routes]}
 */
public final class StoreLoad {
  private static final int RESIDENTS = 10_000;
  private static final int PER_SECOND = 100;
  private static final int WRITERS = 64;

  private StoreLoad() {}

  /** Runs both and prints a line for each. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory(Path.of(arguments[0]), "store-load");
    int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 20;
    int routes = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 100_000;
    try {
      commits(folder.resolve("commits.db"), seconds);
      load(folder.resolve("load.db"), routes);
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static void commits(Path file, int seconds) {
    try (SqliteStore store = open(file)) {
      fill(store, RESIDENTS);
      long[] nanos = new long[seconds * PER_SECOND];
      long start = System.nanoTime();
      for (int i = 0; i < nanos.length; i++) {
        long due = start + i * TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
        while (System.nanoTime() < due) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        long before = System.nanoTime();
        change(store, (i * 37) % RESIDENTS, i);
        nanos[i] = System.nanoTime() - before;
      }
      Arrays.sort(nanos);
      System.out.printf(
          Locale.ROOT,
          "commits %d at %d/s among %d: p50 %.2f ms, p99 %.2f ms, max %.2f ms%n",
          nanos.length,
          PER_SECOND,
          RESIDENTS,
          nanos[nanos.length / 2] / 1e6,
          nanos[(int) (nanos.length * 0.99)] / 1e6,
          nanos[nanos.length - 1] / 1e6);
    }
  }

  private static void change(SqliteStore store, int index, int turn) {
    ResourceKey key = new ResourceKey(Kind.ROUTE, "default", name(index));
    Resource current = store.read(view -> view.get(key).orElseThrow());
    Resource wanted = route(index, "turn-" + turn).withMetadata(current.metadata());
    if (!store.update(wanted).succeeded()) {
      throw new IllegalStateException("a change was refused");
    }
  }

  private static void load(Path file, int routes) throws IOException {
    try (SqliteStore store = open(file)) {
      fill(store, routes);
    }
    System.gc();
    long heapBefore = used();
    long start = System.nanoTime();
    try (SqliteStore store = open(file)) {
      long nanos = System.nanoTime() - start;
      System.gc();
      System.out.printf(
          Locale.ROOT,
          "load %d routes from %d MiB: %.2f s, heap %+d MiB, version %d%n",
          routes,
          Files.size(file) >> 20,
          nanos / 1e9,
          (used() - heapBefore) >> 20,
          store.version());
    }
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static void fill(SqliteStore store, int routes) {
    // Many writers at a time, because they share commits.
    try (ExecutorService executor = Executors.newFixedThreadPool(WRITERS)) {
      for (int i = 0; i < routes; i++) {
        int index = i;
        var _ = executor.submit(() -> store.create(route(index, "rev")));
      }
      executor.shutdown();
      if (!executor.awaitTermination(10, TimeUnit.MINUTES)) {
        throw new IllegalStateException("the store was not filled in time");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String name(int index) {
    return "route-" + index;
  }

  private static Resource route(int index, String revision) {
    return Resource.of(
        Kind.ROUTE,
        Metadata.of("default", name(index)),
        new Spec.RouteSpec(
            List.of(
                new Spec.TrafficTarget(revision + "-" + index, null, null, 90L, null, null),
                new Spec.TrafficTarget("next-" + index, null, null, 10L, "next", null))));
  }

  private static SqliteStore open(Path file) {
    return SqliteStore.open(
        file,
        new StoreEngine.Settings(
            InstantSource.system(),
            () -> UUID.randomUUID().toString(),
            ResourceStore.DEFAULT_RETAINED_EVENTS),
        new RetryRules(Duration.ofSeconds(1), Duration.ofMinutes(5), 20, () -> 1, 1000));
  }
}
