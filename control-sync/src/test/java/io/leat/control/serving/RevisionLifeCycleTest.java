package io.leat.control.serving;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.Families;
import io.leat.control.Manifests;
import io.leat.control.World;
import io.leat.control.manifest.rules.Finding;
import io.leat.control.manifest.rules.Validation;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Spec.TrafficTarget;
import io.leat.control.serving.lifecycle.RevisionRetention;
import io.leat.control.store.Labels;
import io.leat.control.store.Write;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.VirtualHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The life of revisions, row by row of what Knative Serving does (C1 to C9), and beyond. */
final class RevisionLifeCycleTest {
  private static final String HOST = "shop.default.localhost";
  private static final String MIN_SCALE = "autoscaling.knative.dev/min-scale";

  private World world = new World();

  @Test
  void c1PercentsTagsAndNamesAreCheckedWithTheirPath() {
    assertThat(findings(Manifests.to("a", 99)))
        .containsExactly("spec.traffic: percents must add up to 100 (got 99)");
    assertThat(findings(Manifests.to("a", 100), Manifests.to("b", 1)))
        .containsExactly("spec.traffic: percents must add up to 100 (got 101)");
    assertThat(findings(Manifests.tagged("a", 50, "t"), Manifests.tagged("b", 50, "t")))
        .containsExactly(
            "spec.traffic[1].tag: must be unique: \"t\" is the tag of" + " spec.traffic[0] too");
    assertThat(findings(new TrafficTarget("a", "b", null, 100L, null, null)))
        .singleElement()
        .asString()
        .startsWith("spec.traffic[0]");
    assertThat(findings(Manifests.tagged("a", 100, "Not-A-Label")))
        .singleElement()
        .asString()
        .startsWith("spec.traffic[0].tag: must be a DNS-1035 label");
  }

  private static List<String> findings(TrafficTarget... traffic) {
    return Validation.standalone().findings(Manifests.route("shop", traffic)).stream()
        .map(Finding::toString)
        .toList();
  }

  @Test
  void c2RevisionsAreNamedByGenerationOrByTheirTemplate() {
    for (int i = 1; i <= 7; i++) {
      world.apply(Manifests.service("svc", "v" + i));
    }
    assertThat(world.get(Kind.CONFIGURATION, "svc").status().latestCreatedRevisionName())
        .isEqualTo("svc-00007");
    Resource own = Manifests.configuration("own", "one", "own-blue", Map.of());
    world.apply(own);
    assertThat(world.apply(Manifests.configuration("own", "two", "own-blue", Map.of())))
        .singleElement()
        .asString()
        .contains("spec.template.metadata.name: must change when the template changes");
  }

  @Test
  void c3AFailingRevisionLeavesLatestReadyAndTheTrafficWhereTheyAre() {
    world.apply(Manifests.service("shop", "one"));
    world.apply(Manifests.service("shop", "two"));
    world.runtime().fails(World.id("shop-00003"));
    world.apply(Manifests.service("shop", "three"));
    assertThat(world.get(Kind.SERVICE, "shop").status().latestReadyRevisionName())
        .isEqualTo("shop-00002");
    assertThat(world.get(Kind.SERVICE, "shop").status().latestCreatedRevisionName())
        .isEqualTo("shop-00003");
    assertThat(weights()).isEqualTo(Map.of("shop-00002", 100));
  }

  @Test
  void c4ConditionsNameWhatIsMissingStartingOrFailed() {
    world.apply(Manifests.route("shop", Manifests.latest("shop", 100)));
    assertThat(assigned()).isEqualTo("False/ConfigurationMissing");
    world.apply(Manifests.route("shop", Manifests.to("gone", 100)));
    assertThat(assigned()).isEqualTo("False/RevisionMissing");
    world.runtime().startsSlowly(World.id("shop-00001"));
    Resource follows = Manifests.route("shop", Manifests.latest("shop", 100));
    world.apply(Manifests.configuration("shop", "one"), follows);
    assertThat(assigned()).isEqualTo("Unknown/RevisionMissing");
    world.runtime().ready(World.id("shop-00001"));
    world.settle();
    assertThat(assigned()).isEqualTo("True/");
    assertThat(world.condition(Kind.ROUTE, "shop", "CertificateProvisioned"))
        .isEqualTo("True/TLSNotEnabled");
  }

  private String assigned() {
    return world.condition(Kind.ROUTE, "shop", "AllTrafficAssigned");
  }

