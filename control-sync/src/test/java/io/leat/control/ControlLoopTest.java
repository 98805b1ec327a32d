package io.leat.control;

import static io.leat.control.Manifests.configuration;
import static io.leat.control.Manifests.latest;
import static io.leat.control.Manifests.revision;
import static io.leat.control.Manifests.route;
import static io.leat.control.Manifests.service;
import static io.leat.control.Manifests.slice;
import static io.leat.control.Manifests.tagged;
import static io.leat.control.Manifests.to;
import static io.leat.control.World.id;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.leat.control.plan.Planned;
import io.leat.control.plan.TableDiff;
import io.leat.control.reconcile.Observations;
import io.leat.control.reconcile.Plan;
import io.leat.control.reconcile.ReconcileCounters.Outcome;
import io.leat.control.reconcile.Reconciler;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Problem;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec;
import io.leat.control.store.Labels;
import io.leat.control.store.ResourceView;
import io.leat.proxy.table.Endpoint;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.VirtualHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Stories from manifests to tables. */
final class ControlLoopTest {
  private static final String HOST = "shop.default.localhost";
  private final World world = new World();

  @Test
  void anEmptyStorePublishesAnEmptyTable() {
    assertThat(world.proxy.updates()).hasSize(1);
    assertThat(world.loop.published()).isEqualTo(new PublishSchedule.State(1, 0, 1));
  }

  @Test
  void aServiceBecomesRevisionRouteAndTable() {
    assertThat(world.apply(service("shop", "hello"))).isEmpty();
    assertThat(world.proxy.weights(HOST)).isEqualTo(Map.of("shop-00001", 100));
    assertThat(world.proxy.reachability(id("shop-00001")))
        .isEqualTo(new Reachability.Serving(List.of(Endpoint.http1("127.0.0.1", 20_000))));
    for (Kind kind : List.of(Kind.SERVICE, Kind.CONFIGURATION, Kind.ROUTE)) {
      assertThat(world.condition(kind, "shop", "Ready")).isEqualTo("True/");
    }
    Resource shop = world.get(Kind.SERVICE, "shop");
    assertThat(shop.status().url()).isEqualTo("http://shop.default.localhost:8080");
    assertThat(shop.status().latestReadyRevisionName()).isEqualTo("shop-00001");
    assertThat(shop.status().traffic())
        .containsExactly(new Spec.TrafficTarget("shop-00001", null, true, 100L, null, null));
    assertThat(world.unsettled()).isEmpty();
    assertThat(world.time.pending()).isZero();
  }

  @Test
  void theFirstRevisionIsDormantWhileItStartsSoThatRequestsWait() {
    world.runtime.startsSlowly(id("shop-00001"));
    world.apply(service("shop", "hello"));
    assertThat(world.proxy.reachability(id("shop-00001"))).isEqualTo(new Reachability.Dormant());
    assertThat(world.condition(Kind.ROUTE, "shop", "AllTrafficAssigned"))
        .isEqualTo("Unknown/RevisionMissing");
    assertThat(world.condition(Kind.SERVICE, "shop", "Ready")).isEqualTo("Unknown/Deploying");
    world.runtime.ready(id("shop-00001"));
    world.settle();
    assertThat(world.condition(Kind.SERVICE, "shop", "Ready")).isEqualTo("True/");
    assertThat(world.unsettled()).isEmpty();
  }

