package io.leat.control.api.entropy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leat.control.api.entropy.EntropyServer.Answer;
import io.leat.control.module.LeatKinds;
import io.leat.control.module.SyncScope;
import io.leat.control.resource.Kind;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leat's own kinds through the Entropy API, and its resources through that of Kubernetes. */
class LeatKindsTest {
  private static final String ROUTE = "/resources/orn:entropy:route:default:shop";
  private static final String PLANNED =
      "/apis/modules.leat.dev/v1alpha1/namespaces/bar/moduleresources";

  @TempDir Path folder;
  private final ProbeModule probe = new ProbeModule("probe", Map.of());
  private EntropyServer server;

  @BeforeEach
  void start() {
    server =
        new EntropyServer(
            new EntropyServer.Setup(
                folder.resolve("leat.db"),
                new AtomicReference<>(Instant.parse("2030-01-01T00:00:00Z")),
                List.of(probe),
                2,
                SyncScope.ALL));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Answer route(String percent) {
    return server.post(
        "/resources",
        "{'kind':'route','project':'default','name':'shop','labels':{'team':'a'},'configs':"
            + "{'traffic':[{'revisionName':'shop-00001','percent':"
            + percent
            + "}]}}");
  }

  @Test
  void aRouteIsMadeReadChangedAndDeleted() {
    Answer made = route("100");
    assertThat(made.status()).isEqualTo(200);
    assertThat(made.resource().path("urn").asText()).isEqualTo("orn:entropy:route:default:shop");
    assertThat(made.resource().at("/state/status").asText()).isEqualTo("STATUS_PENDING");
    assertThat(made.resource().at("/spec/configs/traffic/0/percent").asInt()).isEqualTo(100);
    assertThat(server.get("/apis/serving.knative.dev/v1/namespaces/default/routes/shop").status())
        .isEqualTo(200);
    Answer again = route("100");
    assertThat(again.status()).isEqualTo(409);
    assertThat(again.body().path("code").asInt()).isEqualTo(6);
    assertThat(again.message())
        .isEqualTo("conflict: resource with urn 'orn:entropy:route:default:shop' already exists");
    Answer patched =
        server.send(
            "PATCH",
            ROUTE,
            "{'new_spec':{'configs':{'traffic':[{'revisionName':'shop-00002','percent':100}]}},"
                + "'labels':{'team':'','owner':'b'}}",
            "if-match",
            made.etag());
    assertThat(patched.status()).isEqualTo(200);
    assertThat(patched.resource().path("labels").toString()).isEqualTo("{\"owner\":\"b\"}");
    assertThat(patched.resource().path("generation").asInt()).isEqualTo(2);
    assertThat(patched.resource().path("created_by").asText()).isEqualTo("ada");
    assertThat(patched.resource().path("updated_by").asText()).isEqualTo("ada");
    assertThat(server.send("DELETE", ROUTE, "", "if-match", made.etag()).status()).isEqualTo(412);
    JsonNode revisions = server.get(ROUTE + "/revisions").body().path("revisions");
    assertThat(revisions).hasSize(2);
    assertThat(revisions.at("/0/spec/configs/traffic/0/revisionName").asText())
        .isEqualTo("shop-00002");
    assertThat(revisions.at("/1/reason").asText()).isEqualTo("action:create");
    assertThat(revisions.at("/1/created_by").asText()).isEqualTo("ada");
    assertThat(server.send("DELETE", ROUTE, "").status()).isEqualTo(200);
    assertThat(server.get(ROUTE).status()).isEqualTo(404);
    assertThat(server.get(ROUTE + "/revisions").status()).isEqualTo(404);
  }

  @Test
  void theRulesOfManifestsHoldAndADryRunWritesNothing() {
    Answer bad = route("99");
    assertThat(bad.status()).isEqualTo(400);
    assertThat(bad.message()).startsWith("bad_request: ").contains("must add up to 100");
    Answer revision =
        server.post(
            "/resources",
            "{'kind':'revision','project':'default','name':'shop-00001','configs':{}}");
    assertThat(revision.status()).as(revision.toString()).isEqualTo(200);
    long version = server.store.version();
    Answer dry =
        server.post(
            "/resources?dry_run=true",
            "{'kind':'route','project':'default','name':'shop','configs':"
                + "{'traffic':[{'revisionName':'shop-00001','percent':100}]}}");
    assertThat(dry.status()).isEqualTo(200);
    JsonNode table = dry.body().path("table");
    assertThat(table.path("changed_hosts").toString()).contains("shop.default.localhost");
    assertThat(table.path("resources").findValuesAsText("urn"))
        .contains("orn:entropy:route:default:shop");
    assertThat(table.path("removed_hosts")).isEmpty();
    assertThat(server.store.version()).isEqualTo(version);
    assertThat(route("100").status()).isEqualTo(200);
    assertThat(server.post(ROUTE + "/execute", "{'action':'poke'}").message())
        .isEqualTo("bad_request: action 'poke' is not valid on kind 'route'");
    assertThat(
            server
                .post("/resources", "{'kind':'config-map','project':'default','name':'texts'}")
                .status())
        .isEqualTo(200);
    Answer logs = server.get("/resources/orn:entropy:config-map:default:texts/logs");
    assertThat(logs.status()).isEqualTo(501);
    assertThat(logs.message())
        .isEqualTo("unsupported: log streaming not supported for kind 'config-map'");
  }

  /** What would go is shown as what would come is, and stays. */
  @Test
  void aDryRunOfADeletionShowsTheTableAndDeletesNothing() {
    assertThat(
            server
                .post(
                    "/resources",
                    "{'kind':'revision','project':'default','name':'shop-00001','configs':{}}")
                .status())
        .isEqualTo(200);
    assertThat(route("100").status()).isEqualTo(200);
    long version = server.store.version();
    for (Answer dry :
        List.of(
            server.send("DELETE", ROUTE + "?dry_run=true", ""),
            server.send("DELETE", ROUTE, "{'dry_run':true}"),
            server.post(ROUTE + "/plan", "{'action':'delete'}"))) {
      assertThat(dry.status()).as(dry.toString()).isEqualTo(200);
      assertThat(dry.resource().path("created_by").asText()).isEqualTo("ada");
      assertThat(dry.body().at("/table/resources").toString())
          .contains("{\"urn\":\"orn:entropy:route:default:shop\",\"change\":\"deleted\"}");
    }
    assertThat(server.store.version()).isEqualTo(version);
    Answer planned =
        server.post(
            ROUTE + "/plan",
            "{'new_spec':{'configs':{'traffic':[{'revisionName':'shop-00001','percent':100,"
                + "'tag':'blue'}]}}}");
    assertThat(planned.body().at("/table/diff/added").findValuesAsText("host"))
        .as(planned.toString())
        .contains("blue-shop.default.localhost");
    assertThat(server.store.version()).isEqualTo(version);
    assertThat(server.post(ROUTE + "/execute", "{'action':'delete'}").status()).isEqualTo(200);
    assertThat(server.get(ROUTE).status()).isEqualTo(404);
  }

  @Test
  void pathsAndMethodsThatAreNotServedAreRefusedInTheSameForm() {
    assertThat(route("100").status()).isEqualTo(200);
    for (String path : List.of("/foo", "/logs/foo", "/revisions/foo", "/actions", "/actions/a/b")) {
      Answer unknown = server.post(ROUTE + path, "{}");
      assertThat(unknown.status()).as(path).isEqualTo(404);
      assertThat(unknown.message())
          .isEqualTo("not_found: /api/v1beta1" + ROUTE + path + " is not known");
    }
    for (String path : List.of("", "/logs", "/revisions")) {
      Answer posted = server.send("PUT", ROUTE + path, "{}");
      assertThat(posted.status()).as(path).isEqualTo(405);
      assertThat(posted.message()).startsWith("unsupported: PUT is not allowed for ");
    }
    assertThat(server.get(ROUTE + "/execute").status()).isEqualTo(405);
    assertThat(server.send("PUT", "/resources", "{}").status()).isEqualTo(405);
    assertThat(server.send("PUT", "/modules", "{}").status()).isEqualTo(405);
  }

  @Test
  void whatInstancesPrintedIsStreamed() throws Exception {
    String revision =
        "{'kind':'revision','project':'default','name':'shop-00001','labels':"
            + "{'serving.knative.dev/configuration':'shop'},'configs':{}}";
    assertThat(server.post("/resources", revision).status()).isEqualTo(200);
    Path file = folder.resolve("logs/default/shop-00001.log");
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        """
        2030-01-01T00:00:00.000Z shop-00001-1 hello
        2030-01-01T00:00:01.000Z shop-00001-2 there
        """);
    List<String> lines = lines("revision:default:shop-00001");
    assertThat(lines).hasSize(2);
    // A Configuration has the logs of what it made, a Route those of what it leads to.
    String configuration =
        "{'kind':'configuration','project':'default','name':'shop','configs':"
            + "{'template':{'spec':{'containers':[{'command':['x']}]}}}}";
    assertThat(server.post("/resources", configuration).status()).isEqualTo(200);
    assertThat(lines("configuration:default:shop")).isEqualTo(lines);
    assertThat(route("100").status()).isEqualTo(200);
    assertThat(lines("route:default:shop")).isEmpty();
    Answer assigned =
        server.send(
            "PATCH",
            "/apis/serving.knative.dev/v1/namespaces/default/routes/shop/status",
            "{'status':{'traffic':[{'revisionName':'shop-00001','percent':100}]}}",
            "content-type",
            "application/merge-patch+json");
    assertThat(assigned.status()).isEqualTo(200);
    assertThat(lines("route:default:shop")).isEqualTo(lines);
    JsonNode chunk = new ObjectMapper().readTree(lines.get(1)).at("/result/chunk");
    assertThat(new String(chunk.path("data").binaryValue(), StandardCharsets.UTF_8))
        .isEqualTo("there\n");
    assertThat(chunk.at("/labels/source").asText()).isEqualTo("shop-00001-2");
    assertThat(chunk.at("/labels/time").asText()).isEqualTo("2030-01-01T00:00:01Z");
  }