  @Test
  void c5UrlsFollowTheTemplates() {
    world.apply(
        Manifests.service("shop", "one", Manifests.latest("shop", 100)),
        Manifests.revision("other"),
        Manifests.route("r", Manifests.to("other", 100), Manifests.tagged("other", 0, "canary")));
    Resource route = world.get(Kind.ROUTE, "r");
    assertThat(route.status().url()).isEqualTo("http://r.default.localhost:8080");
    assertThat(requireNonNull(route.status().address()).url())
        .isEqualTo("http://r.default.svc.cluster.local");
    assertThat(requireNonNull(route.status().traffic()))
        .filteredOn(target -> target.tag() != null)
        .extracting(TrafficTarget::url)
        .containsExactly("http://canary-r.default.localhost:8080");
  }

  @Test
  void c6ALatestReadyChangeMovesOverTheDurationAndARestartGoesOn() {
    world.apply(gradual("one"));
    world.apply(gradual("two"));
    assertThat(world.condition(Kind.SERVICE, "shop", "Ready"))
        .isEqualTo("Unknown/RolloutInProgress");
    int before = weights().getOrDefault("shop-00002", 0);
    assertThat(before).isBetween(1, 4);
    world.pass(Duration.ofSeconds(40));
    int half = weights().getOrDefault("shop-00002", 0);
    assertThat(half).isBetween(before + 38, before + 42);
    World second = world.restarted(Families.serving(World.CONFIG));
    second.settle();
    assertThat(second.proxy().weights(HOST).get("shop-00002")).isBetween(half, half + 3);
    assertThat(second.runtime().observe(World.id("shop-00001")).instances())
        .as("the old one is still needed")
        .isNotEmpty();
    second.pass(Duration.ofSeconds(70));
    assertThat(second.proxy().weights(HOST)).isEqualTo(Map.of("shop-00002", 100));
    assertThat(second.condition(Kind.SERVICE, "shop", "Ready")).isEqualTo("True/");
    assertThat(second.get(Kind.ROUTE, "shop").status().rollout()).isNull();
    assertThat(second.unsettled()).isEmpty();
  }

  private static Resource gradual(String greeting) {
    Resource service = Manifests.service("shop", greeting);
    return service.withMetadata(
        service.metadata().withAnnotations(Map.of(Labels.ROLLOUT_DURATION, "100s")));
  }

  @Test
  void aBrokenPredecessorIsLeftAtOnceWhateverTheDuration() {
    world.apply(gradual("one"));
    world.runtime().crash(World.id("shop-00001"), 3);
    world.settle();
    world.apply(gradual("two"));
    assertThat(weights()).isEqualTo(Map.of("shop-00002", 100));
  }

  @Test
  void c7RevisionsWithoutARouteAreCollectedAndProtectedOnesAreNot() {
    world = new World(collecting(Duration.ofSeconds(30), 2, 3));
    Resource guarded = Manifests.configuration("shop", "v0", null, Map.of(Labels.NO_GC, "true"));
    Resource route =
        Manifests.route("shop", Manifests.latest("shop", 90), Manifests.to("shop-00002", 10));
    world.apply(guarded, route);
    for (int i = 1; i <= 5; i++) {
      world.apply(Manifests.configuration("shop", "v" + i), route);
    }
    // 1 is protected, 2 named, 6 latest; 3, 4 and 5 are young.
    assertThat(revisions()).containsExactly(1, 2, 3, 4, 5, 6);
    world.apply(Manifests.configuration("shop", "v6"), route);
    assertThat(revisions()).as("no more than three").containsExactly(1, 2, 4, 5, 6, 7);
    world.pass(Duration.ofSeconds(60));
    assertThat(revisions()).as("two, whatever their age").containsExactly(1, 2, 5, 6, 7);
    assertThat(world.proxy().weights(HOST)).isEqualTo(Map.of("shop-00002", 10, "shop-00007", 90));
    assertThat(world.unsettled()).isEmpty();
  }

  private static Families collecting(Duration age, int least, int most) {
    return Families.serving(
        World.CONFIG.withChanges(
            new ServingConfig.Changes(
                new RevisionRetention(age, age, least, most), Duration.ZERO, false)));
  }

  private List<Integer> revisions() {
    List<Integer> numbers = new ArrayList<>();
    for (Resource revision : world.store().<List<Resource>>read(v -> v.list(Kind.REVISION))) {
      String name = revision.metadata().name();
      numbers.add(Integer.parseInt(name.substring(name.length() - 5)));
    }
    return numbers;
  }

