package io.leat.control.jobs;

import io.leat.control.jobs.JobCounters.Outcome;
import io.leat.control.store.jobs.EnqueueOutcome;
import io.leat.control.store.jobs.Job;
import io.leat.control.store.jobs.JobOutcome;
import io.leat.control.store.jobs.JobRequest;
import io.leat.control.store.jobs.JobStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works on the jobs of a store with a fixed number of workers, each a virtual thread: jobs of one
 * key one after the other, those of different keys side by side.
 *
 * <p>A worker claims a job with a lease, runs one step in an {@link Attempt}, renews the lease
 * while that takes, and reports. Nothing that a step does ends a worker. Used by any thread.
 */
public final class JobRunner implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

  /** When work that was broken off may go on: as after the first failure of old. */
  private static final Duration BROKEN_OFF = Duration.ofSeconds(5);

  private final JobStore store;
  private final Map<String, JobHandler> handlers;
  private final Settings settings;
  private final JobPolicy policy;
  private final JobCounters counters;
  private final Set<Attempt> running = ConcurrentHashMap.newKeySet();
  private final CountDownLatch ended;
  private volatile boolean started;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition woken = lock.newCondition();
  private long wakes;
  private volatile boolean closing;

  /**
   * How a runner works.
   *
   * @param name names its workers in leases; other processes on the same store have other names
   * @param workers how many jobs run side by side
   * @param scope which jobs are its business
   * @param jitter a number from 0 to 1 per call
   */
  public record Settings(
      String name,
      int workers,
      Predicate<Job> scope,
      JobPolicy policy,
      InstantSource clock,
      DoubleSupplier jitter) {}

  /** A runner for jobs of the kinds that have a handler; {@link #start} begins. */
  public JobRunner(JobStore store, Map<String, JobHandler> handlers, Settings settings) {
    this.store = store;
    this.handlers = Map.copyOf(handlers);
    this.settings = settings;
    this.policy = settings.policy();
    this.counters = new JobCounters(this.handlers.keySet());
    this.ended = new CountDownLatch(settings.workers());
  }

  /** Starts the workers; once. */
  public void start() {
    started = true;
    for (int i = 0; i < settings.workers(); i++) {
      String owner = settings.name() + "-" + i;
      Thread.ofVirtual().name("leat-jobs-" + i).start(() -> work(owner));
    }
  }

  /**
   * Adds all jobs or none.
   *
   * @throws IllegalArgumentException when one has no key, or a kind that nobody here works on
   */
  public EnqueueOutcome enqueue(List<JobRequest> requests) {
    for (JobRequest request : requests) {
      if (request.key().isBlank()) {
        throw new IllegalArgumentException("a job needs a key");
      }
      if (!handlers.containsKey(request.kind())) {
        throw new IllegalArgumentException("no handler for jobs of kind '" + request.kind() + "'");
      }
    }
    EnqueueOutcome outcome = store.enqueueNew(requests);
    wake();
    return outcome;
  }

  /** Has the workers look for work at once. */
  public void wake() {
    lock.lock();
    try {
      wakes++;
      woken.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** How attempts ended so far. */
  public JobCounters counters() {
    return counters;
  }

  private boolean isMine(Job job) {
    return handlers.containsKey(job.kind()) && settings.scope().test(job);
  }

  private void work(String owner) {
    try {
      while (!closing) {
        long seen = wakes();
        if (!claimAndRun(owner)) {
          pause(seen);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      ended.countDown();
    }
  }

  /** Whether there was anything to do. */
  private boolean claimAndRun(String owner) throws InterruptedException {
    try {
      Job job = store.claim(owner, this::isMine, policy.lease()).orElse(null);
      if (job == null) {
        return false;
      }
      run(job);
      return true;
    } catch (RuntimeException refused) {
      // The store may take changes again later; a job that was claimed comes back with its lease.
      LOG.error("the jobs of {} cannot be worked on now", settings.name(), refused);
      return false;
    }
  }

  private void run(Job job) throws InterruptedException {
    JobHandler handler = handlers.get(job.kind());
    if (handler == null) {
      throw new IllegalStateException("no handler for " + job.kind());
    }
    if (policy.maxAttempts() > 0 && job.attempts() > policy.maxAttempts()) {
      giveUp(job, handler, "its worker vanished again and again");
      return;
    }
    Attempt attempt = new Attempt(job, handler, () -> renew(job));
    Instant until = settings.clock().instant().plus(policy.limit());
    running.add(attempt);
    try {
      attempt.begin();
      switch (accompany(job, attempt, until)) {
        case OVER -> report(job, handler, attempt);
        case LOST -> counters.count(job.kind(), Outcome.LOST);
        case TOO_LONG -> failed(job, handler, "it took longer than " + policy.limit());
      }
    } finally {
      running.remove(attempt);
    }
  }

  private enum End {
    OVER,
    LOST,
    TOO_LONG
  }

  /**
   * Renews the lease until the attempt is over; one that has no business any more is interrupted.
   */
  private End accompany(Job job, Attempt attempt, Instant until) throws InterruptedException {
    End end = End.OVER;
    while (!attempt.isOver(policy.heartbeat())) {
      if (end == End.OVER && !renew(job)) {
        end = End.LOST;
      } else if (end == End.OVER && settings.clock().instant().isAfter(until)) {
        end = End.TOO_LONG;
      }
      if (end != End.OVER) {
        attempt.interrupt();
      }
    }
    return end;
  }

  private boolean renew(Job job) {
    return store.heartbeat(job.id(), job.version(), policy.lease()) instanceof JobOutcome.Accepted;
  }

  private void report(Job job, JobHandler handler, Attempt attempt) {
    Instant now = settings.clock().instant();
    StepOutcome outcome = attempt.outcome();
    if (outcome == null && closing && attempt.isInterrupted()) {
      told(
          job,
          Outcome.STOPPED,
          store.postpone(
              job.id(),
              job.version(),
              "broken off by the end of its process",
              now.plus(BROKEN_OFF)));
      return;
    }
    switch (outcome) {
      case null -> {
        LOG.warn("an attempt at {} failed: {}", job.key(), attempt.error());
        LOG.debug("it was job {}, step '{}'", job.id(), job.step(), attempt.thrown());
        failed(job, handler, attempt.error());
      }
      case StepOutcome.Done _ -> told(job, Outcome.DONE, store.complete(job.id(), job.version()));
      case StepOutcome.Next next ->
          told(
              job,
              Outcome.STEPPED,
              store.advance(
                  job.id(), job.version(), next.step(), next.payload(), next.notBefore()));
      case StepOutcome.Wait wait ->
          told(
              job,
              Outcome.WAITED,
              store.postpone(job.id(), job.version(), wait.why(), wait.notBefore()));
      case StepOutcome.Retry retry -> failed(job, handler, retry.error(), retry.after());
      case StepOutcome.Failed failed ->
          told(job, Outcome.FAILED, store.giveUp(job.id(), job.version(), failed.error()));
    }
  }

  private void failed(Job job, JobHandler handler, String error) {
    failed(job, handler, error, Duration.ZERO);
  }

  private void failed(Job job, JobHandler handler, String error, Duration atLeast) {
    if (!renew(job)) {
      // What the handler would note belongs to another worker's attempt by now.
      counters.count(job.kind(), Outcome.LOST);
      return;
    }
    if (policy.isLast(job.attempts())) {
      giveUp(job, handler, error);
      return;
    }
    Duration pause = policy.pause(job.attempts(), settings.jitter().getAsDouble());
    Duration longer = pause.compareTo(atLeast) > 0 ? pause : atLeast;
    Instant next = settings.clock().instant().plus(longer);
    handler.retrying(job, error, next);
    told(job, Outcome.RETRIED, store.retry(job.id(), job.version(), error, next));
  }

  /** The handler hears of it first: a job that is given up in the store is told of by nobody. */
  private void giveUp(Job job, JobHandler handler, String error) {
    handler.gaveUp(job, error);
    told(job, Outcome.FAILED, store.giveUp(job.id(), job.version(), error));
  }

  private void told(Job job, Outcome outcome, JobOutcome answer) {
    boolean counts = answer instanceof JobOutcome.Accepted;
    counters.count(job.kind(), counts ? outcome : Outcome.LOST);
  }

  private long wakes() {
    lock.lock();
    try {
      return wakes;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until a job is due, somebody wakes the workers, or it is time to look again. */
  private void pause(long seen) throws InterruptedException {
    long nanos = policy.poll().toNanos();
    Instant due = nextDue();
    if (due != null) {
      long until = Duration.between(settings.clock().instant(), due).toNanos();
      nanos = Math.clamp(until, TimeUnit.MILLISECONDS.toNanos(1), nanos);
    }
    lock.lock();
    try {
      while (wakes == seen && !closing && nanos > 0) {
        nanos = woken.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Instant nextDue() {
    try {
      return store.nextDue(this::isMine).orElse(null);
    } catch (RuntimeException refused) {
      LOG.debug("the store does not say what is due", refused);
      return null;
    }
  }

  /**
   * Takes no further job and gives those at work some time; what is left then is interrupted and
   * put back.
   */
  public void close(Duration grace) {
    closing = true;
    wake();
    if (!started) {
      return;
    }
    try {
      join(grace);
      running.forEach(Attempt::interrupt);
      join(BROKEN_OFF);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void join(Duration most) throws InterruptedException {
    if (!ended.await(most.toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.debug("{} workers are still at work", ended.getCount());
    }
  }

  /** The same, without any grace. */
  @Override
  public void close() {
    close(Duration.ZERO);
  }
}
