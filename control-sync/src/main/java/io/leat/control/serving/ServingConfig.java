package io.leat.control.serving;

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
    Path workingDir) {

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