  @Test
  void aMirroredRevisionIsNotCollected() {
    world = new World(collecting(Duration.ofSeconds(1), 0, 0));
    Resource route = Manifests.route("shop", Manifests.latest("shop", 100));
    Resource mirroring =
        route.withMetadata(
            route.metadata().withAnnotations(Map.of("leat.dev/mirror", "shop-00001=10%")));
    world.apply(Manifests.configuration("shop", "v1"), mirroring);
    world.apply(Manifests.configuration("shop", "v2"), mirroring);
    world.apply(Manifests.configuration("shop", "v3"), mirroring);
    assertThat(revisions()).containsExactly(1, 3);
  }

  @Test
  void c8RoutingStateFollowsTheRoutesAndUnreachableIgnoresMinScale() {
    world.runtime().startsSlowly(World.id("shop-00001"));
    Resource configuration = Manifests.configuration("shop", "one", null, Map.of(MIN_SCALE, "2"));
    world.apply(configuration);
    assertThat(state("shop-00001")).isEqualTo("pending");
    world.runtime().ready(World.id("shop-00001"));
    world.settle();
    assertThat(state("shop-00001")).isEqualTo("reserve");
    String modified = modified("shop-00001");
    world.pass(Duration.ofSeconds(5));
    assertThat(modified("shop-00001")).isEqualTo(modified);
    world.apply(
        configuration,
        Manifests.route("b", Manifests.to("shop-00001", 100)),
        Manifests.route("a", Manifests.latest("shop", 100)));
    assertThat(state("shop-00001")).isEqualTo("active");
    assertThat(modified("shop-00001")).isGreaterThan(modified);
    assertThat(world.get(Kind.REVISION, "shop-00001").metadata().annotations())
        .containsEntry("serving.knative.dev/routes", "a,b");
    assertThat(world.runtime().observe(World.id("shop-00001")).instances()).hasSize(2);
    world.apply(configuration);
    assertThat(state("shop-00001")).isEqualTo("reserve");
    assertThat(world.get(Kind.REVISION, "shop-00001").metadata().annotations())
        .doesNotContainKey("serving.knative.dev/routes");
    world.loop().scale(World.id("shop-00001"), 0);
    world.settle();
    assertThat(world.runtime().observe(World.id("shop-00001")).instances()).isEmpty();
    assertThat(world.unsettled()).isEmpty();
  }

  @Test
  void manyRoutesOfOneRevisionAreNamedWithinABound() {
    List<Resource> all = new ArrayList<>(List.of(Manifests.revision("mine")));
    for (int i = 0; i < 40; i++) {
      all.add(Manifests.route("r" + (10 + i), Manifests.to("mine", 100)));
    }
    world.apply(all.toArray(Resource[]::new));
    String routes =
        world.get(Kind.REVISION, "mine").metadata().annotations().getOrDefault(Labels.ROUTES, "");
    assertThat(routes).startsWith("r10,r11,").endsWith(",r41");
    long version = world.get(Kind.REVISION, "mine").metadata().resourceVersion();
    world.apply(all.subList(0, 40).toArray(Resource[]::new));
    assertThat(world.get(Kind.REVISION, "mine").metadata().resourceVersion()).isEqualTo(version);
    assertThat(world.unsettled()).isEmpty();
  }

  private String state(String revision) {
    return world
        .get(Kind.REVISION, revision)
        .metadata()
        .labels()
        .getOrDefault(Labels.ROUTING_STATE, "");
  }

  private String modified(String revision) {
    return world
        .get(Kind.REVISION, revision)
        .metadata()
        .annotations()
        .getOrDefault(Labels.ROUTING_STATE_MODIFIED, "");
  }

  @Test
  void c9ADomainMappingLeadsToItsServiceUnderTheServicesOwnHost() {
    Resource service = Manifests.service("shop", "one");
    world.apply(mapping("default", "shop.example.org", "Service", "shop"));
    assertThat(mapped("shop.example.org", "DomainClaimed")).isEqualTo("True/");
    assertThat(mapped("shop.example.org", "ReferenceResolved")).isEqualTo("False/ResolveFailed");
    assertThat(mapped("shop.example.org", "Ready")).isEqualTo("False/ResolveFailed");
    world.apply(service, mapping("default", "shop.example.org", "Service", "shop"));
    assertThat(mapped("shop.example.org", "Ready")).isEqualTo("True/");
    RouteEntry entry = entry("shop.example.org");
    assertThat(entry.rewriteHost()).isEqualTo("shop.default.svc.cluster.local");
    assertThat(entry.route()).isEqualTo("default/shop");
    assertThat(world.get(Kind.DOMAIN_MAPPING, "shop.example.org").status().url())
        .isEqualTo("http://shop.example.org");
    world.apply(
        Manifests.service("shop", "two"),
        mapping("default", "shop.example.org", "Service", "shop"));
    assertThat(world.proxy().weights("shop.example.org")).isEqualTo(Map.of("shop-00002", 100));
    assertThat(mapped("shop.example.org", "Ready")).isEqualTo("True/");
    world.apply(Manifests.service("shop", "two"));
    assertThat(world.proxy().host("shop.example.org")).isNull();
    assertThat(world.unsettled()).isEmpty();
  }

