package io.leat.control.store.sqlite;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec;
import io.leat.control.store.Author;
import io.leat.control.store.StoreEngine;
import io.leat.control.store.StoreOutcome;
import io.leat.control.store.Write;
import io.leat.control.store.jobs.JobRequest;
import io.leat.control.store.jobs.RetryRules;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * A program that writes until it is killed, and says each write that was acknowledged: {@code name
 * resourceVersion generation .} on a line of its own.
 */
final class KilledWriter {
  static final int THREADS = 4;
  private static final int ROUTES = 20;

  private KilledWriter() {}

  public static void main(String[] arguments) throws InterruptedException {
    SqliteStore store =
        SqliteStore.open(
            Path.of(arguments[0]),
            new StoreEngine.Settings(
                InstantSource.system(), () -> UUID.randomUUID().toString(), 500),
            RetryRules.standard(() -> 1));
    Thread[] threads = new Thread[THREADS];
    for (int i = 0; i < THREADS; i++) {
      Random random = new Random(Long.parseLong(arguments[1]) + i);
      String prefix = "route-" + i + "-";
      threads[i] = Thread.ofPlatform().start(() -> write(store, prefix, random));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static void write(SqliteStore store, String prefix, Random random) {
    while (true) {
      String name = prefix + random.nextInt(ROUTES);
      Resource wanted =
          Resource.of(
              Kind.ROUTE,
              Metadata.of("default", name),
              new Spec.RouteSpec(
                  List.of(
                      new Spec.TrafficTarget(
                          "rev-" + random.nextInt(), null, false, 100L, null, null))));
      Resource stored = store.read(view -> view.get(wanted.key())).orElse(null);
      StoreOutcome outcome;
      if (stored == null) {
        outcome = store.create(wanted);
      } else if (random.nextInt(8) == 0) {
        outcome = store.delete(stored.key(), 0);
      } else {
        Write update = new Write.Update(wanted.withMetadata(stored.metadata()));
        outcome = store.write(update, Author.LEAT, List.of(JobRequest.of("sync", name, "")));
      }
      if (!(outcome instanceof StoreOutcome.Written written)) {
        throw new IllegalStateException(outcome.toString());
      }
      long version = written.resource().metadata().resourceVersion();
      boolean deleted = store.read(view -> view.get(wanted.key())).isEmpty();
      System.out.println(name + " " + version + " " + (deleted ? "deleted" : "written") + " .");
    }
  }
}
