package io.leat.control.api.kube;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.api.kube.ApiServer.Answer;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Input that is too large, too deep, of the wrong kind or no text: it is refused with the place
 * that is wrong, and neither store nor server is the worse for it.
 */
class BadInputTest {
  private static final String ROUTES = "/apis/serving.knative.dev/v1/namespaces/default/routes";
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";
  private static final String ROUTE =
      "{'apiVersion':'serving.knative.dev/v1','kind':'Route','metadata':{'name':'shop'},"
          + "'spec':{'traffic':[{'revisionName':'shop-00001','percent':100}]}}";
  private static final int ROUNDS = 60;
  private static final long MOST_KEPT = 24L << 20;

  private final ApiServer api = new ApiServer(100);
  private String before = "";

  @BeforeEach
  void fill() {
    assertThat(api.post(ROUTES, ROUTE).status()).isEqualTo(201);
    assertThat(api.post(MAPS, "{'metadata':{'name':'c'},'data':{'a':'b'}}").status())
        .isEqualTo(201);
    before = dump();
  }

  @AfterEach
  void nothingHappened() {
    assertThat(dump()).isEqualTo(before);
    assertThat(api.get(ROUTES + "/shop").status()).isEqualTo(200);
    assertThat(api.merge(MAPS + "/c", "{'data':{'a':'c'}}").status()).isEqualTo(200);
    api.close();
  }

