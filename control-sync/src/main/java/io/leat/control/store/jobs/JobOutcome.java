package io.leat.control.store.jobs;

/** What became of a worker's report. */
public sealed interface JobOutcome {

  /** It counts, and the job is now as given. */
  record Accepted(Job job) implements JobOutcome {}

  /** The worker lost the job: it must stop, and nothing that it reports counts. */
  record Stale(Job current) implements JobOutcome {}

  /** There is no such job (any more). */
  record Unknown(long id) implements JobOutcome {}
}
