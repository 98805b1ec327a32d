package io.leat.control.store.jobs;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One piece of work as it stands; times are whole milliseconds.
 *
 * @param id unique in its store, and in the order of enqueueing
 * @param version the fencing token: grows with every claim, and only its newest holder may report
 * @param step where a worker goes on
 * @param attempts how often it was claimed since its step began
 * @param notBefore when it may be claimed; always set
 * @param leaseOwner who works on it; empty when nobody does
 * @param leaseUntil when the owner loses it; null when nobody works on it
 * @param lastError why the last attempt failed; empty when none did
 * @param finished null until it is DONE or FAILED
 */
public record Job(
    long id,
    String kind,
    String key,
    long version,
    String step,
    State state,
    int attempts,
    Instant notBefore,
    String leaseOwner,
    @Nullable Instant leaseUntil,
    String payload,
    String lastError,
    Instant created,
    @Nullable Instant finished) {

  /** Where a job is. */
  public enum State {
    /** Waits for a worker. */
    PENDING,
    /** A worker has it until its lease ends. */
    RUNNING,
    /** Finished well. */
    DONE,
    /** Given up. */
    FAILED
  }

  /** Whether nothing will be done for it any more. */
  public boolean isFinished() {
    return finished != null;
  }

  /** Whether a worker has it at a time. */
  boolean isLeased(Instant now) {
    return leaseUntil != null && now.isBefore(leaseUntil);
  }

  Job claimed(String owner, Instant until) {
    return with(version + 1, step, State.RUNNING, attempts + 1, notBefore, owner, until, payload);
  }

  Job extended(Instant until) {
    return with(version, step, state, attempts, notBefore, leaseOwner, until, payload);
  }

  Job moved(String nextStep, String nextPayload, Instant due) {
    return with(version, nextStep, State.PENDING, 0, due, "", null, nextPayload);
  }

  Job retriedAt(Instant due, String error) {
    return with(version, step, State.PENDING, attempts, due, "", null, payload)
        .ended(State.PENDING, error, null);
  }

  Job postponedTo(Instant due, String why) {
    int before = Math.max(0, attempts - 1);
    return with(version, step, State.PENDING, before, due, "", null, payload)
        .ended(State.PENDING, why, null);
  }

  Job ended(State end, String error, @Nullable Instant time) {
    return new Job(
        id, kind, key, version, step, end, attempts, notBefore, "", null, payload, error, created,
        time);
  }

  private Job with(
      long newVersion,
      String newStep,
      State newState,
      int newAttempts,
      Instant due,
      String owner,
      @Nullable Instant until,
      String newPayload) {
    return new Job(
        id,
        kind,
        key,
        newVersion,
        newStep,
        newState,
        newAttempts,
        due,
        owner,
        until,
        newPayload,
        lastError,
        created,
        finished);
  }
}
