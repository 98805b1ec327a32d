package io.leat.control.store.jobs;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a job store over jobs in memory; a journal makes each change durable before it
 * counts.
 *
 * <p>Any thread may call; one lock guards the jobs, and is held while the journal writes.
 */
public final class JobBook implements JobStore {
  private final ReentrantLock lock = new ReentrantLock();
  private final TreeMap<Long, Job> open = new TreeMap<>();
  private final TreeMap<Long, Job> finished = new TreeMap<>();
  private final Deque<Long> finishedOrder = new ArrayDeque<>();

  /** Open jobs whose resources cannot be read yet: nobody works on them. */
  private final Set<Long> hidden = new HashSet<>();

  private final InstantSource clock;
  private final RetryRules rules;
  private final Journal journal;
  private long lastId;

  /** Keeps jobs. */
  public interface Journal {
    /** A journal of what need not survive. */
    Journal NONE = (_, _) -> {};

    /**
     * Makes changes durable, all or none.
     *
     * @param changed jobs as they are from now on
     * @param forgotten ids of jobs that go
     * @throws RuntimeException when nothing of it was kept
     */
    void save(List<Job> changed, List<Long> forgotten);
  }

  /** A book of jobs that a journal has kept; none at first. */
  public JobBook(
      InstantSource clock, RetryRules rules, Journal journal, Collection<Job> kept, long lastId) {
    this.clock = clock;
    this.rules = rules;
    this.journal = journal;
    this.lastId = lastId;
    kept.forEach(this::show);
  }

  /** A book that lives as long as the process. */
  public static JobBook inMemory(InstantSource clock, RetryRules rules) {
    return new JobBook(clock, rules, Journal.NONE, List.of(), 0);
  }

  /**
   * Adds jobs as part of a larger commit. Nobody gets them before {@link #reveal}: a worker that
   * did not find what its job is about would take the job for done.
   *
   * @param commit makes the jobs durable together with what they belong to; when it throws, there
   *     are no such jobs
   */
  public void enqueueAll(List<JobRequest> requests, Consumer<List<Job>> commit) {
    lock.lock();
    try {
      add(
          requests,
          jobs -> {
            commit.accept(jobs);
            jobs.forEach(job -> hidden.add(job.id()));
          });
    } finally {
      lock.unlock();
    }
  }

  /** What the jobs of {@link #enqueueAll} belong to can be read now. */
  public void reveal() {
    lock.lock();
    try {
      hidden.clear();
    } finally {
      lock.unlock();
    }
  }

