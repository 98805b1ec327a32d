package io.leat.control.serving;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.Manifests;
import io.leat.control.reconcile.Change;
import io.leat.control.reconcile.Observations;
import io.leat.control.reconcile.Observations.LostHost;
import io.leat.control.reconcile.Observations.Publication;
import io.leat.control.reconcile.Plan;
import io.leat.control.resource.Condition;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Spec.TrafficTarget;
import io.leat.control.resource.Status;
import io.leat.control.runtime.RuntimeObservation;
import io.leat.control.store.Labels;
import io.leat.control.store.MemoryStore;
import io.leat.proxy.table.RevisionId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of conditions and reasons of a Route, one plan at a time. */
final class RouteConditionsTest {
  private static final ServingConfig CONFIG =
      ServingConfig.standalone("example.com", 80, 443, Path.of("/srv"));

  private final AtomicInteger uids = new AtomicInteger();
  private final MemoryStore store =
      new MemoryStore(() -> Instant.EPOCH, () -> "uid-" + uids.incrementAndGet());
  private Publication publication = Publication.NONE;

  @ParameterizedTest
  @CsvSource({
    "revision, absent,   False,   RevisionMissing,      ''",
    "revision, unknown,  Unknown, RevisionMissing,      it",
    "revision, failed,   False,   RevisionMissing,      it",
    "revision, ready,    True,    '',                   it",
    "config,   absent,   False,   ConfigurationMissing, ''",
    "config,   unknown,  Unknown, RevisionMissing,      ''",
    "config,   creating, Unknown, RevisionMissing,      it",
    "config,   failed,   False,   RevisionMissing,      ''",
    "config,   ready,    True,    '',                   it"
  })
  void assignmentOfASingleTarget(
      String kind, String state, String expected, String reason, String assigned) {
    TrafficTarget target =
        kind.equals("config") ? Manifests.latest("app", 100) : Manifests.to("it", 100);
    if (kind.equals("revision") && !state.equals("absent")) {
      put(withReady(Manifests.revision("it"), state));
    }
    if (kind.equals("config") && !state.equals("absent")) {
      boolean ready = state.equals("ready");
      boolean created = ready || state.equals("creating");
      if (created) {
        put(withReady(Manifests.revision("it"), ready ? "ready" : "unknown"));
      }
      Resource configuration = withReady(Manifests.configuration("app", "hi"), state);
      put(
          configuration.withStatus(
              new Status(
                  1,
                  configuration.status().conditions(),
                  null,
                  null,
                  created ? "it" : null,
                  ready ? "it" : null,
                  null,
                  null,
                  null,
                  null)));
    }
    Status status = plan(put(Manifests.route("shop", target)));
    Condition condition = status.condition("AllTrafficAssigned").orElseThrow();
    assertThat(condition.state().text()).isEqualTo(expected);
    assertThat(condition.reason()).isEqualTo(reason);
    List<TrafficTarget> traffic = requireNonNull(status.traffic());
    assertThat(traffic.stream().map(TrafficTarget::revisionName))
        .isEqualTo(assigned.isEmpty() ? List.of() : List.of(assigned));
    assertThat(status.condition("CertificateProvisioned").orElseThrow().reason())
        .isEqualTo("TLSNotEnabled");
  }

  @Test
  void ingressIsReadyWhenExactlyTheWantedHostsAreAcknowledged() {
    put(withReady(Manifests.revision("it"), "ready"));
    Resource route = put(Manifests.route("shop", Manifests.to("it", 100)));
    assertThat(ingress(plan(route))).isEqualTo("Unknown/RolloutInProgress");
    Resource assigned = route.withStatus(plan(route));
    var hosts = new RouteHosts(CONFIG).hosts(assigned);
    publication = new Publication(hosts, false, "", List.of());
    assertThat(ingress(plan(route))).isEqualTo("Unknown/RolloutInProgress");
    publication = new Publication(hosts, false, "proxy: no memory", List.of());
    assertThat(ingress(plan(route))).isEqualTo("False/TableRefused");
    publication = new Publication(hosts.subList(1, hosts.size()), true, "", List.of());
    assertThat(ingress(plan(route))).isEqualTo("Unknown/RolloutInProgress");
    publication = new Publication(hosts, true, "", List.of());
    assertThat(ingress(plan(route))).isEqualTo("True/");
    assertThat(plan(route).isTrue("Ready")).isTrue();
    ResourceKey winner = new ResourceKey(Kind.ROUTE, "default", "older");
    publication = new Publication(hosts, true, "", List.of(new LostHost("shop.default", winner)));
    assertThat(ingress(plan(route))).isEqualTo("False/HostConflict");
  }

