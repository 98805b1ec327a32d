package io.leat.control.serving;

import io.leat.control.compile.RevisionSource;
import io.leat.control.resource.Condition;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import io.leat.control.store.Labels;
import io.leat.control.store.ResourceView;
import io.leat.proxy.table.Endpoint;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RevisionLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How a Revision is reached, from its EndpointSlices and conditions. */
public final class RevisionReachability implements RevisionSource {

  /** Reads any store. */
  public RevisionReachability() {}

  @Override
  public Set<RevisionId> concernedBy(Resource resource) {
    String namespace = resource.metadata().namespace();
    if (resource.kind() == Kind.REVISION) {
      return Set.of(new RevisionId(namespace, resource.metadata().name()));
    }
    String revision = resource.metadata().labels().get(Labels.REVISION);
    return resource.kind() == Kind.ENDPOINT_SLICE && revision != null
        ? Set.of(new RevisionId(namespace, revision))
        : Set.of();
  }

  @Override
  public RevisionEndpoints endpoints(RevisionId id, ResourceView view) {
    Optional<Resource> revision =
        view.get(new ResourceKey(Kind.REVISION, id.namespace(), id.name()));
    if (revision.isEmpty() || !(revision.get().spec() instanceof Spec.RevisionSpec spec)) {
      return new RevisionEndpoints(
          id, RevisionLimits.DEFAULT, new Reachability.Unavailable("revision does not exist"));
    }
    List<Endpoint> endpoints = endpointsOf(id, view);
    if (isLeaving(revision.get(), spec)) {
      // Traffic leaves first: those who run the endpoints stop them only after that.
      endpoints = endpoints.stream().map(RevisionReachability::draining).toList();
    }
    boolean ready = endpoints.stream().anyMatch(e -> e.state() == Endpoint.State.READY);
    Reachability reachability =
        ready ? new Reachability.Serving(endpoints) : asleep(revision.get(), spec);
    return new RevisionEndpoints(id, limits(spec), reachability);
  }

  private static boolean isLeaving(Resource revision, Spec.RevisionSpec spec) {
    Integer desired = revision.status().desiredReplicas();
    return spec.containers() != null && desired != null && desired == 0;
  }

  private static Endpoint draining(Endpoint endpoint) {
    return new Endpoint(
        endpoint.host(), endpoint.port(), endpoint.protocol(), Endpoint.State.DRAINING);
  }

  /** The usable endpoints of every slice labelled with a revision, ordered by address. */
  static List<Endpoint> endpointsOf(RevisionId id, ResourceView view) {
    List<Endpoint> found = new ArrayList<>();
    for (Resource slice :
        view.labelled(Kind.ENDPOINT_SLICE, id.namespace(), Labels.REVISION, id.name())) {
      if (slice.spec() instanceof Spec.EndpointSliceSpec spec) {
        addEndpoints(spec, found);
      }
    }
    return found;
  }

  private static void addEndpoints(Spec.EndpointSliceSpec spec, List<Endpoint> found) {
    Spec.SlicePort port = trafficPort(spec);
    Integer number = port == null ? null : port.port();
    if (spec.endpoints() == null || port == null || number == null) {
      return;
    }
    if (number < 1 || number > 65_535) {
      return;
    }
    Endpoint.Protocol protocol =
        "h2c".equals(port.name()) ? Endpoint.Protocol.H2C : Endpoint.Protocol.HTTP1;
    for (Spec.SliceEndpoint endpoint : spec.endpoints()) {
      Endpoint.State state = state(endpoint.conditions());
      if (state != null) {
        for (String address : endpoint.addresses()) {
          found.add(new Endpoint(address, number, protocol, state));
        }
      }
    }
  }

  private static Spec.@Nullable SlicePort trafficPort(Spec.EndpointSliceSpec spec) {
    if (spec.ports() == null || spec.ports().isEmpty()) {
      return null;
    }
    for (Spec.SlicePort port : spec.ports()) {
      if ("http1".equals(port.name()) || "h2c".equals(port.name())) {
        return port;
      }
    }
    return spec.ports().getFirst();
  }

  private static Endpoint.@Nullable State state(Spec.@Nullable SliceConditions conditions) {
    if (conditions == null) {
      return Endpoint.State.READY;
    }
    if (Boolean.TRUE.equals(conditions.terminating())) {
      return Boolean.FALSE.equals(conditions.serving()) ? null : Endpoint.State.DRAINING;
    }
    return Boolean.FALSE.equals(conditions.ready()) ? null : Endpoint.State.READY;
  }

  private static Reachability asleep(Resource revision, Spec.RevisionSpec spec) {
    if (spec.containers() == null || spec.containers().isEmpty()) {
      return new Reachability.Unavailable("no EndpointSlice of the revision has a ready endpoint");
    }
    for (String type : List.of("ContainerHealthy", "ResourcesAvailable")) {
      Optional<Condition> condition = revision.status().condition(type);
      if (condition.isPresent() && condition.get().state() == Condition.State.FALSE) {
        return new Reachability.Unavailable(condition.get().reason());
      }
    }
    return new Reachability.Dormant();
  }

  /** The limits of a revision; an absent timeout is 300 s, and the first byte's at most that. */
  static RevisionLimits limits(Spec.RevisionSpec spec) {
    RevisionLimits usual = RevisionLimits.DEFAULT;
    Duration timeout = seconds(spec.timeoutSeconds(), usual.timeout());
    Duration start = seconds(spec.responseStartTimeoutSeconds(), timeout);
    Duration idle = seconds(spec.idleTimeoutSeconds(), usual.idleTimeout());
    int concurrency = spec.containerConcurrency() == null ? 0 : spec.containerConcurrency();
    return new RevisionLimits(
        concurrency, timeout, start.compareTo(timeout) < 0 ? start : timeout, idle);
  }

  private static Duration seconds(@Nullable Integer value, Duration absent) {
    return value == null || value == 0 ? absent : Duration.ofSeconds(value);
  }
}
