package io.leat.control.eventing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.api.events.EventRecorder;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.reconcile.ChannelsObserved.Calls;
import io.leat.control.resource.Kind;
import io.leat.proxy.table.ChannelId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** The Events that the object model names, as kubectl describe shows them. */
final class EventingEventsTest {
  private static final String PROVISIONER =
      """
      apiVersion: eventing.knative.dev/v1alpha1
      kind: Provisioner
      metadata:
        name: clock
        annotations:
          eventing.knative.dev/back-end: interval
          eventing.knative.dev/event-types: com.example.tick
      spec: {type: {kind: Source}}
      ---
      """;
  private static final String FLOW =
      """
      apiVersion: eventing.knative.dev/v1alpha1
      kind: Channel
      metadata: {name: ticks}
      spec: {provisioner: {ref: {name: log}}}
      ---
      apiVersion: eventing.knative.dev/v1alpha1
      kind: Subscription
      metadata: {name: hands}
      spec:
        from: {apiVersion: eventing.knative.dev/v1alpha1, kind: Channel, name: ticks}
        call: {dnsName: hands}
      ---
      apiVersion: eventing.knative.dev/v1alpha1
      kind: Source
      metadata: {name: spring}
      spec:
        provisioner: {ref: {name: clock}}
        channel: {apiVersion: eventing.knative.dev/v1alpha1, kind: Channel, name: ticks}
      """;

  private final EventingWorld eventing = new EventingWorld();
  private final Queue<Runnable> tasks = new ArrayDeque<>();

  private List<String> told() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
    return eventing.world.resources(Kind.EVENT).stream()
        .map(event -> (JsonNode) ResourceJson.tree(event))
        .map(event ->
            event.at("/involvedObject/kind").asText()
                + " "
                + event.at("/involvedObject/name").asText()
                + " "
                + event.path("type").asText()
                + " "
                + event.path("reason").asText())
        .toList();
  }

  @Test
  void everyEventOfTheModelIsTold() {
    try (EventRecorder _ =
        new EventRecorder(eventing.world.store(), tasks::add, () -> Instant.EPOCH)) {
      eventing.apply(PROVISIONER + FLOW);
      assertThat(told())
          .contains(
              "Channel ticks Normal Provisioned",
              "Source spring Normal Provisioned",
              "Subscription hands Normal PublisherAcknowledged",
              "Provisioner clock Normal SourceCreated",
              "Provisioner clock Normal EventTypesInstalled",
              "EventType com.example.tick Normal Owned")
          .doesNotContain("Subscription hands Warning ActionFailed");
      String uid = eventing.world.get(Kind.SUBSCRIPTION, "hands").metadata().uid();
      eventing.channels.calls(
          new ChannelId("default", "ticks"),
          uid,
          new Calls(Calls.State.FAILING, "500", "dead-lettered"));
      eventing.world.pass(Duration.ofSeconds(1));
      eventing.apply(PROVISIONER);
      assertThat(told())
          .contains(
              "Subscription hands Warning ActionFailed",
              "Channel ticks Normal Deprovisioned",
              "Provisioner clock Normal SourceDeleted");
      eventing.apply("");
      assertThat(told()).contains("EventType com.example.tick Normal Released");
    }
  }
}
