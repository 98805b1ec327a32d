package io.leat.control.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.Manifests;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Status;
import io.leat.control.store.Labels;
import io.leat.control.store.MemoryStore;
import io.leat.proxy.table.Endpoint;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RevisionLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RevisionReachabilityTest {
  private final MemoryStore store = new MemoryStore(() -> Instant.EPOCH, () -> "uid");

  @Test
  void slicesGiveProtocolStateAndEveryAddress() {
    put(Manifests.revision("mine"));
    put(slice("a", "h2c", 9000, null, "10.0.0.1", "10.0.0.2"));
    put(slice("b", "http1", 9001, new Spec.SliceConditions(false, true, true), "10.0.0.3"));
    put(slice("c", "http1", 9002, new Spec.SliceConditions(false, false, true), "10.0.0.4"));
    put(slice("d", "http1", 9003, new Spec.SliceConditions(false, null, null), "10.0.0.5"));
    put(slice("e", "http1", null, null, "10.0.0.6"));
    assertThat(reachability())
        .isEqualTo(
            new Reachability.Serving(
                List.of(
                    new Endpoint("10.0.0.1", 9000, Endpoint.Protocol.H2C, Endpoint.State.READY),
                    new Endpoint("10.0.0.2", 9000, Endpoint.Protocol.H2C, Endpoint.State.READY),
                    new Endpoint(
                        "10.0.0.3", 9001, Endpoint.Protocol.HTTP1, Endpoint.State.DRAINING))));
  }

  @Test
  void aRevisionThatIsToHaveNoInstancesIsLeftBeforeTheyEnd() {
    Spec.Container container =
        new Spec.Container(null, "image", null, null, null, null, null, null);
    Spec spec = new Spec.RevisionSpec(null, null, null, null, List.of(container));
    put(Resource.of(Kind.REVISION, Metadata.of("default", "mine"), spec));
    put(slice("a", "http1", 9000, null, "10.0.0.1"));
    assertThat(reachability()).isInstanceOf(Reachability.Serving.class);
    ResourceKey key = new ResourceKey(Kind.REVISION, "default", "mine");
    long version = store.read(view -> view.get(key)).orElseThrow().metadata().resourceVersion();
    Status none = new Status(1, List.of(), null, null, null, null, null, 0, 0, null);
    assertThat(store.updateStatus(key, version, none).succeeded()).isTrue();
    assertThat(reachability()).isEqualTo(new Reachability.Dormant());
  }

  @Test
  void aRevisionThatDoesNotExistIsUnavailable() {
    assertThat(reachability()).isEqualTo(new Reachability.Unavailable("revision does not exist"));
  }

  @Test
  void limitsHaveDefaultsAndTheFirstByteIsNeverLaterThanTheWhole() {
    assertThat(RevisionReachability.limits(spec(null, null, null, null)))
        .isEqualTo(RevisionLimits.DEFAULT);
    assertThat(RevisionReachability.limits(spec(0, 0, 0, 0))).isEqualTo(RevisionLimits.DEFAULT);
    assertThat(RevisionReachability.limits(spec(7, 60, null, 5)))
        .isEqualTo(
            new RevisionLimits(
                7, Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofSeconds(5)));
    assertThat(RevisionReachability.limits(spec(7, 60, 10, 5)).responseStartTimeout())
        .isEqualTo(Duration.ofSeconds(10));
  }

  private static Spec.RevisionSpec spec(
      @Nullable Integer concurrency,
      @Nullable Integer timeout,
      @Nullable Integer start,
      @Nullable Integer idle) {
    return new Spec.RevisionSpec(concurrency, timeout, start, idle, null);
  }

  private Reachability reachability() {
    RevisionId id = new RevisionId("default", "mine");
    return store.read(view -> new RevisionReachability().endpoints(id, view)).reachability();
  }

  private void put(Resource resource) {
    assertThat(store.create(resource).succeeded()).isTrue();
  }

  private static Resource slice(
      String name,
      String portName,
      @Nullable Integer port,
      Spec.@Nullable SliceConditions conditions,
      String... addresses) {
    return Resource.of(
        Kind.ENDPOINT_SLICE,
        Metadata.of("default", name).withLabels(Map.of(Labels.REVISION, "mine")),
        new Spec.EndpointSliceSpec(
            "IPv4",
            List.of(new Spec.SliceEndpoint(List.of(addresses), conditions)),
            List.of(
                new Spec.SlicePort("metrics", 9090, "TCP"),
                new Spec.SlicePort(portName, port, "TCP"))));
  }
}