  @Test
  void c9AClaimStaysWithTheFirstAndTheNextTakesOverWhenItGoes() {
    Resource first = mapping("default", "shop.example.org", "Route", "a");
    Resource second = mapping("other", "shop.example.org", "Route", "b");
    Resource route = Manifests.route("a", Manifests.to("mine", 100));
    Resource mine = Manifests.revision("mine");
    Resource slice = Manifests.slice("mine-a", "mine", 9000);
    Resource other = elsewhere(Manifests.route("b", Manifests.to("theirs", 100)));
    Resource theirs = elsewhere(Manifests.revision("theirs"));
    Resource slices = elsewhere(Manifests.slice("theirs-a", "theirs", 9001));
    world.apply(first, route, mine, slice, other, theirs, slices);
    world.apply(first, second, route, mine, slice, other, theirs, slices);
    assertThat(world.proxy().weights("shop.example.org")).isEqualTo(Map.of("mine", 100));
    Resource loser =
        world
            .store()
            .<Resource>read(v ->
                v.get(new ResourceKey(Kind.DOMAIN_MAPPING, "other", "shop.example.org"))
                    .orElseThrow());
    assertThat(loser.status().condition("DomainClaimed").orElseThrow().reason())
        .isEqualTo("DomainAlreadyClaimed");
    assertThat(loser.status().condition("DomainClaimed").orElseThrow().message())
        .isEqualTo("shop.example.org belongs to the older DomainMapping default/shop.example.org.");
    assertThat(mapped("shop.example.org", "Ready")).isEqualTo("True/");
    world.apply(second, route, mine, slice, other, theirs, slices);
    assertThat(world.proxy().weights("shop.example.org")).isEqualTo(Map.of("theirs", 100));
    assertThat(world.unsettled()).isEmpty();
  }

  private static Resource elsewhere(Resource resource) {
    return resource.withMetadata(
        Metadata.of("other", resource.metadata().name()).withLabels(resource.metadata().labels()));
  }

  private static Resource mapping(String namespace, String host, String kind, String name) {
    return Resource.of(
        Kind.DOMAIN_MAPPING,
        Metadata.of(namespace, host),
        new Spec.DomainMappingSpec(new Spec.DomainRef(kind, name, null, null), null));
  }

  private String mapped(String host, String type) {
    return world.condition(Kind.DOMAIN_MAPPING, host, type);
  }

  private RouteEntry entry(String host) {
    VirtualHost found = requireNonNull(world.proxy().host(host));
    return found.entries().getFirst();
  }

  @Test
  void tagHeadersChooseATagAndSayWhenNoneDid() {
    world =
        new World(
            Families.serving(
                World.CONFIG.withChanges(
                    new ServingConfig.Changes(RevisionRetention.DEFAULT, Duration.ZERO, true))));
    world.apply(
        Manifests.revision("a"),
        Manifests.revision("b"),
        Manifests.route("shop", Manifests.to("a", 100), Manifests.tagged("b", 0, "next")));
    List<RouteEntry> entries = requireNonNull(world.proxy().host(HOST)).entries();
    assertThat(entries).hasSize(2);
    assertThat(entries.getFirst().match().headers())
        .extracting(header -> header.name() + "=" + header.value())
        .containsExactly("knative-serving-tag=next");
    assertThat(entries.getLast().setHeaders())
        .isEqualTo(Map.of("knative-serving-default-route", "true"));
    assertThat(entry("next-" + HOST).setHeaders()).isEqualTo(Map.of("knative-serving-tag", "next"));
  }

