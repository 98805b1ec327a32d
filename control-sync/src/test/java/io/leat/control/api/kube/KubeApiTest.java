package io.leat.control.api.kube;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.api.kube.ApiServer.Answer;
import io.leat.control.resource.Kind;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reads, writes and errors of the API as client libraries see them. */
class KubeApiTest {
  private static final String ROUTES = "/apis/serving.knative.dev/v1/namespaces/default/routes";
  private static final String CONFIG_MAPS = "/api/v1/namespaces/team/configmaps";
  private static final String ROUTE =
      "{'apiVersion':'serving.knative.dev/v1','kind':'Route','metadata':{'name':'shop'},"
          + "'spec':{'traffic':[{'revisionName':'shop-00001','percent':100}]}}";

  private final ApiServer api = new ApiServer(1_000);

  @AfterEach
  void close() {
    api.close();
  }

  private String version() {
    return api.get(ROUTES + "/shop").body().at("/metadata/resourceVersion").asText();
  }

  @Test
  void aResourceIsCreatedReadReplacedAndDeleted() {
    Answer created = api.post(ROUTES, ROUTE);
    assertThat(created.status()).isEqualTo(201);
    assertThat(created.body().at("/metadata/uid").asText()).isNotEmpty();
    assertThat(created.body().at("/metadata/managedFields/0/manager").asText()).isEqualTo("test");
    assertThat(api.post(ROUTES, ROUTE).body().at("/reason").asText()).isEqualTo("AlreadyExists");
    String tagged = ROUTE.replace("'percent':100", "'percent':100,'tag':'a'");
    String versioned =
        tagged.replace("'name':'shop'", "'name':'shop','resourceVersion':'" + version() + "'");
    Answer replaced = api.put(ROUTES + "/shop", versioned);
    assertThat(replaced.body().at("/metadata/generation").asInt()).isEqualTo(2);
    Answer late = api.put(ROUTES + "/shop", versioned);
    assertThat(late.status()).isEqualTo(409);
    assertThat(late.body().at("/reason").asText()).isEqualTo("Conflict");
    assertThat(api.delete(ROUTES + "/shop").body().at("/status").asText()).isEqualTo("Success");
    Answer gone = api.get(ROUTES + "/shop");
    assertThat(gone.status()).isEqualTo(404);
    assertThat(gone.body().at("/message").asText())
        .isEqualTo("routes.serving.knative.dev \"shop\" not found");
    assertThat(gone.body().at("/details/kind").asText()).isEqualTo("routes");
  }

