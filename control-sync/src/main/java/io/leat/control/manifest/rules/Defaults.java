package io.leat.control.manifest.rules;

import io.leat.control.resource.Spec.RevisionSpec;
import io.leat.control.resource.Spec.ServiceSpec;
import io.leat.control.resource.Spec.TrafficTarget;
import java.util.List;

/**
 * What a field that was left out means, as Knative Serving defaults it.
 *
 * <p>Resources are stored as they were written; readers ask here.
 */
public final class Defaults {
  private static final int TIMEOUT_SECONDS = 300;
  private static final List<TrafficTarget> ALL_TO_LATEST =
      List.of(new TrafficTarget(null, null, true, 100L, null, null));

  private Defaults() {}

  /** Requests that one instance may serve at a time; 0 for no limit. */
  public static int containerConcurrency(RevisionSpec spec) {
    Integer value = spec.containerConcurrency();
    return value == null ? 0 : value;
  }

  /** Seconds that a whole request may take. */
  public static int timeoutSeconds(RevisionSpec spec) {
    Integer value = spec.timeoutSeconds();
    return value == null || value == 0 ? TIMEOUT_SECONDS : value;
  }

  /** Seconds until the first byte of the response; never more than the whole request may take. */
  public static int responseStartTimeoutSeconds(RevisionSpec spec) {
    Integer value = spec.responseStartTimeoutSeconds();
    int timeout = timeoutSeconds(spec);
    return Math.min(value == null || value == 0 ? TIMEOUT_SECONDS : value, timeout);
  }

  /** Seconds without a byte in either direction; 0 for no limit. */
  public static int idleTimeoutSeconds(RevisionSpec spec) {
    Integer value = spec.idleTimeoutSeconds();
    return value == null ? 0 : value;
  }

  /** The shares of a Service; all to the latest revision when it names none. */
  public static List<TrafficTarget> traffic(ServiceSpec spec) {
    List<TrafficTarget> traffic = spec.traffic();
    return traffic == null ? ALL_TO_LATEST : traffic;
  }

  /** Whether a share follows the latest ready revision. */
  public static boolean latestRevision(TrafficTarget target) {
    Boolean latest = target.latestRevision();
    return latest == null ? target.revisionName() == null : latest;
  }

  /** The percentage of a share; 0 reaches it by tag only. */
  public static long percent(TrafficTarget target) {
    Long percent = target.percent();
    return percent == null ? 0 : percent;
  }
}
