package io.leat.control.store.sqlite;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec;
import io.leat.control.store.Author;
import io.leat.control.store.StoreEngine;
import io.leat.control.store.StoreOutcome;
import io.leat.control.store.Write;
import io.leat.control.store.jobs.Job;
import io.leat.control.store.jobs.JobOutcome;
import io.leat.control.store.jobs.JobRequest;
import io.leat.control.store.jobs.JobStore;
import io.leat.control.store.jobs.RetryRules;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/**
 * A program that writes until it is killed, and says each write that was acknowledged: {@code name
 * resourceVersion what .} on a line of its own, and {@code job/id step step .} for a job.
 */
final class KilledWriter {
  static final int THREADS = 4;
  static final String JOB = "sync";

  /** A job at this step is complete with the next. */
  static final int LAST_STEP = 3;

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
    Thread worker = Thread.ofPlatform().start(() -> work(store));
    for (Thread thread : threads) {
      thread.join();
    }
    worker.join();
  }

  /** Takes jobs through their steps, and says each step that was acknowledged. */
  private static void work(SqliteStore store) {
    JobStore jobs = store.jobs();
    while (true) {
      Job job = jobs.claim("worker", Set.of(JOB), Duration.ofMillis(50)).orElse(null);
      if (job == null) {
        Thread.onSpinWait();
        continue;
      }
      int step = job.step().isEmpty() ? 0 : Integer.parseInt(job.step());
      JobOutcome outcome =
          step == LAST_STEP
              ? jobs.complete(job.id(), job.version())
              : jobs.advance(
                  job.id(), job.version(), Integer.toString(step + 1), "", Instant.EPOCH);
      if (outcome instanceof JobOutcome.Accepted) {
        System.out.println("job/" + job.id() + " " + (step + 1) + " step .");
      }
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
        outcome = store.write(update, Author.LEAT, List.of(JobRequest.of(JOB, name, "")));
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