  @Test
  void brokenRulesNameTheirFields() {
    Answer refused = api.post(ROUTES, ROUTE.replace("'percent':100", "'percent':1000,'tag':'No'"));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.body().at("/reason").asText()).isEqualTo("Invalid");
    assertThat(refused.body().at("/details/causes").findValuesAsText("field"))
        .contains("spec.traffic[0].percent", "spec.traffic[0].tag");
    Answer untyped = api.post(ROUTES, ROUTE.replace("'percent':100", "'percent':'all'"));
    assertThat(untyped.status()).isEqualTo(422);
    assertThat(untyped.body().at("/details/causes/0/field").asText())
        .isEqualTo("spec.traffic[0].percent");
    assertThat(api.get(ROUTES).body().path("items")).isEmpty();
  }

  @Test
  void unknownFieldsAreRefusedReportedOrDropped() {
    String odd = ROUTE.replace("'spec':{", "'spec':{'trafic':1,");
    Answer strict = api.post(ROUTES + "?fieldValidation=Strict", odd);
    assertThat(strict.status()).isEqualTo(400);
    assertThat(strict.body().at("/message").asText())
        .startsWith("strict decoding error: spec.trafic: unknown field \"trafic\", did you mean");
    Answer ignored = api.post(ROUTES + "?fieldValidation=Ignore&dryRun=All", odd);
    assertThat(ignored.status()).isEqualTo(201);
    assertThat(ignored.warnings()).isEmpty();
    Answer warned = api.post(ROUTES, odd);
    assertThat(warned.status()).isEqualTo(201);
    assertThat(warned.warnings()).contains("299 - ", "unknown field \\\"trafic\\\"");
    assertThat(api.post(ROUTES + "?fieldValidation=Maybe", odd).status()).isEqualTo(400);
  }

  @Test
  void dryRunsDecideAndWriteNothing() {
    assertThat(api.post(ROUTES + "?dryRun=All", ROUTE).status()).isEqualTo(201);
    assertThat(api.get(ROUTES + "/shop").status()).isEqualTo(404);
    api.post(ROUTES, ROUTE);
    assertThat(api.post(ROUTES + "?dryRun=All", ROUTE).status()).isEqualTo(409);
    String before = version();
    Answer patched =
        api.merge(
            ROUTES + "/shop?dryRun=All",
            "{'spec':{'traffic':[{'revisionName':'b','percent':100}]}}");
    assertThat(patched.body().at("/metadata/generation").asInt()).isEqualTo(2);
    assertThat(patched.body().at("/spec/traffic/0/revisionName").asText()).isEqualTo("b");
    assertThat(api.delete(ROUTES + "/shop?dryRun=All").status()).isEqualTo(200);
    assertThat(version()).isEqualTo(before);
  }

  @Test
  void theStatusIsWrittenApart() {
    api.post(ROUTES, ROUTE);
    Answer status =
        api.merge(
            ROUTES + "/shop/status",
            "{'spec':{'traffic':[]},'status':{'conditions':[{'type':'Ready','status':'True'}]}}");
    assertThat(status.status()).isEqualTo(200);
    assertThat(status.body().at("/status/conditions/0/status").asText()).isEqualTo("True");
    assertThat(status.body().at("/spec/traffic")).hasSize(1);
    assertThat(status.body().at("/metadata/generation").asInt()).isEqualTo(1);
    Answer main = api.merge(ROUTES + "/shop", "{'status':{'conditions':[]}}");
    assertThat(main.body().at("/status/conditions")).hasSize(1);
    assertThat(api.get(ROUTES + "/shop/status").status()).isEqualTo(200);
  }

  @Test
  void appliersShareAResourceAndConflict() {
    Answer mine = api.apply(ROUTES + "/shop?fieldManager=a", ROUTE);
    assertThat(mine.status()).isEqualTo(201);
    Answer same = api.apply(ROUTES + "/shop?fieldManager=a", ROUTE);
    assertThat(same.body().at("/metadata/resourceVersion").asText())
        .isEqualTo(mine.body().at("/metadata/resourceVersion").asText());
    String label =
        "{'apiVersion':'serving.knative.dev/v1','kind':'Route','metadata':{'labels':{'x':'y'}}}";
    assertThat(api.apply(ROUTES + "/shop?fieldManager=b", label).status()).isEqualTo(200);
    String other = ROUTE.replace("shop-00001", "shop-00002");
    Answer conflict = api.apply(ROUTES + "/shop?fieldManager=b", other);
    assertThat(conflict.status()).isEqualTo(409);
    assertThat(conflict.body().at("/details/causes/0/reason").asText())
        .isEqualTo("FieldManagerConflict");
    assertThat(conflict.body().at("/details/causes/0/field").asText()).isEqualTo(".spec.traffic");
    Answer forced = api.apply(ROUTES + "/shop?fieldManager=b&force=true", other);
    assertThat(forced.body().at("/spec/traffic/0/revisionName").asText()).isEqualTo("shop-00002");
    assertThat(api.apply(ROUTES + "/shop", ROUTE).status()).isEqualTo(400);
  }

  @Test
  void listsAreSelectedAndPaged() {
    for (int i = 0; i < 7; i++) {
      String labels = ",'labels':{'parity':'" + (i % 2 == 0 ? "even" : "odd") + "'}";
      api.post(CONFIG_MAPS, "{'metadata':{'name':'c" + i + "'" + labels + "}}");
    }
    assertThat(names(api.get(CONFIG_MAPS + "?labelSelector=parity%3Dodd").body())).hasSize(3);
    assertThat(names(api.get(CONFIG_MAPS + "?labelSelector=parity+in+(odd,x),!none").body()))
        .hasSize(3);
    assertThat(names(api.get(CONFIG_MAPS + "?labelSelector=parity!%3Dodd").body())).hasSize(4);
    assertThat(names(api.get(CONFIG_MAPS + "?fieldSelector=metadata.name%3Dc3").body()))
        .containsExactly("c3");
    assertThat(api.get(CONFIG_MAPS + "?fieldSelector=spec.x%3D1").status()).isEqualTo(400);
    assertThat(api.get(CONFIG_MAPS + "?labelSelector=(((").status()).isEqualTo(400);
    JsonNode first = api.get(CONFIG_MAPS + "?limit=3").body();
    assertThat(names(first)).containsExactly("c0", "c1", "c2");
    assertThat(first.at("/metadata/remainingItemCount").asInt()).isEqualTo(4);
    String token = first.at("/metadata/continue").asText();
    JsonNode second = api.get(CONFIG_MAPS + "?limit=10&continue=" + token).body();
    assertThat(names(second)).containsExactly("c3", "c4", "c5", "c6");
    assertThat(second.at("/metadata/continue").isMissingNode()).isTrue();
    assertThat(api.get(CONFIG_MAPS + "?continue=nonsense").status()).isEqualTo(400);
  }

  @Test
  void aLongListIsWhatItsPagesAre() {
    for (int i = 0; i < 250; i++) {
      api.post(CONFIG_MAPS, "{'metadata':{'name':'c" + i + "'},'data':{'é':'" + i + "😀'}}");
    }
    JsonNode whole = api.get(CONFIG_MAPS).body();
    List<JsonNode> paged = new ArrayList<>();
    String token = "";
    do {
      JsonNode page = api.get(CONFIG_MAPS + "?limit=40&continue=" + token).body();
      page.path("items").forEach(paged::add);
      token = page.at("/metadata/continue").asText();
    } while (!token.isEmpty());
    assertThat(whole.path("items")).hasSize(250).containsExactlyElementsOf(paged);
    assertThat(whole.path("kind").asText()).isEqualTo("ConfigMapList");
    assertThat(whole.path("apiVersion").asText()).isEqualTo("v1");
    assertThat(whole.at("/metadata/resourceVersion").asText())
        .isEqualTo(
            api.get(CONFIG_MAPS + "?limit=1").body().at("/metadata/resourceVersion").asText());
    assertThat(paged.getFirst())
        .isEqualTo(
            api.get(CONFIG_MAPS + "/" + paged.getFirst().at("/metadata/name").asText()).body());
  }

  private static List<String> names(JsonNode list) {
    return list.path("items").findValuesAsText("name");
  }

  @Test
  void namespacesSpringUpAndTakeTheirContentWithThem() {
    assertThat(api.get("/api/v1/namespaces/default").status()).isEqualTo(200);
    api.post(CONFIG_MAPS, "{'metadata':{'name':'c'},'data':{'a':'b'}}");
    assertThat(api.get("/api/v1/namespaces/team").body().at("/status/phase").asText())
        .isEqualTo("Active");
    assertThat(api.delete("/api/v1/namespaces/team").status()).isEqualTo(200);
    assertThat(api.get(CONFIG_MAPS).body().path("items")).isEmpty();
    assertThat(api.get("/api/v1/namespaces/team").status()).isEqualTo(404);
    assertThat(api.delete("/api/v1/namespaces/default").status()).isEqualTo(403);
  }

  @Test
  void documentsAreKeptWhole() {
    api.post(
        CONFIG_MAPS, "{'metadata':{'name':'c'},'data':{'a':'b'},'immutable':false,'extra':[1.5]}");
    Answer patched =
        api.send(
            "PATCH",
            CONFIG_MAPS + "/c",
            "application/strategic-merge-patch+json",
            "{'data':{'d':'e'}}");
    assertThat(patched.body().path("data").toString()).isEqualTo("{\"a\":\"b\",\"d\":\"e\"}");
    assertThat(patched.body().at("/extra/0").asDouble()).isEqualTo(1.5);
    Answer wrong = api.merge(CONFIG_MAPS + "/c", "{'data':{'d':1}}");
    assertThat(wrong.status()).isEqualTo(422);
    Answer secret =
        api.post(
            "/api/v1/namespaces/team/secrets",
            "{'metadata':{'name':'s'},'stringData':{'p':'word'}}");
    assertThat(secret.body().at("/data/p").asText()).isEqualTo("d29yZA==");
    assertThat(secret.body().at("/type").asText()).isEqualTo("Opaque");
  }

  @Test
  void theStatusOfADocumentIsWrittenApart() {
    String leases = "/apis/coordination.k8s.io/v1/namespaces/team/leases";
    api.post(leases, "{'metadata':{'name':'l'},'spec':{'holderIdentity':'a'},'zone':1}");
    Answer status =
        api.merge(leases + "/l/status", "{'spec':{'x':1},'status':{'seen':[1,{'a':null}],'n':2}}");
    assertThat(status.status()).isEqualTo(200);
    assertThat(status.body().path("status").toString())
        .isEqualTo("{\"n\":2,\"seen\":[1,{\"a\":null}]}");
    assertThat(status.body().path("spec").toString()).isEqualTo("{\"holderIdentity\":\"a\"}");
    Answer main =
        api.put(
            leases + "/l",
            "{'metadata':{'name':'l'},'spec':{'holderIdentity':'b'},'status':{'n':3}}");
    assertThat(main.body().at("/status/n").asInt()).isEqualTo(2);
    assertThat(main.body().at("/spec/holderIdentity").asText()).isEqualTo("b");
    assertThat(main.body().has("zone")).isFalse();
    assertThat(api.get(leases + "/l/status").body().at("/status/n").asInt()).isEqualTo(2);
    Answer again = api.put(leases + "/l/status", "{'metadata':{'name':'l'},'status':{'n':4}}");
    assertThat(again.body().at("/status").toString()).isEqualTo("{\"n\":4}");
    assertThat(again.body().at("/spec/holderIdentity").asText()).isEqualTo("b");
    assertThat(again.body().at("/metadata/generation").asInt()).isEqualTo(2);
  }

  @Test
  void namesAreGenerated() {
    String body = "{'metadata':{'generateName':'c-'}}";
    String one = api.post(CONFIG_MAPS, body).body().at("/metadata/name").asText();
    String two = api.post(CONFIG_MAPS, body).body().at("/metadata/name").asText();
    assertThat(one).matches("c-[0-9]{5}");
    assertThat(two).matches("c-[0-9]{5}").isNotEqualTo(one);
  }

  @Test
  void deletionsHaveConditionsAndCollections() {
    api.post(CONFIG_MAPS, "{'metadata':{'name':'a','labels':{'x':'1'}}}");
    api.post(CONFIG_MAPS, "{'metadata':{'name':'b'}}");
    Answer refused =
        api.send(
            "DELETE", CONFIG_MAPS + "/a", "application/json", "{'preconditions':{'uid':'no'}}");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(api.delete(CONFIG_MAPS + "/a?propagationPolicy=Maybe").status()).isEqualTo(400);
    assertThat(names(api.delete(CONFIG_MAPS + "?labelSelector=x").body())).containsExactly("a");
    assertThat(names(api.get(CONFIG_MAPS).body())).containsExactly("b");
    assertThat(api.delete("/api/v1/configmaps").status()).isEqualTo(405);
  }

  @Test
  void hostileBodiesAreRefused() {
    assertThat(api.post(ROUTES, "{").status()).isEqualTo(400);
    assertThat(api.post(ROUTES, "[".repeat(5_000)).status()).isEqualTo(400);
    assertThat(api.post(ROUTES, "[]").status()).isEqualTo(400);
    assertThat(api.post(ROUTES, " ".repeat(Incoming.MAX_BYTES + 1)).status()).isEqualTo(413);
    byte[] notText = "{\"kind\":\"Route\",\"x\":\"?\"}".getBytes(UTF_8);
    notText[notText.length - 3] = (byte) 0xff;
    assertThat(api.sendBytes("POST", ROUTES, "application/json", notText).status()).isEqualTo(400);
    StringBuilder bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 9; i++) {
      String before = "*a" + (i - 1);
      bomb.append("a" + i + ": &a" + i + " [" + (before + ",").repeat(9) + before + "]\n");
    }
    assertThat(api.send("POST", ROUTES, "application/yaml", bomb.toString()).status())
        .isEqualTo(400);
    assertThat(api.send("POST", ROUTES, "text/html", ROUTE).status()).isEqualTo(415);
    assertThat(api.get("/apis/serving.knative.dev/v1/wheels").status()).isEqualTo(404);
    assertThat(api.post(ROUTES, ROUTE.replace("'Route'", "'Service'")).status()).isEqualTo(400);
    assertThat(api.post(ROUTES + "/shop", ROUTE).status()).isEqualTo(405);
  }

  @Test
  void clientsCannotClaimWhatFilesOwn() {
    Answer created =
        api.post(
            ROUTES,
            ROUTE.replace(
                "'name':'shop'", "'name':'shop','annotations':{'leat.dev/source':'files'}"));
    assertThat(created.status()).isEqualTo(201);
    assertThat(created.body().at("/metadata/annotations").has("leat.dev/source")).isFalse();
  }

  @Test
  void protobufOfNewerKubectlIsReadWhereItIsKnown() {
    byte[] metadata = message(1, message(1, "web".getBytes(UTF_8)));
    byte[] namespace =
        concat(metadata, message(2, new byte[0]), message(3, message(1, new byte[0])));
    byte[] type = concat(message(1, "v1".getBytes(UTF_8)), message(2, "Namespace".getBytes(UTF_8)));
    byte[] body = concat(new byte[] {'k', '8', 's', 0}, message(1, type), message(2, namespace));
    String media = ProtobufBody.MEDIA_TYPE;
    Answer created = api.sendBytes("POST", "/api/v1/namespaces", media, body);
    assertThat(created.status()).isEqualTo(201);
    assertThat(api.get("/api/v1/namespaces/web").status()).isEqualTo(200);
    for (int length = 0; length < body.length; length++) {
      byte[] cut = Arrays.copyOf(body, length);
      assertThat(api.sendBytes("POST", "/api/v1/namespaces", media, cut).status())
          .isBetween(400, 499);
    }
  }

  private static byte[] message(int field, byte[] content) {
    byte[] head = {(byte) (field << 3 | 2), (byte) content.length};
    return concat(head, content);
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** What {@code kubectl auth can-i} and {@code auth whoami} ask. */
  @Test
  void clientsAreToldWhatTheyMayDo() {
    String reviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    assertThat(allowed(reviews, "serving.knative.dev", "routes", "create")).isTrue();
    assertThat(allowed(reviews, "*", "*", "*")).isTrue();
    assertThat(allowed(reviews, "modules.leat.dev", "moduleresources", "delete")).isTrue();
    assertThat(allowed(reviews, "modules.leat.dev", "moduleresources", "create")).isFalse();
    assertThat(allowed(reviews, "", "pods", "get")).isFalse();
    assertThat(allowed(reviews, "serving.knative.dev", "routes", "fly")).isFalse();
    assertThat(api.post(reviews, "{'spec':{}}").status()).isEqualTo(422);
    assertThat(api.get(reviews).status()).isEqualTo(405);
    Answer rules = api.post(reviews.replace("access", "rules"), "{'spec':{'namespace':'x'}}");
    assertThat(rules.body().at("/status/resourceRules")).hasSize(Kind.values().length);
    assertThat(rules.body().at("/status/incomplete").asBoolean()).isFalse();
    Answer who = api.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}");
    assertThat(who.status()).isEqualTo(201);
    assertThat(who.body().at("/status/userInfo/username").asText()).isEqualTo("leat:admin");
  }

  private boolean allowed(String reviews, String group, String resource, String verb) {
    Answer answer =
        api.post(
            reviews,
            "{'spec':{'resourceAttributes':{'group':'%s','resource':'%s','verb':'%s'}}}"
                .formatted(group, resource, verb));
    assertThat(answer.status()).isEqualTo(201);
    return answer.body().at("/status/allowed").asBoolean();
  }

  @Test
  void discoveryNamesEveryKind() {
    assertThat(api.get("/api").body().at("/versions/0").asText()).isEqualTo("v1");
    assertThat(api.get("/apis").body().path("groups").findValuesAsText("name"))
        .contains("serving.knative.dev", "discovery.k8s.io", "coordination.k8s.io");
    assertThat(
            api.get("/apis/serving.knative.dev/v1")
                .body()
                .path("resources")
                .findValuesAsText("name"))
        .contains("services", "services/status", "routes", "revisions", "configurations");
    assertThat(api.get("/openapi/v3").body().path("paths").has("api/v1")).isTrue();
    assertThat(api.get("/openapi/v2").body().path("definitions")).isNotEmpty();
  }
}