  @Test
  void trafficMovesOnlyOnceTheNewRevisionIsReadyAndTheOldOneStopsLast() {
    List<String> cut = new ArrayList<>();
    world.runtime.onStop(instance -> {
      String address = instance.host() + ":" + instance.port();
      if (world.proxy.sendsTo(address)) {
        cut.add(address);
      }
    });
    world.apply(service("shop", "one"));
    world.runtime.startsSlowly(id("shop-00002"));
    world.apply(service("shop", "two"));
    assertThat(world.proxy.weights(HOST)).isEqualTo(Map.of("shop-00001", 100));
    assertThat(world.get(Kind.CONFIGURATION, "shop").status().latestCreatedRevisionName())
        .isEqualTo("shop-00002");
    assertThat(world.condition(Kind.SERVICE, "shop", "Ready")).isEqualTo("Unknown/Deploying");
    int before = world.proxy.updates().size();
    world.runtime.ready(id("shop-00002"));
    world.settle();
    assertThat(world.proxy.updates()).hasSize(before + 1);
    assertThat(world.proxy.weights(HOST)).isEqualTo(Map.of("shop-00002", 100));
    assertThat(world.proxy.reachability(id("shop-00001"))).isNull();
    assertThat(requireNonNull(world.scale.get(id("shop-00001"))).reachable()).isFalse();
    assertThat(requireNonNull(world.scale.get(id("shop-00002"))).reachable()).isTrue();
    assertThat(label("shop-00001")).isEqualTo("reserve");
    assertThat(label("shop-00002")).isEqualTo("active");
    world.inFlight.put(id("shop-00001"), 1);
    world.loop.scale(id("shop-00001"), 0);
    world.settle();
    assertThat(world.runtime.observe(id("shop-00001")).instances()).hasSize(1);
    world.inFlight.clear();
    world.settle();
    assertThat(world.runtime.observe(id("shop-00001")).instances()).isEmpty();
    assertThat(world.condition(Kind.REVISION, "shop-00001", "Ready")).isEqualTo("True/");
    assertThat(world.condition(Kind.REVISION, "shop-00001", "Active")).isEqualTo("False/NoTraffic");
    assertThat(cut).isEmpty();
    assertThat(world.unsettled()).isEmpty();
  }

  @Test
  void aFailingRevisionLeavesTheLatestReadyOneLive() {
    world.apply(service("shop", "one"));
    world.apply(service("shop", "two"));
    world.runtime.fails(id("shop-00003"));
    world.apply(service("shop", "three"));
    Resource configuration = world.get(Kind.CONFIGURATION, "shop");
    assertThat(configuration.status().latestCreatedRevisionName()).isEqualTo("shop-00003");
    assertThat(configuration.status().latestReadyRevisionName()).isEqualTo("shop-00002");
    assertThat(world.proxy.weights(HOST)).isEqualTo(Map.of("shop-00002", 100));
    assertThat(world.condition(Kind.REVISION, "shop-00003", "ContainerHealthy"))
        .isEqualTo("False/ExitCode1");
    assertThat(
            world
                .get(Kind.REVISION, "shop-00003")
                .status()
                .condition("ContainerHealthy")
                .orElseThrow()
                .message())
        .contains("exit code 1")
        .contains("no such module");
    assertThat(world.condition(Kind.CONFIGURATION, "shop", "Ready"))
        .isEqualTo("False/RevisionFailed");
    assertThat(world.condition(Kind.ROUTE, "shop", "Ready")).isEqualTo("True/");
    assertThat(world.unsettled()).isEmpty();
    world.apply(service("shop", "four"));
    assertThat(world.proxy.weights(HOST)).isEqualTo(Map.of("shop-00004", 100));
    assertThat(world.condition(Kind.SERVICE, "shop", "Ready")).isEqualTo("True/");
  }

  @Test
  void splitsTagsAndLocalNamesReachTheTable() {
    world.apply(configuration("shop", "one"));
    world.apply(configuration("shop", "two"));
    world.apply(
        configuration("shop", "two"),
        route("shop", to("shop-00001", 90), tagged("shop-00002", 10, "canary")));
    Map<String, Integer> split = Map.of("shop-00001", 90, "shop-00002", 10);
    assertThat(world.proxy.weights(HOST)).isEqualTo(split);
    for (String local :
        List.of("shop.default", "shop.default.svc", "shop.default.svc.cluster.local")) {
      assertThat(world.proxy.weights(local)).isEqualTo(split);
      assertThat(requireNonNull(world.proxy.host(local)).visibility())
          .isEqualTo(VirtualHost.Visibility.CLUSTER_LOCAL);
    }
    assertThat(world.proxy.weights("canary-shop.default.localhost"))
        .isEqualTo(Map.of("shop-00002", 100));
    assertThat(world.proxy.weights("canary-shop.default.svc.cluster.local"))
        .isEqualTo(Map.of("shop-00002", 100));
    assertThat(requireNonNull(world.get(Kind.ROUTE, "shop").status().traffic()).get(1).url())
        .isEqualTo("http://canary-shop.default.localhost:8080");
    assertThat(requireNonNull(world.get(Kind.ROUTE, "shop").status().address()).url())
        .isEqualTo("http://shop.default.svc.cluster.local");
    assertThat(world.unsettled()).isEmpty();
  }

