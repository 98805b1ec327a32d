package io.leat.control.store.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every job store promises; a subclass per implementation. */
public abstract class JobStoreContract {
  protected static final RetryRules RULES =
      new RetryRules(Duration.ofSeconds(4), Duration.ofSeconds(60), 5, () -> 1, 10);
  private static final Set<String> SYNC = Set.of("sync");
  private static final Duration LEASE = Duration.ofSeconds(30);

  protected final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.ofEpochMilli(1_000_000));
  private JobStore jobs;

  /** An empty store with {@link #RULES} that takes its time from {@link #now}. */
  protected abstract JobStore open();

  @BeforeEach
  void openStore() {
    jobs = open();
  }

  @Test
  void aJobRunsThroughItsSteps() {
    Job job = jobs.enqueue(new JobRequest("sync", "shop", "plan", "{}", null));
    assertThat(job.state()).isEqualTo(Job.State.PENDING);
    Job first = claimed("worker-1");
    assertThat(first.id()).isEqualTo(job.id());
    assertThat(first.state()).isEqualTo(Job.State.RUNNING);
    assertThat(first.leaseOwner()).isEqualTo("worker-1");
    assertThat(first.leaseUntil()).isEqualTo(now.get().plus(LEASE));
    assertThat(first.step()).isEqualTo("plan");
    accepted(jobs.advance(first.id(), first.version(), "apply", "{\"a\":1}", now.get()));
    Job second = claimed("worker-2");
    assertThat(second.step()).isEqualTo("apply");
    assertThat(second.payload()).isEqualTo("{\"a\":1}");
    assertThat(second.attempts()).isEqualTo(1);
    Job done = accepted(jobs.complete(second.id(), second.version()));
    assertThat(done.state()).isEqualTo(Job.State.DONE);
    assertThat(done.finished()).isEqualTo(now.get());
    assertThat(jobs.claim("worker-1", SYNC, LEASE)).isEmpty();
    assertThat(jobs.find(job.id())).contains(done);
  }

  /** A select for update outside of the transaction gave one row to two workers. */
  @Test
  void aClaimIsExclusive() throws Exception {
    int count = 400;
    for (int i = 0; i < count; i++) {
      jobs.enqueue(JobRequest.of("sync", "key-" + i % 40, "" + i));
    }
    Map<String, String> running = new ConcurrentHashMap<>();
    List<Long> done = new ArrayList<>();
    List<Future<List<Long>>> workers = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < 8; i++) {
        String name = "worker-" + i;
        workers.add(executor.submit(() -> work(name, running)));
      }
      for (Future<List<Long>> worker : workers) {
        done.addAll(worker.get());
      }
    }
    assertThat(done).hasSize(count).doesNotHaveDuplicates();
  }

  private List<Long> work(String name, Map<String, String> running) {
    List<Long> done = new ArrayList<>();
    while (jobs.nextDue(SYNC).isPresent()) {
      Optional<Job> claimed = jobs.claim(name, SYNC, LEASE);
      if (claimed.isPresent()) {
        Job job = claimed.get();
        assertThat(running.putIfAbsent(job.key(), name)).as("key %s", job.key()).isNull();
        done.add(job.id());
        running.remove(job.key());
        accepted(jobs.complete(job.id(), job.version()));
      }
    }
    return done;
  }

  /** Whole rows were written without a look at their version, over the work of others. */
  @Test
  void aStaleWorkerChangesNothing() {
    jobs.enqueue(JobRequest.of("sync", "shop", ""));
    Job slow = claimed("slow");
    pass(LEASE.plusMillis(1));
    Job quick = claimed("quick");
    assertThat(quick.version()).isGreaterThan(slow.version());
    JobOutcome.Stale stale = new JobOutcome.Stale(quick);
    assertThat(jobs.complete(slow.id(), slow.version())).isEqualTo(stale);
    assertThat(jobs.fail(slow.id(), slow.version(), "late")).isEqualTo(stale);
    assertThat(jobs.giveUp(slow.id(), slow.version(), "late")).isEqualTo(stale);
    assertThat(jobs.heartbeat(slow.id(), slow.version(), LEASE)).isEqualTo(stale);
    assertThat(jobs.advance(slow.id(), slow.version(), "x", "", now.get())).isEqualTo(stale);
    assertThat(jobs.find(slow.id())).contains(quick);
    Job done = accepted(jobs.complete(quick.id(), quick.version()));
    assertThat(jobs.complete(quick.id(), quick.version())).isEqualTo(new JobOutcome.Stale(done));
    assertThat(jobs.complete(4711, 1)).isEqualTo(new JobOutcome.Unknown(4711));
  }

  /** Reading wrote. */
  @Test
  void readingChangesNothing() {
    Job job = jobs.enqueue(JobRequest.of("sync", "shop", ""));
    for (int i = 0; i < 3; i++) {
      assertThat(jobs.find(job.id())).contains(job);
      assertThat(jobs.ofKey("shop")).containsExactly(job);
      assertThat(jobs.nextDue(SYNC)).contains(job.notBefore());
    }
  }

  /** An error beside the retry count made a job run for ever in silence. */
  @Test
  void everyFailureCountsAndTheLastOneEndsTheJob() {
    Job job = jobs.enqueue(JobRequest.of("sync", "shop", ""));
    for (int attempt = 1; attempt < RULES.maxAttempts(); attempt++) {
      Job running = claimed("worker");
      assertThat(running.attempts()).isEqualTo(attempt);
      Job failed = accepted(jobs.fail(job.id(), running.version(), "no. " + attempt));
      assertThat(failed.lastError()).isEqualTo("no. " + attempt);
      assertThat(failed.state()).isEqualTo(Job.State.PENDING);
      now.set(failed.notBefore());
    }
    Job last = claimed("worker");
    Job given = accepted(jobs.fail(job.id(), last.version(), "the end"));
    assertThat(given.state()).isEqualTo(Job.State.FAILED);
    assertThat(given.lastError()).isEqualTo("the end");
    pass(Duration.ofDays(1));
    assertThat(jobs.claim("worker", SYNC, LEASE)).isEmpty();
  }

  /** A pending row without a time was never looked at again. */
  @Test
  void everyPendingJobHasATime() {
    Job job = jobs.enqueue(JobRequest.of("sync", "shop", ""));
    assertThat(job.notBefore()).isEqualTo(now.get());
    Instant later = now.get().plusSeconds(60);
    Job scheduled = jobs.enqueue(new JobRequest("sync", "later", "", "", later));
    claimed("worker");
    assertThat(jobs.claim("worker", SYNC, LEASE)).isEmpty();
    now.set(later);
    assertThat(claimed("worker").id()).isIn(scheduled.id(), job.id());
  }

  /** A worker that died took its job with it. */
  @Test
  void anExpiredLeaseCanBeClaimedAgain() {
    Job job = jobs.enqueue(JobRequest.of("sync", "shop", ""));
    claimed("dead");
    pass(LEASE.minusMillis(1));
    assertThat(jobs.claim("worker", SYNC, LEASE)).isEmpty();
    pass(Duration.ofMillis(1));
    Job again = claimed("worker");
    assertThat(again.id()).isEqualTo(job.id());
    assertThat(again.attempts()).isEqualTo(2);
  }

  @Test
  void aHeartbeatKeepsTheLease() {
    jobs.enqueue(JobRequest.of("sync", "shop", ""));
    Job job = claimed("worker");
    pass(LEASE.minusSeconds(1));
    accepted(jobs.heartbeat(job.id(), job.version(), LEASE));
    pass(LEASE.minusSeconds(1));
    assertThat(jobs.claim("other", SYNC, LEASE)).isEmpty();
    accepted(jobs.complete(job.id(), job.version()));
  }

  /** A job that kills whoever takes it must not be tried for ever. */
  @Test
  void aJobWhoseWorkersVanishIsGivenUp() {
    Job job = jobs.enqueue(JobRequest.of("sync", "shop", ""));
    Job next = jobs.enqueue(JobRequest.of("sync", "other", ""));
    accepted(jobs.complete(next.id(), claimedOther(next).version()));
    for (int i = 0; i < RULES.maxAttempts(); i++) {
      claimed("victim-" + i);
      pass(LEASE);
    }
    assertThat(jobs.claim("victim", SYNC, LEASE)).isEmpty();
    Job ended = jobs.find(job.id()).orElseThrow();
    assertThat(ended.state()).isEqualTo(Job.State.FAILED);
    assertThat(ended.lastError()).contains("victim-4");
  }

  private Job claimedOther(Job wanted) {
    Job first = claimed("worker");
    Job second = claimed("worker");
    accepted(jobs.advance(first.id(), first.version(), "", "", now.get()));
    assertThat(second.id()).isEqualTo(wanted.id());
    return second;
  }

  /** The pause was the same every time, and what was computed was not stored: the lease counted. */
  @Test
  void pausesGrowAreStoredAndAreBounded() {
    Job job = jobs.enqueue(JobRequest.of("sync", "shop", ""));
    List<Long> pauses = new ArrayList<>();
    for (int i = 1; i < RULES.maxAttempts(); i++) {
      Job running = claimed("worker");
      Job failed = accepted(jobs.fail(job.id(), running.version(), "no"));
      pauses.add(Duration.between(now.get(), failed.notBefore()).toSeconds());
      assertThat(jobs.nextDue(SYNC)).contains(failed.notBefore());
      now.set(failed.notBefore().minusMillis(1));
      assertThat(jobs.claim("worker", SYNC, LEASE)).isEmpty();
      pass(Duration.ofMillis(1));
    }
    assertThat(pauses).containsExactly(4L, 8L, 16L, 32L);
    assertThat(RULES.pause(100)).isEqualTo(Duration.ofSeconds(60));
    RetryRules calm = new RetryRules(RULES.base(), RULES.most(), 5, () -> 0, 10);
    assertThat(calm.pause(1)).isEqualTo(Duration.ofSeconds(3));
  }

  /** A refused request failed its job and left no trace of why. */
  @Test
  void aJobThatIsGivenUpSaysWhyAndFreesItsKey() {
    Job job = jobs.enqueue(JobRequest.of("sync", "shop", "bad"));
    Job next = jobs.enqueue(JobRequest.of("sync", "shop", "good"));
    Job running = claimed("worker");
    accepted(jobs.giveUp(running.id(), running.version(), "bad request"));
    Job ended = jobs.find(job.id()).orElseThrow();
    assertThat(ended.state()).isEqualTo(Job.State.FAILED);
    assertThat(ended.lastError()).isEqualTo("bad request");
    assertThat(claimed("worker").id()).isEqualTo(next.id());
  }

  /** There was no order. */
  @Test
  void jobsOfAKeyRunInOrderAndThoseOfOthersBesideThem() {
    Job a1 = jobs.enqueue(JobRequest.of("sync", "a", ""));
    Job a2 = jobs.enqueue(JobRequest.of("sync", "a", ""));
    Job b1 = jobs.enqueue(JobRequest.of("sync", "b", ""));
    Job first = claimed("one");
    Job second = claimed("two");
    assertThat(List.of(first.id(), second.id())).containsExactly(a1.id(), b1.id());
    assertThat(jobs.claim("three", SYNC, LEASE)).isEmpty();
    // A job that waits for its next attempt holds the later ones of its key back.
    Job failed = accepted(jobs.fail(first.id(), first.version(), "no"));
    assertThat(jobs.claim("three", SYNC, LEASE)).isEmpty();
    now.set(failed.notBefore());
    Job again = claimed("three");
    assertThat(again.id()).isEqualTo(a1.id());
    accepted(jobs.complete(again.id(), again.version()));
    assertThat(claimed("three").id()).isEqualTo(a2.id());
  }

  /** Two jobs of one second had one id, and the second was dropped. */
  @Test
  void equalRequestsAreTwoJobs() {
    Job first = jobs.enqueue(JobRequest.of("sync", "shop", ""));
    Job second = jobs.enqueue(JobRequest.of("sync", "shop", ""));
    assertThat(second.id()).isNotEqualTo(first.id());
    assertThat(jobs.ofKey("shop")).containsExactly(first, second);
  }

  @Test
  void workersGetOnlyWhatTheyCanDo() {
    jobs.enqueue(JobRequest.of("mail", "shop", ""));
    assertThat(jobs.claim("worker", SYNC, LEASE)).isEmpty();
    assertThat(jobs.claim("worker", Set.of("mail", "sync"), LEASE)).isPresent();
  }

  @Test
  void whatIsKeptIsBounded() {
    for (int i = 0; i < RULES.finishedKept() + 5; i++) {
      jobs.enqueue(JobRequest.of("sync", "shop", "" + i));
      Job job = claimed("worker");
      accepted(jobs.complete(job.id(), job.version()));
    }
    assertThat(jobs.ofKey("shop")).hasSize(RULES.finishedKept());
    assertThat(jobs.ofKey("shop").getFirst().payload()).isEqualTo("5");
    String large = "x".repeat(JobRequest.MAX_PAYLOAD + 1);
    assertThatThrownBy(() -> JobRequest.of("sync", "shop", large))
        .isInstanceOf(IllegalArgumentException.class);
  }

  protected JobStore jobs() {
    return jobs;
  }

  private void pass(Duration time) {
    now.set(now.get().plus(time));
  }

  private Job claimed(String worker) {
    return jobs.claim(worker, SYNC, LEASE).orElseThrow();
  }

  private static Job accepted(JobOutcome outcome) {
    assertThat(outcome).isInstanceOf(JobOutcome.Accepted.class);
    return ((JobOutcome.Accepted) outcome).job();
  }
}
