package io.leat.control.api.kube;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.Families;
import io.leat.control.World;
import io.leat.control.api.events.EventRecorder;
import io.leat.control.api.kube.ApiServer.Answer;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.reconcile.ReconcileCounters.Outcome;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.store.ChangeEvent;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A dry run answers as if it were carried out, tells the table's difference, and leaves no trace.
 */
final class DryRunTest {
  private static final String SERVING = "/apis/serving.knative.dev/v1/namespaces/default/";
  private static final String ROUTES = SERVING + "routes";
  private static final String SLICES =
      "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";
  private static final String CORE = "/api/v1/namespaces/default/";
  private static final int MUTATIONS = 1_000;

  private ApiServer api;
  private EventRecorder recorder;

  @BeforeEach
  void start() {
    api = new ApiServer(10_000, Families.serving(World.CONFIG));
    recorder = new EventRecorder(api.store, api.executor, InstantSource.system());
    for (String name : List.of("mine", "other")) {
      ok(api.post(SERVING + "revisions", revision(name)));
      ok(api.post(SLICES, slice(name, name, name.length() + 9000)));
    }
    ok(api.post(SERVING + "services", service("shop", "one")));
    ok(api.post(ROUTES, route("r0", "mine", 100)));
    ok(api.post(CORE + "configmaps", configMap("c0", "1")));
    api.settle();
  }

  @AfterEach
  void stop() {
    recorder.close();
    api.close();
  }

  private static void ok(Answer answer) {
    assertThat(answer.status()).as("%s", answer.body()).isLessThan(300);
  }

  private static String revision(String name) {
    return "{'apiVersion':'serving.knative.dev/v1','kind':'Revision','metadata':{'name':'"
        + name
        + "'},'spec':{}}";
  }

  private static String slice(String name, String revision, int port) {
    return "{'apiVersion':'discovery.k8s.io/v1','kind':'EndpointSlice','metadata':{'name':'"
        + name
        + "','labels':{'serving.knative.dev/revision':'"
        + revision
        + "'}},'addressType':'IPv4','endpoints':[{'addresses':['127.0.0.1']}],"
        + "'ports':[{'name':'http1','port':"
        + port
        + "}]}";
  }

  private static String service(String name, String greeting) {
    return "{'apiVersion':'serving.knative.dev/v1','kind':'Service','metadata':{'name':'"
        + name
        + "'},'spec':{'template':{'spec':{'containers':[{'command':['run'],"
        + "'env':[{'name':'GREETING','value':'"
        + greeting
        + "'}]}]}}}}";
  }

  private static String route(String name, String revision, int percent) {
    return "{'apiVersion':'serving.knative.dev/v1','kind':'Route','metadata':{'name':'"
        + name
        + "'},'spec':{'traffic':[{'revisionName':'"
        + revision
        + "','percent':"
        + percent
        + ",'tag':'t'}]}}";
  }

  private static String configMap(String name, String value) {
    return "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'"
        + name
        + "'},'data':{'k':'"
        + value
        + "'}}";
  }

  @Test
  void theAnswerTellsWhichHostsWouldDiffer() {
    String host = "r0.default.localhost";
    Answer same =
        api.apply(ROUTES + "/r0?dryRun=All&fieldManager=t&force=true", route("r0", "mine", 100));
    ok(same);
    assertThat(same.warnings()).doesNotContain("table:");
    Answer moved =
        api.apply(ROUTES + "/r0?dryRun=All&fieldManager=t&force=true", route("r0", "other", 100));
    ok(moved);
    assertThat(moved.body().at("/spec/traffic/0/revisionName").asText()).isEqualTo("other");
    assertThat(moved.body().at("/metadata/generation").asInt()).isEqualTo(2);
    assertThat(moved.body().at("/metadata/resourceVersion").asText())
        .isEqualTo(api.get(ROUTES + "/r0").body().at("/metadata/resourceVersion").asText());
    assertThat(moved.warnings())
        .contains(
            "299 - \"table: ~ host " + host + ": / -> 100% default/mine => / -> 100% default/other",
            "table: + revision default/other: 127.0.0.1:9005",
            "table: - revision default/mine");
    Answer created = api.post(ROUTES + "?dryRun=All", route("r9", "mine", 100));
    assertThat(created.status()).isEqualTo(201);
    assertThat(created.body().at("/metadata/resourceVersion").isMissingNode()).isTrue();
    assertThat(created.body().at("/metadata/uid").asText()).isNotEmpty();
    assertThat(created.warnings()).contains("table: + host r9.default.localhost: / -> ");
    Answer deleted = api.delete(ROUTES + "/r0?dryRun=All");
    ok(deleted);
    assertThat(deleted.warnings()).contains("table: - host " + host);
    assertThat(api.get(ROUTES + "/r0").status()).isEqualTo(200);
  }