  @Test
  void aMissingRevisionKeepsTheLastGoodAssignmentAndSaysSo() {
    Resource configuration = configuration("shop", "one");
    world.apply(configuration, route("shop", to("shop-00001", 100)));
    assertThat(world.condition(Kind.ROUTE, "shop", "Ready")).isEqualTo("True/");
    world.apply(configuration, route("shop", to("shop-00001", 50), to("nowhere", 50)));
    assertThat(world.proxy.weights(HOST)).isEqualTo(Map.of("shop-00001", 100));
    assertThat(world.condition(Kind.ROUTE, "shop", "AllTrafficAssigned"))
        .isEqualTo("False/RevisionMissing");
    assertThat(world.condition(Kind.ROUTE, "shop", "IngressReady")).isEqualTo("True/");
    world.apply(configuration, route("shop", latest("nothing", 100)));
    assertThat(world.proxy.weights(HOST)).isEqualTo(Map.of("shop-00001", 100));
    assertThat(world.condition(Kind.ROUTE, "shop", "Ready"))
        .isEqualTo("False/ConfigurationMissing");
    assertThat(world.unsettled()).isEmpty();
  }

  @Test
  void readyWaitsForEveryLiveProxy() {
    TableMirror second = new TableMirror("second");
    second.refuse("out of memory");
    world.loop.connect(second);
    world.apply(service("shop", "one"));
    assertThat(world.proxy.weights(HOST)).isEqualTo(Map.of("shop-00001", 100));
    assertThat(world.condition(Kind.ROUTE, "shop", "Ready")).isEqualTo("False/TableRefused");
    second.refuse(null);
    world.settle();
    assertThat(second.table().hash()).isEqualTo(world.proxy.table().hash());
    assertThat(world.condition(Kind.ROUTE, "shop", "Ready")).isEqualTo("True/");
    assertThat(world.unsettled()).isEmpty();
  }

  @Test
  void scaleToZeroIsDormantBeforeItStopsAndWakesAgain() {
    world.apply(service("shop", "one"));
    world.inFlight.put(id("shop-00001"), 3);
    world.loop.scale(id("shop-00001"), 0);
    world.time.advance(Duration.ofMillis(100));
    assertThat(world.proxy.reachability(id("shop-00001"))).isEqualTo(new Reachability.Dormant());
    assertThat(world.runtime.observe(id("shop-00001")).instances()).hasSize(1);
    world.inFlight.clear();
    world.settle();
    assertThat(world.runtime.observe(id("shop-00001")).instances()).isEmpty();
    assertThat(world.condition(Kind.SERVICE, "shop", "Ready")).isEqualTo("True/");
    world.loop.scale(id("shop-00001"), 2);
    world.settle();
    assertThat(world.proxy.reachability(id("shop-00001")))
        .isInstanceOfSatisfying(
            Reachability.Serving.class, serving -> assertThat(serving.endpoints()).hasSize(2));
    assertThat(world.unsettled()).isEmpty();
  }

  @Test
  void partialScaleDownDrainsTheLeavingEndpointFirst() {
    world.apply(service("shop", "one"));
    world.loop.scale(id("shop-00001"), 2);
    world.settle();
    world.inFlight.put(id("shop-00001"), 1);
    world.loop.scale(id("shop-00001"), 1);
    world.settle();
    assertThat(world.proxy.reachability(id("shop-00001")))
        .isEqualTo(
            new Reachability.Serving(
                List.of(
                    Endpoint.http1("127.0.0.1", 20_000),
                    new Endpoint(
                        "127.0.0.1", 20_001, Endpoint.Protocol.HTTP1, Endpoint.State.DRAINING))));
    world.inFlight.clear();
    world.settle();
    assertThat(world.runtime.observe(id("shop-00001")).instances()).hasSize(1);
    assertThat(world.unsettled()).isEmpty();
  }

