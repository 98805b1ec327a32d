package io.leat.control.store.jobs;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
   * Gives the oldest job that is due to a worker; empty when there is none. Who claims has the job
   * until its lease ends, and reports with the version that the claim gave.
   *
   * @param owner names the worker
   * @param kinds what the worker can do
   */
  Optional<Job> claim(String owner, Set<String> kinds, Duration lease);

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

  /** Gives a job up at once because no further attempt can help. */
  JobOutcome giveUp(long id, long version, String error);

  /** One job; finished ones are kept for a while. */
  Optional<Job> find(long id);

  /** The jobs of a key, oldest first. */
  List<Job> ofKey(String key);

  /** When the next job of these kinds can be claimed; empty when there is none. */
  Optional<Instant> nextDue(Set<String> kinds);
}
