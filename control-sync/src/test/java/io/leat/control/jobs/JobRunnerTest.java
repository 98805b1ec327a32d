package io.leat.control.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.leat.control.jobs.JobCounters.Outcome;
import io.leat.control.store.jobs.EnqueueOutcome;
import io.leat.control.store.jobs.Job;
import io.leat.control.store.jobs.JobBook;
import io.leat.control.store.jobs.JobOutcome;
import io.leat.control.store.jobs.JobRequest;
import io.leat.control.store.jobs.RetryRules;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class JobRunnerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final JobPolicy POLICY =
      new JobPolicy(
          Duration.ofSeconds(5),
          Duration.ofMillis(20),
          Duration.ofMillis(20),
          Duration.ofSeconds(30),
          Duration.ofSeconds(5),
          Duration.ofMinutes(5),
          5);

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.ofEpochMilli(1_000_000));
  private final JobBook store = JobBook.inMemory(now::get, RetryRules.standard(() -> 1));
  private final Queue<JobRunner> runners = new ConcurrentLinkedQueue<>();

  @AfterEach
  void stopRunners() {
    runners.forEach(JobRunner::close);
  }

  private JobRunner runner(
      int workers, JobPolicy policy, Predicate<Job> scope, JobHandler handler) {
    JobRunner runner =
        new JobRunner(
            store,
            Map.of("sync", handler),
            new JobRunner.Settings(
                "test-" + runners.size(), workers, scope, policy, now::get, () -> 0.5));
    runners.add(runner);
    runner.start();
    return runner;
  }

  private JobRunner runner(JobHandler handler) {
    return runner(2, POLICY, _ -> true, handler);
  }

  private Job sync(String key) {
    return store.enqueue(new JobRequest("sync", key, "first", "", null));
  }

  private Job stored(Job job) {
    return store.find(job.id()).orElseThrow();
  }

  private Job awaitState(Job job, Job.State state) {
    await().atMost(PATIENCE).until(() -> stored(job).state() == state);
    return stored(job);
  }

  /** Lets time pass once the job waits for it, and says how long it had to wait. */
  private Duration passPause(Job job, int attempts) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> stored(job).state() == Job.State.PENDING && stored(job).attempts() == attempts);
    Duration pause = Duration.between(now.get(), stored(job).notBefore());
    now.set(stored(job).notBefore());
    return pause;
  }

  @Test
  void en23AStepThatEndsWellMakesTheJobDone() {
    runner((_, _) -> new StepOutcome.Done());
    assertThat(awaitState(sync("a"), Job.State.DONE).lastError()).isEmpty();
  }

  @Test
  void en23AFailureThatNothingMendsMakesTheJobFailedAtOnce() {
    runner((_, _) -> new StepOutcome.Failed("bad configs"));
    Job job = awaitState(sync("a"), Job.State.FAILED);
    assertThat(job.lastError()).isEqualTo("bad configs");
    assertThat(job.attempts()).isEqualTo(1);
  }

  @Test
  void en23ARetryWaitsAtLeastFiveSecondsAndAsLongAsTheStepSays() {
    AtomicReference<Duration> after = new AtomicReference<>(Duration.ofSeconds(1));
    runner((_, _) -> new StepOutcome.Retry("busy", after.get()));
    Job job = sync("a");
    assertThat(passPause(job, 1)).isBetween(Duration.ofSeconds(5), Duration.ofMillis(6_250));
    after.set(Duration.ofMinutes(2));
    assertThat(passPause(job, 2)).isIn(Duration.ofMinutes(2), Duration.ofMillis(11_250));
    assertThat(passPause(job, 3)).isEqualTo(Duration.ofMinutes(2));
  }

  /** One queue lost its worker to a panic, the other called the job over for good. */
  @Test
  void en23DefectSixAStepThatThrowsIsAFailedAttemptAndNoDeadWorker() {
    AtomicInteger runs = new AtomicInteger();
    runner(
        1,
        POLICY,
        _ -> true,
        (job, _) ->
            switch (job.key()) {
              case "null" -> throw new NullPointerException("nothing there");
              case "deep" -> new StepOutcome.Failed("depth " + overflow(0));
              default -> {
                runs.incrementAndGet();
                yield new StepOutcome.Done();
              }
            });
    Job broken = sync("null");
    Job deep = sync("deep");
    Job fine = sync("fine");
    awaitState(fine, Job.State.DONE);
    assertThat(stored(broken).lastError()).isEqualTo("NullPointerException: nothing there");
    assertThat(stored(deep).lastError()).isEqualTo("StackOverflowError");
    assertThat(stored(broken).state()).isEqualTo(Job.State.PENDING);
    assertThat(runs).hasValue(1);
  }

  private static int overflow(int depth) {
    return depth < 0 ? depth : overflow(depth + 1) + 1;
  }

  @Test
  void en23WorkThatTheEndOfTheProcessBreaksOffWaitsFiveSecondsAndCountsNoAttempt()
      throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    JobRunner runner =
        runner((_, _) -> {
          begun.countDown();
          new CountDownLatch(1).await();
          return new StepOutcome.Done();
        });
    Job job = sync("a");
    assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
    runner.close();
    Job after = stored(job);
    assertThat(after.state()).isEqualTo(Job.State.PENDING);
    assertThat(after.attempts()).isZero();
    assertThat(after.notBefore()).isEqualTo(now.get().plusSeconds(5));
    assertThat(runner.counters().total("sync", Outcome.STOPPED)).isEqualTo(1);
  }

  @Test
  @Timeout(300)
  void aRunnerThatNeverBeganEndsAtOnce() {
    new JobRunner(
            store,
            Map.of(),
            new JobRunner.Settings("idle", 2, _ -> true, POLICY, now::get, () -> 0))
        .close(Duration.ofHours(1));
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void aCleanStopLetsWorkEndAndTakesNoMore() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    JobRunner runner =
        runner(
            1,
            POLICY,
            _ -> true,
            (_, _) -> {
              begun.countDown();
              go.await();
              return new StepOutcome.Done();
            });
    Job first = sync("a");
    Job second = sync("b");
    assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
    Thread closer = Thread.startVirtualThread(() -> runner.close(PATIENCE));
    go.countDown();
    assertThat(closer.join(PATIENCE)).isTrue();
    assertThat(stored(first).state()).isEqualTo(Job.State.DONE);
    assertThat(stored(second).state()).isEqualTo(Job.State.PENDING);
  }

  @Test
  void pausesDoubleAndTheLastAttemptGivesUp() {
    Queue<String> told = new ConcurrentLinkedQueue<>();
    runner(
        new JobHandler() {
          @Override
          public StepOutcome run(Job job, Lease lease) {
            return new StepOutcome.Retry("no " + job.attempts(), Duration.ZERO);
          }

          @Override
          public void retrying(Job job, String error, Instant next) {
            told.add(error + " until " + next.minusMillis(now.get().toEpochMilli()).toEpochMilli());
          }

          @Override
          public void gaveUp(Job job, String error) {
            told.add("over: " + error);
          }
        });
    Job job = sync("a");
    // Half of the jitter of a quarter is an eighth.
    for (int attempt = 1; attempt < 5; attempt++) {
      assertThat(passPause(job, attempt).toMillis()).isEqualTo(5_625L << (attempt - 1));
    }
    assertThat(awaitState(job, Job.State.FAILED).lastError()).isEqualTo("no 5");
    assertThat(told)
        .containsExactly(
            "no 1 until 5625",
            "no 2 until 11250",
            "no 3 until 22500",
            "no 4 until 45000",
            "over: no 5");
  }

  @Test
  void en24JobsAreCheckedBeforeAnyOfThemIsAdded() {
    JobRunner runner = runner((_, _) -> new StepOutcome.Wait("never", now.get().plusSeconds(60)));
    JobRequest fine = JobRequest.of("sync", "a", "");
    assertThatThrownBy(() -> runner.enqueue(List.of(fine, JobRequest.of("sync", " ", ""))))
        .hasMessage("a job needs a key");
    assertThatThrownBy(() -> runner.enqueue(List.of(fine, JobRequest.of("mend", "b", ""))))
        .hasMessage("no handler for jobs of kind 'mend'");
    assertThat(store.ofKey("a")).isEmpty();
    assertThat(runner.enqueue(List.of(fine))).isInstanceOf(EnqueueOutcome.Added.class);
    assertThat(runner.enqueue(List.of(JobRequest.of("sync", "b", ""), fine)))
        .isEqualTo(new EnqueueOutcome.Conflict("sync", "a"));
    JobRequest twice = JobRequest.of("sync", "c", "");
    assertThat(runner.enqueue(List.of(twice, twice)))
        .isEqualTo(new EnqueueOutcome.Conflict("sync", "c"));
    assertThat(store.ofKey("b")).isEmpty();
    assertThat(store.ofKey("c")).isEmpty();
  }

  /** A row was claimed outside of the transaction that locked it, so two workers had it. */
  @Test
  void en16DefectOneEightWorkersNeverRunOneKeyTwiceAtATime() {
    int keys = 100;
    AtomicInteger[] inside = new AtomicInteger[keys];
    AtomicInteger overlaps = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    IntStream.range(0, keys).forEach(i -> inside[i] = new AtomicInteger());
    JobRunner runner =
        runner(
            8,
            POLICY,
            _ -> true,
            (job, _) -> {
              AtomicInteger one = inside[Integer.parseInt(job.key())];
              if (one.incrementAndGet() > 1) {
                overlaps.incrementAndGet();
              }
              // Slow enough for every worker to come by.
              boolean ended = new CountDownLatch(1).await(2, TimeUnit.MILLISECONDS);
              one.decrementAndGet();
              done.incrementAndGet();
              return ended || job.step().equals("second")
                  ? new StepOutcome.Done()
                  : new StepOutcome.Next("second", "", now.get());
            });
    for (int i = 0; i < 2 * keys; i++) {
      sync(Integer.toString(i % keys));
    }
    runner.wake();
    await().atMost(PATIENCE).until(() -> store.open("sync") == 0);
    assertThat(overlaps).hasValue(0);
    assertThat(done).hasValue(4 * keys);
  }

  @Test
  void aWorkerThatIsSlowKeepsItsJobByItsHeartbeat() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger runs = new AtomicInteger();
    JobRunner runner =
        runner((_, _) -> {
          runs.incrementAndGet();
          go.await();
          return new StepOutcome.Done();
        });
    Job job = sync("a");
    await().atMost(PATIENCE).until(() -> runs.get() == 1);
    for (int i = 0; i < 5; i++) {
      now.set(now.get().plusSeconds(4));
      Instant lease = now.get().plusSeconds(5);
      await().atMost(PATIENCE).until(() -> lease.equals(stored(job).leaseUntil()));
    }
    go.countDown();
    awaitState(job, Job.State.DONE);
    assertThat(runs).hasValue(1);
    assertThat(runner.counters().total("sync", Outcome.DONE)).isEqualTo(1);
  }

  @Test
  void en18AWorkerThatLostItsLeaseIsInterruptedAndItsReportDoesNotCount() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    JobRunner slow =
        runner(
            1,
            POLICY,
            _ -> true,
            (_, lease) -> {
              begun.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.countDown();
              }
              assertThat(lease.renew()).isFalse();
              return new StepOutcome.Done();
            });
    Job job = sync("a");
    assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
    // Another process takes over between two heartbeats: its claim makes the next version.
    Optional<Job> taken = Optional.empty();
    while (taken.isEmpty()) {
      now.set(now.get().plusSeconds(6));
      taken = store.claim("other", _ -> true, Duration.ofMinutes(1));
    }
    assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
    await().atMost(PATIENCE).until(() -> slow.counters().total("sync", Outcome.LOST) == 1);
    assertThat(stored(job)).isEqualTo(taken.get());
    assertThat(store.complete(job.id(), taken.get().version()))
        .isInstanceOf(JobOutcome.Accepted.class);
  }

  @Test
  void anAttemptThatTakesTooLongIsInterruptedAndHasFailed() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    runner(
        1,
        POLICY,
        _ -> true,
        (_, _) -> {
          begun.countDown();
          new CountDownLatch(1).await();
          return new StepOutcome.Done();
        });
    Job job = sync("a");
    assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
    now.set(now.get().plusSeconds(31));
    await().atMost(PATIENCE).until(() -> !stored(job).lastError().isEmpty());
    assertThat(stored(job).lastError()).isEqualTo("it took longer than PT30S");
  }

  @Test
  void en15AScopedRunnerLeavesTheJobsOfOthersAlone() {
    runner(1, POLICY, job -> job.key().startsWith("p0/"), (_, _) -> new StepOutcome.Done());
    Job theirs = sync("p1/a");
    Job ours = sync("p0/a");
    awaitState(ours, Job.State.DONE);
    assertThat(stored(theirs).state()).isEqualTo(Job.State.PENDING);
    assertThat(stored(theirs).version()).isZero();
    runner((_, _) -> new StepOutcome.Done());
    awaitState(theirs, Job.State.DONE);
  }

  @Test
  void aJobWhoseWorkersVanishAgainAndAgainIsGivenUpAndTheHandlerHearsOfIt() {
    Queue<String> told = new ConcurrentLinkedQueue<>();
    Job job = sync("a");
    for (int i = 0; i < 5; i++) {
      assertThat(store.claim("vanishing", _ -> true, Duration.ofSeconds(5))).isPresent();
      now.set(now.get().plusSeconds(6));
    }
    runner(
        new JobHandler() {
          @Override
          public StepOutcome run(Job lost, Lease lease) {
            return new StepOutcome.Done();
          }

          @Override
          public void gaveUp(Job lost, String error) {
            told.add(error);
          }
        });
    awaitState(job, Job.State.FAILED);
    assertThat(told).containsExactly("its worker vanished again and again");
  }

  /** What a retry computed was not saved there, so that the lease was the real pause. */
  @Test
  void waitingCountsNoAttemptAndItsTimeIsKept() {
    AtomicInteger runs = new AtomicInteger();
    runner((_, _) ->
        runs.incrementAndGet() < 8
            ? new StepOutcome.Wait("the other is not ready", now.get().plusSeconds(2))
            : new StepOutcome.Done());
    Job job = sync("a");
    for (int i = 0; i < 7; i++) {
      int expected = i + 1;
      await()
          .atMost(PATIENCE)
          .until(() -> runs.get() == expected && stored(job).state() == Job.State.PENDING);
      assertThat(stored(job).attempts()).isZero();
      assertThat(stored(job).lastError()).isEqualTo("the other is not ready");
      assertThat(stored(job).notBefore()).isEqualTo(now.get().plusSeconds(2));
      now.set(now.get().plusSeconds(2));
    }
    awaitState(job, Job.State.DONE);
  }
}