  @Test
  void initialScaleZeroIsReadyWithoutAnInstance() {
    world.apply(
        configuration("shop", "one", null, Map.of("autoscaling.knative.dev/initial-scale", "0")),
        route("shop", latest("shop", 100)));
    assertThat(world.runtime.observe(id("shop-00001")).instances()).isEmpty();
    assertThat(world.condition(Kind.REVISION, "shop-00001", "Ready")).isEqualTo("True/");
    assertThat(world.condition(Kind.ROUTE, "shop", "Ready")).isEqualTo("True/");
    assertThat(world.proxy.reachability(id("shop-00001"))).isEqualTo(new Reachability.Dormant());
  }

  @Test
  void endpointsOfSomebodyElse() {
    Resource route = route("shop", to("mine", 100));
    world.apply(revision("mine"), route);
    assertThat(world.proxy.reachability(id("mine"))).isInstanceOf(Reachability.Unavailable.class);
    assertThat(world.condition(Kind.REVISION, "mine", "Ready")).isEqualTo("False/EndpointsMissing");
    world.apply(revision("mine"), slice("mine-a", "mine", 9000), route);
    assertThat(world.proxy.sendsTo("127.0.0.1:9000")).isTrue();
    assertThat(world.condition(Kind.ROUTE, "shop", "Ready")).isEqualTo("True/");
    assertThat(world.unsettled()).isEmpty();
  }

  @Test
  void deletingAServiceTakesItOffTheTableBeforeItsInstancesStop() {
    List<Boolean> routed = new ArrayList<>();
    world.apply(service("shop", "one"));
    world.runtime.onStop(instance -> routed.add(world.proxy.host(HOST) != null));
    world.apply();
    assertThat(world.proxy.table().virtualHosts()).isEmpty();
    assertThat(world.proxy.table().revisions()).isEmpty();
    assertThat(routed).containsExactly(false);
    assertThat(world.scale).isEmpty();
    for (Kind kind : Kind.values()) {
      assertThat(world.store.<List<Resource>>read(view -> view.list(kind))).isEmpty();
    }
  }

  @Test
  void aServiceMadeAgainReplacesTheInstancesOfTheOldOne() {
    world.apply(service("shop", "one"));
    var _ = world.loop.applyManifests(List.of());
    world.apply(service("shop", "other"));
    assertThat(world.runtime.observe(id("shop-00001")).instances()).hasSize(1);
    assertThat(world.proxy.sendsTo("127.0.0.1:20001")).isTrue();
    assertThat(world.proxy.sendsTo("127.0.0.1:20000")).isFalse();
    assertThat(world.condition(Kind.SERVICE, "shop", "Ready")).isEqualTo("True/");
    assertThat(world.unsettled()).isEmpty();
  }

  @Test
  void theOlderOfTwoClaimantsOfAHostWinsAndTheOtherTakesOver() {
    Resource tags = route("shop", to("mine", 100), tagged("mine", 0, "a"));
    Resource plain = route("a-shop", to("mine", 100));
    Resource mine = revision("mine");
    Resource slice = slice("mine-a", "mine", 9000);
    world.apply(mine, slice, tags);
    world.apply(mine, slice, tags, plain);
    assertThat(world.condition(Kind.ROUTE, "shop", "Ready")).isEqualTo("True/");
    assertThat(world.condition(Kind.ROUTE, "a-shop", "Ready")).isEqualTo("False/HostConflict");
    world.apply(mine, slice, plain);
    assertThat(world.condition(Kind.ROUTE, "a-shop", "Ready")).isEqualTo("True/");
    assertThat(
            requireNonNull(world.proxy.host("a-shop.default.localhost"))
                .entries()
                .getFirst()
                .route())
        .isEqualTo("default/a-shop");
    assertThat(world.unsettled()).isEmpty();
  }

  @Test
  void redirectedRoutesSendExternalHostsToHttps() {
    Resource route = route("shop", to("mine", 100));
    world.apply(
        revision("mine"),
        slice("mine-a", "mine", 9000),
        route.withMetadata(
            route.metadata().withAnnotations(Map.of(Labels.HTTP_PROTOCOL, "Redirected"))));
    assertThat(requireNonNull(world.proxy.host(HOST)).entries().getFirst().action())
        .isEqualTo(new RouteAction.Redirect(301, "https", HOST + ":8443", null));
    assertThat(world.proxy.weights("shop.default")).isEqualTo(Map.of("mine", 100));
    assertThat(world.condition(Kind.ROUTE, "shop", "Ready")).isEqualTo("True/");
  }

