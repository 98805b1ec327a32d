package io.leat.control.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.store.StoreEngine;
import io.leat.control.store.jobs.Job;
import io.leat.control.store.jobs.JobRequest;
import io.leat.control.store.jobs.JobStore;
import io.leat.control.store.jobs.JobStoreContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract, kept by jobs in a file, which also survive. */
final class SqliteJobsTest extends JobStoreContract {
  @TempDir Path folder;
  private final Deque<SqliteStore> opened = new ArrayDeque<>();

  @Override
  protected JobStore open() {
    opened.add(SqliteStore.open(folder.resolve("leat.db"), settings(), RULES));
    return opened.getLast().jobs();
  }

  private StoreEngine.Settings settings() {
    return new StoreEngine.Settings(now::get, () -> "uid", 100);
  }

  @AfterEach
  void close() {
    opened.getLast().close();
  }

  @Test
  void jobsSurviveARestartAsTheyWere() {
    Set<String> kinds = Set.of("sync");
    JobStore jobs = jobs();
    for (String key : List.of("done", "running", "failed", "waiting")) {
      jobs.enqueue(new JobRequest("sync", key, "step", "{\"é\":\"😀\"}", null));
    }
    Job done = jobs.claim("w", kinds, Duration.ofSeconds(9)).orElseThrow();
    jobs.complete(done.id(), done.version());
    Job running = jobs.claim("w", kinds, Duration.ofSeconds(9)).orElseThrow();
    Job failed = jobs.claim("w", kinds, Duration.ofSeconds(9)).orElseThrow();
    jobs.fail(failed.id(), failed.version(), "no");
    List<Job> before =
        List.of(
            jobs.find(1).orElseThrow(),
            jobs.find(2).orElseThrow(),
            jobs.find(3).orElseThrow(),
            jobs.find(4).orElseThrow());
    opened.getLast().close();
    JobStore again = open();
    assertThat(
            List.of(
                again.find(1).orElseThrow(),
                again.find(2).orElseThrow(),
                again.find(3).orElseThrow(),
                again.find(4).orElseThrow()))
        .isEqualTo(before);
    // The worker of before the restart may still finish: nobody else claimed meanwhile.
    assertThat(again.claim("other", kinds, Duration.ofSeconds(9)).orElseThrow().key())
        .isEqualTo("waiting");
    now.set(now.get().plusSeconds(9));
    Job retaken = again.claim("other", kinds, Duration.ofSeconds(9)).orElseThrow();
    assertThat(retaken.id()).isEqualTo(running.id());
    assertThat(retaken.version()).isEqualTo(running.version() + 1);
    assertThat(again.enqueue(JobRequest.of("sync", "new", "")).id()).isEqualTo(5);
  }
}
