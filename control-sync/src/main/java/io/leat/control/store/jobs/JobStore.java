package io.leat.control.store.jobs;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Keeps jobs until they are done: each is given to one worker at a time, for the time of a lease.
 *
 * <p>Any thread may call; when a call returns, what it changed is as durable as the store is. A job
 * may run again after its worker vanished, so the steps of workers must be idempotent. Jobs of one
 * key run one after the other in the order of enqueueing, those of different keys side by side.
 */
public interface JobStore {

  /** Adds a job. */
  Job enqueue(JobRequest request);

  /**
   * Adds all jobs or none of them: none when one of them has the kind and key of a job that is not
   * finished, or of another one of the list.
   */
  EnqueueOutcome enqueueNew(List<JobRequest> requests);

  /**
   * Gives the oldest job that is due to a worker; empty when there is none. Who claims has the job
   * until its lease ends, and reports with the version that the claim gave.
   *
   * @param owner names the worker
   * @param kinds what the worker can do
   */
  Optional<Job> claim(String owner, Set<String> kinds, Duration lease);

  /**
   * Gives the oldest job that is due among those that are wanted, like {@link #claim(String, Set,
   * Duration)}, but however often its workers vanished: who claims this way judges {@link
   * Job#attempts} itself.
   *
   * @param wanted quick, and free of side effects
   */
  Optional<Job> claim(String owner, Predicate<Job> wanted, Duration lease);

  /** Prolongs a lease from now on. */
  JobOutcome heartbeat(long id, long version, Duration lease);

  /** Ends a step and lets the next begin, at {@code notBefore} or later, with any worker. */
  JobOutcome advance(long id, long version, String step, String payload, Instant notBefore);

  /** Ends a job well. */
  JobOutcome complete(long id, long version);

  /**
   * Reports that an attempt failed: the job waits for its next attempt, longer after every failure,
   * and is given up when it has had all of them.
   *
   * @param error for a person
   */
  JobOutcome fail(long id, long version, String error);

  /**
   * Reports that an attempt failed and when the next one may begin; the worker decides how many
   * there are.
   */
  JobOutcome retry(long id, long version, String error, Instant notBefore);

  /**
   * Puts a job back as if it had not been claimed, because its work cannot begin yet or was broken
   * off: the attempt does not count.
   *
   * @param why for a person; stands as the job's error until something else happens
   */
  JobOutcome postpone(long id, long version, String why, Instant notBefore);

  /** Gives a job up at once because no further attempt can help. */
  JobOutcome giveUp(long id, long version, String error);

  /** One job; finished ones are kept for a while. */
  Optional<Job> find(long id);

  /** The jobs of a key, oldest first. */
  List<Job> ofKey(String key);

  /** When the next job of these kinds can be claimed; empty when there is none. */
  Optional<Instant> nextDue(Set<String> kinds);

  /** When the next job among those that are wanted can be claimed; empty when there is none. */
  Optional<Instant> nextDue(Predicate<Job> wanted);

  /** How many jobs of a kind are not finished. */
  int open(String kind);
}