  @Test
  void aRouteThatIsBeingDeletedLeavesTheTableBeforeItsInstancesStop() {
    List<Boolean> routed = new ArrayList<>();
    world.runtime().onStop(instance -> routed.add(world.proxy().host(HOST) != null));
    Resource configuration = Manifests.configuration("shop", "one");
    Resource route = Manifests.route("shop", Manifests.latest("shop", 100));
    world.apply(
        configuration, route.withMetadata(route.metadata().withFinalizers(List.of("me/wait"))));
    assertThat(weights()).isEqualTo(Map.of("shop-00001", 100));
    delete(Kind.ROUTE, "shop", Write.Propagation.BACKGROUND);
    assertThat(world.get(Kind.ROUTE, "shop").metadata().isDeleting()).isTrue();
    assertThat(world.proxy().host(HOST)).isNull();
    assertThat(state("shop-00001")).isEqualTo("reserve");
    world.loop().scale(World.id("shop-00001"), 0);
    world.settle();
    assertThat(routed).containsExactly(false);
    assertThat(world.unsettled()).isEmpty();
    release(Kind.ROUTE, "shop");
    assertThat(world.has(Kind.ROUTE, "shop")).isFalse();
  }

  @Test
  void aServiceThatIsDeletedInTheForegroundTakesItsChildrenAndMakesNoNewOnes() {
    world.write(Manifests.service("shop", "one"));
    world.settle();
    Resource child = world.get(Kind.CONFIGURATION, "shop");
    world.write(child.withMetadata(child.metadata().withFinalizers(List.of("me/wait"))));
    delete(Kind.SERVICE, "shop", Write.Propagation.FOREGROUND);
    assertThat(world.proxy().table().virtualHosts()).isEmpty();
    assertThat(world.has(Kind.ROUTE, "shop")).isFalse();
    assertThat(world.has(Kind.SERVICE, "shop")).isTrue();
    assertThat(world.unsettled()).isEmpty();
    release(Kind.CONFIGURATION, "shop");
    for (Kind kind : List.of(Kind.SERVICE, Kind.CONFIGURATION, Kind.ROUTE, Kind.REVISION)) {
      assertThat(world.store().<List<Resource>>read(v -> v.list(kind))).as("%s", kind).isEmpty();
    }
    assertThat(world.runtime().observe(World.id("shop-00001")).instances()).isEmpty();
  }

  private void delete(Kind kind, String name, Write.Propagation propagation) {
    Resource resource = world.get(kind, name);
    world
        .store()
        .delete(
            new Write.Delete(
                resource.key(), resource.metadata().resourceVersion(), "", propagation),
            io.leat.control.store.Author.LEAT);
    world.settle();
  }

  private void release(Kind kind, String name) {
    Resource held = world.get(kind, name);
    List<String> rest =
        held.metadata().finalizers().stream().filter(f -> !f.equals("me/wait")).toList();
    world.write(held.withMetadata(held.metadata().withFinalizers(rest)));
    world.settle();
  }

  @Test
  void afterARestartARevisionRunsAtOnceAtTheScaleThatItHad() {
    world.apply(Manifests.service("shop", "one"), scaled("warm", "3"), scaled("idle", "0"));
    world.loop().scale(World.id("shop-00001"), 2);
    world.loop().scale(World.id("idle-00001"), 0);
    world.settle();
    World second = world.restarted(Families.serving(World.CONFIG));
    assertThat(running(second))
        .isEqualTo(Map.of("shop-00001", 2, "warm-00001", 3, "idle-00001", 0));
    second.settle();
    assertThat(second.proxy().reachability(World.id("warm-00001")))
        .isInstanceOf(Reachability.Serving.class);
    assertThat(second.unsettled()).isEmpty();
    second.loop().scale(World.id("shop-00001"), 0);
    second.loop().scale(World.id("warm-00001"), 0);
    second.settle();
    assertThat(running(second))
        .isEqualTo(Map.of("shop-00001", 0, "warm-00001", 3, "idle-00001", 0));
  }

  private static Map<String, Integer> running(World world) {
    Map<String, Integer> running = new TreeMap<>();
    for (String revision : List.of("shop-00001", "warm-00001", "idle-00001")) {
      running.put(revision, world.runtime().observe(World.id(revision)).instances().size());
    }
    return running;
  }

  private static Resource scaled(String name, String least) {
    Resource service = Manifests.service(name, "one");
    Spec.ServiceSpec spec = (Spec.ServiceSpec) service.spec();
    Spec.RevisionTemplate template =
        new Spec.RevisionTemplate(
            new Spec.TemplateMetadata(null, null, Map.of(MIN_SCALE, least)),
            spec.template().spec());
    return Resource.of(
        Kind.SERVICE, service.metadata(), new Spec.ServiceSpec(template, spec.traffic()));
  }

  private Map<String, Integer> weights() {
    return world.proxy().weights(HOST);
  }
}
