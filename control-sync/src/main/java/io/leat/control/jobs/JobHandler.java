package io.leat.control.jobs;

import io.leat.control.store.jobs.Job;
import java.time.Instant;

/**
 * Does one step of the jobs of a kind.
 *
 * <p>Called on a virtual thread of its own for each attempt; jobs of one key never at the same time
 * while their worker lives. A worker can vanish between the work and the report of it, so the same
 * step may run again: it has to be idempotent.
 */
public interface JobHandler {

  /**
   * Does the step that a job is at.
   *
   * @param lease tells whether the work still counts; asked before anything is written
   * @throws Exception when the attempt failed; the job has the reason, and is tried again later
   */
  StepOutcome run(Job job, Lease lease) throws Exception;

  /** An attempt failed, and the next one begins at {@code next} or later. */
  default void retrying(Job job, String error, Instant next) {}

  /** The last attempt failed, or the job was lost with its workers too often. */
  default void gaveUp(Job job, String error) {}

  /** A worker's right to a job. */
  @FunctionalInterface
  interface Lease {
    /** Whether the job is still this worker's; if so, it stays so for the time of a lease. */
    boolean renew();
  }
}