  @Test
  void clusterLocalRoutesHaveNoExternalHost() {
    Resource route = route("shop", to("mine", 100));
    world.apply(
        revision("mine"),
        route.withMetadata(
            route.metadata().withLabels(Map.of(Labels.VISIBILITY, "cluster-local"))));
    assertThat(world.proxy.host(HOST)).isNull();
    assertThat(world.proxy.host("shop.default.svc")).isNotNull();
    assertThat(world.get(Kind.ROUTE, "shop").status().url())
        .isEqualTo("http://shop.default.svc.cluster.local");
  }

  @Test
  void sameManifestsWriteNothing() {
    world.apply(service("shop", "one"), route("extra", latest("shop", 100)));
    List<Object> writes = new ArrayList<>();
    world.store.watch(writes::add);
    world.apply(service("shop", "one"), route("extra", latest("shop", 100)));
    assertThat(writes).isEmpty();
  }

  @Test
  void aTemplateThatChangesUnderItsOwnNameIsRefused() {
    Resource first = configuration("shop", "one", "shop-blue", Map.of());
    assertThat(world.apply(first)).isEmpty();
    assertThat(world.has(Kind.REVISION, "shop-blue")).isTrue();
    List<Problem> problems = world.apply(configuration("shop", "two", "shop-blue", Map.of()));
    assertThat(problems)
        .extracting(Problem::toString)
        .containsExactly(
            "Configuration default/shop spec.template.metadata.name: must change when the"
                + " template changes (still shop-blue)");
    assertThat(world.get(Kind.CONFIGURATION, "shop").spec()).isEqualTo(first.spec());
    assertThat(world.apply(configuration("shop", "two", "shop-green", Map.of()))).isEmpty();
    assertThat(world.get(Kind.CONFIGURATION, "shop").status().latestReadyRevisionName())
        .isEqualTo("shop-green");
  }

  @Test
  void ownedAndImmutableResourcesAreRefused() {
    world.apply(service("shop", "one"));
    assertThat(world.apply(service("shop", "one"), configuration("shop", "mine")))
        .extracting(Problem::message)
        .containsExactly("is taken: Service shop owns it");
    Resource changed =
        Resource.of(
            Kind.REVISION,
            revision("mine").metadata(),
            new Spec.RevisionSpec(5, null, null, null, null));
    world.apply(service("shop", "one"), revision("mine"));
    assertThat(world.apply(service("shop", "one"), changed))
        .extracting(Problem::message)
        .containsExactly("is immutable; make a Revision of another name");
  }

  @Test
  void aNameThatIsTakenIsAConditionAndNotOverwritten() {
    world.apply(revision("shop-blue"));
    world.apply(revision("shop-blue"), configuration("shop", "one", "shop-blue", Map.of()));
    assertThat(world.condition(Kind.CONFIGURATION, "shop", "Ready"))
        .isEqualTo("False/RevisionFailed");
    assertThat(world.get(Kind.REVISION, "shop-blue").spec()).isEqualTo(revision("x").spec());
    assertThat(world.unsettled()).isEmpty();
  }

  @Test
  void changesThatComeFasterThanFiveMillisecondsArePublishedTogether() {
    Resource mine = revision("mine");
    world.apply(mine);
    int before = world.proxy.updates().size();
    List<Resource> manifests = new ArrayList<>(List.of(mine));
    for (int i = 0; i < 10; i++) {
      manifests.add(route("r" + i, to("mine", 100)));
      var _ = world.loop.applyManifests(manifests);
      world.time.advance(Duration.ofNanos(400_000));
    }
    assertThat(world.proxy.updates()).hasSize(before + 1);
    assertThat(world.proxy.host("r0.default.localhost")).isNotNull();
    world.time.advance(Duration.ofMillis(2));
    assertThat(world.proxy.updates()).hasSize(before + 2);
    assertThat(world.proxy.host("r9.default.localhost")).isNotNull();
  }

