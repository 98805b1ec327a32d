package io.leat.control.api.kube;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.api.kube.ApiServer.Answer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What kubectl finds of the kinds of eventing and messaging, and does with them. */
final class EventingKindsTest {
  private static final String CHANNELS =
      "/apis/eventing.knative.dev/v1alpha1/namespaces/default/channels";

  private final ApiServer api = new ApiServer(100);

  @AfterEach
  void close() {
    api.close();
  }

  private List<String> names(String path) {
    return api.get(path).body().path("resources").findValuesAsText("name");
  }

  @Test
  void groupsAndKindsAreDiscovered() {
    assertThat(api.get("/apis").body().path("groups").findValuesAsText("name"))
        .contains("eventing.knative.dev", "eventing.internal.knative.dev", "messaging.knative.dev");
    assertThat(names("/apis/eventing.knative.dev/v1alpha1"))
        .contains(
            "sources",
            "channels",
            "channels/status",
            "subscriptions",
            "provisioners",
            "eventtypes");
    assertThat(names("/apis/eventing.internal.knative.dev/v1alpha1"))
        .contains("resolvedsubscriptionsets");
    assertThat(names("/apis/messaging.knative.dev/v1"))
        .contains("channels", "inmemorychannels", "subscriptions", "subscriptions/status");
    JsonNode messaging = api.get("/apis/messaging.knative.dev/v1").body().path("resources");
    assertThat(messaging.toString()).contains("\"imc\"", "\"sub\"", "\"ch\"", "\"messaging\"");
  }

  @Test
  void aChannelIsCreatedListedAndKeptImmutable() {
    String channel =
        "{'metadata':{'name':'orders'},'spec':{'provisioner':{'ref':{'name':'log'}},"
            + "'arguments':{'b':[1,2.5,null],'a':{'d':1,'c':true}}}}";
    Answer created = api.post(CHANNELS, channel);
    assertThat(created.status()).as(created.body().toString()).isEqualTo(201);
    Answer listed = api.get(CHANNELS);
    assertThat(listed.body().at("/items/0/spec/arguments").toString())
        .isEqualTo("{\"a\":{\"c\":true,\"d\":1},\"b\":[1,2.5,null]}");
    Answer patched =
        api.merge(CHANNELS + "/orders", "{'spec':{'provisioner':{'ref':{'name':'memory'}}}}");
    assertThat(patched.status()).isEqualTo(422);
    assertThat(patched.body().at("/details/causes/0/field").asText()).isEqualTo("spec.provisioner");
    Answer empty = api.post(CHANNELS, "{'metadata':{'name':'x'},'spec':{'provisioner':{}}}");
    assertThat(empty.status()).isEqualTo(422);
    assertThat(empty.body().at("/details/causes/0/message").asText())
        .isEqualTo("must have one of ref and selector");
    Answer schema =
        api.post(
            "/apis/eventing.knative.dev/v1alpha1/namespaces/default/eventtypes",
            "{'metadata':{'name':'x'},'spec':{'jsonSchema':'nonsense'}}");
    assertThat(schema.status()).isBetween(400, 422);
    assertThat(schema.body().toString()).contains("spec.jsonSchema");
  }
}
