package io.leat.control.serving.lifecycle;

import java.time.Duration;

/**
 * Which revisions without traffic are kept.
 *
 * @param sinceCreate a younger one is kept; zero for no such rule
 * @param sinceLastActive one that had traffic more recently is kept; zero for no such rule
 * @param minNonActive so many of a Configuration are kept whatever their age
 * @param maxNonActive so many are kept at most; -1 for no limit
 */
public record RevisionRetention(
    Duration sinceCreate, Duration sinceLastActive, int minNonActive, int maxNonActive) {
  /** Knative's. */
  public static final RevisionRetention DEFAULT =
      new RevisionRetention(Duration.ofHours(48), Duration.ofHours(15), 20, 1000);
}