  @Test
  void aRevisionThatServedBeforeMayCrashTwiceBeforeItIsGivenUp() {
    world.apply(service("shop", "one"));
    world.runtime.crash(id("shop-00001"), 1);
    world.settle();
    assertThat(world.proxy.reachability(id("shop-00001"))).isEqualTo(new Reachability.Dormant());
    assertThat(world.condition(Kind.SERVICE, "shop", "Ready")).isEqualTo("True/");
    world.runtime.crash(id("shop-00001"), 3);
    world.settle();
    assertThat(world.proxy.reachability(id("shop-00001")))
        .isEqualTo(new Reachability.Unavailable("ExitCode1"));
    assertThat(world.condition(Kind.REVISION, "shop-00001", "Ready")).isEqualTo("False/ExitCode1");
    assertThat(world.get(Kind.CONFIGURATION, "shop").status().latestReadyRevisionName())
        .isEqualTo("shop-00001");
    assertThat(world.unsettled()).isEmpty();
  }

  @Test
  void aReconcilerThatThrowsIsTriedAgainAndStopsNobodyElse() {
    int[] throwing = {3};
    Reconciler broken =
        new Reconciler() {
          @Override
          public Kind kind() {
            return Kind.SERVICE;
          }

          @Override
          public Plan plan(Resource resource, ResourceView view, Observations observations) {
            if (throwing[0]-- > 0) {
              throw new IllegalStateException("expected by the test");
            }
            return Plan.EMPTY;
          }
        };
    Families usual = Families.serving(World.CONFIG);
    List<Reconciler> reconcilers = new ArrayList<>(usual.reconcilers());
    reconcilers.add(broken);
    World other = new World(new Families(reconcilers, usual.contributors(), usual.revisions()));
    other.apply(service("shop", "one"), revision("mine"), route("r", to("mine", 100)));
    assertThat(other.proxy.weights("r.default.localhost")).isEqualTo(Map.of("mine", 100));
    assertThat(other.loop.counters().total(Kind.SERVICE, Outcome.FAILED)).isEqualTo(3);
    assertThat(other.loop.counters().total(Kind.SERVICE, Outcome.SETTLED)).isPositive();
  }

  @Test
  void aPreviewShowsTheDifferenceAndChangesNothing() throws Exception {
    world.apply(service("shop", "one"));
    long hash = world.proxy.table().hash();
    List<Object> writes = new ArrayList<>();
    world.store.watch(writes::add);
    Planned<List<Problem>> same = preview(service("shop", "one"));
    assertThat(same.answer()).isEmpty();
    assertThat(same.isEmpty()).as("%s", same).isTrue();
    Planned<List<Problem>> edit = preview(service("shop", "two"));
    assertThat(edit.changes())
        .extracting(change -> change.type() + " " + change.resource().key())
        .containsExactlyInAnyOrder(
            "UPDATED Service default/shop",
            "UPDATED Configuration default/shop",
            "CREATED Revision default/shop-00002",
            "UPDATED Revision default/shop-00001");
    assertThat(edit.table().hosts()).hasSize(4).allMatch(host -> host.after() != null);
    assertThat(edit.table().revisions())
        .extracting(TableDiff.Difference::after)
        .filteredOn(Objects::nonNull)
        .extracting(RevisionEndpoints::id, RevisionEndpoints::reachability)
        .containsExactly(tuple(id("shop-00002"), new Reachability.Dormant()));
    assertThat(edit.table().revisions())
        .extracting(TableDiff.Difference::before)
        .filteredOn(Objects::nonNull)
        .extracting(RevisionEndpoints::id)
        .containsExactly(id("shop-00001"));
    assertThat(preview().table().hosts()).allMatch(host -> host.after() == null).hasSize(4);
    assertThat(writes).isEmpty();
    assertThat(world.proxy.table().hash()).isEqualTo(hash);
    assertThat(world.runtime.observe(id("shop-00002")).instances()).isEmpty();
  }

  private Planned<List<Problem>> preview(Resource... manifests) {
    return world.rehearse(store -> new ManifestSync(store).apply(List.of(manifests)));
  }

  private String label(String revision) {
    return world
        .get(Kind.REVISION, revision)
        .metadata()
        .labels()
        .getOrDefault(Labels.ROUTING_STATE, "");
  }
}