  private List<String> lines(String urn) throws Exception {
    URI uri = server.uri("/api/v1beta1/resources/orn:entropy:" + urn + "/logs?follow=false");
    HttpResponse<Stream<String>> answer =
        server
            .client()
            .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofLines());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body().toList();
  }

  @Test
  void everyKindHasAWordOfItsOwn() {
    assertThat(LeatKinds.all().keySet())
        .contains("endpoint-slice", "config-map", "service", "core-service", "configuration");
    assertThat(LeatKinds.all()).hasSize(Kind.values().length - 2);
    Answer made =
        server.post(
            "/resources",
            "{'kind':'config-map','project':'default','name':'texts','configs':"
                + "{'data':{'a':'1'}}}");
    assertThat(made.status()).isEqualTo(200);
    assertThat(made.resource().at("/state/status").asText()).isEqualTo("STATUS_COMPLETED");
    Answer listed = server.get("/resources?kind=config-map&with_spec_configs=true");
    assertThat(listed.body().at("/resources/0/spec/configs/data/a").asText()).isEqualTo("1");
    assertThat(server.get("/resources/orn:entropy:namespace:default:default").status())
        .isEqualTo(200);
    // What is only kept is listed where it is asked for.
    assertThat(server.get("/resources").body().path("resources")).isEmpty();
    assertThat(route("100").status()).isEqualTo(200);
    List<String> urns =
        StreamSupport.stream(server.get("/resources").body().path("resources").spliterator(), false)
            .map(resource -> resource.path("urn").asText())
            .toList();
    assertThat(urns).containsExactly("orn:entropy:route:default:shop");
  }

  @Test
  void kubectlReadsAndDeletesWhatModulesSyncAndMakesNone() {
    assertThat(server.post("/modules", "{'name':'probe','project':'bar'}").status()).isEqualTo(200);
    assertThat(server.post("/resources", "{'kind':'probe','project':'bar','name':'shop'}").status())
        .isEqualTo(200);
    String urn = "/resources/orn:entropy:probe:bar:shop";
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() ->
            server.get(urn).resource().at("/state/status").asText().equals("STATUS_COMPLETED"));
    Answer read = server.get(PLANNED + "/probe.shop");
    assertThat(read.body().at("/status/status").asText()).isEqualTo("STATUS_COMPLETED");
    // What leat describe shows beside it.
    JsonNode jobs =
        server
            .get(
                "/debug/resource?apiVersion=modules.leat.dev/v1alpha1&kind=ModuleResource"
                    + "&namespace=bar&name=probe.shop")
            .body()
            .path("jobs");
    assertThat(jobs.findValuesAsText("kind")).containsExactly("module-sync");
    Answer made =
        server.post(
            PLANNED,
            "{'apiVersion':'modules.leat.dev/v1alpha1','kind':'ModuleResource','metadata':"
                + "{'name':'probe.other'},'spec':{}}");
    assertThat(made.status()).isEqualTo(422);
    assertThat(made.message()).contains("POST to /api/v1beta1 makes it");
    Answer changed =
        server.send(
            "PATCH",
            PLANNED + "/probe.shop",
            "{'spec':{'configs':{'steps':9}}}",
            "content-type",
            "application/merge-patch+json");
    assertThat(changed.status()).isEqualTo(422);
    assertThat(server.send("DELETE", PLANNED + "/probe.shop", "").status()).isEqualTo(200);
    await().atMost(Duration.ofSeconds(60)).until(() -> server.get(urn).status() == 404);
    assertThat(probe.steps).contains("shop delete-1");
  }

  @Test
  void modulesAreEnabledPerProject() {
    Answer unknown = server.post("/modules", "{'name':'kafka','project':'bar'}");
    assertThat(unknown.message()).isEqualTo("bad_request: driver not found for kind 'kafka'");
    Answer made = server.post("/modules", "{'name':'probe','project':'bar','configs':{'a':1}}");
    assertThat(made.body().at("/module/urn").asText()).isEqualTo("orn:entropy:module:bar:probe");
    assertThat(made.body().at("/module/actions/0/name").asText()).isEqualTo("create");
    assertThat(server.post("/modules", "{'name':'probe','project':'bar'}").status()).isEqualTo(409);
    String urn = "/modules/orn:entropy:module:bar:probe";
    String etag = server.get(urn).etag();
    assertThat(server.send("PATCH", urn, "{'configs':{'a':2}}", "if-match", etag).status())
        .isEqualTo(200);
    assertThat(server.send("PATCH", urn, "{'configs':{'a':3}}", "if-match", etag).status())
        .isEqualTo(412);
    assertThat(server.send("DELETE", urn, "", "if-match", etag).message())
        .startsWith("precondition: version conflict: expected " + etag.replace("\"", ""));
    assertThat(server.get(urn).body().at("/module/configs/a").asInt()).isEqualTo(2);
    assertThat(server.get("/modules?project=bar").body().path("modules")).hasSize(1);
    assertThat(server.get("/modules?project=far").body().path("modules")).isEmpty();
    assertThat(
            server
                .post(
                    "/resources",
                    "{'kind':'probe','project':'bar','name':'shop','configs':{'at_once':true}}")
                .status())
        .isEqualTo(200);
    assertThat(server.send("DELETE", urn, "").message())
        .isEqualTo(
            "conflict: resource 'orn:entropy:module:bar:probe' is used by"
                + " 'orn:entropy:probe:bar:shop'");
    assertThat(server.send("DELETE", "/resources/orn:entropy:probe:bar:shop", "").status())
        .isEqualTo(200);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> server.get("/resources?project=bar").body().path("resources").isEmpty());
    assertThat(server.send("DELETE", urn, "").status()).isEqualTo(200);
    assertThat(server.get(urn).status()).isEqualTo(404);
    assertThat(server.post("/api/v1/version", "{}").body().at("/server/version").asText())
        .isEqualTo("test");
  }
}
