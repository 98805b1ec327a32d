package io.leat.control.eventing.schema;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.World;
import io.leat.control.manifest.ManifestReader;
import io.leat.control.manifest.ManifestSet;
import io.leat.control.manifest.rules.Validation;
import io.leat.control.resource.Resource;
import io.leat.proxy.fanout.EventCheck.Judged;
import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.table.ChannelId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is said of events of Channels that name EventTypes; schemas run when the test says so. */
final class EventPoliciesTest {
  private static final ChannelId ORDERS = new ChannelId("default", "orders");
  private static final String TYPE =
      """
      apiVersion: eventing.knative.dev/v1alpha1
      kind: EventType
      metadata: {name: shop.order}
      spec: {jsonSchema: '{"type": "object", "properties": {"sum": {"type": "REPLACE"}}}'}
      ---
      """;

  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final World world = new World();
  private final EventPolicies policies = new EventPolicies(tasks::add);

  @BeforeEach
  void follow() {
    policies.follow(world.store());
  }

  @AfterEach
  void close() {
    policies.close();
  }

  private static String channel(String policy) {
    return """
    apiVersion: eventing.knative.dev/v1alpha1
    kind: Channel
    metadata: {name: orders, annotations: {%s}}
    spec: {provisioner: {ref: {name: log}}, eventTypes: [shop.order, other]}
    """
        .formatted(policy.isEmpty() ? "" : EventPolicies.ANNOTATION + ": " + policy);
  }

  private void apply(String yaml) {
    ManifestSet set = ManifestReader.forUsers(Validation.standalone()).read("a.yaml", yaml);
    assertThat(set.problems()).isEmpty();
    assertThat(world.apply(set.resources().toArray(Resource[]::new))).isEmpty();
    world.settle();
    run();
  }

  private void run() {
    Runnable task;
    while ((task = tasks.poll()) != null) {
      task.run();
    }
  }

  private static CloudEvent event(String type, String data) {
    return new CloudEvent(
        Map.of(
            "specversion",
            "1.0",
            "id",
            "7",
            "source",
            "/s",
            "type",
            type,
            "datacontenttype",
            "application/json"),
        data.getBytes(UTF_8));
  }

  private Judged judge(CloudEvent... events) {
    List<Judged> verdicts = new ArrayList<>();
    policies.judge(ORDERS, Arrays.asList(events), verdicts::add);
    run();
    assertThat(verdicts).hasSize(1);
    return verdicts.getFirst();
  }

  @Test
  void onlyChannelsThatNameEventTypesAreConcerned() {
    apply(channel("").replace("eventTypes: [shop.order, other]", "eventTypes: []"));
    assertThat(policies.concerns(ORDERS)).isFalse();
    apply(TYPE.replace("REPLACE", "number") + channel(""));
    assertThat(policies.concerns(ORDERS)).isTrue();
    assertThat(policies.concerns(new ChannelId("default", "bills"))).isFalse();
    apply(TYPE.replace("REPLACE", "number"));
    assertThat(policies.concerns(ORDERS)).as("the Channel is gone").isFalse();
  }

  @Test
  void aBrokenEventIsAWarningUnlessThePolicySaysReject() {
    apply(TYPE.replace("REPLACE", "number") + channel(""));
    CloudEvent good = event("shop.order", "{\"sum\": 7}");
    CloudEvent bad = event("shop.order", "{\"sum\": \"\u00fc\"}");
    assertThat(judge(good)).isEqualTo(new Judged.Fine(0));
    assertThat(judge(good, bad, bad)).isEqualTo(new Judged.Fine(2));
    assertThat(judge(event("other", "no schema"), event("third", "{")))
        .isEqualTo(new Judged.Fine(0));
    apply(TYPE.replace("REPLACE", "number") + channel("reject"));
    assertThat(judge(good)).isEqualTo(new Judged.Fine(0));
    assertThat(judge(good, bad))
        .isInstanceOfSatisfying(
            Judged.Broken.class,
            broken ->
                assertThat(broken.problem())
                    .startsWith("event 7 of type shop.order: /sum: ")
                    .matches("[ -~]*"));
    apply(TYPE.replace("REPLACE", "string") + channel("reject"));
    assertThat(judge(bad)).as("the schema is another one").isEqualTo(new Judged.Fine(0));
    assertThat(judge(good)).isInstanceOf(Judged.Broken.class);
  }

  @Test
  void nothingIsJudgedByWhoAsksAndWhatWaitsIsBounded() {
    apply(TYPE.replace("REPLACE", "number") + channel("reject"));
    CloudEvent large = event("shop.order", "\"" + "x".repeat(1 << 20) + "\"");
    List<Judged> verdicts = new ArrayList<>();
    int most = (int) (EventPolicies.MAX_WAITING >> 20);
    for (int i = 0; i < most; i++) {
      policies.judge(ORDERS, List.of(large), verdicts::add);
    }
    assertThat(verdicts).as("all but the last wait").containsExactly(new Judged.Busy());
    run();
    assertThat(verdicts)
        .hasSize(most)
        .filteredOn(Judged.Broken.class::isInstance)
        .hasSize(most - 1);
    assertThat(judge(event("shop.order", "{\"sum\": 7}"))).isEqualTo(new Judged.Fine(0));
  }
}