  @Test
  void aPlanOfSeveralDocumentsShowsWhatLeatDoesToo() {
    String documents =
        service("shop", "two")
            + route("r1", "other", 100)
            + route("r2", "other", 1000)
            + configMap("c0", "1")
            + "{'apiVersion':'v1','kind':'Nothing','metadata':{'name':'x'}}";
    Answer answer = api.send("POST", "/plan?force=true", "application/json", documents);
    ok(answer);
    JsonNode plan = answer.body();
    Map<String, String> actions = new TreeMap<>();
    plan.path("changes")
        .forEach(change ->
            actions.put(
                change.path("resource").asText(),
                change.path("action").asText() + " by " + change.path("by").asText()));
    assertThat(actions)
        .containsEntry("service.serving.knative.dev/shop", "configured by you")
        .containsEntry("configuration.serving.knative.dev/shop", "configured by leat")
        .containsEntry("revision.serving.knative.dev/shop-00002", "created by leat")
        .containsEntry("route.serving.knative.dev/r1", "created by you")
        .containsEntry("configmap/c0", "unchanged by you")
        .doesNotContainKey("route.serving.knative.dev/r2");
    assertThat(plan.path("settled").asBoolean()).isTrue();
    assertThat(plan.path("problems")).hasSize(2);
    assertThat(plan.at("/problems/0/document").asInt()).isEqualTo(2);
    assertThat(plan.at("/problems/0/status/code").asInt()).isEqualTo(422);
    assertThat(plan.at("/problems/1/document").asInt()).isEqualTo(4);
    assertThat(plan.at("/table/added").findValuesAsText("host"))
        .contains("r1.default.localhost", "t-r1.default.localhost");
    assertThat(plan.at("/table/changed/0/before/entries/0/rule").asText())
        .isEqualTo("/ -> 100% default/shop-00001");
    assertThat(plan.at("/table/changed/0/after/entries/0/rule").asText())
        .isEqualTo("/ -> 100% default/shop-00002");
    assertThat(plan.at("/table/revisions/removed/0/revision").asText())
        .isEqualTo("default/shop-00001");
    Answer gone =
        api.send("POST", "/plan?action=delete", "application/json", route("r0", "mine", 100));
    assertThat(gone.body().path("changes").findValuesAsText("action"))
        .containsExactlyInAnyOrder("deleted", "configured");
    assertThat(gone.body().at("/table/removed").findValuesAsText("host"))
        .contains("r0.default.localhost");
    assertThat(api.send("POST", "/plan", "application/json", "{").status()).isEqualTo(400);
  }

  /** Row 6: nothing is written, counted, published or recorded, to the byte. */
  @Test
  void aThousandMutationsLeaveNoTrace() {
    long seed = Long.getLong("leat.seed", 6);
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    String before = dump();
    List<ChangeEvent> told = new CopyOnWriteArrayList<>();
    int accepted = 0;
    int tabled = 0;
    try (var _ = api.store.watch(told::add)) {
      for (int i = 0; i < MUTATIONS; i++) {
        Answer answer = mutate(random);
        assertThat(answer.status()).as("mutation %d: %s", i, answer.body()).isLessThan(500);
        accepted += answer.status() < 300 ? 1 : 0;
        tabled += answer.warnings().contains("table: ") ? 1 : 0;
      }
      api.settle();
    }
    assertThat(told).isEmpty();
    assertThat(dump()).isEqualTo(before);
    System.out.println(accepted + " accepted, " + tabled + " with a difference of the table");
    assertThat(accepted).isBetween(MUTATIONS / 4, MUTATIONS - 100);
    assertThat(tabled).isGreaterThan(MUTATIONS / 20);
  }

