package io.leat.control.serving;

import io.leat.control.serving.lifecycle.RevisionRetention;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What an operator decides about serving.
 *
 * @param domain suffix of external hosts, such as {@code localhost}
 * @param clusterDomain suffix of cluster-local hosts, such as {@code cluster.local}
 * @param httpPort appended to shown URLs unless 80
 * @param httpsPort appended to redirects to https unless 443
 * @param scaleToZeroGrace how long a last instance stays after its window went quiet
 * @param progressDeadline how long an instance may take to become ready
 * @param defaultTarget concurrent requests per instance where neither an annotation nor {@code
 *     containerConcurrency} says another number
 * @param targetUtilization percentage of the target that is aimed at, where no annotation does
 * @param workingDir absolute; relative working directories of containers start there
 * @param changes how revisions and their traffic change over time
 */
public record ServingConfig(
    String domain,
    String clusterDomain,
    int httpPort,
    int httpsPort,
    Duration scaleToZeroGrace,
    Duration progressDeadline,
    int defaultTarget,
    int targetUtilization,
    Path workingDir,
    Changes changes) {

  /**
   * How revisions and their traffic change over time.
   *
   * @param retention which revisions without traffic are kept
   * @param rolloutDuration how long a change of the latest revision takes where no annotation says
   * @param tagHeaders whether the header {@code Knative-Serving-Tag} chooses a tag
   */
  public record Changes(RevisionRetention retention, Duration rolloutDuration, boolean tagHeaders) {
    /** Knative's defaults. */
    public static final Changes DEFAULT =
        new Changes(RevisionRetention.DEFAULT, Duration.ZERO, false);
  }

  /** The same with other changes over time. */
  public ServingConfig withChanges(Changes other) {
    return new ServingConfig(
        domain,
        clusterDomain,
        httpPort,
        httpsPort,
        scaleToZeroGrace,
        progressDeadline,
        defaultTarget,
        targetUtilization,
        workingDir,
        other);
  }

  /** Settings with the usual changes over time. */
  public ServingConfig(
      String domain,
      String clusterDomain,
      int httpPort,
      int httpsPort,
      Duration scaleToZeroGrace,
      Duration progressDeadline,
      int defaultTarget,
      int targetUtilization,
      Path workingDir) {
    this(
        domain,
        clusterDomain,
        httpPort,
        httpsPort,
        scaleToZeroGrace,
        progressDeadline,
        defaultTarget,
        targetUtilization,
        workingDir,
        Changes.DEFAULT);
  }

  /** What a laptop needs. */
  public static ServingConfig standalone(
      String domain, int httpPort, int httpsPort, Path workingDir) {
    return new ServingConfig(
        domain,
        "cluster.local",
        httpPort,
        httpsPort,
        Duration.ofSeconds(30),
        Duration.ofSeconds(600),
        100,
        70,
        workingDir);
  }
}