  private String dump() {
    List<Resource> all = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      all.addAll(api.store.<List<Resource>>read(view -> view.list(kind)));
    }
    return ResourceJson.writePretty(all) + api.store.version();
  }

  private void refused(int status, String field, Answer answer) {
    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(status);
    assertThat(answer.body().path("kind").asText()).isEqualTo("Status");
    assertThat(answer.body().at("/details/causes").findValuesAsText("field")).contains(field);
  }

  @Test
  void anObjectOfTwoMegabytesIsRefused() {
    String large = "{'metadata':{'name':'large'},'data':{'a':'" + "x".repeat(1_600_000) + "'}}";
    Answer refused = api.post(MAPS, large);
    assertThat(refused.status()).isEqualTo(413);
    assertThat(refused.body().path("reason").asText()).isEqualTo("RequestEntityTooLarge");
    assertThat(api.merge(MAPS + "/c", large.replace("large", "c")).status()).isEqualTo(413);
    long kept = used();
    for (int i = 0; i < ROUNDS; i++) {
      assertThat(api.post(MAPS, large).status()).isEqualTo(413);
    }
    assertThat(used() - kept).isLessThan(MOST_KEPT);
  }

  @Test
  void nestingHasABound() {
    String deep = "[".repeat(2_000) + "]".repeat(2_000);
    Answer json = api.post(MAPS, "{'metadata':{'name':'deep'},'extra':" + deep + "}");
    assertThat(json.status()).isEqualTo(400);
    assertThat(json.body().path("message").asText()).contains("body:1:");
    Answer yaml =
        api.send("POST", MAPS, "application/yaml", "metadata: {name: deep}\nextra: " + deep);
    assertThat(yaml.status()).isEqualTo(400);
    assertThat(yaml.body().path("message").asText()).contains("body:2:");
    assertThat(api.merge(MAPS + "/c", "{'extra':" + deep + "}").status()).isEqualTo(400);
  }

  @Test
  void aliasesDoNotMultiply() {
    StringBuilder bomb = new StringBuilder("metadata: {name: bomb}\na0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 12; i++) {
      String alias = "*a" + (i - 1);
      bomb.append("a" + i + ": &a" + i + " [" + (alias + ",").repeat(8) + alias + "]\n");
    }
    String apply = MAPS + "/bomb?fieldManager=test";
    long kept = used();
    for (int i = 0; i < ROUNDS; i++) {
      Answer created = api.send("POST", MAPS, "application/yaml", bomb.toString());
      assertThat(created.status()).as(created.body().toString()).isEqualTo(400);
      assertThat(created.body().path("message").asText()).startsWith("body:");
      assertThat(api.apply(apply, bomb.toString()).status()).isEqualTo(400);
    }
    assertThat(used() - kept).isLessThan(MOST_KEPT);
  }

  @Test
  void kindsAndGroupsAreThoseOfThePath() {
    Answer kind = api.post(ROUTES, ROUTE.replace("'Route'", "'Wheel'"));
    assertThat(kind.status()).isEqualTo(400);
    assertThat(kind.body().path("message").asText()).contains("kind", "Wheel");
    Answer group = api.post(ROUTES, ROUTE.replace("serving.knative.dev/v1", "example.com/v1"));
    assertThat(group.status()).isEqualTo(400);
    assertThat(group.body().path("message").asText()).contains("apiVersion", "example.com/v1");
    String path = "/apis/example.com/v1/namespaces/default/routes";
    assertThat(api.post(path, ROUTE).status()).isEqualTo(404);
    String wheels = "/apis/serving.knative.dev/v1/namespaces/default/wheels";
    assertThat(api.post(wheels, ROUTE).status()).isEqualTo(404);
    assertThat(api.post(ROUTES.replace("default", "other"), ROUTE.replace("'shop'", "'UPPER'")))
        .satisfies(answer -> refused(422, "metadata.name", answer));
  }

  @Test
  void brokenTextIsRefused() {
    for (byte odd : new byte[] {(byte) 0xff, (byte) 0xc0, (byte) 0xed, (byte) 0x80}) {
      byte[] body = "{\"metadata\":{\"name\":\"odd\"},\"data\":{\"a\":\"??\"}}".getBytes(UTF_8);
      body[body.length - 5] = odd;
      Answer answer = api.sendBytes("POST", MAPS, "application/json", body);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body().path("message").asText()).contains("UTF-8");
      assertThat(api.sendBytes("POST", MAPS, "application/yaml", body).status()).isEqualTo(400);
    }
    Answer half = api.post(MAPS, "{'metadata':{'name':'odd'},'extra':'\\ud800'}");
    refused(422, "extra", half);
  }

  /** A tagged host is the tag, a dash and the name: two Routes can want the same one. */
  @Test
  void aHostThatAnotherRouteHasIsRefusedWithTheFieldThatWantsIt() {
    String shops = "/apis/serving.knative.dev/v1/namespaces/default/services";
    String tagged = ROUTE.replace("'percent':100", "'percent':100,'tag':'blue-one'");
    assertThat(api.post(ROUTES, tagged.replace("'shop'", "'cart'")).status()).isEqualTo(201);
    Answer named = api.post(ROUTES, ROUTE.replace("'shop'", "'blue-one-cart'"));
    refused(422, "metadata.name", named);
    assertThat(named.body().path("message").asText())
        .contains("the host blue-one-cart.default belongs to Route default/cart already");
    String service =
        "{'metadata':{'name':'blue-one-cart'},'spec':{'template':{'spec':{'containers':"
            + "[{'command':['x']}]}}}}";
    refused(422, "metadata.name", api.post(shops, service));
    // The other way round, and by an update.
    assertThat(api.post(ROUTES, ROUTE.replace("'shop'", "'new-shop'")).status()).isEqualTo(201);
    Answer tag =
        api.merge(
            ROUTES + "/shop",
            "{'spec':{'traffic':[{'revisionName':'a','percent':100},"
                + "{'revisionName':'b','tag':'new'}]}}");
    refused(422, "spec.traffic[1].tag", tag);
    Answer tags =
        api.post(ROUTES, tagged.replace("'shop'", "'one-cart'").replace("'blue-one'", "'blue'"));
    refused(422, "spec.traffic[0].tag", tags);
    // Elsewhere the name is another host, and who has a host may change what it leads to.
    String elsewhere = ROUTES.replace("/default/", "/other/");
    assertThat(api.post(elsewhere, ROUTE.replace("'shop'", "'new-shop'")).status()).isEqualTo(201);
    assertThat(api.merge(ROUTES + "/cart", "{'metadata':{'labels':{'a':'b'}}}").status())
        .isEqualTo(200);
    for (String name : new String[] {"cart", "new-shop"}) {
      assertThat(api.delete(ROUTES + "/" + name).status()).isEqualTo(200);
    }
    assertThat(api.post(ROUTES, ROUTE.replace("'shop'", "'blue-one-cart'")).status())
        .isEqualTo(201);
    before = dump();
  }

  @Test
  void conflictingClaimsOnAHostNameTheField() {
    String twice =
        ROUTE
            .replace("'shop'", "'twice'")
            .replace(
                "'percent':100}",
                "'percent':50,'tag':'a'},{'revisionName':'b','percent':50,'tag':'a'}");
    refused(422, "spec.traffic[1].tag", api.post(ROUTES, twice));
    String sum = ROUTE.replace("'shop'", "'sum'").replace("'percent':100", "'percent':99");
    refused(422, "spec.traffic", api.post(ROUTES, sum));
    String type = ROUTE.replace("'shop'", "'type'").replace("'percent':100", "'percent':{}");
    refused(422, "spec.traffic[0].percent", api.post(ROUTES, type));
  }

  /** The live heap; several collections because other threads hold on to what they just did. */
  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