  @Test
  void aRouteOfAServiceMayNameOnlyTheServicesRevisions() {
    put(withReady(Manifests.revision("it"), "ready"));
    Resource service = put(Manifests.service("shop", "hi"));
    Resource route = Manifests.route("shop", Manifests.to("it", 100));
    Metadata owned =
        route
            .metadata()
            .withLabels(Map.of(Labels.SERVICE, "shop"))
            .withOwners(io.leat.control.store.References.controlledBy(service));
    Status status = plan(put(route.withMetadata(owned)));
    assertThat(status.condition("Ready").orElseThrow().reason()).isEqualTo("RevisionNotOwned");
  }

  @Test
  void urlsFollowTheTemplates() {
    put(withReady(Manifests.revision("it"), "ready"));
    Status status =
        plan(
            put(
                Manifests.route(
                    "shop", Manifests.to("it", 100), Manifests.tagged("it", 0, "canary"))));
    assertThat(status.url()).isEqualTo("http://shop.default.example.com");
    assertThat(status.address())
        .isEqualTo(new Status.Address("http://shop.default.svc.cluster.local"));
    List<TrafficTarget> traffic = requireNonNull(status.traffic());
    assertThat(traffic.get(1).url()).isEqualTo("http://canary-shop.default.example.com");
    assertThat(traffic.get(0).url()).isNull();
  }

  @Test
  void equalInputsGiveEqualPlans() {
    put(withReady(Manifests.revision("it"), "ready"));
    Resource route = put(Manifests.route("shop", Manifests.to("it", 100)));
    Resource copy =
        new Resource(
            route.kind(),
            route.metadata(),
            new Spec.RouteSpec(List.of(Manifests.to("it", 100))),
            route.status());
    assertThat(fullPlan(copy)).isEqualTo(fullPlan(route));
    assertThat(fullPlan(route).isEmpty()).isFalse();
  }

  private static String ingress(Status status) {
    Condition condition = status.condition("IngressReady").orElseThrow();
    return condition.state().text() + "/" + condition.reason();
  }

  private Status plan(Resource route) {
    return fullPlan(route).changes().stream()
        .filter(Change.PutStatus.class::isInstance)
        .map(change -> ((Change.PutStatus) change).status())
        .findFirst()
        .orElseThrow();
  }

  private Plan fullPlan(Resource route) {
    RouteReconciler reconciler = new RouteReconciler(CONFIG);
    return store.read(view -> reconciler.plan(route, view, new Fixed()));
  }

  private Resource put(Resource resource) {
    assertThat(store.create(resource).succeeded()).isTrue();
    return store.read(view -> view.get(resource.key()).orElseThrow());
  }

  private static Resource withReady(Resource resource, String state) {
    @Nullable Condition ready =
        switch (state) {
          case "ready" -> Condition.isTrue("Ready");
          case "failed" -> Condition.isFalse("Ready", "ExitCode1", "");
          default -> null;
        };
    List<Condition> conditions = ready == null ? List.of() : List.of(ready);
    return resource.withStatus(
        new Status(1, conditions, null, null, null, null, null, null, null, null));
  }

  /** Observations of a world in which nothing runs. */
  private final class Fixed implements Observations {
    @Override
    public RuntimeObservation runtime(RevisionId revision) {
      return RuntimeObservation.NONE;
    }

    @Override
    public Optional<Ensured> ensured(RevisionId revision) {
      return Optional.empty();
    }

    @Override
    public OptionalInt desired(RevisionId revision) {
      return OptionalInt.empty();
    }

    @Override
    public Optional<io.leat.activator.scale.ScaleSettings> scaleSettings(RevisionId revision) {
      return Optional.empty();
    }

    @Override
    public Publication publication(ResourceKey resource) {
      return publication;
    }

    @Override
    public boolean drained(RevisionId revision, Set<String> addresses) {
      return true;
    }

    @Override
    public Instant now() {
      return Instant.EPOCH;
    }

    @Override
    public Health health(String route, RevisionId revision, String window) {
      return new Health(java.time.Duration.ZERO, 0, 0, null);
    }
  }
}
