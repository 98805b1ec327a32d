package io.leat.control.jobs;

import java.time.Duration;
import java.time.Instant;

/** What a step of a job came to; a step that throws has failed, see {@link JobHandler#run}. */
public sealed interface StepOutcome {

  /** The job is finished. */
  record Done() implements StepOutcome {}

  /**
   * The step is finished, and another one follows.
   *
   * @param notBefore when the next step may begin
   */
  record Next(String step, String payload, Instant notBefore) implements StepOutcome {}

  /**
   * The step cannot begin yet; no attempt is counted.
   *
   * @param why for a person
   */
  record Wait(String why, Instant notBefore) implements StepOutcome {}

  /**
   * The attempt failed and may succeed later.
   *
   * @param after the pause is at least this long
   */
  record Retry(String error, Duration after) implements StepOutcome {}

  /** The step failed, and no further attempt can help. */
  record Failed(String error) implements StepOutcome {}
}