  private void add(List<JobRequest> requests, Consumer<List<Job>> commit) {
    lock.lock();
    try {
      Instant now = now();
      List<Job> jobs = new ArrayList<>(requests.size());
      for (JobRequest request : requests) {
        jobs.add(fresh(lastId + jobs.size() + 1, request, now));
      }
      commit.accept(jobs);
      lastId += jobs.size();
      jobs.forEach(this::show);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Job enqueue(JobRequest request) {
    List<Job> added = new ArrayList<>(1);
    add(
        List.of(request),
        jobs -> {
          journal.save(jobs, List.of());
          added.addAll(jobs);
        });
    return added.getFirst();
  }

  @Override
  public EnqueueOutcome enqueueNew(List<JobRequest> requests) {
    lock.lock();
    try {
      Set<List<String>> taken = new HashSet<>();
      open.values().forEach(job -> taken.add(List.of(job.kind(), job.key())));
      for (JobRequest request : requests) {
        if (!taken.add(List.of(request.kind(), request.key()))) {
          return new EnqueueOutcome.Conflict(request.kind(), request.key());
        }
      }
      List<Job> added = new ArrayList<>(requests.size());
      add(
          requests,
          jobs -> {
            journal.save(jobs, List.of());
            added.addAll(jobs);
          });
      return new EnqueueOutcome.Added(added);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<Job> claim(String owner, Set<String> kinds, Duration lease) {
    return claim(owner, job -> kinds.contains(job.kind()), lease, rules.maxAttempts());
  }

  @Override
  public Optional<Job> claim(String owner, Predicate<Job> wanted, Duration lease) {
    return claim(owner, wanted, lease, Integer.MAX_VALUE);
  }

  private Optional<Job> claim(
      String owner, Predicate<Job> wanted, Duration lease, int maxAttempts) {
    lock.lock();
    try {
      Instant now = now();
      List<Job> changed = new ArrayList<>();
      Job claimed = null;
      Set<String> busy = new HashSet<>();
      for (Job job : open.values()) {
        boolean first = busy.add(job.key());
        if (!first || hidden.contains(job.id()) || !isDue(job, now) || !wanted.test(job)) {
          continue;
        }
        if (job.attempts() >= maxAttempts) {
          // Only one whose worker vanished can have had all its attempts and still be open.
          changed.add(job.ended(Job.State.FAILED, "its worker vanished: " + job.leaseOwner(), now));
          continue;
        }
        claimed = job.claimed(owner, millis(now.plus(lease)));
        changed.add(claimed);
        break;
      }
      if (!changed.isEmpty()) {
        save(changed);
      }
      return Optional.ofNullable(claimed);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public JobOutcome heartbeat(long id, long version, Duration lease) {
    return report(id, version, job -> job.extended(millis(now().plus(lease))));
  }

  @Override
  public JobOutcome advance(long id, long version, String step, String payload, Instant notBefore) {
    return report(id, version, job -> job.moved(step, payload, millis(notBefore)));
  }

  @Override
  public JobOutcome complete(long id, long version) {
    return report(id, version, job -> job.ended(Job.State.DONE, "", now()));
  }

  @Override
  public JobOutcome fail(long id, long version, String error) {
    return report(
        id,
        version,
        job ->
            job.attempts() >= rules.maxAttempts()
                ? job.ended(Job.State.FAILED, error, now())
                : job.retriedAt(millis(now().plus(rules.pause(job.attempts()))), error));
  }

  @Override
  public JobOutcome retry(long id, long version, String error, Instant notBefore) {
    return report(id, version, job -> job.retriedAt(millis(notBefore), error));
  }

  @Override
  public JobOutcome postpone(long id, long version, String why, Instant notBefore) {
    return report(id, version, job -> job.postponedTo(millis(notBefore), why));
  }

  @Override
  public JobOutcome giveUp(long id, long version, String error) {
    return report(id, version, job -> job.ended(Job.State.FAILED, error, now()));
  }

  @Override
  public Optional<Job> find(long id) {
    lock.lock();
    try {
      Job job = open.get(id);
      return Optional.ofNullable(job == null ? finished.get(id) : job);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<Job> ofKey(String key) {
    lock.lock();
    try {
      TreeMap<Long, Job> found = new TreeMap<>(finished);
      found.putAll(open);
      return found.values().stream().filter(job -> job.key().equals(key)).toList();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<Instant> nextDue(Set<String> kinds) {
    return nextDue(job -> kinds.contains(job.kind()));
  }

  @Override
  public int open(String kind) {
    lock.lock();
    try {
      return (int) open.values().stream().filter(job -> job.kind().equals(kind)).count();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<Instant> nextDue(Predicate<Job> wanted) {
    lock.lock();
    try {
      Instant next = null;
      Set<String> busy = new HashSet<>();
      for (Job job : open.values()) {
        if (busy.add(job.key()) && !hidden.contains(job.id()) && wanted.test(job)) {
          Instant due = job.leaseUntil() == null ? job.notBefore() : job.leaseUntil();
          next = next == null || due.isBefore(next) ? due : next;
        }
      }
      return Optional.ofNullable(next);
    } finally {
      lock.unlock();
    }
  }

  private JobOutcome report(long id, long version, UnaryOperator<Job> change) {
    lock.lock();
    try {
      Job job = open.get(id);
      Job ended = finished.get(id);
      if (job == null) {
        return ended == null ? new JobOutcome.Unknown(id) : new JobOutcome.Stale(ended);
      }
      if (job.version() != version || job.state() != Job.State.RUNNING) {
        return new JobOutcome.Stale(job);
      }
      // A lease that ended while nobody else claimed still holds: the work was not given away.
      Job changed = change.apply(job);
      save(List.of(changed));
      return new JobOutcome.Accepted(changed);
    } finally {
      lock.unlock();
    }
  }

  private void save(List<Job> changed) {
    long ends = changed.stream().filter(Job::isFinished).count();
    int over = (int) Math.max(0, finishedOrder.size() + ends - rules.finishedKept());
    List<Long> forgotten = finishedOrder.stream().limit(over).toList();
    journal.save(changed, forgotten);
    changed.forEach(this::show);
    forgotten.forEach(id -> {
      finished.remove(id);
      finishedOrder.remove(id);
    });
  }

  private void show(Job job) {
    if (job.isFinished()) {
      open.remove(job.id());
      finished.put(job.id(), job);
      finishedOrder.addLast(job.id());
    } else {
      open.put(job.id(), job);
    }
  }

  private static boolean isDue(Job job, Instant now) {
    return !job.isLeased(now) && !now.isBefore(job.notBefore());
  }

  private static Job fresh(long id, JobRequest request, Instant now) {
    @Nullable Instant due = request.notBefore();
    return new Job(
        id,
        request.kind(),
        request.key(),
        0,
        request.step(),
        Job.State.PENDING,
        0,
        due == null ? now : millis(due),
        "",
        null,
        request.payload(),
        "",
        now,
        null);
  }

  private Instant now() {
    return millis(clock.instant());
  }

  private static Instant millis(Instant time) {
    return time.truncatedTo(ChronoUnit.MILLIS);
  }
}
