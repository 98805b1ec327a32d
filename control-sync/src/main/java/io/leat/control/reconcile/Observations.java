package io.leat.control.reconcile;

import io.leat.activator.scale.ScaleSettings;
import io.leat.control.resource.ResourceKey;
import io.leat.control.runtime.InstanceTemplate;
import io.leat.control.runtime.RuntimeObservation;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.VirtualHost;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the world outside the store; the third input of every plan.
 *
 * <p>Read on the control thread.
 */
public interface Observations {

  /** What the runtime sees of a revision. */
  RuntimeObservation runtime(RevisionId revision);

  /** What was last asked of the runtime for a revision. */
  Optional<Ensured> ensured(RevisionId revision);

  /** How many instances the autoscaler wants; empty before it said anything. */
  OptionalInt desired(RevisionId revision);

  /** What the autoscaler was last told of a revision. */
  Optional<ScaleSettings> scaleSettings(RevisionId revision);

  /** How far a resource that contributes hosts has come in the live tables. */
  Publication publication(ResourceKey resource);

  /**
   * Whether no live proxy sends a new request to these addresses of a revision, and none that was
   * sent before is still under way.
   *
   * @param addresses {@code host:port}
   */
  boolean drained(RevisionId revision, Set<String> addresses);

  /** What the data plane says of Channels. */
  default ChannelsObserved channels() {
    return ChannelsObserved.UNKNOWN;
  }

  /** How a Source is doing; empty when nothing is known of it. */
  default Optional<SourceRuns.Observed> source(ResourceKey source) {
    return Optional.empty();
  }

  /** How a Source was last asked to run. */
  default Optional<SourceRuns.SourceRun> ensuredSource(ResourceKey source) {
    return Optional.empty();
  }

  /** The time of day. */
  Instant now();

  /**
   * What a revision did with the requests of a Route since {@code window} was first named; another
   * name begins another window.
   *
   * @param route {@code namespace/name}
   */
  Health health(String route, RevisionId revision, String window);

  /**
   * How requests were answered.
   *
   * @param observed for how long
   * @param errors answers with a status of the 500s
   * @param p99 what 99 of 100 requests stayed below, at least; null where durations are not counted
   */
  record Health(Duration observed, long requests, long errors, @Nullable Duration p99) {}

  /** A standing request to the runtime. */
  record Ensured(InstanceTemplate template, int instances) {}

  /**
   * What the live tables hold of one resource.
   *
   * @param hosts what was compiled from it last
   * @param acknowledged whether every live proxy serves that
   * @param refusal why a proxy refused the newest table, or a compiler the resource; else empty
   * @param lost hosts that an older resource holds already
   */
  record Publication(
      List<VirtualHost> hosts, boolean acknowledged, String refusal, List<LostHost> lost) {
    /** Not compiled yet. */
    public static final Publication NONE = new Publication(List.of(), false, "", List.of());

    /** Copies the lists. */
    public Publication {
      hosts = List.copyOf(hosts);
      lost = List.copyOf(lost);
    }
  }

  /** A host that {@code winner} holds although another resource claims it too. */
  record LostHost(String host, ResourceKey winner) {}
}