  private Answer mutate(Random random) {
    String kind =
        List.of("services", "routes", "revisions", "configmaps", "endpointslices", "namespaces")
            .get(random.nextInt(6));
    String name =
        List.of("shop", "r0", "mine", "other", "c0", "new" + random.nextInt(3))
            .get(random.nextInt(6));
    String collection =
        switch (kind) {
          case "configmaps" -> CORE + kind;
          case "endpointslices" -> SLICES;
          case "namespaces" -> "/api/v1/namespaces";
          default -> SERVING + kind;
        };
    String document = document(random, kind, name);
    String one = collection + "/" + name + "?dryRun=All";
    return switch (random.nextInt(9)) {
      case 0, 1 -> api.post(collection + "?dryRun=All", document);
      case 2 -> api.put(one, document);
      case 3, 4 ->
          api.apply(
              one + "&fieldManager=m" + (random.nextBoolean() ? "&force=true" : ""), document);
      case 5 -> api.merge(one, "{'metadata':{'labels':{'a':'" + random.nextInt(9) + "'}}}");
      case 6 ->
          api.send(
              "PATCH",
              one,
              "application/json-patch+json",
              "[{'op':'remove','path':'/spec/traffic'},{'op':'add','path':'/metadata/finalizers',"
                  + "'value':['x/y']}]");
      case 7 ->
          random.nextBoolean()
              ? api.delete(one + "&propagationPolicy=Foreground")
              : api.send("DELETE", one, "application/json", "{'dryRun':['All']}");
      default -> api.delete(collection + "?dryRun=All");
    };
  }

  private static String document(Random random, String kind, String name) {
    String document =
        switch (kind) {
          case "services" -> service(name, "v" + random.nextInt(5));
          case "routes" ->
              route(name, List.of("mine", "other", "gone").get(random.nextInt(3)), 100);
          case "revisions" -> revision(name);
          case "configmaps" -> configMap(name, "" + random.nextInt(5));
          case "endpointslices" ->
              slice(name, random.nextBoolean() ? "mine" : "other", 9100 + random.nextInt(5));
          default -> "{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'" + name + "'}}";
        };
    return switch (random.nextInt(8)) {
      case 0 -> document.replace("'percent':100", "'percent':1000").replace("'port':", "'port':-");
      case 1 -> document.substring(0, random.nextInt(document.length()));
      case 2 ->
          document.replace(
              "'metadata':{", "'metadata':{'resourceVersion':'" + random.nextInt(9) + "',");
      default -> document;
    };
  }

  /** Everything that a dry run could leave behind, as text. */
  private String dump() {
    List<String> lines = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (Resource resource : api.store.<List<Resource>>read(view -> view.list(kind))) {
        lines.add(ResourceJson.write(resource));
        lines.add(api.store.history(resource.key()).toString());
        lines.add(api.store.jobs().ofKey(resource.key().toString()).toString());
      }
      for (Outcome outcome : Outcome.values()) {
        lines.add(kind + " " + outcome + " " + api.loop.counters().total(kind, outcome));
      }
    }
    lines.add("version " + api.store.version() + ", uids " + api.uids());
    lines.add("published " + api.loop.published());
    lines.add("proxy " + api.proxy.table() + " " + api.proxy.updates().size());
    lines.add("scaled " + api.scaled);
    for (String revision : List.of("shop-00001", "shop-00002", "new0-00001", "mine")) {
      lines.add(revision + " " + api.runtime.observe(World.id(revision)));
    }
    return String.join("\n", lines);
  }

  private static final String CHANNELS =
      "/apis/eventing.knative.dev/v1alpha1/namespaces/default/channels";

  private static String channel(String name, String deadLetter) {
    return "{'apiVersion':'eventing.knative.dev/v1alpha1','kind':'Channel','metadata':{'name':'"
        + name
        + "'},'spec':{'provisioner':{'ref':{'name':'log'}},'delivery':{'deadLetterSink':{'ref':"
        + "{'apiVersion':'eventing.knative.dev/v1alpha1','kind':'Channel','name':'"
        + deadLetter
        + "'}}}}}";
  }

  @Test
  void whatWouldBeWrongWithTheGraphOfEventsIsTold() {
    Answer dry = api.send("POST", CHANNELS + "?dryRun=All", "application/json", channel("a", "a"));
    ok(dry);
    assertThat(dry.warnings())
        .contains("topology: error: dead-letter-loop: default/a sends dead letters into");
    String two = "[" + channel("a", "b") + "," + channel("b", "gone") + "]";
    Answer planned =
        api.send(
            "POST",
            "/plan",
            "application/json",
            "{'kind':'List','apiVersion':'v1','items':" + two + "}");
    assertThat(planned.body().path("warnings").findValuesAsText("code"))
        .containsExactlyInAnyOrder("dead-end", "dead-end", "dead-letter-missing");
    assertThat(planned.body().at("/warnings/0/where").asText()).startsWith("default/");
    ok(api.post(CHANNELS, channel("b", "gone")));
    assertThat(
            api.send("POST", "/plan", "application/json", channel("a", "b"))
                .body()
                .path("warnings")
                .findValuesAsText("code"))
        .as("what is wrong already is not told again")
        .containsExactly("dead-end");
  }
}
