package io.leat.control.store.jobs;

import java.util.List;

/** What became of jobs that were to be new. */
public sealed interface EnqueueOutcome {

  /** All of them are there. */
  record Added(List<Job> jobs) implements EnqueueOutcome {
    /** Copies the list. */
    public Added {
      jobs = List.copyOf(jobs);
    }
  }

  /** None was added: there is work of this kind and key already. */
  record Conflict(String kind, String key) implements EnqueueOutcome {}
}
